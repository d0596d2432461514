#include "scenario/lag.h"

#include <algorithm>

namespace scenario {
namespace {

constexpr auto interval = std::chrono::milliseconds(20);
constexpr auto worth_a_mention = std::chrono::milliseconds(5);
constexpr auto remembered = std::chrono::minutes(5);

}  // namespace

void Lag::start() {
  timer_.expires_after(interval);
  timer_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled) tick();
  });
}

void Lag::tick() {
  const auto now = session::Clock::now();
  const auto late = now - timer_.expiry();
  if (late > worth_a_mention) delays_.push_back({now, late});
  while (!delays_.empty() && now - delays_.front().at > remembered) delays_.pop_front();
  start();
}

session::Duration Lag::since(session::Time time) const noexcept {
  session::Duration longest{};
  for (auto delay = delays_.rbegin(); delay != delays_.rend() && delay->at >= time; ++delay) {
    longest = std::max(longest, delay->length);
  }
  // A tick that is overdue now counts as well.
  return std::max(longest, session::Clock::now() - timer_.expiry());
}

}  // namespace scenario
