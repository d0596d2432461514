// When each message is due: start + k / rate, dealt out to the publishers in turn.
#pragma once

#include <cmath>
#include <cstdint>

#include "session/time.h"

namespace bench {

/// Message k of all is the message k / publishers of publisher k % publishers, so that every thread knows the due times
/// of its own without asking another.
class Pacer {
 public:
  Pacer() = default;
  Pacer(double rate, std::uint32_t publishers) : interval_(1e9 / rate), publishers_(publishers) {}

  void start(session::Time at) noexcept { start_ = at; }
  session::Time start() const noexcept { return start_; }

  /// Message `sequence` of a publisher.
  session::Time due(std::uint32_t publisher, std::uint64_t sequence) const noexcept {
    const double position = static_cast<double>(sequence) * publishers_ + publisher;
    return start_ + std::chrono::nanoseconds(static_cast<std::int64_t>(position * interval_));
  }

  /// How many messages of a publisher are due before `end`.
  std::uint64_t count_until(std::uint32_t publisher, session::Time end) const noexcept {
    const auto span = static_cast<double>(std::chrono::nanoseconds(end - start_).count());
    const double rounds = (span / interval_ - publisher) / publishers_;
    return rounds <= 0 ? 0 : static_cast<std::uint64_t>(std::ceil(rounds));
  }

 private:
  session::Time start_{};
  double interval_ = 0;  ///< nanoseconds
  double publishers_ = 1;
};

/// The share of one publisher in a number of messages in all.
inline std::uint64_t share(std::uint64_t messages, std::uint32_t publishers, std::uint32_t publisher) noexcept {
  return messages / publishers + (publisher < messages % publishers ? 1 : 0);
}

}  // namespace bench
