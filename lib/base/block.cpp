#include "base/block.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace base {

void BlockRef::give_back() noexcept { block_->pool->give_back(block_); }

Pool::~Pool() {
  for (Block* block : free_) std::free(block);
}

BlockRef Pool::take(std::size_t at_least) {
  if (at_least <= block_size && !free_.empty()) {
    Block* block = free_.back();
    free_.pop_back();
    block->references = 1;
    return BlockRef(block);
  }
  free_.reserve(kept_);
  const std::size_t capacity = std::max<std::size_t>(at_least, block_size);
  void* memory = std::malloc(sizeof(Block) + capacity);
  if (memory == nullptr) throw std::bad_alloc();
  return BlockRef(new (memory) Block{this, 1, static_cast<std::uint32_t>(capacity)});
}

void Pool::give_back(Block* block) noexcept {
  if (block->capacity == block_size && free_.size() < kept_) {
    free_.push_back(block);
  } else {
    std::free(block);
  }
}

}  // namespace base
