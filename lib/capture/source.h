// Input as a window of bytes that moves forward: a file, a pipe, or memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/buffer.h"
#include "base/result.h"

namespace capture {

/// Why an input cannot be read: a sentence for people.
struct Error {
  std::string message;
};

/// One buffer, read ahead of what was consumed. A file is not mapped: reading it costs less (17 against 20 ms for
/// 250,000 segments in 47 MB), and a file that is cut short meanwhile does no harm.
class Source {
 public:
  /// "-" is standard input.
  static base::Result<Source, Error> open(const std::string& path);
  /// Reads from a descriptor, which stays the caller's.
  static Source descriptor(int fd);
  /// The bytes must outlive the source.
  static Source memory(base::Bytes bytes);

  Source(Source&& other) noexcept;
  Source& operator=(Source&&) = delete;
  ~Source();

  /// The front of the input: at least `count` bytes, fewer only where it ends. Valid until the next call.
  base::Bytes peek(std::size_t count) {
    if (static_cast<std::size_t>(end_ - at_) < count) fill(count);
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }
  /// Drops bytes that were peeked at.
  void consume(std::size_t count) noexcept { at_ += count; }
  /// Drops bytes unseen; false where the input ends before.
  bool skip(std::uint64_t count);
  /// Bytes consumed so far.
  std::uint64_t position() const noexcept { return before_ + static_cast<std::uint64_t>(at_ - begin_); }
  /// Of the last read; empty: none.
  const std::string& error() const noexcept { return error_; }

  /// Called before a read that may block: the time to show what was found so far. Reading ends where it returns false.
  std::function<bool()> on_wait;

 private:
  Source() = default;
  void fill(std::size_t count);
  /// False at the end of the input.
  bool read_more();

  const std::uint8_t* begin_ = nullptr;
  const std::uint8_t* at_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::uint64_t before_ = 0;  ///< position of `begin_`
  base::Buffer buffer_;
  int fd_ = -1;
  bool owns_fd_ = false;
  std::string error_;
};

}  // namespace capture
