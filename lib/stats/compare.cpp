#include "stats/compare.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace stats {
namespace {

/// Enough for the tails of an interval of 99 %.
constexpr std::size_t draws = 2'000;

/// Finds where a function that grows passes a value.
template <class Function>
double solve(double from, double to, double value, Function function) {
  for (int i = 0; i < 200; ++i) {
    const double middle = (from + to) / 2;
    (function(middle) < value ? from : to) = middle;
  }
  return (from + to) / 2;
}

double normal_quantile(double probability) {
  return solve(-40, 40, probability, [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); });
}

double mean(std::span<const double> values) noexcept {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double variance(std::span<const double> values) noexcept {
  const double average = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - average) * (value - average);
  return values.size() < 2 ? 0 : sum / static_cast<double>(values.size() - 1);
}

/// A mean, the square of its standard error, and what that is known from.
struct Mean {
  double value = 0;
  double square_error = 0;
  double freedom = 0;
};

Mean mean_of_runs(const Runs& runs) {
  std::vector<double> means;
  for (const auto& run : runs) means.push_back(mean(run));
  const auto n = static_cast<double>(means.size());
  return {mean(means), variance(means) / n, n - 1};
}

Mean mean_of_seconds(const Runs& runs) {
  std::vector<double> all;
  double size = 0;
  for (const auto& run : runs) {
    all.insert(all.end(), run.begin(), run.end());
    size += effective_size(run);
  }
  size = std::max(size, 2.0);
  return {mean(all), variance(all) / size, size - 1};
}

double ratio(double a, double b) noexcept { return a == 0 ? (b == 0 ? 0 : HUGE_VAL) : b / a - 1; }

Change welch(const Mean& a, const Mean& b, double confidence) {
  Change change{a.value, b.value, ratio(a.value, b.value), 0, 0, 0.5};
  if (a.value == 0) {
    change.least = change.greatest = change.relative;
    return change;
  }
  const double error = std::sqrt(a.square_error + b.square_error);
  if (error == 0) {
    change.least = change.greatest = change.relative;
    change.more = change.relative > 0 ? 1 : change.relative < 0 ? 0 : 0.5;
    return change;
  }
  const auto part = [](const Mean& mean) { return mean.square_error * mean.square_error / mean.freedom; };
  const double freedom = std::pow(error, 4) / (part(a) + part(b));
  const double width = student_quantile(0.5 + confidence / 2, freedom) * error;
  change.least = (b.value - a.value - width) / a.value;
  change.greatest = (b.value - a.value + width) / a.value;
  change.more = student_below((b.value - a.value) / error, freedom);
  return change;
}

/// Sums of histograms that are made and thrown away by the thousand: only their counts by bucket.
class Draw {
 public:
  Draw() : counts_(Histogram::size) {}

  void clear() { std::fill(counts_.begin(), counts_.end(), 0), total_ = 0; }
  void add(const Histogram::Compact& compact) {
    for (const auto& [at, count] : compact) {
      counts_[at] += count;
      total_ += count;
    }
  }
  /// The middle of the bucket.
  double quantile(double fraction) const {
    const double wanted = std::max(1.0, std::ceil(fraction * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (counts_[i] != 0 && static_cast<double>(seen) >= wanted) {
        return (static_cast<double>(Histogram::least(i)) + static_cast<double>(Histogram::greatest(i))) / 2;
      }
    }
    return 0;
  }

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t total_ = 0;
};

void take_all(Draw& draw, const Seconds& runs) {
  draw.clear();
  for (const auto& run : runs) {
    for (const auto& second : run) draw.add(second);
  }
}

void take_blocks(Draw& draw, const Seconds& runs, std::mt19937_64& random) {
  draw.clear();
  for (const auto& run : runs) {
    const std::size_t size = run.size();
    if (size == 0) continue;
    const auto length = static_cast<std::size_t>(std::ceil(std::cbrt(static_cast<double>(size))));
    std::uniform_int_distribution<std::size_t> beginning(0, size - length);
    for (std::size_t taken = 0; taken < size;) {
      const std::size_t at = beginning(random);
      for (std::size_t i = 0; i < length && taken < size; ++i, ++taken) draw.add(run[at + i]);
    }
  }
}

/// The interval that has `confidence` of the values, and how many of them are above zero.
void bound(Change& change, std::vector<double>& values, double confidence) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double fraction) {
    const double position =
        std::clamp(fraction * static_cast<double>(values.size()), 0.0, static_cast<double>(values.size() - 1));
    return values[static_cast<std::size_t>(position)];
  };
  change.least = at((1 - confidence) / 2);
  change.greatest = at((1 + confidence) / 2);
  const auto below = std::lower_bound(values.begin(), values.end(), 0.0) - values.begin();
  const auto not_above = std::upper_bound(values.begin(), values.end(), 0.0) - values.begin();
  change.more = 1 - static_cast<double>(below + not_above) / (2 * static_cast<double>(values.size()));
}

