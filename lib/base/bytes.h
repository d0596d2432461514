// Views of bytes and text, and a cursor that reads big-endian fields from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace base {

/// Somebody else's bytes. Never owns; every function that hands one out says how long it lives.
using Bytes = std::span<const std::uint8_t>;

inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads fields from the front of a view. The caller asks `left()` before each read: a read past
/// the end is a programming error, as with an array.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) noexcept : begin_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  bool empty() const noexcept { return at_ == end_; }
  /// Bytes read so far.
  std::size_t position() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
  Bytes rest() const noexcept { return {at_, left()}; }

  std::uint8_t peek() const noexcept { return *at_; }
  std::uint8_t u8() noexcept { return *at_++; }
  std::uint16_t u16() noexcept {
    const auto value = static_cast<std::uint16_t>(at_[0] << 8 | at_[1]);
    at_ += 2;
    return value;
  }
  std::uint32_t u32() noexcept {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  Bytes take(std::size_t count) noexcept {
    const Bytes taken{at_, count};
    at_ += count;
    return taken;
  }

 private:
  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

}  // namespace base
