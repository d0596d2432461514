#include "bench/pacer.h"

#include <random>

#include "catch.h"

using namespace std::chrono_literals;

TEST_CASE("messages are due in turn") {
  bench::Pacer pacer(1000, 4);
  const session::Time start{10s};
  pacer.start(start);
  CHECK(pacer.due(0, 0) == start);
  CHECK(pacer.due(3, 0) == start + 3ms);
  CHECK(pacer.due(1, 250) == start + 1001ms);
  CHECK(pacer.count_until(0, start + 1s) == 250);
  CHECK(pacer.count_until(3, start + 3ms) == 0);
  CHECK(pacer.count_until(3, start + 4ms) == 1);
  CHECK(pacer.count_until(0, start) == 0);
}

TEST_CASE("shares add up") {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < 7; ++i) sum += bench::share(100, 7, i);
  CHECK(sum == 100);
  CHECK(bench::share(3, 7, 2) == 1);
  CHECK(bench::share(3, 7, 3) == 0);
}

TEST_CASE("a publisher's messages before an end are those that are due before it") {
  std::minstd_rand random(1);
  for (int i = 0; i < 10'000; ++i) {
    const double rate = std::uniform_real_distribution<>(0.1, 1e6)(random);
    const std::uint32_t publishers = static_cast<std::uint32_t>(1 + random() % 100);
    const std::uint32_t publisher = static_cast<std::uint32_t>(random() % publishers);
    bench::Pacer pacer(rate, publishers);
    const session::Time start{std::chrono::nanoseconds(random())};
    const session::Time end = start + std::chrono::nanoseconds(1 + random());
    pacer.start(start);
    const std::uint64_t count = pacer.count_until(publisher, end);
    CAPTURE(rate, publishers, publisher, count);
    CHECK(pacer.due(publisher, count) >= end - 1ns);  // due times are whole nanoseconds
    if (count != 0) CHECK(pacer.due(publisher, count - 1) < end);
  }
}
