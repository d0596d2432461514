// How long to wait before the next attempt: exponential, with jitter, so that a thousand clients do not return as one.
#pragma once

#include <algorithm>
#include <random>

#include "session/time.h"

namespace net {

struct BackoffLimits {
  session::Duration first = std::chrono::milliseconds(100);
  session::Duration longest = std::chrono::seconds(30);
};

class Backoff {
 public:
  explicit Backoff(BackoffLimits limits = {}) : limits_(limits), random_(std::random_device{}()) {}

  /// Between a half and the whole of first × 2^n, n counting the calls since the last `reset`.
  session::Duration next() {
    const session::Duration doubled = limits_.first * (1LL << std::min(failures_++, 20));
    const session::Duration whole = std::min(limits_.longest, doubled);
    return whole / 2 +
           session::Duration(std::uniform_int_distribution<session::Duration::rep>(0, whole.count() / 2)(random_));
  }
  void reset() noexcept { failures_ = 0; }

 private:
  BackoffLimits limits_;
  int failures_ = 0;
  std::minstd_rand random_;
};

}  // namespace net
