// The report of a load test for spreadsheets and HdrHistogram's tools: a table of seconds, a log of histograms.
#include "base/format.h"
#include "bench_report.h"
#include "stats/hdr_log.h"

namespace cmd {
namespace {

using bench::Count;
using bench::Counts;
using bench::Metric;

double quantile(const stats::Histogram::Compact& compact, double fraction) {
  stats::Histogram histogram;
  histogram.add(compact);
  return static_cast<double>(histogram.quantile(fraction)) / 1e9;
}

}  // namespace

std::string bench_csv(const BenchReport& report) {
  std::string text = "second";
  for (std::size_t i = 0; i < Counts::size; ++i) text += base::format(",{}", bench::name(static_cast<Count>(i)));
  text += ",acknowledge_p50,acknowledge_p99,deliver_p50,deliver_p99\n";
  std::uint64_t second = 0;
  for (const bench::Interval& interval : report.outcome.record.series) {
    text += base::format("{}", second++);
    for (std::size_t i = 0; i < Counts::size; ++i) text += base::format(",{}", interval.counts[static_cast<Count>(i)]);
    for (const auto* times : {&interval.acknowledge, &interval.deliver}) {
      text += base::format(",{},{}", quantile(*times, 0.5), quantile(*times, 0.99));
    }
    text.push_back('\n');
  }
  return text;
}

std::string bench_hdr(const BenchReport& report) {
  const bench::Record& record = report.outcome.record;
  std::string text = stats::hdr_log_head(report.outcome.began_at);
  for (std::size_t i = 0; i < bench::metrics; ++i) {
    const auto metric = static_cast<Metric>(i);
    if (metric == Metric::acknowledge || metric == Metric::deliver || record[metric].empty()) continue;
    text += stats::hdr_log_line(bench::name(metric), 0, report.outcome.wall_seconds, record[metric]);
  }
  double second = 0;
  for (const bench::Interval& interval : record.series) {
    const auto add = [&](Metric metric, const stats::Histogram::Compact& times) {
      if (times.empty()) return;
      stats::Histogram histogram;
      histogram.add(times);
      text += stats::hdr_log_line(bench::name(metric), second, 1, histogram);
    };
    add(Metric::acknowledge, interval.acknowledge);
    add(Metric::deliver, interval.deliver);
    ++second;
  }
  return text;
}

}  // namespace cmd
