// JSON strings and terminal-safe text, from good and from hostile bytes.
#include "render/escape.h"

#include <string>

#include "catch.h"

using namespace std::string_literals;

namespace {

std::string json(std::string_view text) {
  base::Buffer out;
  render::append_json_string(out, text);
  return std::string(out.text());
}

std::string visible(std::string_view text, render::Layout layout = render::Layout::escape) {
  base::Buffer out;
  render::append_visible(out, base::as_bytes(text), layout);
  return std::string(out.text());
}

std::string quoted(std::string_view text) {
  base::Buffer out;
  render::append_quoted(out, text);
  return std::string(out.text());
}

}  // namespace

TEST_CASE("JSON strings escape controls, quotes and backslashes and nothing else") {
  CHECK(json("") == R"("")");
  CHECK(json("plain text, longer than a word of eight bytes") == R"("plain text, longer than a word of eight bytes")");
  CHECK(json("\"\\/") == R"("\"\\/")");
  CHECK(json("\b\f\n\r\t\x01\x1f\x7f"s) == "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
  CHECK(json("a\0b"s) == R"("a\u0000b")");
  CHECK(json("grün €😀") == "\"grün €😀\"");
}

TEST_CASE("What needs an escape is found at every place in a word") {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      const std::string before(at, 'x');
      const std::string after(size - at - 1, 'x');
      CHECK(json(before + '"' + after) == '"' + before + "\\\"" + after + '"');
    }
  }
}

TEST_CASE("A byte that is not UTF-8 becomes U+FFFD in JSON") {
  const std::string replaced = "\xEF\xBF\xBD";
  CHECK(json("a\xFF z") == "\"a" + replaced + " z\"");
  CHECK(json("\xC3") == '"' + replaced + '"');
  CHECK(json("\xC0\xAF") == '"' + replaced + replaced + '"');
  CHECK(json("\xED\xA0\x80") == '"' + replaced + replaced + replaced + '"');
  CHECK(json("\xF4\x90\x80\x80") == '"' + replaced + replaced + replaced + replaced + '"');
  CHECK(json("\xF0\x9F\x98\x80\xF0\x9F\x98") == "\"\xF0\x9F\x98\x80" + replaced + replaced + replaced + '"');
  CHECK(json("\xE2\x82\"") == '"' + replaced + replaced + "\\\"\"");
}

TEST_CASE("Every code point stays in JSON and every other pair of bytes is replaced") {
  for (unsigned first = 0x80; first < 0x100; ++first) {
    for (unsigned second = 0x80; second < 0x100; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const bool whole = first >= 0xC2 && first <= 0xDF && second <= 0xBF;
      const std::string expected = whole ? text : "\xEF\xBF\xBD\xEF\xBF\xBD";
      if (json(text) != '"' + expected + '"') FAIL(first << ' ' << second);
    }
  }
  SUCCEED();
}

TEST_CASE("On a terminal controls, overrides and invalid bytes are shown, not obeyed") {
  CHECK(visible("plain grün €😀 \\n \"") == "plain grün €😀 \\n \"");
  CHECK(visible("\x1b[2J\x07\r\n\t\0"s) == R"(\u001b[2J\u0007\r\n\t\u0000)");
  CHECK(visible("\x7f\xC2\x85\xC2\x9B") == R"(\u007f\u0085\u009b)");
  CHECK(visible("\u061C\u200E\u200F\u202A\u202E\u2066\u2069\u2028\u2029") ==
        R"(\u061c\u200e\u200f\u202a\u202e\u2066\u2069\u2028\u2029)");
  CHECK(visible("\u200D\u2027\u202F\u2065\u00A0") == "\u200D\u2027\u202F\u2065\u00A0");
  CHECK(visible("a\x9B\xFFz") == R"(a\x9b\xffz)");
  CHECK(visible("") == "");
}

TEST_CASE("Layout can stay, and then only line feeds and tabs do") {
  CHECK(visible("a\n\tb\r\x0b\x1b", render::Layout::keep) == "a\n\tb\\r\\u000b\\u001b");
}

TEST_CASE("No byte sequence of three can put a control on the terminal") {
  std::string text(3, '\0');
  for (unsigned i = 0; i < 256 * 256; ++i) {
    text[0] = static_cast<char>(i);
    text[1] = static_cast<char>(i >> 8);
    text[2] = static_cast<char>(i * 7);
    for (const char shown : visible(text)) {
      if (static_cast<unsigned char>(shown) < 0x20 || shown == 0x7f) FAIL(i);
    }
  }
  SUCCEED();
}

TEST_CASE("Quoted text escapes its quotes and backslashes") {
  CHECK(quoted("plant/1") == R"("plant/1")");
  CHECK(quoted("a\"b\\c\n\xFF") == R"("a\"b\\c\n\xff")");
  CHECK(quoted("") == R"("")");
}

TEST_CASE("The end of a buffer can be made visible in place") {
  base::Buffer buffer;
  buffer.append("\x1b[1m");
  const std::size_t start = buffer.size();
  buffer.append("{\n\t\"a\":\t\"\x7f\"}");
  render::make_visible(buffer, start, render::Layout::keep);
  CHECK(buffer.text() == "\x1b[1m{\n\t\"a\":\t\"\\u007f\"}");
}
