#include "screen.h"

#include <algorithm>
#include <cstring>
#include <sys/ioctl.h>

namespace cmd {
namespace {

bool starts_character(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

std::size_t columns_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string_view first_columns(std::string_view text, std::size_t columns) noexcept {
  std::size_t size = 0;
  for (; size < text.size(); ++size) {
    if (!starts_character(text[size])) continue;
    if (columns == 0) break;
    --columns;
  }
  return text.substr(0, size);
}

void append_blanks(base::Buffer& out, std::size_t count) {
  std::memset(out.reserve(count), ' ', count);
  out.commit(count);
}

ScreenSize screen_size(int descriptor) noexcept {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

}  // namespace cmd
