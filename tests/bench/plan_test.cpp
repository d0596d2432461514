#include "bench/plan.h"

#include <algorithm>
#include <numeric>

#include "catch.h"

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
