#include "bench/audience.h"

#include "catch.h"

namespace {

bench::Plan load(bench::Mode mode, std::string topic, std::uint32_t count = 1) {
  bench::Plan plan;
  plan.mode = mode;
  plan.topic = std::move(topic);
  plan.count = count;
  return plan;
}

bench::Plan mixed(std::vector<bench::Plan> groups) {
  bench::Plan plan;
  plan.mode = bench::Mode::mixed;
  plan.groups = std::move(groups);
  return plan;
}

/// "topic of load" of each publisher that is heard.
std::vector<std::string> heard(const bench::Plan& plan, std::size_t by, std::string_view filter) {
  const bench::Audience audience(plan);
  std::vector<std::string> found;
  for (const std::uint32_t at : audience.heard_with(plan.groups[by], filter)) {
    const auto& publisher = audience.publishers()[at];
    found.push_back(publisher.topic + " of " + std::to_string(publisher.load));
  }
  return found;
}

using Texts = std::vector<std::string>;
using bench::Mode;

std::vector<bench::Plan> building() {
  std::vector<bench::Plan> groups;
  groups.push_back(load(Mode::pub, "sensors/%i", 3));
  groups.push_back(load(Mode::sub, "sensors/#"));
  groups.push_back(load(Mode::latency, "sensors/1/cmd"));
  groups.push_back(load(Mode::pub, "sensors"));
  groups.push_back(load(Mode::pub, "$sensors/x"));
  return groups;
}

}  // namespace

TEST_CASE("a filter hears the publishers whose topics it matches") {
  const auto plan = mixed(building());
  const Texts all{"sensors of 3", "sensors/0 of 0", "sensors/1 of 0", "sensors/1/cmd of 2", "sensors/2 of 0"};
  CHECK(heard(plan, 1, "sensors/#") == all);
  CHECK(heard(plan, 1, "#") == all);
  CHECK(heard(plan, 1, "$share/g/#") == all);
  CHECK(heard(plan, 1, "sensors/+") == Texts{"sensors/0 of 0", "sensors/1 of 0", "sensors/2 of 0"});
  CHECK(heard(plan, 1, "+/1/#") == Texts{"sensors/1 of 0", "sensors/1/cmd of 2"});
  CHECK(heard(plan, 1, "sensors/1") == Texts{"sensors/1 of 0"});
  CHECK(heard(plan, 1, "sensor/#").empty());
  CHECK(heard(plan, 1, "sensors/10").empty());
  CHECK(heard(plan, 1, "$sensors/#") == Texts{"$sensors/x of 4"});
}

TEST_CASE("of some publishers nobody knows what should be heard") {
  auto groups = building();
  groups[0].topic = "sensors/%s";
  groups[2].payload = "x";
  groups[3].least_size = 31;
  CHECK(heard(mixed(std::move(groups)), 1, "#").empty());
}

TEST_CASE("publishers at another broker are not heard") {
  auto groups = building();
  groups[0].network.port = 1884;
  groups[2].network.host = "elsewhere";
  groups[3].network.port = 8080;
  groups[3].network.transport = net::Transport::ws;
  CHECK(heard(mixed(std::move(groups)), 1, "#") == Texts{"sensors of 3"});
}

TEST_CASE("subscribers that share a subscription hear each publisher once") {
  auto groups = building();
  groups[1] = load(Mode::sub, "$share/g/sensors/%i", 3);
  const auto plan = mixed(std::move(groups));
  const bench::Audience audience(plan);
  CHECK(audience.heard_by_all(plan.groups[1]).size() == 3);
}

TEST_CASE("only publishers of the shard are heard") {
  auto groups = building();
  groups[0].shard = {1, 2};
  CHECK(heard(mixed(std::move(groups)), 1, "sensors/+") == Texts{"sensors/1 of 0"});
}
