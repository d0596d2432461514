// Bytes waiting to be sent: a queue of pieces of blocks, written in place and gathered for one system call.
#pragma once

#include <vector>

#include "base/block.h"

namespace base {

/// Where bytes stand, and the hold on them: enough to send them again without a copy.
struct Place {
  BlockRef block;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;

  std::uint8_t* data() const noexcept { return block->data() + offset; }
  Bytes bytes() const noexcept { return {data(), length}; }
};

/// Holds no block while it is empty. What `gather` returned stays valid until `consume` or `clear`,
/// also while more is appended.
class Outbox {
 public:
  explicit Outbox(Pool& pool) noexcept : pool_(&pool) {}

  /// `count` contiguous bytes to write into; they count once `commit` is called with as many or fewer.
  std::uint8_t* reserve(std::size_t count) {
    if (!tail_ || tail_->capacity - tail_used_ < count) new_tail(count);
    return tail_->data() + tail_used_;
  }
  /// As `reserve`, with all the room that follows in the same block.
  std::span<std::uint8_t> reserve_block(std::size_t count) {
    std::uint8_t* const room = reserve(count);
    return {room, tail_->capacity - tail_used_};
  }
  void commit(std::size_t count);
  /// As `commit`, and tells where the bytes stand so that they can be sent again.
  Place commit_and_hold(std::size_t count);

  void append(Bytes bytes);
  /// Sends bytes that already stand in a block.
  void append(const Place& place);

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  /// Fills `views` from the front of the queue and returns how many were set.
  std::size_t gather(std::span<Bytes> views) const noexcept;
  /// Drops `count` bytes from the front; blocks that nobody else holds go back to the pool.
  void consume(std::size_t count) noexcept;
  void clear() noexcept;
  /// Gives up the block being filled where nothing waits and nobody holds it: for when a `Place` was let go after its
  /// bytes had been sent.
  void trim() noexcept {
    if (size_ == 0 && tail_ && tail_.unique()) tail_ = BlockRef();
  }
  /// Bytes that `consume` has dropped since the start.
  std::uint64_t consumed() const noexcept { return consumed_; }

 private:
  void new_tail(std::size_t count);

  Pool* pool_;
  /// Those before `front_` have been sent. A vector, since a deque takes 600 bytes even when empty and allocates as it
  /// moves.
  std::vector<Place> pieces_;
  std::size_t front_ = 0;
  BlockRef tail_;
  std::uint32_t tail_used_ = 0;
  std::size_t size_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace base
