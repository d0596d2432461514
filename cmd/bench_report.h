// The report of a load test in its forms.
#pragma once

#include <string>

#include "base/buffer.h"
#include "bench/swarm.h"

namespace cmd {

struct BenchReport {
  const bench::Plan& plan;
  const bench::Outcome& outcome;
  std::vector<std::string> objections;  ///< why it is not valid
  std::vector<std::string> unmet;       ///< requirements, and what was found
  std::string command;                  ///< that made it, without secrets
  /// Requirements, and what was found where it is not that.
  std::vector<std::pair<std::string, std::string>> checks{};
};

/// Of the JSON report: a reader takes no other.
inline constexpr std::uint64_t bench_schema = 1;

/// For people.
std::string bench_summary(const BenchReport& report);
void append_bench_json(base::Buffer& out, const BenchReport& report);
/// A line a second.
std::string bench_csv(const BenchReport& report);
/// A log for HdrHistogram's tools: for each metric the whole, under its name as the tag, and the seconds.
std::string bench_hdr(const BenchReport& report);
/// JUnit's XML: whether it is valid, and each requirement, as test cases.
std::string bench_junit(const BenchReport& report);
/// A page with plots.
std::string bench_html(const BenchReport& report);

}  // namespace cmd
