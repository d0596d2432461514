// Rows of bytes as hex dumps have them: offset, sixteen bytes, and their characters.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/buffer.h"
#include "base/bytes.h"

namespace render {

inline constexpr std::uint32_t row_bytes = 16;

inline void append_blanks(base::Buffer& out, std::size_t count) {
  std::memset(out.reserve(count), ' ', count);
  out.commit(count);
}

/// Four digits, or eight for offsets in something larger than 64 KiB.
inline std::uint32_t offset_digits(std::size_t size) noexcept { return size > 0x10000 ? 8 : 4; }

/// "a0 " of each byte, with one more blank so that four bytes are copied at once.
inline constexpr auto spaced_digits = [] {
  std::array<std::array<char, 4>, 256> all{};
  for (unsigned byte = 0; byte < all.size(); ++byte) {
    all[byte] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 0x0F], ' ', ' '};
  }
  return all;
}();

inline void put_offset(std::uint8_t* at, std::uint32_t offset, std::uint32_t digits) noexcept {
  for (std::uint32_t shift = 4 * digits; shift != 0; at += 2) {
    shift -= 8;
    std::memcpy(at, spaced_digits[offset >> shift & 0xFF].data(), 2);
  }
}

inline void append_offset(base::Buffer& out, std::uint32_t offset, std::uint32_t digits) {
  put_offset(out.reserve(digits), offset, digits);
  out.commit(digits);
}

/// "10 0c 00 ", with a blank behind each byte, and one more at the end that may be overwritten; returns that place.
inline std::uint8_t* put_spaced_hex(std::uint8_t* at, base::Bytes bytes) noexcept {
  for (const std::uint8_t byte : bytes) {
    std::memcpy(at, spaced_digits[byte].data(), 4);
    at += 3;
  }
  return at;
}

/// "10 0c 00", without a blank behind.
inline void append_spaced_hex(base::Buffer& out, base::Bytes bytes) {
  if (bytes.empty()) return;
  put_spaced_hex(out.reserve(3 * bytes.size() + 1), bytes);
  out.commit(3 * bytes.size() - 1);
}

/// The row of `bytes` that starts at `offset`, with its characters where they are wanted; no line feed.
inline void append_row(base::Buffer& out, base::Bytes bytes, std::uint32_t offset, bool characters) {
  const base::Bytes row = bytes.subspan(offset, std::min<std::size_t>(row_bytes, bytes.size() - offset));
  append_offset(out, offset, offset_digits(bytes.size()));
  out.append("  ");
  append_spaced_hex(out, row);
  if (!characters) return;
  append_blanks(out, 3 * (row_bytes - row.size()) + (row.empty() ? 1 : 2));
  for (const std::uint8_t byte : row) out.push(byte >= 0x20 && byte < 0x7F ? byte : std::uint8_t{'.'});
}

}  // namespace render
