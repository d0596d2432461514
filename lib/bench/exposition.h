// What Prometheus is told of a run while it goes on: its text format 0.0.4.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "bench/record.h"

namespace bench {

/// Upper bounds of the buckets, in nanoseconds; the last one, without a bound, is the count of all.
inline constexpr std::array<std::uint64_t, 19> exposed_bounds{
    50'000,        100'000,       250'000,        500'000,        1'000'000,     2'500'000,   5'000'000,
    10'000'000,    25'000'000,    50'000'000,     100'000'000,    250'000'000,   500'000'000, 1'000'000'000,
    2'500'000'000, 5'000'000'000, 10'000'000'000, 30'000'000'000, 60'000'000'000};

/// Histograms cut down to those buckets, which is all that leaves the thread that records.
struct Snapshot {
  struct Times {
    std::array<std::uint64_t, exposed_bounds.size()> up_to{};
    std::uint64_t count = 0;
    double sum = 0;  ///< seconds

    void add(const stats::Histogram& histogram);
    void add(const Times& other);
  };

  std::string group;  ///< its name, or empty
  std::uint64_t clients = 0;
  std::uint64_t ready = 0;
  Counts counts;
  std::array<Times, metrics> times;

  void add(const Snapshot& other);
};

/// One without a group, or one for each group, which then is a label.
std::string exposition(const std::vector<Snapshot>& snapshots);

}  // namespace bench
