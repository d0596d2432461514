// How much of the standards decode and lint can report: each numbered statement is covered or has a reason.
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "catch.h"
#include "session/lint.h"

namespace {

using wire::Version;
using Names = std::set<std::string, std::less<>>;

std::string vectors(const std::string& name) { return SOURCE_DIR "/tests/vectors/" + name; }

/// The rules that vectors break in `version`: those of packets have one each.
Names broken_by_packets(std::string_view version) {
  Names names;
  std::ifstream file(vectors("packets.txt"));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name, of;
    if (words >> name >> of && of == version) names.insert(name);
  }
  return names;
}

/// The rules that something reports in `version`: a decoder, lint, or the reader of WebSocket captures.
Names reported(Version version) {
  Names names = broken_by_packets(wire::name(version));
  const unsigned bit = static_cast<unsigned>(version) - 3;
  for (const session::LintRule& rule : session::Lint::rules()) {
    if ((rule.versions >> bit & 1U) != 0) names.emplace(wire::row(rule.clause).name);
  }
  for (const wire::ClauseRow& row : wire::clauses()) {
    if (row.name.starts_with("websocket_")) names.emplace(row.name);
  }
  return names;
}

std::string_view stated(const wire::ClauseRow& row, Version version) {
  return version == Version::v5_0 ? row.v5_0 : row.v3_1_1;
}

/// The identifiers of one version's list; also that which stands in brackets inside another statement.
std::vector<std::string> statements(Version version) {
  std::ifstream file(SOURCE_DIR "/../shared/spec/clauses-" + std::string(wire::name(version)) + ".tsv");
  std::vector<std::string> identifiers;
  for (std::string line; std::getline(file, line);) identifiers.push_back(line.substr(0, line.find('\t')));
  return identifiers;
}

/// Why statements of a version have no rule of their own, by identifier.
std::map<std::string, std::string> reasons(Version version) {
  std::map<std::string, std::string> result;
  std::ifstream file(vectors("uncovered_clauses.tsv"));
  REQUIRE(file);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string of, identifier, reason;
    if (line.starts_with('#') || !std::getline(fields, of, '\t')) continue;
    REQUIRE(std::getline(fields, identifier, '\t'));
    REQUIRE(std::getline(fields, reason));
    if (of == wire::name(version)) REQUIRE(result.emplace(identifier, reason).second);
  }
  return result;
}

}  // namespace

TEST_CASE("every numbered statement is reported or has a reason why not") {
  const Version version = GENERATE(Version::v3_1_1, Version::v5_0);
  const std::vector<std::string> identifiers = statements(version);
  if (identifiers.empty()) {
    std::cout << "skipped: the lists of clauses are not here\n";
    return;
  }
  const Names rules = reported(version);
  Names covered;
  for (const wire::ClauseRow& row : wire::clauses()) {
    if (rules.contains(row.name)) covered.emplace(stated(row, version));
  }
  auto why = reasons(version);
  std::vector<std::string> wrong;
  std::size_t own = 0, as_another = 0, invisible = 0;
  constexpr std::string_view as = "reported as ";
  for (const std::string& identifier : identifiers) {
    const auto reason = why.find(identifier);
    if (covered.contains(identifier) == (reason != why.end())) {
      wrong.push_back(identifier + (reason == why.end() ? " in neither" : " in both"));
    } else if (reason == why.end()) {
      ++own;
    } else if (!reason->second.starts_with(as)) {
      ++invisible;
    } else if (rules.contains(reason->second.substr(as.size()))) {
      ++as_another;
    } else {
      wrong.push_back(identifier + ": nothing reports " + reason->second.substr(as.size()));
    }
    if (reason != why.end()) why.erase(reason);
  }
  for (const auto& [identifier, reason] : why) wrong.push_back(identifier + " is no statement");
  CHECK(wrong == std::vector<std::string>());
  std::cout << wire::name(version) << ": " << identifiers.size() << " statements, " << own
            << " reported by their number, " << as_another << " under another one, " << invisible
            << " that no packet or connection breaks visibly\n";
}

TEST_CASE("every row of the clause table is reported by something") {
  Names all;
  for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5_0}) all.merge(reported(version));
  std::vector<std::string_view> idle;
  for (const wire::ClauseRow& row : wire::clauses()) {
    if (!all.contains(row.name)) idle.push_back(row.name);
  }
  // For topics in options.
  CHECK(idle == std::vector<std::string_view>{"topic_too_long"});
}
