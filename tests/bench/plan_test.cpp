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

TEST_CASE("what clients are called and where they publish and listen") {
  bench::Plan plan;
  plan.prefix = "c-";
  plan.start_number = 10;
  plan.count = 3;
  plan.topic = "a/%i/%c/%s";
  CHECK(plan.identifier_of(2) == "c-12");
  CHECK(plan.topic_of(2) == "a/12/c-12/0");
  plan.mode = bench::Mode::sub;
  CHECK(plan.filter_of(2) == "a/12/c-12/+");
  plan.mode = bench::Mode::latency;
  CHECK(plan.filter_of(5) == "a/12/c-12/+");
  plan.shape = bench::Shape::fan_in;
  CHECK(plan.filter_of(3) == "a/+/+/+");
  plan.shape = bench::Shape::fan_out;
  CHECK(plan.filter_of(3) == "a/10/c-10/+");
}

TEST_CASE("a mixed plan is what its groups are") {
  bench::Plan plan;
  plan.mode = bench::Mode::mixed;
  CHECK_FALSE(plan.publishes());
  for (const bench::Mode mode : {bench::Mode::conn, bench::Mode::sub, bench::Mode::latency}) {
    plan.groups.emplace_back();
    plan.groups.back().mode = mode;
    plan.groups.back().count = 4;
    plan.groups.back().shard = {0, 2};
  }
  CHECK(plan.publishes());
  CHECK(plan.receives());
  CHECK(plan.clients() == 16);
  CHECK(plan.own_clients() == 8);
  CHECK(plan.loads().size() == 3);
  CHECK(plan.groups[0].loads().data() == &plan.groups[0]);
}

TEST_CASE("names of groups") {
  for (const auto* name : {"a", "Sensors-2_x", "0"}) CHECK(bench::is_group_name(name));
  for (const auto* name : {"", "a b", "a.b", "a\n", "\xc3\xa4", "deliver", "lag", "connect"}) {
    CHECK_FALSE(bench::is_group_name(name));
  }
  CHECK(bench::is_group_name(std::string(64, 'a')));
  CHECK_FALSE(bench::is_group_name(std::string(65, 'a')));
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
