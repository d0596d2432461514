// Input as a window of bytes that moves forward: a file, a pipe, or memory.
#include "capture/source.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace capture {
namespace {

constexpr std::size_t read_size = 256 * 1024;

base::unexpected<Error> failure(const std::string& path) {
  return base::unexpected(Error{path + ": " + std::strerror(errno)});
}

}  // namespace

base::Result<Source, Error> Source::open(const std::string& path) {
  Source source;
  source.owns_fd_ = path != "-";
  source.fd_ = source.owns_fd_ ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
  struct stat status {};
  if (source.fd_ < 0 || fstat(source.fd_, &status) != 0) return failure(path);
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return failure(path);
  }
  return source;
}

Source Source::descriptor(int fd) {
  Source source;
  source.fd_ = fd;
  return source;
}

Source Source::memory(base::Bytes bytes) {
  Source source;
  source.begin_ = source.at_ = bytes.data();
  source.end_ = bytes.data() + bytes.size();
  return source;
}

Source::Source(Source&& other) noexcept
    : on_wait(std::move(other.on_wait)),
      begin_(other.begin_),
      at_(other.at_),
      end_(other.end_),
      before_(other.before_),
      buffer_(std::move(other.buffer_)),
      fd_(std::exchange(other.fd_, -1)),
      owns_fd_(other.owns_fd_),
      error_(std::move(other.error_)) {}

Source::~Source() {
  if (owns_fd_ && fd_ >= 0) close(fd_);
}

void Source::fill(std::size_t count) {
  while (static_cast<std::size_t>(end_ - at_) < count && read_more()) {
  }
}

bool Source::read_more() {
  if (fd_ < 0) return false;
  buffer_.consume(static_cast<std::size_t>(at_ - begin_));
  before_ += static_cast<std::uint64_t>(at_ - begin_);
  std::uint8_t* room = buffer_.reserve(read_size);
  ssize_t got = -1;
  do {
    if (on_wait && !on_wait()) {
      got = 0;
      break;
    }
    got = read(fd_, room, read_size);
  } while (got < 0 && errno == EINTR);
  if (got < 0) error_ = std::strerror(errno);
  if (got > 0) buffer_.commit(static_cast<std::size_t>(got));
  const base::Bytes view = buffer_.view();
  begin_ = at_ = view.data();
  end_ = begin_ + view.size();
  if (got > 0) return true;
  if (owns_fd_) close(fd_);
  fd_ = -1;
  return false;
}

bool Source::skip(std::uint64_t count) {
  for (;;) {
    const std::uint64_t step = std::min<std::uint64_t>(count, static_cast<std::uint64_t>(end_ - at_));
    at_ += step;
    count -= step;
    if (count == 0) return true;
    if (!read_more()) return false;
  }
}

}  // namespace capture
