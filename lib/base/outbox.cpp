#include "base/outbox.h"

#include <algorithm>
#include <cstring>

namespace base {

void Outbox::new_tail(std::size_t count) {
  tail_ = pool_->take(count);
  tail_used_ = 0;
}

void Outbox::commit(std::size_t count) {
  if (count == 0) return;
  const auto length = static_cast<std::uint32_t>(count);
  const bool joins = !pieces_.empty() && pieces_.back().block.get() == tail_.get() &&
                     pieces_.back().offset + pieces_.back().length == tail_used_;
  if (joins) {
    pieces_.back().length += length;
  } else {
    pieces_.push_back({tail_, tail_used_, length});
  }
  tail_used_ += length;
  size_ += count;
}

Place Outbox::commit_and_hold(std::size_t count) {
  Place place{tail_, tail_used_, static_cast<std::uint32_t>(count)};
  commit(count);
  return place;
}

void Outbox::append(Bytes bytes) {
  if (bytes.empty()) return;
  std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
  commit(bytes.size());
}

void Outbox::append(const Place& place) {
  if (place.length == 0) return;
  pieces_.push_back(place);
  size_ += place.length;
}

std::size_t Outbox::gather(std::span<Bytes> views) const noexcept {
  const std::size_t count = std::min(views.size(), pieces_.size() - front_);
  for (std::size_t i = 0; i < count; ++i) views[i] = pieces_[front_ + i].bytes();
  return count;
}

void Outbox::consume(std::size_t count) noexcept {
  size_ -= count;
  consumed_ += count;
  while (count != 0) {
    Place& front = pieces_[front_];
    const auto taken = static_cast<std::uint32_t>(std::min<std::size_t>(count, front.length));
    front.offset += taken;
    front.length -= taken;
    count -= taken;
    if (front.length == 0) pieces_[front_++] = {};
  }
  if (size_ == 0) {
    pieces_.clear();
    front_ = 0;
    trim();
  } else if (front_ > pieces_.size() / 2) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(front_));
    front_ = 0;
  }
}

void Outbox::clear() noexcept {
  pieces_.clear();
  front_ = 0;
  size_ = 0;
  tail_ = BlockRef();
  tail_used_ = 0;
}

}  // namespace base
