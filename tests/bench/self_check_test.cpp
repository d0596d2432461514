#include "bench/self_check.h"

#include "catch.h"

using bench::Mode;
using namespace std::chrono_literals;

namespace {

bench::Plan plan_of(Mode mode, session::Duration duration, std::uint64_t messages = 0, double rate = 0) {
  bench::Plan plan;
  plan.mode = mode;
  plan.threads = 1;
  plan.duration = duration;
  plan.messages = messages;
  plan.rate = rate;
  return plan;
}

}  // namespace

TEST_CASE("runs that are long enough for a self-check") {
  CHECK(bench::worth_checking(plan_of(Mode::pub, 3s)));
  CHECK_FALSE(bench::worth_checking(plan_of(Mode::pub, 2s)));
  CHECK_FALSE(bench::worth_checking(plan_of(Mode::conn, 10s)));
  CHECK_FALSE(bench::worth_checking(plan_of(Mode::sub, 10s)));
  CHECK_FALSE(bench::worth_checking(plan_of(Mode::pub, 0s, 1'000'000)));
  CHECK(bench::worth_checking(plan_of(Mode::latency, 0s, 300, 100)));
  CHECK_FALSE(bench::worth_checking(plan_of(Mode::latency, 0s, 299, 100)));
  CHECK(bench::worth_checking(plan_of(Mode::latency, 3s, 1'000, 100)));
  CHECK_FALSE(bench::worth_checking(plan_of(Mode::latency, 2s, 1'000, 100)));
  bench::Plan no_publisher = plan_of(Mode::pub, 10s);
  no_publisher.shard = {1, 2};
  CHECK_FALSE(bench::worth_checking(no_publisher));
}

TEST_CASE("the rate of a run is compared with the ceiling") {
  const bench::Plan plan = plan_of(Mode::pub, 10s);
  bench::Outcome outcome;
  outcome.seconds = 10;
  outcome.record.window[bench::Count::published] = 1'000;
  CHECK(bench::share_of_ceiling(plan, outcome) == 0);
  outcome.self_check = {.ceiling = 400};
  CHECK(bench::share_of_ceiling(plan, outcome) == 0.25);
}