std::vector<Change> by_blocks(const Seconds& a, const Seconds& b, std::span<const double> fractions,
                              double confidence) {
  Draw left, right;
  take_all(left, a);
  take_all(right, b);
  std::vector<Change> changes;
  for (const double fraction : fractions) {
    const double from = left.quantile(fraction), to = right.quantile(fraction);
    changes.push_back({from, to, ratio(from, to), 0, 0, 0.5});
  }
  std::vector<std::vector<double>> drawn(fractions.size());
  std::mt19937_64 random(1);  // the same answer for the same files
  for (std::size_t i = 0; i < draws; ++i) {
    take_blocks(left, a, random);
    take_blocks(right, b, random);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
      drawn[k].push_back(ratio(left.quantile(fractions[k]), right.quantile(fractions[k])));
    }
  }
  for (std::size_t k = 0; k < fractions.size(); ++k) bound(changes[k], drawn[k], confidence);
  return changes;
}

Runs quantiles_of_runs(const Seconds& runs, double fraction) {
  Runs values;
  Draw draw;
  for (const auto& run : runs) {
    take_all(draw, {run});
    values.push_back({draw.quantile(fraction)});
  }
  return values;
}

/// The values at the ranks that bound a quantile.
std::pair<double, double> rank_bounds(const Histogram& histogram, double fraction, double z) {
  const auto n = static_cast<double>(histogram.count());
  const double width = z * std::sqrt(fraction * (1 - fraction) / n);
  return {static_cast<double>(histogram.quantile(fraction - width)),
          static_cast<double>(histogram.quantile(fraction + width))};
}

}  // namespace

double incomplete_beta(double a, double b, double x) noexcept {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  // The continued fraction (NIST DLMF 8.17.22) converges fast on this side, and by symmetry there is no other.
  if (x > (a + 1) / (a + b + 2)) return 1 - incomplete_beta(b, a, 1 - x);
  constexpr double tiny = 1e-300;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x)) / a;
  double c = 1, d = 0, result = 1;
  for (int i = 0; i < 500; ++i) {
    const double m = i / 2;
    const double numerator = i == 0       ? 1
                             : i % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                                          : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + numerator * d;
    d = 1 / (std::abs(d) < tiny ? tiny : d);
    c = 1 + numerator / c;
    if (std::abs(c) < tiny) c = tiny;
    result *= c * d;
    if (std::abs(1 - c * d) < 1e-14) break;
  }
  return front * (result - 1);
}

double student_below(double t, double freedom) noexcept {
  const double tail = incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
  return t > 0 ? 1 - tail : tail;
}

double student_quantile(double probability, double freedom) noexcept {
  return solve(-1e4, 1e4, probability, [freedom](double t) { return student_below(t, freedom); });
}

double effective_size(std::span<const double> series) noexcept {
  const auto n = static_cast<double>(series.size());
  const double average = mean(series);
  double together = 0, squares = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    squares += (series[i] - average) * (series[i] - average);
    if (i != 0) together += (series[i] - average) * (series[i - 1] - average);
  }
  // Seconds that alternate are not taken to be worth more than they are.
  const double correlation = squares == 0 ? 0 : std::clamp(together / squares, 0.0, 0.99);
  return n * (1 - correlation) / (1 + correlation);
}

Change compare_means(const Runs& a, const Runs& b, double confidence) {
  if (a.size() > 1 && b.size() > 1) return welch(mean_of_runs(a), mean_of_runs(b), confidence);
  return welch(mean_of_seconds(a), mean_of_seconds(b), confidence);
}

std::vector<Change> compare_quantiles(const Seconds& a, const Seconds& b, std::span<const double> fractions,
                                      double confidence) {
  if (a.size() < 2 || b.size() < 2) return by_blocks(a, b, fractions, confidence);
  std::vector<Change> changes;
  for (const double fraction : fractions) {
    changes.push_back(compare_means(quantiles_of_runs(a, fraction), quantiles_of_runs(b, fraction), confidence));
  }
  return changes;
}

Change compare_quantile(const Histogram& a, const Histogram& b, double fraction, double confidence) {
  const double z = normal_quantile(0.5 + confidence / 2);
  const double from = static_cast<double>(a.quantile(fraction)), to = static_cast<double>(b.quantile(fraction));
  const auto [least_a, greatest_a] = rank_bounds(a, fraction, z);
  const auto [least_b, greatest_b] = rank_bounds(b, fraction, z);
  Change change{from, to, ratio(from, to), 0, 0, 0.5};
  if (from == 0) return change;
  // Of the difference of logarithms, so that the bounds are those of a ratio.
  const auto part = [](double value, double of) { return std::log(std::max(value, 1.0) / std::max(of, 1.0)); };
  const double difference = part(to, from);
  const double down = std::hypot(part(to, least_b), part(greatest_a, from));
  const double up = std::hypot(part(greatest_b, to), part(from, least_a));
  change.least = std::exp(difference - down) - 1;
  change.greatest = std::exp(difference + up) - 1;
  const double error = (difference > 0 ? down : up) / z;
  change.more = error > 0 ? 0.5 * std::erfc(-difference / error / std::sqrt(2.0)) : difference > 0 ? 1 : 0;
  if (difference == 0) change.more = 0.5;
  return change;
}

}  // namespace stats
