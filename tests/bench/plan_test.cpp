#include "bench/plan.h"

#include <algorithm>
#include <numeric>

#include "bench/pacer.h"
#include "bench/payload.h"
#include "catch.h"

using namespace std::chrono_literals;

namespace {

std::string expanded(std::string_view pattern) {
  std::string out;
  bench::expand(out, pattern, {7, "client-7", "me"}, 42);
  return out;
}

}  // namespace

TEST_CASE("templates of topics") {
  CHECK(expanded("bench/%i") == "bench/7");
  CHECK(expanded("%c/%u/%s") == "client-7/me/42");
  CHECK(expanded("100%%/%") == "100%/%");
  CHECK(expanded("%x%%i") == "%x%i");
  CHECK(expanded("") == "");
}

TEST_CASE("whether a topic varies with the message") {
  CHECK(bench::varies("a/%s"));
  CHECK_FALSE(bench::varies("a/%i"));
  CHECK_FALSE(bench::varies("a/%%s"));
  CHECK_FALSE(bench::varies("a"));
  CHECK_FALSE(bench::varies(""));
}

TEST_CASE("filters for many topics") {
  CHECK(bench::widen("bench/%i", "icus") == "bench/+");
  CHECK(bench::widen("a/%c-x/b%%/%s", "icus") == "a/+/b%%/+");
  CHECK(bench::widen("a/%c-x/b%%s/%s", "s") == "a/%c-x/b%%s/+");
  CHECK(bench::widen("a/b", "s") == "a/b");
}

TEST_CASE("a stamp is read as it was written") {
  std::uint8_t bytes[bench::stamp_size];
  bench::write({0x1234, 0x89abcdef, 7, 0xffffffff, 0x0123456789abcdef, 42}, bytes);
  const auto stamp = bench::read(bytes);
  REQUIRE(stamp);
  CHECK(stamp->clock == 0x1234);
  CHECK(stamp->run == 0x89abcdef);
  CHECK(stamp->client == 7);
  CHECK(stamp->late == 0xffffffff);
  CHECK(stamp->sequence == 0x0123456789abcdef);
  CHECK(stamp->due == 42);
  CHECK_FALSE(bench::read(base::Bytes(bytes).first(31)));
  bytes[0] ^= 1;
  CHECK_FALSE(bench::read(bytes));
}

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

TEST_CASE("shards have every client once, and pairs stay together") {
  bench::Plan plan;
  plan.mode = bench::Mode::latency;
  plan.count = 11;
  plan.messages = 103;
  plan.rate = 220;
  plan.shard.count = 4;
  std::vector<std::uint32_t> numbers;
  bench::Plan::Part sum{};
  for (plan.shard.index = 0; plan.shard.index < 4; ++plan.shard.index) {
    for (std::uint32_t place = 0; place < plan.own_clients(); ++place) numbers.push_back(plan.number_of(place));
    const std::uint32_t pairs = plan.own_publishers();
    for (std::uint32_t pair = 0; pair < pairs; ++pair) CHECK(plan.number_of(pairs + pair) == plan.number_of(pair) + 11);
    const auto part = plan.part();
    sum.count += part.count;
    sum.messages += part.messages;
    sum.rate += part.rate;
  }
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::uint32_t> all(22);
  std::iota(all.begin(), all.end(), 0);
  CHECK(numbers == all);
  CHECK(sum.count == 11);
  CHECK(sum.messages == 103);
  CHECK(sum.rate == Approx(220));
}
