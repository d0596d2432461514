// A set of packet identifiers that costs nothing while it is small.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace session {

/// Up to eight identifiers stand inside; the ninth moves all of them into a bitmap of 8 KiB, which stays until `clear`.
/// So a receiver of a few QoS 2 messages allocates nothing, and one of many pays one bit test each.
class IdentifierSet {
 public:
  bool contains(std::uint16_t identifier) const noexcept {
    if (bitmap_) return ((*bitmap_)[identifier / 64U] >> (identifier % 64U) & 1U) != 0;
    return std::find(few_.begin(), few_.begin() + count_, identifier) != few_.begin() + count_;
  }

  /// False where it was there already.
  bool insert(std::uint16_t identifier) {
    if (contains(identifier)) return false;
    if (!bitmap_ && count_ == few_.size()) spill();
    if (bitmap_) {
      (*bitmap_)[identifier / 64U] |= std::uint64_t{1} << (identifier % 64U);
    } else {
      few_[count_] = identifier;
    }
    ++count_;
    return true;
  }

  /// False where it was not there.
  bool erase(std::uint16_t identifier) noexcept {
    if (!contains(identifier)) return false;
    --count_;
    if (bitmap_) {
      (*bitmap_)[identifier / 64U] &= ~(std::uint64_t{1} << (identifier % 64U));
    } else {
      *std::find(few_.begin(), few_.begin() + count_ + 1, identifier) = few_[count_];
    }
    return true;
  }

  void clear() noexcept {
    bitmap_.reset();
    count_ = 0;
  }

  std::uint32_t size() const noexcept { return count_; }

 private:
  using Bitmap = std::array<std::uint64_t, 1024>;

  void spill() {
    bitmap_ = std::make_unique<Bitmap>();
    for (const std::uint16_t identifier : few_) {
      (*bitmap_)[identifier / 64U] |= std::uint64_t{1} << (identifier % 64U);
    }
  }

  std::unique_ptr<Bitmap> bitmap_;
  std::array<std::uint16_t, 8> few_{};
  std::uint32_t count_ = 0;
};

}  // namespace session
