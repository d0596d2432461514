// A growable run of bytes that is appended at the end and consumed from the front.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "base/bytes.h"

namespace base {

/// Unlike a vector it neither clears the bytes it makes room for nor moves them when some are consumed;
/// room is reused, so that a buffer in a loop stops allocating.
class Buffer {
 public:
  Bytes view() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
  std::string_view text() const noexcept { return as_text(view()); }
  std::size_t size() const noexcept { return end_ - begin_; }
  bool empty() const noexcept { return begin_ == end_; }

  /// Makes room for `count` bytes behind the last one. They are not part of the buffer until `commit`;
  /// the pointer is valid until the next call that is not const.
  std::uint8_t* reserve(std::size_t count) {
    if (capacity_ - end_ < count) make_room(count);
    return data_.get() + end_;
  }
  void commit(std::size_t count) noexcept { end_ += count; }

  void append(Bytes bytes) {
    if (bytes.empty()) return;
    std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }
  void append(std::string_view text) { append(as_bytes(text)); }
  void push(std::uint8_t byte) {
    *reserve(1) = byte;
    commit(1);
  }
  void push(char character) { push(static_cast<std::uint8_t>(character)); }

  void consume(std::size_t count) noexcept {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  /// Drops what stands behind the first `size` bytes.
  void truncate(std::size_t size) noexcept { end_ = begin_ + size; }
  void clear() noexcept { begin_ = end_ = 0; }
  /// Gives the memory back.
  void release() noexcept {
    data_.reset();
    begin_ = end_ = capacity_ = 0;
  }
  std::size_t capacity() const noexcept { return capacity_; }

 private:
  struct Free {
    void operator()(std::uint8_t* bytes) const noexcept { std::free(bytes); }
  };

  /// Out of line: it is seldom needed, and stands behind every append.
  [[gnu::noinline]] void make_room(std::size_t count) {
    const std::size_t used = size();
    if (used + count <= capacity_ && begin_ >= capacity_ / 2) {
      std::memmove(data_.get(), data_.get() + begin_, used);
    } else {
      const std::size_t capacity = (used + count) + (used + count) / 2 + 64;
      auto* bytes = static_cast<std::uint8_t*>(std::malloc(capacity));
      if (bytes == nullptr) throw std::bad_alloc();
      if (used != 0) std::memcpy(bytes, data_.get() + begin_, used);
      data_.reset(bytes);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = used;
  }

  std::unique_ptr<std::uint8_t[], Free> data_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace base
