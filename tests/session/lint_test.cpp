// Each rule of lint has a connection that breaks it, and connections that break nothing are found clean.
#include <fstream>
#include <set>

#include "session/clause_list.h"
#include "session/lint_script.h"

namespace {

using wire::Version;

struct Case {
  std::string title;
  std::vector<Version> versions;
  bool missed = false;  ///< the capture begins later
  std::string text;     ///< lines of packets and findings
};

Case read_header(const std::string& line) {
  std::istringstream words(line.substr(2));
  Case one{.title = line.substr(2), .versions = {}, .missed = false, .text = {}};
  for (std::string word; words >> word;) {
    if (word == "3.1") one.versions.push_back(Version::v3_1);
    if (word == "3.1.1") one.versions.push_back(Version::v3_1_1);
    if (word == "5.0") one.versions.push_back(Version::v5_0);
    if (word == "missed") one.missed = true;
  }
  return one;
}

/// Blocks of "= versions title" and lines; # begins a comment line, and empty lines do not count.
std::vector<Case> read_cases() {
  std::ifstream file(SOURCE_DIR "/tests/vectors/lint.txt");
  REQUIRE(file);
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("# ")) continue;
    if (line.starts_with("= ")) {
      cases.push_back(read_header(line));
    } else {
      cases.back().text += line + "\n";
    }
  }
  return cases;
}

std::string play(const Case& one, Version version) {
  lint_script::Player player(version, !one.missed);
  std::istringstream lines(one.text);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (line[0] != '!' && line[0] != '?') found += player.play(line);
  }
  return found;
}

}  // namespace

TEST_CASE("lint finds in each connection what is wrong there, and nothing else") {
  for (const Case& one : read_cases()) {
    for (const Version version : one.versions) {
      INFO(one.title << " as " << wire::name(version));
      CHECK(play(one, version) == one.text);
    }
  }
}

TEST_CASE("every rule of lint is broken by a connection of these") {
  std::set<std::string, std::less<>> broken;
  for (const Case& one : read_cases()) {
    std::istringstream lines(one.text);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string mark, clause;
      if (words >> mark >> clause && (mark == "!" || mark == "?")) broken.insert(clause);
    }
  }
  std::vector<std::string_view> untested;
  for (const session::LintRule& rule : session::Lint::rules()) {
    const std::string_view name = wire::row(rule.clause).name;
    if (!broken.contains(name)) untested.push_back(name);
  }
  CHECK(untested == std::vector<std::string_view>());
}

TEST_CASE("the list of clauses has a line for each rule, with equal columns") {
  base::Buffer list;
  session::append_clause_list(list);
  std::istringstream lines{std::string(list.text())};
  std::string header;
  std::getline(lines, header);
  const std::size_t sentence = header.find("RULE");
  std::vector<std::string> names;
  std::vector<std::string> expected;
  for (std::string line; std::getline(lines, line);) {
    names.push_back(line.substr(0, line.find(' ')) + " " + line.substr(sentence));
  }
  for (const wire::ClauseRow& row : wire::clauses()) {
    expected.push_back(std::string(row.name) + " " + std::string(row.sentence));
  }
  CHECK(names == expected);
  CHECK(header.find("FOUND IN") != header.npos);
}
