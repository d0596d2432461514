// One line a row of the clause table.
#include "session/clause_list.h"

#include <algorithm>
#include <iterator>

#include "base/format.h"
#include "session/lint.h"

namespace session {
namespace {

std::string_view stated(std::string_view identifier) { return identifier.empty() ? "-" : identifier; }

/// Who finds it: the packet alone (also the WebSocket frame), the connection, or both.
std::string_view found_in(wire::Clause clause, const std::vector<LintRule>& rules) {
  const auto of_it = [clause](const LintRule& rule) { return rule.clause == clause; };
  return std::any_of(rules.begin(), rules.end(), of_it) ? "connection" : "packet";
}

}  // namespace

void append_clause_list(base::Buffer& out) {
  const std::vector<LintRule> rules = Lint::rules();
  std::size_t widest = 0;
  for (const wire::ClauseRow& row : wire::clauses()) widest = std::max(widest, row.name.size());
  const auto line = [&](auto name, auto v3_1, auto v3_1_1, auto v5_0, auto found, auto sentence) {
    out.append(base::format("{:<{}}  {:<12}  {:<15}  {:<20}  {:<10}  {}\n", name, widest, v3_1, v3_1_1, v5_0, found,
                            sentence));
  };
  line("NAME", "3.1", "3.1.1", "5.0", "FOUND IN", "RULE");
  for (const wire::ClauseRow& row : wire::clauses()) {
    line(row.name, stated(row.v3_1), stated(row.v3_1_1), stated(row.v5_0), found_in(row.clause, rules), row.sentence);
  }
}

}  // namespace session
