#include "stats/compare.h"

#include <cmath>
#include <random>

#include "catch.h"

using stats::Change;
using stats::Histogram;

namespace {

/// Seconds of a rate with noise, the same for the same seed.
stats::Runs seconds(double rate, double noise, std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> distribution(rate, noise);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(distribution(random));
  return {values};
}

/// Seconds of 200 latencies around `middle`; in every tenth all are late together.
stats::Seconds latencies(double middle, unsigned seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> distribution(std::log(middle), 0.2);
  std::vector<Histogram::Compact> run;
  for (std::size_t second = 0; second < 40; ++second) {
    Histogram histogram;
    const double late = std::uniform_int_distribution<int>(0, 9)(random) == 0 ? 3 : 1;
    for (int i = 0; i < 200; ++i) histogram.record(static_cast<std::uint64_t>(late * distribution(random)));
    run.push_back(histogram.compact());
  }
  return {run};
}

Histogram histogram(const stats::Seconds& runs) {
  Histogram sum;
  for (const auto& second : runs[0]) sum.add(second);
  return sum;
}

}  // namespace

TEST_CASE("Student's distribution agrees with its tables") {
  CHECK(stats::student_quantile(0.975, 1) == Approx(12.7062).epsilon(1e-5));
  CHECK(stats::student_quantile(0.975, 5) == Approx(2.570582).epsilon(1e-6));
  CHECK(stats::student_quantile(0.995, 30) == Approx(2.749996).epsilon(1e-6));
  CHECK(stats::student_quantile(0.95, 1e6) == Approx(1.644855).epsilon(1e-4));
  CHECK(stats::student_below(0, 7) == Approx(0.5));
  CHECK(stats::student_below(-2.364624, 7) == Approx(0.025).epsilon(1e-5));
  CHECK(stats::incomplete_beta(2, 3, 0.4) == Approx(0.5248));
}

TEST_CASE("Welch's example of unequal variances") {
  // R's t.test of 1..10 and 7..20: t = -5.4349, df = 21.982, p = 1.855e-05.
  stats::Runs a, b;
  for (int i = 1; i <= 10; ++i) a.push_back({static_cast<double>(i)});
  for (int i = 7; i <= 20; ++i) b.push_back({static_cast<double>(i)});
  const Change change = stats::compare_means(a, b, 0.95);
  CHECK(change.a == Approx(5.5));
  CHECK(change.b == Approx(13.5));
  CHECK(change.relative == Approx(13.5 / 5.5 - 1));
  CHECK(change.least == Approx(4.947198 / 5.5).epsilon(1e-5));
  CHECK(change.greatest == Approx(11.052802 / 5.5).epsilon(1e-5));
  CHECK(1 - change.more == Approx(1.855e-05 / 2).epsilon(1e-3));
}

TEST_CASE("a series with memory is worth less") {
  const std::vector<double> steps{1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9};
  CHECK(stats::effective_size(steps) == Approx(12 * (1 - 0.75) / (1 + 0.75)));
  const std::vector<double> alternating{1, 9, 1, 9, 1, 9};
  CHECK(stats::effective_size(alternating) == 6);
  CHECK(stats::effective_size(std::vector<double>(8, 5.0)) == 8);
}

TEST_CASE("a rate that fell is found, and one that did not is not") {
  const Change fell = stats::compare_means(seconds(1'000, 30, 30, 1), seconds(900, 30, 30, 2), 0.99);
  CHECK(fell.relative == Approx(-0.1).margin(0.03));
  CHECK(fell.greatest < 0);
  CHECK(fell.more < 0.001);
  const Change same = stats::compare_means(seconds(1'000, 30, 30, 3), seconds(1'000, 30, 30, 4), 0.99);
  CHECK(same.least < 0);
  CHECK(same.greatest > 0);
}

TEST_CASE("rates that do not vary") {
  const Change same = stats::compare_means({{5, 5, 5}}, {{5, 5, 5}}, 0.95);
  CHECK((same.relative == 0 && same.least == 0 && same.greatest == 0 && same.more == 0.5));
  const Change less = stats::compare_means({{5, 5, 5}}, {{4, 4, 4}}, 0.95);
  CHECK(less.greatest == Approx(-0.2));
  CHECK(less.more == 0);
}

TEST_CASE("the interval has the truth as often as it says") {
  int had = 0;
  for (unsigned i = 0; i < 400; ++i) {
    const Change change = stats::compare_means(seconds(100, 10, 12, 2 * i), seconds(110, 15, 12, 2 * i + 1), 0.9);
    if (change.least <= 0.1 && 0.1 <= change.greatest) ++had;
  }
  CHECK(had > 340);
  CHECK(had < 380);
}

TEST_CASE("latencies that grew are found, and those that did not are not") {
  constexpr double fractions[] = {0.5, 0.99};
  const auto grown = stats::compare_quantiles(latencies(1e6, 1), latencies(1.3e6, 2), fractions, 0.98);
  CHECK(grown[0].relative == Approx(0.3).margin(0.1));
  CHECK(grown[0].least > 0.1);
  CHECK(grown[0].more == 1);
  for (unsigned seed = 10; seed < 20; seed += 2) {
    const auto same = stats::compare_quantiles(latencies(1e6, seed), latencies(1e6, seed + 1), fractions, 0.99);
    for (const Change& change : same) {
      CHECK(change.least <= 0);
      CHECK(change.greatest >= 0);
    }
  }
}

TEST_CASE("stalls of whole seconds widen the interval beyond that of independent values") {
  const auto a = latencies(1e6, 30), b = latencies(1e6, 31);
  constexpr double fractions[] = {0.95};
  const Change blocks = stats::compare_quantiles(a, b, fractions, 0.95)[0];
  const Change independent = stats::compare_quantile(histogram(a), histogram(b), 0.95, 0.95);
  CHECK(blocks.greatest - blocks.least > 2 * (independent.greatest - independent.least));
}

TEST_CASE("quantiles of independent values") {
  const auto filled = [](std::uint64_t from) {
    Histogram values;
    for (std::uint64_t i = 0; i < 1'000; ++i) values.record(from + i * 1'000);
    return values;
  };
  const Change grown = stats::compare_quantile(filled(1'000'000), filled(1'500'000), 0.5, 0.95);
  CHECK(grown.relative == Approx(1.0 / 3).margin(0.001));
  CHECK(grown.least > 0.29);
  CHECK(grown.greatest < 0.37);
  CHECK(grown.more > 0.999);
  const Change same = stats::compare_quantile(filled(1'000'000), filled(1'000'000), 0.5, 0.95);
  CHECK((same.least < 0 && same.greatest > 0 && same.more == 0.5));
}

TEST_CASE("several runs on both sides are compared as runs") {
  // Seconds of a run agree to the last digit, runs do not.
  const stats::Runs a{{100, 100, 100}, {110, 110, 110}, {90, 90, 90}}, b{{97, 97, 97}, {107, 107, 107}, {87, 87, 87}};
  const Change change = stats::compare_means(a, b, 0.95);
  CHECK(change.relative == Approx(-0.03));
  CHECK((change.least < -0.1 && change.greatest > 0.1));
}
