// The report of a load test for spreadsheets, HdrHistogram's tools and build machines.
#include "base/format.h"
#include "bench/merge.h"
#include "bench_report.h"
#include "markup.h"
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

namespace {

void append_seconds(std::string& text, std::string_view front, const bench::Outcome& outcome) {
  std::uint64_t second = 0;
  for (const bench::Interval& interval : outcome.record.series) {
    text += base::format("{}{}", front, second++);
    for (std::size_t i = 0; i < Counts::size; ++i) text += base::format(",{}", interval.counts[static_cast<Count>(i)]);
    for (const auto* times : {&interval.acknowledge, &interval.deliver}) {
      text += base::format(",{},{}", quantile(*times, 0.5), quantile(*times, 0.99));
    }
    text.push_back('\n');
  }
}

/// `front` stands in front of the tags.
void append_log(std::string& text, std::string_view front, const bench::Outcome& outcome) {
  const bench::Record& record = outcome.record;
  const auto add = [&](Metric metric, double at, double length, const stats::Histogram& times) {
    if (!times.empty()) {
      text += stats::hdr_log_line(base::format("{}{}", front, bench::name(metric)), at, length, times);
    }
  };
  for (std::size_t i = 0; i < bench::metrics; ++i) {
    const auto metric = static_cast<Metric>(i);
    if (metric == Metric::acknowledge || metric == Metric::deliver) continue;
    add(metric, 0, outcome.wall_seconds, record[metric]);
  }
  double second = 0;
  for (const bench::Interval& interval : record.series) {
    const auto add_second = [&](Metric metric, const stats::Histogram::Compact& times) {
      stats::Histogram histogram;
      histogram.add(times);
      add(metric, second, 1, histogram);
    };
    add_second(Metric::acknowledge, interval.acknowledge);
    add_second(Metric::deliver, interval.deliver);
    ++second;
  }
}

}  // namespace

std::string bench_csv(const BenchReport& report) {
  const bool mixed = report.plan.mode == bench::Mode::mixed;
  std::string text = mixed ? "group,second" : "second";
  for (std::size_t i = 0; i < Counts::size; ++i) text += base::format(",{}", bench::name(static_cast<Count>(i)));
  text += ",acknowledge_p50,acknowledge_p99,deliver_p50,deliver_p99\n";
  append_seconds(text, mixed ? "," : "", report.outcome);
  for (std::size_t i = 0; i < report.outcome.groups.size(); ++i) {
    append_seconds(text, report.plan.groups[i].name + ",", report.outcome.groups[i]);
  }
  return text;
}

std::string bench_hdr(const BenchReport& report) {
  std::string text = stats::hdr_log_head(report.outcome.began_at);
  append_log(text, "", report.outcome);
  for (std::size_t i = 0; i < report.outcome.groups.size(); ++i) {
    append_log(text, report.plan.groups[i].name + ".", report.outcome.groups[i]);
  }
  return text;
}

std::string bench_junit(const BenchReport& report) {
  const auto& plan = report.plan;
  std::string suite = base::format("mqtt bench {}", bench::name(plan.mode));
  if (plan.mode != bench::Mode::mixed) suite += base::format(" {}:{}", plan.network.host, plan.network.port);
  suite = markup(suite);
  std::string cases;
  std::size_t failures = 0;
  const auto add = [&](std::string_view name, std::string_view found) {
    cases += base::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", suite, markup(name));
    if (found.empty()) {
      cases += "/>\n";
      return;
    }
    ++failures;
    cases += base::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n", markup(found));
  };
  std::string objections;
  for (const std::string& objection : report.objections) objections += (objections.empty() ? "" : "; ") + objection;
  add("valid", objections);
  for (const auto& [requirement, found] : report.checks) add(requirement, found);
  return base::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mqtt bench\">\n  <testsuite name=\"{}\" "
      "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{:.3f}\">\n{}  </testsuite>\n</testsuites>\n",
      suite, report.checks.size() + 1, failures, report.outcome.wall_seconds, cases);
}

}  // namespace cmd
