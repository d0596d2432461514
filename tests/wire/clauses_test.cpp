// The clause table names only what the standards state.
#include "wire/clauses.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <vector>

#include "catch.h"

namespace {

/// The identifiers of a list, also those that stand in brackets inside another statement (3.1.1 has one of them).
std::set<std::string> read_identifiers(const std::string& name) {
  std::set<std::string> identifiers;
  std::ifstream file(SOURCE_DIR "/../shared/spec/" + name);
  const std::regex bracketed(R"(\[(MQTT-[0-9.-]+)\])");
  for (std::string line; std::getline(file, line);) {
    identifiers.insert(line.substr(0, line.find('\t')));
    for (auto i = std::sregex_iterator(line.begin(), line.end(), bracketed); i != std::sregex_iterator(); ++i) {
      identifiers.insert((*i)[1]);
    }
  }
  return identifiers;
}

bool is_section(std::string_view identifier) {
  static const std::regex form(R"(section [1-7](\.\d+)+)");
  return std::regex_match(identifier.begin(), identifier.end(), form);
}

std::vector<std::string> unknown(const std::set<std::string>& known, std::string_view wire::ClauseRow::*column) {
  std::vector<std::string> names;
  for (const wire::ClauseRow& row : wire::clauses()) {
    const std::string identifier(row.*column);
    if (identifier.empty() || is_section(identifier) || known.contains(identifier)) continue;
    names.push_back(std::string(row.name) + ": " + identifier);
  }
  return names;
}

std::size_t numbered(const std::set<std::string>& known, std::string_view wire::ClauseRow::*column) {
  std::set<std::string_view> used;
  for (const wire::ClauseRow& row : wire::clauses()) {
    if (known.contains(std::string(row.*column))) used.insert(row.*column);
  }
  return used.size();
}

}  // namespace

TEST_CASE("every identifier of the clause table stands in the standards") {
  const auto v3_1_1 = read_identifiers("clauses-3.1.1.tsv");
  const auto v5_0 = read_identifiers("clauses-5.0.tsv");
  if (v3_1_1.empty() || v5_0.empty()) {
    std::cout << "skipped: the lists of clauses are not here\n";
    return;
  }
  CHECK(unknown(v3_1_1, &wire::ClauseRow::v3_1_1) == std::vector<std::string>());
  CHECK(unknown(v5_0, &wire::ClauseRow::v5_0) == std::vector<std::string>());
  CHECK(numbered(v3_1_1, &wire::ClauseRow::v3_1_1) >= 75);
  CHECK(numbered(v5_0, &wire::ClauseRow::v5_0) >= 110);
}

TEST_CASE("every row of the clause table is whole") {
  const std::regex name("[a-z][a-z0-9_]*");
  std::set<std::string_view> names;
  for (const wire::ClauseRow& row : wire::clauses()) {
    INFO(row.name);
    CHECK(&wire::row(row.clause) == &row);
    CHECK(std::regex_match(row.name.begin(), row.name.end(), name));
    CHECK(names.insert(row.name).second);
    CHECK((row.v3_1.empty() || is_section(row.v3_1) || row.v3_1 == "appendix A"));
    CHECK_FALSE((row.v3_1.empty() && row.v3_1_1.empty() && row.v5_0.empty()));
    CHECK(wire::failed(row.reason_code));
    CHECK_FALSE(row.sentence.empty());
    CHECK(row.sentence.back() != '.');
  }
}

TEST_CASE("a rule has the identifier of the version at hand") {
  using wire::Clause;
  using wire::Version;
  CHECK(wire::identifier(Clause::packet_identifier_zero, Version::v3_1) == "section 2.4");
  CHECK(wire::identifier(Clause::packet_identifier_zero, Version::v3_1_1) == "MQTT-2.3.1-1");
  CHECK(wire::identifier(Clause::packet_identifier_zero, Version::v5_0) == "MQTT-2.2.1-3");
}

TEST_CASE("a rule that a version does not state has the identifier of the nearest one that does") {
  using wire::Clause;
  using wire::Version;
  CHECK(wire::identifier(Clause::topic_alias_zero, Version::v3_1) == "MQTT-3.3.2-8");
  CHECK(wire::identifier(Clause::topic_alias_zero, Version::v3_1_1) == "MQTT-3.3.2-8");
  CHECK(wire::identifier(Clause::connect_flags_reserved, Version::v3_1) == "MQTT-3.1.2-3");
  CHECK(wire::identifier(Clause::password_without_username, Version::v5_0) == "MQTT-3.1.2-22");
  CHECK(wire::identifier(Clause::client_identifier_length, Version::v5_0) == "section 3.1");
}
