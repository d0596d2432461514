// Bytes of strangers as JSON strings, and as text that is safe on a terminal.
#include "render/escape.h"

#include <charconv>
#include <cstring>
#include <string>

namespace render {
namespace {

using Byte = const std::uint8_t*;

constexpr std::uint64_t every_byte(std::uint8_t value) noexcept { return 0x0101'0101'0101'0101U * value; }

constexpr std::uint64_t high_bits = every_byte(0x80);

/// A high bit is set for the lowest byte of `word` that is zero; above it bits may be wrong.
constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept { return (word - every_byte(1)) & ~word & high_bits; }

inline std::uint64_t load(Byte at) noexcept {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline bool plain_in_json(std::uint8_t byte) noexcept {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/// Eight bytes at a time (3.6 GB/s against 0.9 byte by byte), to the first byte that cannot be copied unseen.
Byte skip_plain(Byte at, Byte end) noexcept {
  for (; end - at >= 8; at += 8) {
    const std::uint64_t word = load(at);
    const std::uint64_t control = (word - every_byte(0x20)) & ~word & high_bits;
    const std::uint64_t quote = zero_bytes(word ^ every_byte('"'));
    const std::uint64_t backslash = zero_bytes(word ^ every_byte('\\'));
    if (((word & high_bits) | control | quote | backslash) != 0) break;
  }
  while (at != end && plain_in_json(*at)) ++at;
  return at;
}

/// The same, to the first byte that a terminal must not see as it is or that stands for itself only outside of quotes.
Byte skip_harmless(Byte at, Byte end) noexcept {
  const Byte run = skip_plain(at, end);
  if (run == at) return at;
  const void* del = std::memchr(at, 0x7F, static_cast<std::size_t>(run - at));
  return del != nullptr ? static_cast<Byte>(del) : run;
}

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

Byte skip_multibyte(Byte at, Byte end) noexcept {
  while (at != end && *at >= 0x80) {
    const std::uint32_t length = decode(at, end).length;
    if (length == 0) break;
    at += length;
  }
  return at;
}

constexpr char digits[] = "0123456789abcdef";

void append_hex_escape(base::Buffer& out, char kind, std::uint32_t value, int count) {
  char text[8] = {'\\', kind};
  for (int i = 0; i < count; ++i) text[2 + i] = digits[value >> (4 * (count - 1 - i)) & 0x0F];
  out.append(std::string_view(text, static_cast<std::size_t>(2 + count)));
}

/// The letter behind the backslash for a control that has one; 0 for others.
constexpr char short_escape(std::uint32_t control) noexcept {
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

void append_json_control(base::Buffer& out, std::uint8_t byte) {
  const char letter = byte == '"' || byte == '\\' ? static_cast<char>(byte) : short_escape(byte);
  if (letter == 0) return append_hex_escape(out, 'u', byte, 4);
  out.push('\\');
  out.push(letter);
}

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool in(std::uint32_t value, std::uint32_t first, std::uint32_t last) noexcept {
  return value >= first && value <= last;
}

/// Code points that move the cursor, start a command, or reorder what stands around them.
bool unsafe(std::uint32_t value) noexcept {
  if (value < 0x7F) return value < 0x20;
  return value <= 0x9F || value == 0x061C || in(value, 0x200E, 0x200F) || in(value, 0x2028, 0x202E) ||
         in(value, 0x2066, 0x2069);
}

void append_visible_escape(base::Buffer& out, CodePoint code_point) {
  const std::uint32_t value = code_point.value;
  if (value == '\n' || value == '\r' || value == '\t') {
    out.push('\\');
    out.push(short_escape(value));
  } else if (code_point.length == 0) {
    append_hex_escape(out, 'x', value, 2);
  } else {
    append_hex_escape(out, 'u', value, 4);
  }
}

template <class Stays>
void append_safe(base::Buffer& out, base::Bytes bytes, Stays stays) {
  Byte at = bytes.data();
  const Byte end = at + bytes.size();
  for (Byte run = at; at != end || run != end;) {
    CodePoint code_point{};
    while ((at = skip_harmless(at, end)) != end && stays(code_point = decode(at, end))) at += code_point.length;
    out.append(base::Bytes(run, at));
    if (at == end) break;
    const bool quoting = code_point.value == '"' || code_point.value == '\\';
    if (quoting) {
      out.push('\\');
      out.push(*at);
    } else {
      append_visible_escape(out, code_point);
    }
    at += code_point.length == 0 ? 1 : code_point.length;
    run = at;
  }
}

}  // namespace

namespace {

/// Appends up to the first byte that is not part of valid UTF-8 and returns it, or the end.
Byte append_valid_characters(base::Buffer& out, Byte at, Byte end) {
  while (true) {
    const Byte run = at;
    at = skip_plain(at, end);
    if (at != end && *at >= 0x80) at = skip_multibyte(at, end);
    out.append(base::Bytes(run, at));
    if (at == end || (at == run && *at >= 0x80)) return at;
    if (*at < 0x80 && !plain_in_json(*at)) append_json_control(out, *at++);
  }
}

}  // namespace

void append_json_characters(base::Buffer& out, base::Bytes bytes) {
  const Byte end = bytes.data() + bytes.size();
  for (Byte at = bytes.data(); (at = append_valid_characters(out, at, end)) != end; ++at) out.append(replacement);
}

void append_json_string(base::Buffer& out, base::Bytes bytes) {
  out.reserve(bytes.size() + 2);
  out.push('"');
  append_json_characters(out, bytes);
  out.push('"');
}

bool append_json_string_if_utf8(base::Buffer& out, base::Bytes bytes) {
  const std::size_t start = out.size();
  const Byte end = bytes.data() + bytes.size();
  out.reserve(bytes.size() + 2);
  out.push('"');
  if (append_valid_characters(out, bytes.data(), end) != end) {
    out.truncate(start);
    return false;
  }
  out.push('"');
  return true;
}

void append_number(base::Buffer& out, std::uint64_t value) {
  if (value < 10) return out.push(static_cast<char>('0' + value));
  auto* const begin = reinterpret_cast<char*>(out.reserve(20));
  out.commit(static_cast<std::size_t>(std::to_chars(begin, begin + 20, value).ptr - begin));
}

void append_visible(base::Buffer& out, base::Bytes bytes, Layout layout) {
  const bool keep = layout == Layout::keep;
  append_safe(out, bytes, [keep](CodePoint code_point) {
    if (keep && (code_point.value == '\n' || code_point.value == '\t')) return true;
    return code_point.length != 0 && !unsafe(code_point.value);
  });
}

void make_visible(base::Buffer& buffer, std::size_t offset, Layout layout) {
  const std::string text(buffer.text().substr(offset));
  buffer.truncate(offset);
  append_visible(buffer, base::as_bytes(text), layout);
}

void append_quoted(base::Buffer& out, std::string_view text) {
  out.push('"');
  append_safe(out, base::as_bytes(text), [](CodePoint code_point) {
    return code_point.length != 0 && !unsafe(code_point.value) && code_point.value != '"' && code_point.value != '\\';
  });
  out.push('"');
}

std::string quoted(std::string_view text) {
  base::Buffer out;
  append_quoted(out, text);
  return std::string(out.text());
}

}  // namespace render
