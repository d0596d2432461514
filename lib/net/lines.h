// Lines from a file descriptor, pulled at the pace of whoever sends them on: the pause is the back-pressure.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string_view>
#include <system_error>

#include "base/buffer.h"
#include "net/worker.h"

namespace net {

/// Reads when a line is wanted and only then, in large pieces into one buffer; never sets O_NONBLOCK, which a terminal
/// would share with the shell that started us.
class Lines {
 public:
  /// No line that fits into a packet is longer (2.1.4); one that is fails with `message_size`.
  static constexpr std::size_t longest = 268'435'455;

  /// `on_input` is called from the event loop after `next` said `wait`, when it is worth calling again.
  Lines(Worker& worker, int descriptor, std::function<void()> on_input);
  ~Lines();

  enum class Next : std::uint8_t { line, wait, end, failed };
  /// The next line without its newline, valid until the next call. A last line without a newline counts.
  Next next(std::string_view& line);
  /// Of `failed`.
  std::error_code error() const noexcept { return error_; }
  /// The lines behind the one that `next` gave last, as far as they are in memory and `lines` goes; they live until the
  /// next call of `next`, as that one does. Returns their number.
  std::size_t more(std::span<base::Bytes> lines) noexcept;
  /// Lines handed out so far.
  std::uint64_t count() const noexcept { return count_; }

 private:
  bool find_line(std::string_view& line);
  Next read_more();

  int descriptor_;
  std::function<void()> on_input_;
  /// An epoll of its own around the descriptor: watched directly, Asio would set O_NONBLOCK on what we share. Not open
  /// where the kernel cannot watch (a plain file), which never blocks.
  asio::posix::stream_descriptor watched_;
  base::Buffer buffer_;
  std::size_t given_ = 0;     ///< bytes at the front that the last line took
  std::size_t searched_ = 0;  ///< bytes behind them without a newline
  std::uint64_t count_ = 0;
  bool waiting_ = false;
  bool at_end_ = false;
  std::error_code error_;
};

}  // namespace net
