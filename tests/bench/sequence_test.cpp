#include "bench/sequence.h"

#include <algorithm>
#include <random>
#include <set>

#include "catch.h"

using bench::Sequence;
using Arrival = Sequence::Arrival;

namespace {

std::vector<Arrival> arrivals(Sequence& sequence, const std::vector<std::uint64_t>& numbers) {
  std::vector<Arrival> result;
  for (const auto number : numbers) result.push_back(sequence.arrive(number));
  return result;
}

constexpr Arrival in_order = Arrival::in_order, reordered = Arrival::reordered, duplicated = Arrival::duplicated;

}  // namespace

TEST_CASE("messages in order") {
  Sequence sequence;
  CHECK(arrivals(sequence, {0, 1, 2, 3}) == std::vector{in_order, in_order, in_order, in_order});
  CHECK(sequence.distinct() == 4);
  CHECK(sequence.missing() == 0);
}

TEST_CASE("a gap is missing until it is filled") {
  Sequence sequence;
  arrivals(sequence, {0, 1, 5});
  CHECK(sequence.missing() == 3);
  CHECK(arrivals(sequence, {3, 2, 4}) == std::vector{reordered, reordered, reordered});
  CHECK(sequence.missing() == 0);
  CHECK(arrivals(sequence, {3, 5, 0}) == std::vector{duplicated, duplicated, duplicated});
  CHECK(sequence.distinct() == 6);
}

TEST_CASE("a subscriber that came late knows only of what follows") {
  Sequence sequence;
  sequence.begin_at(100);
  CHECK(arrivals(sequence, {100, 101, 103}) == std::vector{in_order, in_order, in_order});
  CHECK(sequence.missing() == 1);
  CHECK(sequence.arrive(97) == reordered);
  CHECK(sequence.missing() == 3);
  CHECK(sequence.arrive(97) == duplicated);
}

TEST_CASE("any order agrees with a set") {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::uint64_t> numbers;
    for (int i = 0; i < 400; ++i) numbers.push_back(random() % 300);
    Sequence sequence;
    std::set<std::uint64_t> seen;
    for (const auto number : numbers) {
      const bool again = seen.count(number) != 0;
      const bool late = !again && !seen.empty() && number < *seen.rbegin();
      const Arrival expected = again ? duplicated : late ? reordered : in_order;
      seen.insert(number);
      REQUIRE(sequence.arrive(number) == expected);
    }
    CHECK(sequence.distinct() == seen.size());
    CHECK(sequence.missing() == *seen.rbegin() + 1 - seen.size());
  }
}
