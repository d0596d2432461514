#include "bench/merge.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"

namespace bench {
namespace {

constexpr std::string_view mode_names[] = {"conn", "pub", "sub", "latency", "mixed"};
constexpr std::string_view shape_names[] = {"pairs", "fan-in", "fan-out"};
constexpr std::string_view transport_names[] = {"tcp", "tls", "ws", "wss"};

/// Clocks of machines may differ by so much.
constexpr double clock_error = 2;
/// Between the beginnings of two runs: what a series may have to be filled up with.
constexpr double longest_shift = 1e6;

/// The time from the earlier beginning to the later end. One of no length counts for nothing.
void cover(double& at, double& seconds, double other_at, double other_seconds) {
  if (other_seconds <= 0) return;
  if (seconds <= 0) {
    at = other_at;
    seconds = other_seconds;
    return;
  }
  const double end = std::max(at + seconds, other_at + other_seconds);
  at = std::min(at, other_at);
  seconds = end - at;
}

std::size_t steps(double from, double to, double step) {
  return static_cast<std::size_t>(std::max(0.0, std::round((to - from) / step)));
}

void add_plan(Plan& plan, const Plan& other) {
  plan.count += other.count;
  plan.threads += other.threads;
  plan.rate += other.rate;
  plan.connect_rate = plan.connect_rate > 0 && other.connect_rate > 0 ? plan.connect_rate + other.connect_rate : 0;
  plan.messages += other.messages;
  plan.duration = std::max(plan.duration, other.duration);
  plan.warmup = std::max(plan.warmup, other.warmup);
  plan.churn += other.churn;
  for (std::size_t i = 0; i < plan.groups.size(); ++i) add_plan(plan.groups[i], other.groups[i]);
}

void add_times(Outcome& sum, const Outcome& other) {
  cover(sum.began_at, sum.wall_seconds, other.began_at, other.wall_seconds);
  cover(sum.connect_at, sum.connect_seconds, other.connect_at, other.connect_seconds);
  cover(sum.receive_at, sum.receive_seconds, other.receive_at, other.receive_seconds);
  if (sum.first_lost_at <= 0 || (other.first_lost_at > 0 && other.first_lost_at < sum.first_lost_at)) {
    sum.first_lost_at = other.first_lost_at;
  }
  sum.clients += other.clients;
  sum.ready += other.ready;
  sum.interrupted = sum.interrupted || other.interrupted;
}

/// `at` has the earliest beginnings of all runs.
void add_outcome(Outcome& sum, Outcome& other, const Outcome& at) {
  add(sum.record.series, other.record.series, steps(at.series_at, other.series_at, 1));
  add(sum.record.ramp, other.record.ramp, steps(at.began_at, other.began_at, ramp_step));
  other.record.series.clear();
  other.record.ramp.clear();
  sum.record.add(other.record);
  add_times(sum, other);
  cover(sum.measure_at, sum.seconds, other.measure_at, other.seconds);
  sum.processor_seconds += other.processor_seconds;
  sum.heap_of_connections += other.heap_of_connections;
  sum.resident_bytes += other.resident_bytes;
  sum.groups.resize(other.groups.size());
  for (std::size_t i = 0; i < sum.groups.size(); ++i) add_outcome(sum.groups[i], other.groups[i], at);
}

/// In the order of their beginnings each begins before all earlier ones have ended.
bool at_the_same_time(const std::vector<FinishedRun>& runs) {
  std::vector<std::pair<double, double>> spans;
  for (const FinishedRun& run : runs) {
    spans.emplace_back(run.outcome.began_at, run.outcome.began_at + run.outcome.wall_seconds);
  }
  std::sort(spans.begin(), spans.end());
  double end = spans.front().second;
  for (const auto& [from, to] : spans) {
    if (from > end + clock_error) return false;
    end = std::max(end, to);
  }
  return spans.back().first - spans.front().first <= longest_shift;
}

}  // namespace

std::string_view name(Mode mode) noexcept { return mode_names[static_cast<std::size_t>(mode)]; }
std::string_view name(Shape shape) noexcept { return shape_names[static_cast<std::size_t>(shape)]; }
std::string_view name(net::Transport transport) noexcept {
  return transport_names[static_cast<std::size_t>(transport)];
}

namespace {

std::string names_of(const Plan& plan) {
  std::string names;
  for (const Plan& group : plan.groups) names += (names.empty() ? "" : ", ") + group.name;
  return names;
}

std::optional<std::string> difference_of_groups(const Plan& a, const Plan& b) {
  if (names_of(a) != names_of(b)) return base::format("the groups ({} and {})", names_of(a), names_of(b));
  for (std::size_t i = 0; i < a.groups.size(); ++i) {
    if (const auto differing = difference(a.groups[i], b.groups[i])) {
      return base::format("{} of {}", *differing, a.groups[i].name);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> difference(const Plan& a, const Plan& b) {
  const auto differ = [](std::string_view what, std::string_view left, std::string_view right) {
    return base::format("{} ({} and {})", what, left, right);
  };
  const auto size = [](const Plan& plan) { return base::format("{}-{}", plan.least_size, plan.most_size); };
  const auto loop = [](const Plan& plan) { return plan.open_loop() ? "given" : "none"; };
  if (a.mode != b.mode) return differ("the mode", name(a.mode), name(b.mode));
  if (a.mode == Mode::mixed) return difference_of_groups(a, b);
  if (a.qos != b.qos) return differ("the QoS", std::to_string(a.qos), std::to_string(b.qos));
  if (a.session.version != b.session.version)
    return differ("the version", wire::name(a.session.version), wire::name(b.session.version));
  if (a.network.transport != b.network.transport)
    return differ("the transport", name(a.network.transport), name(b.network.transport));
  if (a.shape != b.shape) return differ("the shape", name(a.shape), name(b.shape));
  if (a.publishes() && (a.least_size != b.least_size || a.most_size != b.most_size))
    return differ("the size", size(a), size(b));
  // A shard without any of the clients has no rate.
  if (a.open_loop() != b.open_loop() && a.count != 0 && b.count != 0) return differ("the rate", loop(a), loop(b));
  return std::nullopt;
}

Outcome sum_of(const Plan& plan, std::vector<Outcome> groups) {
  Outcome sum;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Outcome& group = groups[i];
    sum.record.add(group.record);
    add_times(sum, group);
    if (plan.groups[i].publishes() || !plan.publishes()) {
      cover(sum.measure_at, sum.seconds, group.measure_at, group.seconds);
    }
  }
  sum.began_at = groups.front().began_at;
  sum.series_at = groups.front().series_at;
  sum.groups = std::move(groups);
  return sum;
}

base::Result<FinishedRun, std::string> merge(std::vector<FinishedRun> runs) {
  if (!at_the_same_time(runs)) {
    return base::unexpected<std::string>("the runs were not at the same time: only shards of one test can be added");
  }
  Outcome earliest;
  earliest.began_at = earliest.series_at = HUGE_VAL;
  for (const FinishedRun& run : runs) {
    earliest.began_at = std::min(earliest.began_at, run.outcome.began_at);
    earliest.series_at = std::min(earliest.series_at, run.outcome.series_at);
  }
  FinishedRun sum;
  for (FinishedRun& run : runs) add_outcome(sum.outcome, run.outcome, earliest);
  const auto set_beginning = [&earliest](Outcome& outcome) {
    outcome.began_at = earliest.began_at;
    outcome.series_at = earliest.series_at;
  };
  set_beginning(sum.outcome);
  std::for_each(sum.outcome.groups.begin(), sum.outcome.groups.end(), set_beginning);
  sum.plan = std::move(runs.front().plan);
  for (std::size_t i = 1; i < runs.size(); ++i) add_plan(sum.plan, runs[i].plan);
  return sum;
}

}  // namespace bench
