// Hexadecimal digits and Base64 by tables.
#include "base/hex.h"

#include <array>
#include <cstdint>

namespace base {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t no_digit = 64;

constexpr auto base64_values = [] {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = no_digit;
  for (std::uint8_t i = 0; i < base64_digits.size(); ++i) values[static_cast<std::uint8_t>(base64_digits[i])] = i;
  return values;
}();

std::uint32_t base64_value(char character) noexcept { return base64_values[static_cast<std::uint8_t>(character)]; }

std::uint8_t* put_hex(std::uint8_t* out, Bytes bytes) noexcept {
  for (const std::uint8_t byte : bytes) {
    *out++ = static_cast<std::uint8_t>(hex_digits[byte >> 4]);
    *out++ = static_cast<std::uint8_t>(hex_digits[byte & 0x0F]);
  }
  return out;
}

/// One to three bytes as a group of four characters.
std::uint8_t* put_group(std::uint8_t* out, Bytes bytes) noexcept {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < bytes.size() ? bytes[i] : 0U);
  for (std::size_t i = 0; i < 4; ++i) {
    const char digit = i <= bytes.size() ? base64_digits[bits >> (18 - 6 * i) & 0x3F] : '=';
    *out++ = static_cast<std::uint8_t>(digit);
  }
  return out;
}

constexpr std::size_t base64_size(std::size_t bytes) noexcept { return (bytes + 2) / 3 * 4; }

std::uint8_t* put_base64(std::uint8_t* out, Bytes bytes) noexcept {
  while (bytes.size() > 3) {
    out = put_group(out, bytes.first(3));
    bytes = bytes.subspan(3);
  }
  return bytes.empty() ? out : put_group(out, bytes);
}

/// A group of four characters of which the last `padding` are '='.
bool read_group(std::string_view group, std::size_t padding, std::string& bytes) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint32_t value = i < 4 - padding ? base64_value(group[i]) : 0;
    if (value == no_digit) return false;
    bits = bits << 6 | value;
  }
  if ((bits & ((1U << 8 * padding) - 1)) != 0) return false;
  for (std::size_t i = 0; i < 3 - padding; ++i) bytes.push_back(static_cast<char>(bits >> (16 - 8 * i) & 0xFF));
  return true;
}

}  // namespace

int hex_digit(char character) noexcept {
  if (character >= '0' && character <= '9') return character - '0';
  const char lower = static_cast<char>(character | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_hex(Buffer& out, Bytes bytes) {
  put_hex(out.reserve(bytes.size() * 2), bytes);
  out.commit(bytes.size() * 2);
}

std::string to_hex(Bytes bytes) {
  std::string digits(bytes.size() * 2, '\0');
  put_hex(reinterpret_cast<std::uint8_t*>(digits.data()), bytes);
  return digits;
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

void append_base64(Buffer& out, Bytes bytes) {
  put_base64(out.reserve(base64_size(bytes.size())), bytes);
  out.commit(base64_size(bytes.size()));
}

std::string to_base64(Bytes bytes) {
  std::string text(base64_size(bytes.size()), '\0');
  put_base64(reinterpret_cast<std::uint8_t*>(text.data()), bytes);
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  if (text.ends_with("==")) {
    padding = 2;
  } else if (text.ends_with('=')) {
    padding = 1;
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    if (!read_group(text.substr(i, 4), last ? padding : 0, bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace base
