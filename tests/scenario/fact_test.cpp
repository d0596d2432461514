// The table of facts: names that requirements can use, clauses that stand in the standard, and what each fact needs.
#include "scenario/fact.h"

#include <fstream>
#include <iostream>
#include <set>
#include <string>

#include "catch.h"

using namespace scenario;

namespace {

std::set<std::string> identifiers(const std::string& name) {
  std::ifstream file(SOURCE_DIR "/../shared/spec/" + name);
  std::set<std::string> found;
  for (std::string line; std::getline(file, line);) found.insert(line.substr(0, line.find('\t')));
  return found;
}

}  // namespace

TEST_CASE("names of facts are unique, and without the signs of requirements") {
  std::set<std::string_view> names;
  for (const Fact& fact : facts()) {
    CAPTURE(fact.name);
    CHECK(names.insert(fact.name).second);
    CHECK(fact.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string_view::npos);
    CHECK(!fact.question.empty());
    CHECK(!fact.found_by.empty());
    CHECK(find_fact(fact.name) == &fact);
  }
  CHECK(find_fact("qo") == nullptr);
}

TEST_CASE("facts of one probe agree on what it needs") {
  for (const Fact& one : facts()) {
    for (const Fact& other : facts()) {
      if (one.probe != other.probe || one.probe == nullptr) continue;
      CAPTURE(one.name, other.name);
      CHECK(one.alone == other.alone);
    }
  }
}

TEST_CASE("clauses of facts stand in the standard") {
  const auto known = identifiers("clauses-5.0.tsv");
  if (known.empty()) {
    std::cout << "skipped: the list of clauses is not here\n";
    return;
  }
  for (const Fact& fact : facts()) {
    CAPTURE(fact.name);
    if (fact.clause.empty()) continue;
    const bool numbered = fact.clause.starts_with("MQTT-");
    CHECK((numbered || fact.clause.starts_with("section ")));
    if (numbered) CHECK(known.count(std::string(fact.clause)) == 1);
  }
}

TEST_CASE("each version has its fact") {
  for (const auto version : {wire::Version::v3_1, wire::Version::v3_1_1, wire::Version::v5_0}) {
    const Fact* fact = find_fact(fact_of(version));
    REQUIRE(fact != nullptr);
    CHECK(fact->probe == nullptr);
    CHECK(fact->measure == Measure::flag);
  }
}

TEST_CASE("what a version or connection lacks is why a fact is not known") {
  Settings settings;
  CHECK(lacking(0, settings, wire::Version::v3_1).empty());
  CHECK(lacking(lack_v5, settings, wire::Version::v3_1_1) == "a matter of MQTT 5.0");
  CHECK(lacking(lack_v5, settings, wire::Version::v5_0).empty());
  CHECK(lacking(lack_tls, settings, wire::Version::v5_0) == "the connection is not encrypted");
  CHECK(lacking(lack_websocket, settings, wire::Version::v5_0) == "the connection is no WebSocket");
  settings.network.transport = net::Transport::wss;
  CHECK(lacking(lack_tls | lack_websocket, settings, wire::Version::v5_0).empty());
}

TEST_CASE("findings keep what was found last") {
  Findings findings;
  CHECK(findings.find("qos") == nullptr);
  findings.unknown("qos", "no answer");
  CHECK(!findings.find("qos")->value);
  findings.number("qos", 2, "tried");
  CHECK(findings.find("qos")->value == 2);
  CHECK(findings.find("qos")->remark == "tried");
  findings.text("broker_version", "");
  CHECK(findings.find("broker_version")->value == 0);
}
