// Variable byte integers and the checks of strings, shared by the decoders and encoders.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"
#include "wire/clauses.h"

namespace wire {

inline constexpr std::uint32_t largest_variable_byte_integer = 268'435'455;

/// Bytes that a variable byte integer takes (1.5.5).
constexpr std::size_t variable_size(std::uint32_t value) noexcept {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20'0000 ? 3 : 4;
}

inline std::uint8_t* put_variable(std::uint8_t* out, std::uint32_t value) noexcept {
  while (value >= 0x80) {
    *out++ = static_cast<std::uint8_t>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<std::uint8_t>(value);
  return out;
}

/// A variable byte integer at the front of bytes.
struct VariableByteInteger {
  enum class State : std::uint8_t { complete, incomplete, too_long };
  State state = State::incomplete;
  std::uint8_t length = 0;  ///< bytes that it takes
  std::uint32_t value = 0;

  bool minimal() const noexcept { return length == variable_size(value); }
};

inline VariableByteInteger read_variable(base::Bytes bytes) noexcept {
  VariableByteInteger integer;
  while (integer.length < bytes.size()) {
    if (integer.length == 4) break;
    const std::uint8_t byte = bytes[integer.length];
    integer.value |= static_cast<std::uint32_t>(byte & 0x7F) << 7 * integer.length++;
    if (byte < 0x80) {
      integer.state = VariableByteInteger::State::complete;
      return integer;
    }
  }
  if (integer.length == 4) integer.state = VariableByteInteger::State::too_long;
  return integer;
}

inline std::uint8_t* put_u16(std::uint8_t* out, std::uint16_t value) noexcept {
  out[0] = static_cast<std::uint8_t>(value >> 8);
  out[1] = static_cast<std::uint8_t>(value);
  return out + 2;
}

inline std::uint8_t* put_bytes(std::uint8_t* out, base::Bytes bytes) noexcept {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

/// Two bytes of length and the bytes themselves.
inline std::uint8_t* put_string(std::uint8_t* out, base::Bytes bytes) noexcept {
  return put_bytes(put_u16(out, static_cast<std::uint16_t>(bytes.size())), bytes);
}

/// The first byte of a text that is not as it must be.
struct TextFault {
  enum class Kind : std::uint8_t { none, ill_formed, null_character, wildcard };
  Kind kind = Kind::none;
  std::uint32_t position = 0;
};

/// Looks for ill-formed UTF-8 and U+0000, and for + and # where `topic_name` is set.
TextFault scan_text(std::string_view text, bool topic_name) noexcept;

/// Whether eight bytes are ASCII without NUL, + and #: one pass of arithmetic for all four (a 20-byte topic 2 ns).
/// + and # differ in one bit, which is set in both before they are compared.
constexpr bool plain(std::uint64_t word) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t high = 0x8080808080808080U;
  const std::uint64_t wildcards = (word | ones * 0x08) ^ ones * 0x2B;
  return ((((word - ones) & ~word) | ((wildcards - ones) & ~wildcards) | word) & high) == 0;
}

/// Whether a text is a topic name of ASCII without wildcards, the common case; `scan_text` tells what else it is.
inline bool is_plain_topic(std::string_view text) noexcept {
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t word;
  if (left >= 8) {
    for (; left > 8; at += 8, left -= 8) {
      std::memcpy(&word, at, 8);
      if (!plain(word)) return false;
    }
    std::memcpy(&word, at + left - 8, 8);  // overlaps what was seen instead of ending byte by byte
    return plain(word);
  }
  if (left >= 4) {
    std::uint32_t first;
    std::uint32_t last;
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + left - 4, 4);
    return plain(std::uint64_t{first} << 32 | last);
  }
  if (left == 0) return false;
  const auto byte = [at](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])}; };
  return plain(0x6161616161000000U | byte(0) << 16 | byte(left / 2) << 8 | byte(left - 1));
}

}  // namespace wire
