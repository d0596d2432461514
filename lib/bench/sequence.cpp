#include "bench/sequence.h"

#include <algorithm>

namespace bench {

Sequence::Arrival Sequence::arrive_elsewhere(std::uint64_t number) {
  if (number >= next_) {
    gaps_.push_back({next_, number});
    next_ = number + 1;
    ++distinct_;
    return Arrival::in_order;
  }
  const auto behind = std::upper_bound(gaps_.begin(), gaps_.end(), number,
                                       [](std::uint64_t value, const Gap& gap) { return value < gap.begin; });
  if (behind == gaps_.begin() || number >= std::prev(behind)->end) {
    if (number >= first_) return Arrival::duplicated;
    // From before the first one that came: an earlier message all the same.
    if (number + 1 != first_) gaps_.insert(gaps_.begin(), {number + 1, first_});
    first_ = number;
    ++distinct_;
    return Arrival::reordered;
  }
  const auto gap = std::prev(behind);
  ++distinct_;
  if (gap->end - gap->begin == 1) {
    gaps_.erase(gap);
  } else if (number == gap->begin) {
    ++gap->begin;
  } else if (number + 1 == gap->end) {
    --gap->end;
  } else {
    const Gap rest{number + 1, gap->end};
    gap->end = number;
    gaps_.insert(behind, rest);
  }
  return Arrival::reordered;
}

}  // namespace bench
