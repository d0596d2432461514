#include "bench_overview.h"

#include "base/format.h"
#include "bench/figures.h"
#include "bench/merge.h"

namespace cmd {
namespace {

using bench::Unit;

OverviewRow row_of(const bench::Plan& plan, const bench::Outcome& outcome) {
  const auto rate = [](bool applies, double value) { return applies ? bench::show(value, Unit::per_second) : "-"; };
  const auto& times = outcome.record[bench::principal(plan)];
  const auto time = [&times](double fraction) -> std::string {
    if (times.empty()) return "-";
    return bench::show(static_cast<double>(times.quantile(fraction)) / 1e9, Unit::seconds);
  };
  const auto number = [](std::uint64_t value) { return bench::show(static_cast<double>(value), Unit::none); };
  return {plan.name,
          base::format("{} of {}", number(outcome.ready), number(outcome.clients)),
          rate(plan.publishes(), plan.publishes() ? bench::rate(plan, outcome) : 0),
          rate(plan.receives(), bench::received_rate(plan, outcome)),
          plan.receives() ? number(outcome.record.lost) : "-",
          time(0.5),
          time(0.99)};
}

}  // namespace

std::vector<OverviewRow> bench_overview(const BenchReport& report) {
  std::vector<OverviewRow> rows{{"group", "connections", "published", "received", "lost", "p50", "p99"}};
  for (std::size_t i = 0; i < report.outcome.groups.size(); ++i) {
    rows.push_back(row_of(report.plan.groups[i], report.outcome.groups[i]));
  }
  return rows;
}

}  // namespace cmd
