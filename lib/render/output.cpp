// Batched writing to a file descriptor: many messages, one system call.
#include "render/output.h"

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace render {
namespace {

/// Waits until a descriptor that does not block takes bytes again; an errno, or 0.
int wait_writable(int descriptor) {
  pollfd waiting{descriptor, POLLOUT, 0};
  while (::poll(&waiting, 1, -1) < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

Output::Output(int descriptor) noexcept : descriptor_(descriptor), is_terminal_(::isatty(descriptor) == 1) {}

bool Output::flush() {
  if (reader_gone_ || error_) {
    buffer_.clear();
    return false;
  }
  while (!buffer_.empty()) {
    const base::Bytes bytes = buffer_.view();
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      buffer_.consume(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (const int error = wait_writable(descriptor_); error != 0) return fail(error);
    } else if (errno != EINTR) {
      return fail(errno);
    }
  }
  return true;
}

bool Output::fail(int error) {
  reader_gone_ = error == EPIPE || error == ECONNRESET;
  if (!reader_gone_) error_ = {error, std::generic_category()};
  buffer_.clear();
  return false;
}

}  // namespace render
