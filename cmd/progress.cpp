#include "progress.h"

#include <cstdio>
#include <unistd.h>

#include "base/format.h"

namespace cmd {
namespace {
constexpr auto interval = std::chrono::milliseconds(200);
}

Progress::Progress(bool wanted, std::string_view unit)
    : on_(wanted && isatty(STDERR_FILENO) == 1), unit_(unit), started_(session::Clock::now()), next_(started_) {}

void Progress::show(std::uint64_t sent, std::uint64_t acknowledged, std::uint8_t qos) {
  if (!on_) return;
  const session::Time now = session::Clock::now();
  if (now < next_) return;
  next_ = now + interval;
  draw(now, qos == 0 ? sent : acknowledged, qos);
}

void Progress::draw(session::Time now, std::uint64_t done, std::uint8_t qos) {
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  base::print(stderr, "\r{} {} {}, {:.0f}/s\x1b[K", done, unit_, qos == 0 ? "sent" : "acknowledged", rate);
  std::fflush(stderr);
}

void Progress::finish(std::uint64_t sent, std::uint64_t acknowledged, std::uint8_t qos) {
  if (!on_) return;
  draw(session::Clock::now(), qos == 0 ? sent : acknowledged, qos);
  base::print(stderr, "\n");
}

}  // namespace cmd
