#include "stats/histogram.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "catch.h"

using stats::Histogram;

namespace {

/// Of all magnitudes alike, as latencies are.
std::vector<std::uint64_t> some_values(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(2.0, 12.5);
  std::vector<std::uint64_t> values(count);
  for (auto& value : values) value = static_cast<std::uint64_t>(std::pow(10.0, exponent(random)));
  return values;
}

Histogram recorded(const std::vector<std::uint64_t>& values) {
  Histogram histogram;
  for (const auto value : values) histogram.record(value);
  return histogram;
}

/// As precise as promised: a thousandth, or the width of the first buckets.
void check_near(std::uint64_t value, std::uint64_t exact) {
  CAPTURE(value, exact);
  CHECK(value >= exact);
  CHECK(value - exact <= std::max<std::uint64_t>(exact / 1000, 511));
}

}  // namespace

TEST_CASE("every value is in the bucket that has it between its bounds") {
  std::size_t before = 0;
  for (const std::uint64_t value : {0ULL, 1ULL, 511ULL, 512ULL, 1'000ULL, 1'048'575ULL, 1'048'576ULL, 2'097'151ULL,
                                    2'097'152ULL, 1'000'000'000ULL, 3'600'000'000'000ULL}) {
    const std::size_t index = Histogram::index(value);
    CAPTURE(value);
    CHECK(index >= before);
    CHECK(index < Histogram::size);
    CHECK(Histogram::least(index) <= value);
    CHECK(value <= Histogram::greatest(index));
    before = index;
  }
}

TEST_CASE("buckets follow each other without a gap") {
  for (std::size_t i = 0; i + 1 < Histogram::size; ++i) {
    REQUIRE(Histogram::index(Histogram::least(i)) == i);
    REQUIRE(Histogram::index(Histogram::greatest(i)) == i);
    REQUIRE(Histogram::least(i + 1) == Histogram::greatest(i) + 1);
  }
}

TEST_CASE("quantiles agree with a sorted list") {
  auto values = some_values(100'000, 1);
  const Histogram histogram = recorded(values);
  std::sort(values.begin(), values.end());
  for (const double fraction : {0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
    const double rank = std::ceil(fraction * static_cast<double>(values.size()));
    const auto at = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
    check_near(histogram.quantile(fraction), values[at]);
  }
  CHECK(histogram.count() == values.size());
  CHECK(histogram.min() == values.front());
  CHECK(histogram.max() == values.back());
  CHECK(histogram.quantile(1) == values.back());
}

TEST_CASE("mean and deviation agree with a list") {
  const auto values = some_values(20'000, 2);
  const Histogram histogram = recorded(values);
  double sum = 0, squares = 0;
  for (const auto value : values) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(values.size());
  for (const auto value : values) squares += std::pow(static_cast<double>(value) - mean, 2);
  CHECK(histogram.mean() == Approx(mean).epsilon(0.001));
  CHECK(histogram.deviation() == Approx(std::sqrt(squares / static_cast<double>(values.size()))).epsilon(0.001));
}

TEST_CASE("parts that are added are the whole") {
  const auto first = some_values(5'000, 3), second = some_values(7'000, 4);
  auto all = first;
  all.insert(all.end(), second.begin(), second.end());
  Histogram sum = recorded(first);
  sum.add(recorded(second));
  const Histogram whole = recorded(all);
  CHECK(sum.compact() == whole.compact());
  CHECK(sum.count() == 12'000);
  CHECK(sum.min() == whole.min());
  CHECK(sum.max() == whole.max());
}

TEST_CASE("what is kept of intervals adds up to the same counts") {
  Histogram sum;
  sum.add(recorded(some_values(3'000, 5)).compact());
  sum.add(recorded(some_values(3'000, 6)).compact());
  auto all = some_values(3'000, 5);
  const auto more = some_values(3'000, 6);
  all.insert(all.end(), more.begin(), more.end());
  CHECK(sum.compact() == recorded(all).compact());
  CHECK(sum.count() == 6'000);
}

TEST_CASE("an empty histogram has nothing to say") {
  Histogram histogram;
  CHECK(histogram.empty());
  CHECK(histogram.min() == 0);
  CHECK(histogram.max() == 0);
  CHECK(histogram.quantile(0.99) == 0);
  CHECK(histogram.mean() == 0);
  CHECK(histogram.count_up_to(1'000) == 0);
  CHECK(histogram.compact().empty());
}

TEST_CASE("clearing forgets everything") {
  Histogram histogram = recorded(some_values(1'000, 7));
  histogram.clear();
  CHECK(histogram.empty());
  CHECK(histogram.compact().empty());
  histogram.record(5'000);
  CHECK(histogram.quantile(0) == 5'000);
  CHECK(histogram.count() == 1);
}

TEST_CASE("what is beyond an hour counts as an hour") {
  Histogram histogram;
  histogram.record(Histogram::highest);
  CHECK(histogram.overflows() == 0);
  histogram.record(UINT64_MAX);
  CHECK(histogram.overflows() == 1);
  CHECK(histogram.max() == Histogram::highest);
  CHECK(histogram.count() == 2);
}

TEST_CASE("a copy is independent") {
  const Histogram original = recorded(some_values(100, 8));
  Histogram copy = original;
  copy.record(1);
  CHECK(copy.count() == 101);
  CHECK(original.count() == 100);
  CHECK(original.overflows() == 0);
}

TEST_CASE("counting up to a value") {
  Histogram histogram;
  for (std::uint64_t i = 1; i <= 100; ++i) histogram.record(i * 1'000'000);
  CHECK(histogram.count_up_to(0) == 0);
  CHECK(histogram.count_up_to(50'500'000) == 50);
  CHECK(histogram.count_up_to(UINT64_MAX) == 100);
}

TEST_CASE("what others know of the ends narrows them within their buckets") {
  stats::Histogram histogram;
  histogram.set_count_at(stats::Histogram::index(1'000'000), 3);
  histogram.narrow(1'000'100, 1'000'200, 0);
  CHECK(histogram.min() == 1'000'100);
  CHECK(histogram.max() == 1'000'200);
  histogram.narrow(1, 2'000'000, 0);
  CHECK(histogram.min() == 1'000'100);
  CHECK(histogram.max() == 1'000'200);
}
