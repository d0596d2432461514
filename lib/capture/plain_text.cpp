// A pasted text without what editors, terminals and shells put around and between its characters.
#include "capture/plain_text.h"

#include <algorithm>

namespace capture {
namespace {

constexpr std::string_view little_endian_mark = "\xFF\xFE";
constexpr std::string_view big_endian_mark = "\xFE\xFF";
constexpr std::string_view utf_8_mark = "\xEF\xBB\xBF";
constexpr std::string_view outer_line = "\u2502";
constexpr std::string_view inner_line = "\u250A ";
constexpr std::string_view escape = "\x1B[";

/// How much at the front is a terminal's colour ("ESC [ 0 ; 32 m").
std::size_t colour_size(std::string_view text) noexcept {
  if (!text.starts_with(escape)) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", escape.size());
  return end == std::string_view::npos || text[end] != 'm' ? 0 : end + 1;
}

/// Without colours, and with the lines that some tools draw between columns as plain characters.
std::string undrawn(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const bool outer = text.starts_with(outer_line);
    if (outer) plain += '|';
    std::size_t drawn = outer ? outer_line.size() : text.starts_with(inner_line) ? inner_line.size() : 0;
    if (drawn == 0) drawn = colour_size(text);
    if (drawn == 0) plain += text[0];
    text.remove_prefix(drawn == 0 ? 1 : drawn);
  }
  return plain;
}

/// What no dump is made of becomes a blank.
std::string from_utf_16(std::string_view text) {
  const std::size_t low = text.starts_with(little_endian_mark) ? 0 : 1;
  std::string plain;
  for (text.remove_prefix(2); text.size() >= 2; text.remove_prefix(2)) {
    const bool ascii = text[1 - low] == 0 && static_cast<unsigned char>(text[low]) < 0x80;
    plain += ascii ? text[low] : ' ';
  }
  return plain;
}

bool is_drawn(std::string_view text) noexcept {
  return text.find(outer_line) != std::string_view::npos || text.find(escape) != std::string_view::npos;
}

}  // namespace

bool is_utf_16(std::string_view text) noexcept {
  return text.starts_with(little_endian_mark) || text.starts_with(big_endian_mark);
}

PlainText::PlainText(std::string_view text) : text_(text) {
  if (text_.starts_with(utf_8_mark)) text_.remove_prefix(utf_8_mark.size());
  if (is_utf_16(text_)) text_ = changed_ = from_utf_16(text_);
  if (is_drawn(text_)) {
    std::string undrawn_text = undrawn(text_);
    changed_ = std::move(undrawn_text);
    text_ = changed_;
  }
  const bool returns_only = text_.find('\r') != text_.npos && text_.find('\n') == text_.npos;
  if (!returns_only) return;
  changed_ = std::string(text_);
  std::replace(changed_.begin(), changed_.end(), '\r', '\n');
  text_ = changed_;
}

}  // namespace capture
