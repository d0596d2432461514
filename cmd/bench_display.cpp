#include "bench_display.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include "base/format.h"
#include "bench/figures.h"
#include "screen.h"

namespace cmd {
namespace {

using bench::Status;
using bench::Unit;
using Phase = Status::Phase;

constexpr auto sample_time = std::chrono::milliseconds(500);
constexpr auto pipe_time = std::chrono::seconds(10);
constexpr std::size_t most_samples = 240;
constexpr std::size_t least_curve = 10;
constexpr std::size_t longest_curve = 40;
constexpr std::string_view phases[] = {"connecting", "running", "waiting for the rest"};

/// What the locale's variables say: the terminal itself can't be asked.
bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string text(value);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text.find("utf-8") != std::string::npos || text.find("utf8") != std::string::npos;
  }
  return false;
}

std::string number(std::uint64_t value) { return bench::show(static_cast<double>(value), Unit::none); }
std::string rate(double value) { return bench::show(value, Unit::per_second); }

}  // namespace

std::string sparkline(const std::deque<double>& values, std::size_t columns, bool unicode) {
  constexpr std::string_view blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::string_view signs[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
  const std::size_t count = std::min(values.size(), columns);
  const auto first = values.end() - static_cast<std::ptrdiff_t>(count);
  const double greatest = count == 0 ? 0 : *std::max_element(first, values.end());
  std::string text;
  for (auto at = first; at != values.end(); ++at) {
    const double part = greatest > 0 ? std::max(*at, 0.0) / greatest : 0;
    const auto level = static_cast<std::size_t>(std::lround(part * 7));
    text += unicode ? blocks[level] : signs[level];
  }
  return text;
}

BenchDisplay::BenchDisplay(const bench::Plan& plan, bool wanted)
    : plan_(plan), on_(wanted), terminal_(::isatty(STDERR_FILENO) == 1), unicode_(speaks_utf8()) {}

BenchDisplay::~BenchDisplay() {
  if (shown_ && terminal_) base::print(stderr, "\r\x1b[K");
}

std::uint64_t BenchDisplay::progress(const Status& status) const noexcept {
  if (status.phase == Phase::connecting || only_connects()) return status.ready;
  return plan_.publishes() ? status.published : status.received;
}

void BenchDisplay::sample(const Status& status, session::Time now) {
  if (sampled_ == session::Time{} || status.phase != before_.phase) {
    // What another phase counted is no rate of this one.
    if (status.phase != Phase::draining) rates_.clear();
    sampled_ = now;
    before_ = status;
    return;
  }
  if (now - sampled_ < sample_time) return;
  const double seconds = std::chrono::duration<double>(now - sampled_).count();
  const auto per_second = [seconds](std::uint64_t count, std::uint64_t before) {
    return count > before ? static_cast<double>(count - before) / seconds : 0;
  };
  rates_.push_back(per_second(progress(status), progress(before_)));
  if (rates_.size() > most_samples) rates_.pop_front();
  published_ = per_second(status.published, before_.published);
  received_ = per_second(status.received, before_.received);
  sampled_ = now;
  before_ = status;
}

std::string BenchDisplay::line(const Status& status, session::Time now, std::size_t columns) {
  sample(status, now);
  std::string text = base::format("{} {:.0f} s", phases[static_cast<std::size_t>(status.phase)],
                                  std::chrono::duration<double>(status.elapsed).count());
  const std::vector<std::string> parts = figures(status);
  if (columns == 0) {
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? ": " : ", ") + parts[i];
    return text;
  }
  // What matters least stands last, and gives way to the curve. The last column stays free: a terminal would go on to
  // the next line.
  std::string rest = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (text.size() + rest.size() + parts[i].size() + least_curve + 7 > columns) break;
    rest += ", " + parts[i];
  }
  const std::size_t taken = text.size() + rest.size() + 5;
  const std::string curve = sparkline(rates_, columns > taken ? std::min(columns - taken, longest_curve) : 0, unicode_);
  text += curve.empty() ? ": " : "  " + curve + "  ";
  text += rest;
  return std::string(first_columns(text, columns - 1));
}

std::vector<std::string> BenchDisplay::figures(const Status& status) const {
  std::vector<std::string> parts;
  const bool connecting = status.phase == Phase::connecting || only_connects();
  if (!connecting && plan_.publishes()) parts.push_back(rate(published_) + " published");
  if (!connecting && plan_.receives()) parts.push_back(rate(received_) + " received");
  parts.push_back(number(status.ready) + " connected");
  if (status.failed != 0) parts.push_back(number(status.failed) + " failures");
  if (!connecting) parts.push_back(number(plan_.publishes() ? status.published : status.received) + " in all");
  return parts;
}

void BenchDisplay::show(const Status& status) {
  if (!on_) return;
  const auto now = session::Clock::now();
  if (!terminal_) {
    const bool first = next_ == session::Time{};
    if (first) sample(status, now);
    if (!first && now >= next_) base::print(stderr, "{}\n", line(status, now, 0));
    if (first || now >= next_) next_ = now + pipe_time;
    return;
  }
  shown_ = true;
  // By one write, and the rest of the line is cleared behind the text: nothing flickers.
  base::print(stderr, "\r{}\x1b[K", line(status, now, std::max<std::size_t>(screen_size(STDERR_FILENO).columns, 10)));
  std::fflush(stderr);
}

}  // namespace cmd
