#include "reader_watch.h"

#include <sys/epoll.h>
#include <unistd.h>

namespace cmd {

ReaderWatch::ReaderWatch(asio::io_context& io, int descriptor, std::function<void()> gone) : set_(io) {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) return;
  epoll_event nothing_but_errors{};
  asio::error_code error;
  if (::epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &nothing_but_errors) == 0) set_.assign(set, error);
  if (!set_.is_open()) {
    ::close(set);
    return;
  }
  set_.async_wait(asio::posix::stream_descriptor::wait_read, [gone = std::move(gone)](asio::error_code cancelled) {
    if (!cancelled) gone();
  });
}

}  // namespace cmd
