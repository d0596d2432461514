// "000102…99": decimal digits two at a time.
#pragma once

#include <array>
#include <cstddef>

namespace render {

inline constexpr auto digit_pairs = [] {
  std::array<char, 200> digits{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    digits[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
  }
  return digits;
}();

}  // namespace render
