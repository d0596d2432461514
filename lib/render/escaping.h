// Copies text that mostly needs no escapes: eight bytes at a time, each other character by a function.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/buffer.h"

namespace render {

/// What has a meaning of its own in a string, beside controls, quotes, backslashes and what is not ASCII.
enum class Delete : std::uint8_t { plain, special };

namespace escaping {

using Byte = const std::uint8_t*;

constexpr std::uint64_t every_byte(std::uint8_t value) noexcept { return 0x0101'0101'0101'0101U * value; }

constexpr std::uint64_t high_bits = every_byte(0x80);

/// A high bit is set for the lowest byte of `word` that is zero; above it bits may be wrong.
constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept { return (word - every_byte(1)) & ~word & high_bits; }

/// The same for the lowest byte that is not plain.
template <Delete is>
constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept {
  const std::uint64_t control = (word - every_byte(0x20)) & ~word & high_bits;
  std::uint64_t special = (word & high_bits) | control | zero_bytes(word ^ every_byte('"'));
  special |= zero_bytes(word ^ every_byte('\\'));
  if constexpr (is == Delete::special) special |= zero_bytes(word ^ every_byte(0x7F));
  return special;
}

/// Whether no byte is a control or beyond ASCII.
constexpr bool printable(std::uint64_t word) noexcept {
  const std::uint64_t control = (word - every_byte(0x20)) & ~word;
  return ((word | control | zero_bytes(word ^ every_byte(0x7F))) & high_bits) == 0;
}

/// The first byte is the lowest of the word.
inline std::uint64_t load(Byte at) noexcept {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}
inline void store(std::uint8_t* to, std::uint64_t word) noexcept {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(to, &word, sizeof word);
}

/// The last `count` bytes, fewer than eight, of those from `begin` to `end`; above them zeros, which are special.
inline std::uint64_t load_last(Byte begin, Byte end, std::size_t count) noexcept {
  if (end - begin >= 8) return load(end - 8) >> 8 * (8 - count);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{(end - count)[i]} << 8 * i;
  return word;
}

}  // namespace escaping

/// Appends `bytes`. `special(at, stop, to)` is called at each byte that is not plain: it reads a character of any
/// length, or several that begin before `stop`, writes up to six bytes for each byte it read, and moves both pointers;
/// false ends copying there. Returns where copying ended.
template <Delete is, class Special>
const std::uint8_t* copy_escaped(base::Buffer& out, base::Bytes bytes, Special special) {
  using namespace escaping;
  constexpr std::size_t most_at_once = 4096;
  constexpr std::size_t longest_escape = 6;
  constexpr std::size_t overshoot = 16;
  Byte at = bytes.data();
  const Byte begin = at;
  const Byte end = at + bytes.size();
  bool go_on = true;
  while (go_on && at < end) {
    const auto left = static_cast<std::size_t>(end - at);
    const Byte stop = at + std::min(left, most_at_once);
    std::uint8_t* to = out.reserve(std::min(left, most_at_once) * longest_escape + overshoot);
    const std::uint8_t* const start = to;
    while (go_on && at < stop) {
      const std::uint64_t word = end - at >= 8 ? load(at) : load_last(begin, end, static_cast<std::size_t>(end - at));
      const std::uint64_t found = special_bytes<is>(word);
      const int plain = found == 0 ? 8 : std::countr_zero(found) / 8;
      store(to, word);
      at += plain;
      to += plain;
      if (found != 0 && at < stop) go_on = special(at, stop, to);
    }
    out.commit(static_cast<std::size_t>(to - start));
  }
  return at;
}

}  // namespace render
