// Counters named by an enumeration: added, subtracted and walked through as one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace stats {

/// `Name` is an enumeration whose last value is `count_`.
template <class Name>
class Counters {
 public:
  static constexpr std::size_t size = static_cast<std::size_t>(Name::count_);

  std::uint64_t& operator[](Name name) noexcept { return values_[static_cast<std::size_t>(name)]; }
  std::uint64_t operator[](Name name) const noexcept { return values_[static_cast<std::size_t>(name)]; }

  Counters& operator+=(const Counters& other) noexcept {
    for (std::size_t i = 0; i < size; ++i) values_[i] += other.values_[i];
    return *this;
  }
  Counters& operator-=(const Counters& other) noexcept {
    for (std::size_t i = 0; i < size; ++i) values_[i] -= other.values_[i];
    return *this;
  }
  friend Counters operator+(Counters a, const Counters& b) noexcept { return a += b; }
  friend Counters operator-(Counters a, const Counters& b) noexcept { return a -= b; }
  friend bool operator==(const Counters&, const Counters&) = default;

 private:
  std::array<std::uint64_t, size> values_{};
};

}  // namespace stats
