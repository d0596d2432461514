// One timer for many deadlines: a wheel of slots, each a list through the entries, so that arming allocates nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "session/time.h"

namespace bench {

/// Entries are numbers below the size given. A deadline beyond the wheel's turn waits for it in the last slot, and its
/// owner arms it again. Coarse by one tick: for time limits and keep alive, not for measuring.
class Wheel {
 public:
  static constexpr session::Duration tick = std::chrono::milliseconds(50);
  static constexpr std::uint32_t slots = 2048;

  Wheel(std::uint32_t size, session::Time now) : heads_(slots, none), links_(size), turned_to_(now) {}

  void arm(std::uint32_t entry, session::Time deadline) {
    disarm(entry);
    const auto ticks = deadline <= turned_to_ ? 1 : (deadline - turned_to_) / tick + 1;
    const auto slot = static_cast<std::uint32_t>(
        (at_ + static_cast<std::uint64_t>(std::min<std::int64_t>(ticks, slots - 1))) % slots);
    Link& link = links_[entry];
    link = {none, heads_[slot], slot};
    if (link.next != none) links_[link.next].before = entry;
    heads_[slot] = entry;
    ++armed_;
  }

  bool is_armed(std::uint32_t entry) const noexcept { return links_[entry].slot != none; }

  void disarm(std::uint32_t entry) {
    Link& link = links_[entry];
    if (link.slot == none) return;
    (link.before == none ? heads_[link.slot] : links_[link.before].next) = link.next;
    if (link.next != none) links_[link.next].before = link.before;
    link.slot = none;
    --armed_;
  }

  /// Calls `due(entry)` for each whose time has come; it may arm and disarm.
  template <class Due>
  void advance(session::Time now, Due&& due) {
    while (turned_to_ + tick <= now) {
      turned_to_ += tick;
      at_ = (at_ + 1) % slots;
      while (heads_[at_] != none) {
        const std::uint32_t entry = heads_[at_];
        disarm(entry);
        due(entry);
      }
    }
  }

  std::uint32_t armed() const noexcept { return armed_; }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  struct Link {
    std::uint32_t before = none;
    std::uint32_t next = none;
    std::uint32_t slot = none;
  };

  std::vector<std::uint32_t> heads_;
  std::vector<Link> links_;
  session::Time turned_to_;
  std::uint32_t at_ = 0;
  std::uint32_t armed_ = 0;
};

}  // namespace bench
