// Text, a line at a time.
#pragma once

#include <algorithm>
#include <string_view>

namespace base {

/// Takes the first line off `rest`, without its end ("\n" or "\r\n").
inline std::string_view take_line(std::string_view& rest) noexcept {
  std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace base
