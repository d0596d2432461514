#include "stats/histogram.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace stats {
namespace {

/// What stands for all values of a bucket in sums.
double middle(std::size_t index) {
  return static_cast<double>(Histogram::least(index)) +
         static_cast<double>(Histogram::greatest(index) - Histogram::least(index) + 1) / 2;
}

}  // namespace

Histogram::Histogram() : counts_(static_cast<std::uint64_t*>(std::calloc(size, sizeof(std::uint64_t)))) {
  if (!counts_) throw std::bad_alloc();
}

Histogram::Histogram(const Histogram& other) : Histogram() { add(other); }

Histogram& Histogram::operator=(Histogram other) noexcept {
  std::swap(counts_, other.counts_);
  count_ = other.count_;
  overflows_ = other.overflows_;
  min_ = other.min_;
  max_ = other.max_;
  return *this;
}

void Histogram::add(const Histogram& other) noexcept {
  if (other.empty()) return;
  const std::size_t last = index(other.max_);
  for (std::size_t i = index(other.min_); i <= last; ++i) {
    if (const std::uint64_t count = other.counts_[i]) counts_[i] += count;
  }
  count_ += other.count_;
  overflows_ += other.overflows_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::add(const Compact& counts) noexcept {
  for (const auto& [at, count] : counts) set_count_at(at, counts_[at] + count);
}

void Histogram::clear() noexcept {
  if (!empty()) {
    const std::size_t first = index(min_);
    std::fill_n(counts_.get() + first, index(max_) - first + 1, 0);
  }
  count_ = overflows_ = max_ = 0;
  min_ = UINT64_MAX;
}

void Histogram::narrow(std::uint64_t least_value, std::uint64_t greatest_value, std::uint64_t overflows) noexcept {
  if (empty() || least_value > greatest_value) return;
  overflows_ = std::min(overflows, count_);
  if (least_value <= highest && index(least_value) == index(min_)) min_ = least_value;
  if (greatest_value <= highest && index(greatest_value) == index(max_)) max_ = greatest_value;
}

/// Minimum and maximum widen to the bucket.
void Histogram::set_count_at(std::size_t at, std::uint64_t count) noexcept {
  count_ += count - counts_[at];
  counts_[at] = count;
  if (count == 0) return;
  min_ = std::min({min_, least(at), highest});
  max_ = std::max(max_, std::min(greatest(at), highest));
}

double Histogram::mean() const noexcept {
  if (empty()) return 0;
  double sum = 0;
  const std::size_t last = index(max_);
  for (std::size_t i = index(min_); i <= last; ++i) {
    if (counts_[i] != 0) sum += middle(i) * static_cast<double>(counts_[i]);
  }
  return sum / static_cast<double>(count_);
}

double Histogram::deviation() const noexcept {
  if (empty()) return 0;
  const double average = mean();
  double squares = 0;
  const std::size_t last = index(max_);
  for (std::size_t i = index(min_); i <= last; ++i) {
    if (counts_[i] == 0) continue;
    const double distance = middle(i) - average;
    squares += distance * distance * static_cast<double>(counts_[i]);
  }
  return std::sqrt(squares / static_cast<double>(count_));
}

std::uint64_t Histogram::quantile(double fraction) const noexcept {
  if (empty()) return 0;
  const double wanted = std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_));
  const std::uint64_t rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  std::uint64_t seen = 0;
  const std::size_t last = index(max_);
  for (std::size_t i = index(min_); i <= last; ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(greatest(i), max_);
  }
  return max_;
}

std::uint64_t Histogram::count_up_to(std::uint64_t nanoseconds) const noexcept {
  if (empty()) return 0;
  std::uint64_t seen = 0;
  const std::size_t last = std::min(index(max_), index(std::min(nanoseconds, highest)));
  for (std::size_t i = index(min_); i <= last; ++i) seen += counts_[i];
  return seen;
}

Histogram::Compact Histogram::compact() const {
  Compact result;
  if (empty()) return result;
  const std::size_t last = index(max_);
  for (std::size_t i = index(min_); i <= last; ++i) {
    if (counts_[i] != 0) result.emplace_back(static_cast<std::uint32_t>(i), counts_[i]);
  }
  return result;
}

}  // namespace stats
