// How a load test goes on: one line of a terminal that is written over, or lines in a pipe.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "bench/swarm.h"

namespace cmd {

/// A column for each value, as high as its part of the greatest; the last ones where there are too many.
std::string sparkline(const std::deque<double>& values, std::size_t columns, bool unicode);

class BenchDisplay {
 public:
  BenchDisplay(const bench::Plan& plan, bool wanted);
  ~BenchDisplay();
  BenchDisplay(const BenchDisplay&) = delete;
  BenchDisplay& operator=(const BenchDisplay&) = delete;

  void show(const bench::Status& status);

  /// The line for a terminal of so many columns, or with 0 for a pipe.
  std::string line(const bench::Status& status, session::Time now, std::size_t columns);

 private:
  /// In words, what matters most first.
  std::vector<std::string> figures(const bench::Status& status) const;
  /// Connections are all that it is about.
  bool only_connects() const noexcept { return !plan_.publishes() && !plan_.receives(); }
  std::uint64_t progress(const bench::Status& status) const noexcept;
  void sample(const bench::Status& status, session::Time now);

  const bench::Plan& plan_;
  bool on_;
  bool terminal_;
  bool unicode_;
  bool shown_ = false;
  std::deque<double> rates_;  ///< of what it is about
  double published_ = 0;      ///< a second, of the last sample
  double received_ = 0;
  bench::Status before_;
  session::Time sampled_{};
  session::Time next_{};
};

}  // namespace cmd
