// Well-formed UTF-8, and where it ends.
#include "base/utf8.h"

#include <cstdint>
#include <string>

#include "catch.h"

namespace {

std::string encoded(std::uint32_t point) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto following = [&](unsigned shift) { return byte(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6), following(0)};
  if (point < 0x10000) return {byte(0xE0 | point >> 12), following(6), following(0)};
  return {byte(0xF0 | point >> 18), following(12), following(6), following(0)};
}

}  // namespace

TEST_CASE("every code point but the surrogates is well-formed, none above U+10FFFF is") {
  for (std::uint32_t point = 0; point <= 0x110FFF; ++point) {
    const bool character = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
    if (base::is_utf8(encoded(point)) != character) FAIL("U+" << std::hex << point);
  }
}

TEST_CASE("what is ill-formed is found where its sequence begins") {
  struct Row {
    std::string text;
    std::size_t offset;
  };
  const Row rows[] = {
      {"\x80", 0},  // a following byte first
      {"a\xBF", 1},
      {"ab\xC0\x80", 2},            // overlong U+0000
      {"\xC1\xBF", 0},              // overlong
      {"\xE0\x9F\xBF", 0},          // overlong
      {"\xF0\x8F\xBF\xBF", 0},      // overlong
      {"abcdefgh\xED\xA0\x80", 8},  // U+D800
      {"\xED\xBF\xBF", 0},          // U+DFFF
      {"\xF4\x90\x80\x80", 0},      // U+110000
      {"\xF5\x80\x80\x80", 0},
      {"\xFE", 0},
      {"\xFF", 0},
      {"\xC3", 0},  // cut off
      {"é\xE2\x82", 2},
      {"\xF0\x9F\x98", 0},
      {"\xC3(", 0},  // followed by ASCII
      {"\xE2\x28\xA1", 0},
      {"\xE2\x82(", 0},
      {"\xF0\x9F\x98(", 0},
      {"0123456789abcde\xFF", 15},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(base::find_ill_formed(row.text) == row.offset);
    CHECK_FALSE(base::is_utf8(row.text));
  }
}

TEST_CASE("well-formed text of all lengths of sequences") {
  for (const std::string text : {"", "a", "01234567", "0123456789abcdef!", "é", "0123456é89", "温度/😀", "\uFEFFx"}) {
    CHECK(base::find_ill_formed(text) == text.size());
  }
  CHECK(base::is_utf8(std::string_view("\0", 1)));
}
