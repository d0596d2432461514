#include "bench/merge.h"

#include <algorithm>

#include "bench/figures.h"
#include "catch.h"

using bench::Count;
using bench::FinishedRun;
using bench::Metric;

namespace {

/// A run that publishes `rate` messages a second for `seconds` from `at` on.
FinishedRun run(double at, std::uint64_t rate, std::size_t seconds) {
  FinishedRun run;
  run.plan.count = 2;
  run.plan.qos = 1;
  auto& outcome = run.outcome;
  outcome.began_at = outcome.series_at = outcome.measure_at = at;
  outcome.seconds = outcome.wall_seconds = static_cast<double>(seconds);
  outcome.clients = outcome.ready = 2;
  for (std::size_t second = 0; second < seconds; ++second) {
    bench::Interval interval;
    stats::Histogram times;
    for (std::uint64_t i = 0; i < rate; ++i) times.record(1'000'000 + i * 1'000);
    interval.counts[Count::acknowledged] = rate;
    interval.acknowledge = times.compact();
    outcome.record[Metric::acknowledge].add(times);
    outcome.record.counts += interval.counts;
    outcome.record.series.push_back(std::move(interval));
  }
  outcome.record.window = outcome.record.counts;
  outcome.record.ramp = {2};
  return run;
}

std::vector<FinishedRun> runs(FinishedRun a, FinishedRun b) {
  std::vector<FinishedRun> result;
  result.push_back(std::move(a));
  result.push_back(std::move(b));
  return result;
}

std::vector<std::uint64_t> acknowledged(const bench::Record& record) {
  std::vector<std::uint64_t> counts;
  for (const auto& interval : record.series) counts.push_back(interval.counts[Count::acknowledged]);
  return counts;
}

}  // namespace

TEST_CASE("counts, histograms and seconds are added") {
  const auto merged = bench::merge(runs(run(1'000, 100, 3), run(1'000, 50, 3)));
  REQUIRE(merged);
  const auto& outcome = merged->outcome;
  CHECK(acknowledged(outcome.record) == std::vector<std::uint64_t>{150, 150, 150});
  CHECK(outcome.record[Metric::acknowledge].count() == 450);
  CHECK(outcome.clients == 4);
  CHECK(merged->plan.count == 4);
  CHECK(bench::rate(merged->plan, outcome) == 150);
  CHECK(outcome.record.ramp == bench::Ramp{4});
}

TEST_CASE("seconds are matched by the clocks") {
  const auto merged = bench::merge(runs(run(1'001.4, 100, 2), run(1'000, 50, 3)));
  REQUIRE(merged);
  CHECK(acknowledged(merged->outcome.record) == std::vector<std::uint64_t>{50, 150, 150});
  CHECK(merged->outcome.began_at == 1'000);
  CHECK(merged->outcome.seconds == Approx(3.4));
  CHECK(merged->outcome.record.ramp.size() == 15);
}

TEST_CASE("the first loss of all is kept") {
  const auto lost = [](double one, double two) {
    FinishedRun a = run(1'000, 1, 1), b = run(1'000, 1, 1);
    a.outcome.first_lost_at = one;
    b.outcome.first_lost_at = two;
    return bench::merge(runs(std::move(a), std::move(b)))->outcome.first_lost_at;
  };
  CHECK(lost(0, 0) == 0);
  CHECK(lost(1'003, 0) == 1'003);
  CHECK(lost(0, 1'003) == 1'003);
  CHECK(lost(1'003, 1'002) == 1'002);
}

TEST_CASE("what was not at the same time is no whole") {
  const auto merged = bench::merge(runs(run(1'000, 1, 3), run(1'010, 1, 3)));
  REQUIRE(!merged);
  CHECK(merged.error() == "the runs were not at the same time: only shards of one test can be added");
}

TEST_CASE("runs of different kinds") {
  const FinishedRun a = run(0, 1, 1);
  FinishedRun b = run(0, 2, 1);
  CHECK(bench::difference(a.plan, b.plan) == std::nullopt);
  b.plan.rate = 5;
  CHECK(bench::difference(a.plan, b.plan) == "the rate (none and given)");
  b.plan.most_size = 65;
  CHECK(bench::difference(a.plan, b.plan) == "the size (64-64 and 64-65)");
  b.plan.network.transport = net::Transport::wss;
  CHECK(bench::difference(a.plan, b.plan) == "the transport (tcp and wss)");
  b.plan.session.version = wire::Version::v5_0;
  CHECK(bench::difference(a.plan, b.plan) == "the version (3.1.1 and 5.0)");
  b.plan.qos = 2;
  CHECK(bench::difference(a.plan, b.plan) == "the QoS (1 and 2)");
  b.plan.mode = bench::Mode::conn;
  CHECK(bench::difference(a.plan, b.plan) == "the mode (pub and conn)");
}

TEST_CASE("groups are merged one by one") {
  const auto mixed = [](std::uint64_t a, std::uint64_t b) {
    FinishedRun whole;
    whole.plan.mode = bench::Mode::mixed;
    std::vector<bench::Outcome> outcomes;
    for (const std::uint64_t rate : {a, b}) {
      FinishedRun group = run(1'000, rate, 3);
      group.plan.name = rate == a ? "a" : "b";
      whole.plan.groups.push_back(std::move(group.plan));
      outcomes.push_back(std::move(group.outcome));
    }
    whole.outcome = bench::sum_of(whole.plan, std::move(outcomes));
    return whole;
  };
  const auto merged = bench::merge(runs(mixed(100, 10), mixed(50, 5)));
  REQUIRE(merged);
  const auto& outcome = merged->outcome;
  REQUIRE(outcome.groups.size() == 2);
  CHECK(acknowledged(outcome.record) == std::vector<std::uint64_t>{165, 165, 165});
  CHECK(acknowledged(outcome.groups[0].record) == std::vector<std::uint64_t>{150, 150, 150});
  CHECK(acknowledged(outcome.groups[1].record) == std::vector<std::uint64_t>{15, 15, 15});
  CHECK(outcome.clients == 8);
  CHECK(outcome.groups[1].clients == 4);
  CHECK(outcome.groups[1].began_at == 1'000);
  CHECK(bench::rate(merged->plan, outcome) == 165);
  CHECK(bench::rate(merged->plan.groups[0], outcome.groups[0]) == 150);
  const auto figures = bench::all_figures(merged->plan, outcome);
  const auto named = [&figures](std::string_view name) {
    return std::count_if(figures.begin(), figures.end(), [&](const auto& figure) { return figure.name == name; });
  };
  CHECK(named("acknowledge.p99") == 1);
  CHECK(named("a.p99") == 1);
  CHECK(named("b.acknowledge.p99") == 1);
  CHECK(named("p99") == 0);
  CHECK(named("processor_seconds") == 1);
  CHECK(named("a.processor_seconds") == 0);
}

TEST_CASE("plans with other groups are of another kind") {
  const auto mixed = [](std::initializer_list<std::string_view> names) {
    bench::Plan plan;
    plan.mode = bench::Mode::mixed;
    for (const auto name : names) plan.groups.emplace_back().name = name;
    return plan;
  };
  CHECK_FALSE(bench::difference(mixed({"a", "b"}), mixed({"a", "b"})));
  CHECK(bench::difference(mixed({"a", "b"}), mixed({"a"})) == "the groups (a, b and a)");
  bench::Plan other = mixed({"a", "b"});
  other.groups[1].qos = 2;
  CHECK(bench::difference(mixed({"a", "b"}), other) == "the QoS (0 and 2) of b");
}
