// Which cases of the table were asked for, by names and patterns.
#pragma once

#include <string_view>
#include <vector>

#include "scenario/will_case.h"
#include "will_test_options.h"

namespace cmd {

bool any_case_matches(std::string_view pattern);
bool matches_any(const std::vector<std::string>& patterns, std::string_view name);
std::vector<const scenario::WillCase*> selected_cases(const WillTestOptions& options);

}  // namespace cmd
