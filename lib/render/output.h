// Batched writing to a file descriptor: many messages, one system call.
#pragma once

#include <cstddef>
#include <system_error>

#include "base/buffer.h"

namespace render {

/// What is appended to `buffer()` reaches the descriptor by `flush()`, or by `end_record()` once a batch is full.
/// The descriptor is borrowed. SIGPIPE must be ignored (main does so): then a reader that went away is a state here.
class Output {
 public:
  static constexpr std::size_t batch = 256 * 1024;

  explicit Output(int descriptor) noexcept;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  base::Buffer& buffer() noexcept { return buffer_; }
  /// Call behind each record: writes when a batch is full. False as with `flush`.
  bool end_record() { return buffer_.size() < batch || flush(); }
  /// Writes everything, waiting where the descriptor does not block. False once the reader is gone or writing failed;
  /// from then on all that is appended is dropped.
  bool flush();

  /// Whether the other end of the pipe or socket was closed: an orderly end, not an error.
  bool reader_gone() const noexcept { return reader_gone_; }
  /// Why writing failed (no space, bad descriptor); empty while it works, and where the reader is gone.
  std::error_code error() const noexcept { return error_; }
  bool is_terminal() const noexcept { return is_terminal_; }
  int descriptor() const noexcept { return descriptor_; }

 private:
  bool fail(int error);

  base::Buffer buffer_;
  int descriptor_;
  std::error_code error_;
  bool reader_gone_ = false;
  bool is_terminal_;
};

}  // namespace render
