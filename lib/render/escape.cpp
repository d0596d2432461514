// Bytes of strangers as JSON strings, and as text that is safe on a terminal.
#include "render/escape.h"

#include <charconv>
#include <cstring>
#include <string>

#include "render/digits.h"
#include "render/escaping.h"

namespace render {
namespace {

using Byte = const std::uint8_t*;

struct CodePoint {
  std::uint32_t value;
  std::uint32_t length;  ///< in bytes; 0 where there is no valid one
};

inline bool continues(std::uint8_t byte) noexcept { return (byte & 0xC0) == 0x80; }

/// The code point at `at`, which is not the end.
CodePoint decode(Byte at, Byte end) noexcept {
  const std::uint32_t lead = *at;
  if (lead < 0x80) return {lead, 1};
  const auto left = end - at;
  if (lead >= 0xC2 && lead < 0xE0 && left >= 2 && continues(at[1])) return {(lead & 0x1F) << 6 | (at[1] & 0x3FU), 2};
  if (lead >= 0xE0 && lead < 0xF0 && left >= 3 && continues(at[1]) && continues(at[2])) {
    const std::uint32_t value = (lead & 0x0F) << 12 | (at[1] & 0x3FU) << 6 | (at[2] & 0x3FU);
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    return {value, value < 0x800 || surrogate ? 0U : 3U};
  }
  if (lead >= 0xF0 && lead < 0xF5 && left >= 4 && continues(at[1]) && continues(at[2]) && continues(at[3])) {
    const std::uint32_t value = (lead & 0x07) << 18 | (at[1] & 0x3FU) << 12 | (at[2] & 0x3FU) << 6 | (at[3] & 0x3FU);
    return {value, value < 0x10000 || value > 0x10FFFF ? 0U : 4U};
  }
  return {lead, 0};
}

constexpr char digits[] = "0123456789abcdef";

std::uint8_t* put_hex_escape(std::uint8_t* to, char kind, std::uint32_t value, int count) noexcept {
  *to++ = '\\';
  *to++ = static_cast<std::uint8_t>(kind);
  for (int i = count - 1; i >= 0; --i) *to++ = static_cast<std::uint8_t>(digits[value >> (4 * i) & 0x0F]);
  return to;
}

std::uint8_t* put_escape(std::uint8_t* to, std::uint32_t letter) noexcept {
  *to++ = '\\';
  *to++ = static_cast<std::uint8_t>(letter);
  return to;
}

/// The letter behind the backslash for a control that has one; 0 for others.
constexpr std::uint8_t short_escape(std::uint32_t control) noexcept {
  switch (control) {
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

/// A quote, a backslash or a control.
std::uint8_t* put_json_escape(std::uint8_t* to, std::uint8_t byte) noexcept {
  const std::uint32_t letter = byte == '"' || byte == '\\' ? byte : short_escape(byte);
  return letter != 0 ? put_escape(to, letter) : put_hex_escape(to, 'u', byte, 4);
}

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

std::uint8_t* put(std::uint8_t* to, Byte from, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) *to++ = from[i];
  return to;
}

bool in(std::uint32_t value, std::uint32_t first, std::uint32_t last) noexcept {
  return value >= first && value <= last;
}

/// Code points that move the cursor, start a command, or reorder what stands around them.
bool unsafe(std::uint32_t value) noexcept {
  if (value < 0x7F) return value < 0x20;
  return value <= 0x9F || value == 0x061C || in(value, 0x200E, 0x200F) || in(value, 0x2028, 0x202E) ||
         in(value, 0x2066, 0x2069);
}

std::uint8_t* put_visible_escape(std::uint8_t* to, CodePoint code_point) noexcept {
  const std::uint32_t value = code_point.value;
  if (value == '"' || value == '\\') return put_escape(to, value);
  if (value == '\n' || value == '\r' || value == '\t') return put_escape(to, short_escape(value));
  return code_point.length == 0 ? put_hex_escape(to, 'x', value, 2) : put_hex_escape(to, 'u', value, 4);
}

template <class Stays>
void append_safe(base::Buffer& out, base::Bytes bytes, Stays stays) {
  const Byte end = bytes.data() + bytes.size();
  copy_escaped<Delete::special>(out, bytes, [end, stays](Byte& at, Byte, std::uint8_t*& to) {
    const CodePoint code_point = decode(at, end);
    const bool keep = code_point.length != 0 && stays(code_point.value);
    to = keep ? put(to, at, code_point.length) : put_visible_escape(to, code_point);
    at += code_point.length == 0 ? 1 : code_point.length;
    return true;
  });
}

/// Appends up to the first byte that is not part of valid UTF-8 and returns it, or the end.
Byte append_valid_characters(base::Buffer& out, base::Bytes bytes) {
  const Byte end = bytes.data() + bytes.size();
  return copy_escaped<Delete::plain>(out, bytes, [end](Byte& at, Byte stop, std::uint8_t*& to) {
    if (*at < 0x80) {
      to = put_json_escape(to, *at++);
      return true;
    }
    while (at < stop && *at >= 0x80) {
      const std::uint32_t length = decode(at, end).length;
      if (length == 0) return false;
      to = put(to, at, length);
      at += length;
    }
    return true;
  });
}

}  // namespace

void append_json_characters(base::Buffer& out, base::Bytes bytes) {
  const Byte end = bytes.data() + bytes.size();
  for (Byte at = bytes.data(); (at = append_valid_characters(out, {at, end})) != end; ++at) out.append(replacement);
}

void append_json_string(base::Buffer& out, base::Bytes bytes) {
  out.reserve(bytes.size() + 2);
  out.push('"');
  append_json_characters(out, bytes);
  out.push('"');
}

bool append_json_string_if_utf8(base::Buffer& out, base::Bytes bytes) {
  const std::size_t start = out.size();
  out.reserve(bytes.size() + 2);
  out.push('"');
  if (append_valid_characters(out, bytes) != bytes.data() + bytes.size()) {
    out.truncate(start);
    return false;
  }
  out.push('"');
  return true;
}

void append_number(base::Buffer& out, std::uint64_t value) {
  if (value < 10) return out.push(static_cast<char>('0' + value));
  if (value < 100) {
    std::memcpy(out.reserve(2), digit_pairs.data() + 2 * value, 2);
    return out.commit(2);
  }
  auto* const begin = reinterpret_cast<char*>(out.reserve(20));
  out.commit(static_cast<std::size_t>(std::to_chars(begin, begin + 20, value).ptr - begin));
}

void append_visible(base::Buffer& out, base::Bytes bytes, Layout layout) {
  const bool keep = layout == Layout::keep;
  append_safe(out, bytes,
              [keep](std::uint32_t value) { return !unsafe(value) || (keep && (value == '\n' || value == '\t')); });
}

void make_visible(base::Buffer& buffer, std::size_t offset, Layout layout) {
  const std::string text(buffer.text().substr(offset));
  buffer.truncate(offset);
  append_visible(buffer, base::as_bytes(text), layout);
}

void append_quoted(base::Buffer& out, std::string_view text) {
  out.push('"');
  append_safe(out, base::as_bytes(text),
              [](std::uint32_t value) { return !unsafe(value) && value != '"' && value != '\\'; });
  out.push('"');
}

std::string quoted(std::string_view text) {
  base::Buffer out;
  append_quoted(out, text);
  return std::string(out.text());
}

}  // namespace render
