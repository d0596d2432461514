#include "bench/figures.h"

#include <algorithm>

#include "catch.h"

using bench::Count;
using bench::Metric;
using bench::Mode;
using namespace std::chrono_literals;

namespace {

bench::Plan plan_of(Mode mode, std::uint8_t qos = 0) {
  bench::Plan plan;
  plan.mode = mode;
  plan.qos = qos;
  return plan;
}

std::optional<double> figure(const bench::Plan& plan, const bench::Outcome& outcome, std::string_view name) {
  const auto all = bench::figures(plan, outcome);
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
  return found == all.end() ? std::nullopt : std::optional(found->value);
}

/// All counts differ, so that none is taken for another.
bench::Outcome outcome() {
  bench::Outcome outcome;
  outcome.seconds = 10;
  outcome.receive_seconds = 4;
  outcome.connect_seconds = 2;
  outcome.ready = 5;
  outcome.heap_of_connections = 5000;
  outcome.record.window[Count::published] = 1000;
  outcome.record.window[Count::acknowledged] = 900;
  outcome.record.window[Count::received] = 800;
  outcome.record.counts[Count::received] = 840;
  outcome.record.counts[Count::connected] = 6;
  return outcome;
}

}  // namespace

TEST_CASE("the rate is of what the load is about") {
  CHECK(bench::rate(plan_of(Mode::pub), outcome()) == 100);
  CHECK(bench::rate(plan_of(Mode::pub, 1), outcome()) == 90);
  CHECK(bench::rate(plan_of(Mode::latency, 2), outcome()) == 90);
  CHECK(bench::rate(plan_of(Mode::sub), outcome()) == 210);
  CHECK(bench::received_rate(plan_of(Mode::latency), outcome()) == 210);
  bench::Plan timed = plan_of(Mode::latency);
  timed.duration = 10s;
  CHECK(bench::received_rate(timed, outcome()) == 80);
  CHECK(bench::rate(plan_of(Mode::pub), {}) == 0);
  CHECK(bench::rate(plan_of(Mode::sub), {}) == 0);
}

TEST_CASE("figures have the metric of the mode without its name, and none that has no value") {
  bench::Outcome run = outcome();
  run.record[Metric::acknowledge].record(2'000'000);
  run.record[Metric::connect].record(7'000'000);
  CHECK(figure(plan_of(Mode::pub), run, "max") == Approx(0.002));
  CHECK(figure(plan_of(Mode::conn), run, "max") == Approx(0.007));
  CHECK(figure(plan_of(Mode::latency), run, "max") == std::nullopt);
  CHECK(figure(plan_of(Mode::latency), run, "acknowledge.p9999") == Approx(0.002));
  CHECK(figure(plan_of(Mode::pub), run, "deliver.p50") == std::nullopt);
  CHECK(figure(plan_of(Mode::pub), run, "received") == 840.0);
  CHECK(figure(plan_of(Mode::pub), run, "connect_rate") == 3.0);
  CHECK(figure(plan_of(Mode::pub), run, "heap_per_connection") == 1000.0);
  CHECK(figure(plan_of(Mode::pub), {}, "heap_per_connection") == 0.0);
}

TEST_CASE("a schedule that was not kept makes a run invalid, lateness without one does not") {
  bench::Plan plan = plan_of(Mode::pub);
  bench::Outcome run;
  for (int i = 0; i < 1000; ++i) run.record[Metric::lag].record(i < 980 ? 1'000 : 20'000'000);
  CHECK(bench::objections(plan, run).empty());
  plan.rate = 1000;
  const auto found = bench::objections(plan, run);
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("fell behind its schedule: 1 % of the messages were sent 20") != std::string::npos);
  for (int i = 0; i < 2000; ++i) run.record[Metric::lag].record(1'000);
  CHECK(bench::objections(plan, run).empty());
}

TEST_CASE("a start that was missed makes a run invalid") {
  bench::Outcome run;
  run.start_lag = -1;
  CHECK(bench::objections(plan_of(Mode::conn), run).empty());
  run.start_lag = 0.5;
  CHECK(bench::objections(plan_of(Mode::conn), run) ==
        std::vector<std::string>{"it began 500 ms after --start-at; choose a time at which all is connected"});
}
