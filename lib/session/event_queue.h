// Events between an input and the driver that drains them: nearly always one, kept without allocation.
#pragma once

#include <cstddef>
#include <vector>

namespace session {

/// Events are views: they live until the next input, which starts with `clear`.
template <class Event>
class EventQueue {
 public:
  template <class Alternative>
  void push(const Alternative& event) {
    if (count_ == 0) {
      first_ = event;
    } else {
      more_.emplace_back(event);
    }
    ++count_;
  }

  const Event* poll() noexcept {
    if (polled_ == count_) return nullptr;
    return polled_++ == 0 ? &first_ : &more_[polled_ - 2];
  }

  void clear() noexcept {
    if (count_ > 1) more_.clear();
    count_ = polled_ = 0;
  }

 private:
  Event first_{};
  std::vector<Event> more_;
  std::size_t count_ = 0;
  std::size_t polled_ = 0;
};

}  // namespace session
