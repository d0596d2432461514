// What the standard promises of QoS 1 and QoS 2, through cuts, delays and pieces, in both directions.
#include <numeric>

#include "catch.h"
#include "pair/world.h"

using pair::Plan;
using pair::World;
using wire::Version;
using namespace std::chrono_literals;

namespace {

std::vector<std::uint32_t> all(std::uint32_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

/// Each number where it came first.
std::vector<std::uint32_t> first_occurrences(const std::vector<std::uint32_t>& numbers) {
  std::vector<std::uint32_t> firsts;
  std::vector<bool> seen;
  for (const std::uint32_t number : numbers) {
    if (number >= seen.size()) seen.resize(number + 1);
    if (!seen[number]) firsts.push_back(number);
    seen[number] = true;
  }
  return firsts;
}

}  // namespace

TEST_CASE("QoS 1 arrives at least once and in order through cuts") {
  const Version version = GENERATE(Version::v3_1, Version::v3_1_1, Version::v5_0);
  const std::uint32_t seed = GENERATE(1U, 2U, 3U, 4U);
  World world(Plan{.version = version, .qos = 1, .messages = 1000, .cuts = 50, .seed = seed});
  world.run();
  CHECK(world.cuts() == 50);
  CHECK(first_occurrences(world.at_broker().numbers) == all(1000));
  CHECK(first_occurrences(world.at_client().numbers) == all(1000));
}

TEST_CASE("QoS 2 arrives exactly once and in order through cuts") {
  const Version version = GENERATE(Version::v3_1, Version::v3_1_1, Version::v5_0);
  const std::uint32_t seed = GENERATE(1U, 2U, 3U, 4U);
  World world(Plan{.version = version, .qos = 2, .messages = 1000, .cuts = 50, .seed = seed});
  world.run();
  CHECK(world.cuts() == 50);
  CHECK(world.at_broker().numbers == all(1000));
  CHECK(world.at_client().numbers == all(1000));
}

TEST_CASE("what a forgetful broker had not acknowledged is published again") {
  const auto qos = GENERATE(std::uint8_t{1}, std::uint8_t{2});
  World world(Plan{.qos = qos, .messages = 1000, .cuts = 50, .forgetful = true});
  world.run();
  CHECK(first_occurrences(world.at_broker().numbers) == all(1000));
}

TEST_CASE("cuts do make QoS 1 arrive twice, so that the test of QoS 2 tests something") {
  World world(Plan{.qos = 1, .messages = 1000, .cuts = 50});
  world.run();
  CHECK(world.at_broker().numbers.size() > 1000);
  CHECK(world.at_client().numbers.size() > 1000);
}

TEST_CASE("Receive Maximum is kept on every step") {
  const auto receive_maximum = GENERATE(std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{7});
  const auto qos = GENERATE(std::uint8_t{1}, std::uint8_t{2});
  World world(Plan{.qos = qos, .messages = 300, .cuts = 20, .receive_maximum = receive_maximum});
  world.run();
  CHECK(world.most_unacknowledged() == receive_maximum);
  CHECK(first_occurrences(world.at_broker().numbers) == all(300));
  CHECK(first_occurrences(world.at_client().numbers) == all(300));
}

TEST_CASE("identifiers wrap without confusion") {
  const auto qos = GENERATE(std::uint8_t{1}, std::uint8_t{2});
  World world(Plan{.qos = qos, .messages = 200'000, .cuts = 3, .receive_maximum = 1000, .longest_delay = 0ms});
  world.run();
  CHECK(first_occurrences(world.at_broker().numbers) == all(200'000));
  CHECK(first_occurrences(world.at_client().numbers) == all(200'000));
  if (qos == 2) CHECK(world.at_broker().numbers.size() == 200'000);
}
