// Guesses what a mistyped word was meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cmd {

/// The candidate that `word` begins, where there is but one, or that is a few letters away; empty for none.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// "; did you mean --retain?" with `before` ahead of the name, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::string_view before = {});

}  // namespace cmd
