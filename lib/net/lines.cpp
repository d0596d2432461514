#include "net/lines.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace net {
namespace {

constexpr std::size_t read_size = 256 * 1024;

bool readable(int descriptor) {
  pollfd poll{descriptor, POLLIN, 0};
  return ::poll(&poll, 1, 0) != 0;
}

}  // namespace

Lines::Lines(Worker& worker, int descriptor, std::function<void()> on_input)
    : descriptor_(descriptor), on_input_(std::move(on_input)), watched_(worker.io()) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0) {
    watched_.assign(epoll);
  } else {
    ::close(epoll);
  }
}

Lines::~Lines() = default;

Lines::Next Lines::next(std::string_view& line) {
  buffer_.consume(std::exchange(given_, 0));
  for (;;) {
    if (find_line(line)) return Next::line;
    if (at_end_) return error_ ? Next::failed : Next::end;
    if (const Next more = read_more(); more != Next::line) return more;
  }
}

bool Lines::find_line(std::string_view& line) {
  const std::string_view text = buffer_.text();
  const std::size_t newline = text.find('\n', searched_);
  if (newline == std::string_view::npos && !(at_end_ && !text.empty())) {
    searched_ = text.size();
    return false;
  }
  const std::size_t length = std::min(newline, text.size());
  line = text.substr(0, length);
  given_ = std::min(length + 1, text.size());
  searched_ = 0;
  ++count_;
  return true;
}

std::size_t Lines::more(std::span<base::Bytes> lines) noexcept {
  const std::string_view text = buffer_.text();
  std::size_t count = 0;
  for (; count != lines.size(); ++count) {
    const std::size_t newline = text.find('\n', given_);
    if (newline == std::string_view::npos) break;
    lines[count] = base::as_bytes(text.substr(given_, newline - given_));
    given_ = newline + 1;
  }
  count_ += count;
  return count;
}

/// `line` says that there may be one now.
Lines::Next Lines::read_more() {
  if (waiting_) return Next::wait;
  if (watched_.is_open() && !readable(descriptor_)) {
    waiting_ = true;
    watched_.async_wait(asio::posix::stream_descriptor::wait_read, [this](asio::error_code cancelled) {
      if (cancelled) return;
      waiting_ = false;
      on_input_();
    });
    return Next::wait;
  }
  if (buffer_.size() > longest) {
    error_ = make_error_code(std::errc::message_size);
    return Next::failed;
  }
  std::uint8_t* room = buffer_.reserve(read_size);
  const ssize_t count = ::read(descriptor_, room, read_size);
  if (count > 0) {
    buffer_.commit(static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    if (count < 0) error_ = {errno, std::system_category()};
    at_end_ = true;
  }
  return Next::line;
}

}  // namespace net
