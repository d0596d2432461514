// Pooled, reference-counted blocks of bytes: what outgoing packets are written into and resent from.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace base {

class Pool;

/// A header in front of its bytes. Belongs to one pool and one thread, so that counting needs no atomics.
struct Block {
  Pool* pool;
  std::uint32_t references;
  std::uint32_t capacity;

  std::uint8_t* data() noexcept { return reinterpret_cast<std::uint8_t*>(this + 1); }
};

/// Keeps a block alive; the last one gives it back to its pool, which must outlive it.
class BlockRef {
 public:
  BlockRef() noexcept = default;
  explicit BlockRef(Block* block) noexcept : block_(block) {}
  BlockRef(const BlockRef& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) ++block_->references;
  }
  BlockRef(BlockRef&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  BlockRef& operator=(BlockRef other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~BlockRef() {
    if (block_ != nullptr && --block_->references == 0) give_back();
  }

  explicit operator bool() const noexcept { return block_ != nullptr; }
  Block* operator->() const noexcept { return block_; }
  Block* get() const noexcept { return block_; }
  /// Whether nobody else refers to the block.
  bool unique() const noexcept { return block_->references == 1; }

 private:
  void give_back() noexcept;

  Block* block_ = nullptr;
};

/// Hands out blocks of 64 KiB, or larger ones on demand, and keeps up to `kept` of the common size for reuse.
class Pool {
 public:
  static constexpr std::uint32_t block_size = 64 * 1024 - sizeof(Block);

  explicit Pool(std::size_t kept = 64) : kept_(kept) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  BlockRef take(std::size_t at_least = block_size);

 private:
  friend class BlockRef;
  void give_back(Block* block) noexcept;

  std::size_t kept_;
  std::vector<Block*> free_;
};

}  // namespace base
