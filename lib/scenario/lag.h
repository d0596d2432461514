// How late our own event loop is: what was seen late may have happened in time.
#pragma once

#include <asio/steady_timer.hpp>
#include <deque>

#include "session/time.h"

namespace scenario {

class Lag {
 public:
  explicit Lag(asio::io_context& io) : timer_(io) {}

  void start();
  void stop() { timer_.cancel(); }
  /// The longest delay of a timer of ours since then.
  session::Duration since(session::Time time) const noexcept;

 private:
  struct Delay {
    session::Time at;
    session::Duration length;
  };

  void tick();

  asio::steady_timer timer_;
  std::deque<Delay> delays_;  ///< those worth a mention, of the last minutes
};

}  // namespace scenario
