#include "bench/record.h"

#include <algorithm>

namespace bench {
namespace {

/// Reasons can hold text of the broker; so many different ones say enough.
constexpr std::size_t most_reasons = 64;

constexpr std::array<std::string_view, Counts::size> count_names{
    "connect_attempts", "connected", "connect_failures", "connections_lost", "subscribed", "published",
    "acknowledged",     "refused",   "unacknowledged",   "received",         "duplicated", "reordered",
    "foreign",          "bytes_out", "bytes_in",         "packets_out",      "packets_in"};

constexpr std::array<std::string_view, metrics> metric_names{
    "connect", "subscribe", "acknowledge", "acknowledge_service", "deliver", "deliver_service", "lag"};

void add(Interval& interval, const Interval& other) {
  interval.counts += other.counts;
  for (const auto part : {&Interval::acknowledge, &Interval::deliver}) {
    if ((other.*part).empty()) continue;
    stats::Histogram sum;
    sum.add(interval.*part);
    sum.add(other.*part);
    interval.*part = sum.compact();
  }
}

}  // namespace

std::string_view name(Count count) noexcept { return count_names[static_cast<std::size_t>(count)]; }
std::string_view name(Metric metric) noexcept { return metric_names[static_cast<std::size_t>(metric)]; }

bool is_metric(std::string_view name) noexcept {
  return std::find(metric_names.begin(), metric_names.end(), name) != metric_names.end();
}

void Record::fail(std::string_view reason, std::uint64_t often) {
  auto found = failures.find(reason);
  if (found == failures.end() && failures.size() >= most_reasons) reason = "other reasons";
  if (found == failures.end()) found = failures.try_emplace(std::string(reason)).first;
  found->second += often;
}

void Record::first_connected(session::Duration since_start) {
  constexpr auto step = std::chrono::milliseconds(100);
  const auto slot = std::min(static_cast<std::size_t>(std::max(since_start / step, std::int64_t{0})), longest_ramp - 1);
  if (ramp.size() <= slot) ramp.resize(slot + 1);
  ++ramp[slot];
}

void add(std::vector<Interval>& series, const std::vector<Interval>& other, std::size_t offset) {
  if (series.size() < offset + other.size()) series.resize(offset + other.size());
  for (std::size_t i = 0; i < other.size(); ++i) add(series[offset + i], other[i]);
}

void add(Ramp& ramp, const Ramp& other, std::size_t offset) {
  if (ramp.size() < offset + other.size()) ramp.resize(offset + other.size());
  for (std::size_t i = 0; i < other.size(); ++i) ramp[offset + i] += other[i];
}

void Record::add(const Record& other) {
  counts += other.counts;
  window += other.window;
  for (std::size_t i = 0; i < metrics; ++i) times[i].add(other.times[i]);
  bench::add(series, other.series);
  bench::add(ramp, other.ramp);
  for (const auto& [reason, often] : other.failures) fail(reason, often);
  window_processor += other.window_processor;
  expected += other.expected;
  lost += other.lost;
  unsent += other.unsent;
  first_connect = std::min(first_connect, other.first_connect);
  last_connect = std::max(last_connect, other.last_connect);
  first_lost = std::min(first_lost, other.first_lost);
  last_sent = std::max(last_sent, other.last_sent);
  first_received = std::min(first_received, other.first_received);
  last_received = std::max(last_received, other.last_received);
}

}  // namespace bench
