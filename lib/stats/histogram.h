// A high dynamic range histogram: times from 1 µs to 1 h to three significant digits, in constant memory.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

namespace stats {

/// Values are nanoseconds. Buckets are those of HdrHistogram for (1 µs, 1 h, 3 digits): each is at most a thousandth of
/// its values wide, and below 1 ms 512 ns. One thread records; histograms of several are added afterwards, exactly.
class Histogram {
 public:
  static constexpr std::uint64_t lowest = 1'000;
  static constexpr std::uint64_t highest = 3'600'000'000'000;
  static constexpr unsigned digits = 3;

  /// The counts that are not zero, by index: what is kept of one interval of many.
  using Compact = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

  Histogram();
  Histogram(const Histogram& other);
  Histogram(Histogram&&) noexcept = default;
  Histogram& operator=(Histogram other) noexcept;

  /// What is larger than `highest` counts as that, and in `overflows` too. Takes 1.4 ns.
  void record(std::uint64_t nanoseconds) noexcept {
    if (nanoseconds > highest) [[unlikely]] {
      nanoseconds = highest;
      ++overflows_;
    }
    ++counts_[index(nanoseconds)];
    ++count_;
    if (nanoseconds < min_) min_ = nanoseconds;
    if (nanoseconds > max_) max_ = nanoseconds;
  }
  void add(const Histogram& other) noexcept;
  /// Least and greatest are then known as exactly as their buckets.
  void add(const Compact& counts) noexcept;
  void clear() noexcept;
  /// What others know of the values: least and greatest narrow where their buckets have the least and greatest count.
  void narrow(std::uint64_t min, std::uint64_t max, std::uint64_t overflows) noexcept;

  bool empty() const noexcept { return count_ == 0; }
  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t overflows() const noexcept { return overflows_; }
  /// 0 where nothing was recorded.
  std::uint64_t min() const noexcept { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const noexcept { return max_; }
  double mean() const noexcept;
  double deviation() const noexcept;
  /// The value that `fraction` of all do not exceed: the highest of its bucket, and never above `max`.
  std::uint64_t quantile(double fraction) const noexcept;
  /// How many do not exceed a value, to its bucket.
  std::uint64_t count_up_to(std::uint64_t nanoseconds) const noexcept;

  Compact compact() const;

  // The buckets, for those who write or read them.
  static constexpr std::size_t size = 24 * 1024;
  std::uint64_t count_at(std::size_t index) const noexcept { return counts_[index]; }
  void set_count_at(std::size_t index, std::uint64_t count) noexcept;
  static constexpr std::size_t index(std::uint64_t value) noexcept {
    const auto shift = static_cast<unsigned>(64 - 11 - std::countl_zero(value | first_bucket_mask));
    return (static_cast<std::size_t>(shift - magnitude) << 10) + static_cast<std::size_t>(value >> shift);
  }
  /// The bounds of a bucket, both inclusive.
  static constexpr std::uint64_t least(std::size_t index) noexcept {
    return index < 2048 ? static_cast<std::uint64_t>(index) << magnitude
                        : static_cast<std::uint64_t>((index & 1023) + 1024) << (magnitude + (index >> 10) - 1);
  }
  static constexpr std::uint64_t greatest(std::size_t index) noexcept { return least(index + 1) - 1; }

 private:
  static constexpr unsigned magnitude = 9;  ///< 512 ns, the largest power of two that is no more than `lowest`
  static constexpr std::uint64_t first_bucket_mask = std::uint64_t{2047} << magnitude;

  struct Free {
    void operator()(std::uint64_t* counts) const noexcept { std::free(counts); }
  };

  /// By calloc, which leaves pages that were never touched to the system: most of them.
  std::unique_ptr<std::uint64_t[], Free> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t overflows_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

}  // namespace stats
