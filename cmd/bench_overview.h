// The groups of a mixed load at a glance: a row of cells each, for whoever lays them out.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "bench_report.h"

namespace cmd {

using OverviewRow = std::array<std::string, 7>;

/// The heading first; what does not apply is "-".
std::vector<OverviewRow> bench_overview(const BenchReport& report);

}  // namespace cmd
