#include "will_test_selection.h"

#include <algorithm>
#include <fnmatch.h>
#include <string>

namespace cmd {
namespace {

bool matches(std::string_view pattern, std::string_view name) {
  return ::fnmatch(std::string(pattern).c_str(), std::string(name).c_str(), 0) == 0;
}

}  // namespace

bool any_case_matches(std::string_view pattern) {
  const auto cases = scenario::will_cases();
  return std::any_of(cases.begin(), cases.end(), [&](const auto& row) { return matches(pattern, row.name); });
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return matches(pattern, name); });
}

std::vector<const scenario::WillCase*> selected_cases(const WillTestOptions& options) {
  std::vector<const scenario::WillCase*> selected;
  for (const auto& row : scenario::will_cases()) {
    const bool wanted = options.only.empty() || matches_any(options.only, row.name);
    if (wanted && !matches_any(options.skip, row.name)) selected.push_back(&row);
  }
  return selected;
}

}  // namespace cmd
