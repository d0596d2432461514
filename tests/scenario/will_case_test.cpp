// The table of cases: names that can be chosen by, clauses that stand in the standards, and what each case needs.
#include "scenario/will_case.h"

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
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

void check_clause(std::string_view clause, const std::set<std::string>& known) {
  std::istringstream parts{std::string(clause)};
  for (std::string part; std::getline(parts >> std::ws, part, ',');) {
    CAPTURE(part);
    const bool numbered = part.starts_with("MQTT-");
    CHECK((numbered || part.starts_with("section ")));
    if (numbered) CHECK(known.count(part) == 1);
  }
}

}  // namespace

TEST_CASE("names of cases are unique, and plain enough for patterns and XML") {
  std::set<std::string_view> names;
  for (const WillCase& row : will_cases()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos);
    CHECK(!row.deed.empty());
    CHECK(!row.promise.empty());
    CHECK(!row.v5_0.empty());
    CHECK(row.script != nullptr);
  }
}

TEST_CASE("clauses of cases stand in the standards") {
  const auto v3_1_1 = identifiers("clauses-3.1.1.tsv"), v5_0 = identifiers("clauses-5.0.tsv");
  if (v3_1_1.empty() || v5_0.empty()) {
    std::cout << "skipped: the lists of clauses are not here\n";
    return;
  }
  for (const WillCase& row : will_cases()) {
    check_clause(row.v3_1_1, v3_1_1);
    check_clause(row.v5_0, v5_0);
  }
}

TEST_CASE("what a broker or connection lacks is the reason to skip a case") {
  Settings settings;
  Capabilities broker;
  CHECK(missing(0, settings, broker).empty());
  CHECK(missing(need_qos_2 | need_retain | need_tcp, settings, broker).empty());
  CHECK(missing(need_tls, settings, broker) == "the connection is not encrypted");
  CHECK(missing(need_websocket, settings, broker) == "the connection is no WebSocket");
  CHECK(missing(need_low_qos, settings, broker) == "the broker supports QoS 2");
  CHECK(missing(need_no_retain, settings, broker) == "the broker keeps retained messages");
  settings.network.transport = net::Transport::wss;
  settings.network.unix_path = "/socket";
  CHECK(missing(need_tls | need_websocket, settings, broker).empty());
  CHECK(missing(need_tcp, settings, broker) == "a unix socket knows no reset");
  broker = {.maximum_qos = 1, .retain = false, .maximum_qos_is_announced = true};
  CHECK(missing(need_qos_1 | need_low_qos | need_no_retain, settings, broker).empty());
  CHECK(missing(need_qos_2, settings, broker) == "the broker does not support QoS 2");
  CHECK(missing(need_retain, settings, broker) == "the broker says that it keeps no retained messages");
}
