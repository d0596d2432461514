// Laying out text in the columns of a terminal.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/buffer.h"

namespace cmd {

inline constexpr std::string_view topic_color = "\x1b[36m";
inline constexpr std::string_view plain_color = "\x1b[0m";

/// How many characters stand in UTF-8 text; each is taken to be one column wide.
std::size_t columns_of(std::string_view text) noexcept;
/// As much of the front of UTF-8 text as fits into so many columns.
std::string_view first_columns(std::string_view text, std::size_t columns) noexcept;
/// Blanks, appended.
void append_blanks(base::Buffer& out, std::size_t count);

struct ScreenSize {
  std::size_t rows = 24;
  std::size_t columns = 80;
};
/// Of the terminal behind a descriptor; the customary size where it is none.
ScreenSize screen_size(int descriptor) noexcept;

}  // namespace cmd
