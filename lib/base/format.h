// Text from a format string checked while compiling; the formatter itself is compiled once, in format.cpp.
#pragma once

#include <cstdio>
#include <fmt/core.h>
#include <string>

namespace base {

std::string format_all(fmt::string_view text, fmt::format_args arguments);

/// As fmt::format. Including <fmt/format.h> in its place costs each file three seconds of compiling.
template <typename... Arguments>
std::string format(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  return base::format_all(text, fmt::make_format_args(arguments...));
}

/// Writes to `file` by one call; a failure shows in its error indicator.
template <typename... Arguments>
void print(std::FILE* file, fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  const std::string line = base::format_all(text, fmt::make_format_args(arguments...));
  std::fwrite(line.data(), 1, line.size(), file);
}

}  // namespace base
