// Notices that the reader of a pipe went away while nothing is being written to it.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <functional>

namespace cmd {

/// Watches through an epoll set of its own: waiting on the descriptor itself would have asio turn off its blocking, and
/// that of every process that shares it. Files and the like, which have no reader, are not watched.
class ReaderWatch {
 public:
  ReaderWatch(asio::io_context& io, int descriptor, std::function<void()> gone);

 private:
  asio::posix::stream_descriptor set_;
};

}  // namespace cmd
