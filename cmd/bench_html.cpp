// The report of a load test as one page that needs nothing else: figures, and plots as SVG.
#include <algorithm>
#include <cmath>
#include <ctime>

#include "base/format.h"
#include "bench/figures.h"
#include "bench/merge.h"
#include "bench_overview.h"
#include "markup.h"
#include "plot.h"

namespace cmd {
namespace {

using bench::Count;
using bench::Metric;
using bench::Mode;
using bench::Unit;

constexpr std::string_view head = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>mqtt bench</title>
<style>
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1c2430; --soft: #5d6877; --edge: #dfe3e9;
  --grid: #e8ebf0; --c0: #2563eb; --c1: #d97706; --c2: #059669; --c3: #9333ea; --bad: #c42b1c; --good: #16803c; }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1a2029; --ink: #e6eaf0; --soft: #98a4b3;
  --edge: #2c3440; --grid: #29313c; --c0: #6ea8fe; --c1: #f5b04c; --c2: #4ccf9b; --c3: #c49bff; --bad: #ff8a7a;
  --good: #5fd38a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 28px 0 10px; }
p { margin: 4px 0; color: var(--soft); }
pre { margin: 14px 0; padding: 10px 14px; background: var(--card); border: 1px solid var(--edge); border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
.verdict { margin: 14px 0; padding: 10px 14px; border-radius: 8px; border: 1px solid var(--edge);
  border-left: 5px solid var(--good); background: var(--card); color: var(--ink); overflow-wrap: anywhere; }
.verdict.bad { border-left-color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 18px 0; }
.tiles div { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 10px 14px; }
.tiles span { display: block; color: var(--soft); font-size: 0.82rem; }
.tiles b { font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); gap: 16px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 12px 12px 6px; }
figcaption { font-weight: 600; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 18px; }
.legend { font-weight: 400; color: var(--soft); font-size: 0.85rem; }
.legend span { margin-left: 14px; white-space: nowrap; }
.legend span::before { content: ""; display: inline-block; width: 14px; height: 3px; border-radius: 2px;
  margin-right: 6px; vertical-align: middle; background: var(--c0); }
.legend .l1::before { background: var(--c1); } .legend .l2::before { background: var(--c2); }
.legend .l3::before { background: var(--c3); }
.legend .faint::before { opacity: 0.55; height: 2px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 13px system-ui, sans-serif; }
svg .x { text-anchor: middle; } svg .y { text-anchor: end; }
.grid { stroke: var(--grid); stroke-width: 1; }
line.mark { stroke: var(--soft); stroke-dasharray: 4 4; }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke: var(--c0); }
polyline.s1 { stroke: var(--c1); } polyline.s2 { stroke: var(--c2); } polyline.s3 { stroke: var(--c3); }
polyline.faint { stroke-dasharray: 5 4; stroke-width: 1.5; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--edge); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 14px; text-align: right; white-space: nowrap; border-top: 1px solid var(--edge); }
tr:first-child > * { border-top: 0; }
th:first-child, td:first-child { text-align: left; }
th { font-weight: 600; color: var(--soft); font-size: 0.85rem; }
td.text { white-space: normal; overflow-wrap: anywhere; text-align: left; }
section { margin-top: 40px; padding-top: 16px; border-top: 2px solid var(--edge); }
.wide { columns: 3 260px; column-gap: 28px; padding: 10px 14px; }
.wide div { display: flex; justify-content: space-between; gap: 12px; break-inside: avoid; font-size: 0.88rem; }
.wide span { color: var(--soft); overflow-wrap: anywhere; }
summary { cursor: pointer; margin: 28px 0 10px; font-weight: 600; }
</style>
</head>
<body>
<main>
)";

std::string number(std::uint64_t value) { return bench::show(static_cast<double>(value), Unit::none); }
std::string time(double nanoseconds) {
  std::string text = bench::show(nanoseconds / 1e9, Unit::seconds);
  if (text.ends_with(" us")) text.replace(text.size() - 2, 1, "\u00b5");
  return text;
}

std::string date(double seconds) {
  const auto whole = static_cast<std::time_t>(seconds);
  std::tm calendar{};
  if (::gmtime_r(&whole, &calendar) == nullptr) return {};
  char text[64];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &calendar)};
}

/// A label of a metric with words for its service time.
struct MetricRow {
  Metric metric;
  std::string_view label;
};
constexpr MetricRow metric_rows[] = {{Metric::deliver, "end to end"},
                                     {Metric::deliver_service, "end to end, from sending"},
                                     {Metric::acknowledge, "acknowledgement"},
                                     {Metric::acknowledge_service, "acknowledgement, from sending"},
                                     {Metric::connect, "connect"},
                                     {Metric::subscribe, "subscribe"},
                                     {Metric::lag, "the generator's lag"}};

/// Where a histogram's values stand among all, for each nine the same width.
std::vector<std::pair<double, double>> percentiles(const stats::Histogram& histogram) {
  std::vector<std::pair<double, double>> points;
  const auto n = static_cast<double>(histogram.count());
  double seen = 0;
  const auto add = [&](double rank, std::size_t bucket) {
    const auto value = std::min(stats::Histogram::greatest(bucket), histogram.max());
    points.emplace_back(-std::log10((n - rank + 0.5) / n), static_cast<double>(value) / 1e9);
  };
  for (const auto& [bucket, count] : histogram.compact()) {
    add(seen + 1, bucket);
    if (count > 1) add(seen + static_cast<double>(count), bucket);
    seen += static_cast<double>(count);
  }
  if (!points.empty()) points.front().first = std::max(points.front().first, 0.0);
  return points;
}

class Page {
 public:
  Page(const BenchReport& report, const bench::Plan& plan, const bench::Outcome& outcome)
      : plan_(plan), outcome_(outcome), record_(outcome.record), report_(report) {}

  std::string text() {
    text_ = head;
    if (plan_.mode == Mode::mixed) {
      text_ += base::format("<h1>mqtt bench mixed</h1>\n<p>{} groups</p>\n", plan_.groups.size());
    } else {
      title();
    }
    origin();
    verdict();
    if (plan_.mode == Mode::mixed) overview();
    measured();
    for (std::size_t i = 0; i < outcome_.groups.size(); ++i) {
      text_ += Page(report_, plan_.groups[i], outcome_.groups[i]).section();
    }
    return std::move(text_) + "</main>\n</body>\n</html>\n";
  }

 private:
  void overview() {
    text_ += "<div class=\"scroll\"><table>\n";
    std::string_view cell = "th";
    for (const OverviewRow& row : bench_overview(report_)) {
      text_ += "<tr>";
      for (const std::string& text : row) text_ += base::format("<{0}>{1}</{0}>", cell, markup(text));
      text_ += "</tr>\n";
      cell = "td";
    }
    text_ += "</table></div>\n";
  }

  /// Of a group, in the page of the whole.
  std::string section() {
    text_ = "<section>\n";
    title();
    for (const std::string& objection : bench::objections(plan_, outcome_)) bad("Not valid:", objection);
    measured();
    return std::move(text_) + "</section>\n";
  }

  void measured() {
    tiles();
    text_ += "<div class=\"plots\">\n";
    rates();
    latencies();
    percentile_curves();
    ramp();
    text_ += "</div>\n";
    table();
    failures();
    all_figures();
  }

  void title() {
    const std::string place = plan_.network.unix_path.empty()
                                  ? base::format("{}:{}", plan_.network.host, plan_.network.port)
                                  : plan_.network.unix_path;
    text_ += plan_.name.empty()
                 ? base::format("<h1>mqtt bench {} &middot; {}</h1>\n", bench::name(plan_.mode), markup(place))
                 : base::format("<h1>{} &middot; {} &middot; {}</h1>\n", markup(plan_.name), bench::name(plan_.mode),
                                markup(place));
    std::string what =
        base::format("{}, MQTT {}", bench::name(plan_.network.transport), wire::name(plan_.session.version));
    if (plan_.mode != Mode::conn) what += base::format(", QoS {}, topic {}", plan_.qos, markup(plan_.topic));
    if (plan_.publishes()) {
      what += plan_.least_size == plan_.most_size ? base::format(", {} bytes", plan_.least_size)
                                                  : base::format(", {} to {} bytes", plan_.least_size, plan_.most_size);
      if (plan_.open_loop()) what += base::format(", {} wanted", bench::show(plan_.rate, Unit::per_second));
    }
    text_ += base::format("<p>{}</p>\n", what);
  }

  void origin() {
    text_ += base::format("<p>{}, mqtt {}</p>\n<pre>{}</pre>\n", date(outcome_.began_at), MQTT_VERSION,
                          markup(report_.command));
  }

  void bad(std::string_view what, const std::string& why) {
    text_ += base::format("<p class=\"verdict bad\"><b>{}</b> {}</p>\n", what, markup(why));
  }

  void verdict() {
    for (const std::string& objection : report_.objections) bad("Not valid:", objection);
    for (const std::string& unmet : report_.unmet) bad("Not met:", unmet);
    if (outcome_.interrupted) bad("Interrupted", "by a signal: these are the figures until then");
    if (report_.objections.empty() && report_.unmet.empty())
      text_ += "<p class=\"verdict\">Valid: the generator kept up.</p>\n";
  }

  void tile(std::string_view label, const std::string& value) {
    text_ += base::format("<div><span>{}</span><b>{}</b></div>\n", label, value);
  }

  void tiles() {
    text_ += "<div class=\"tiles\">\n";
    if (plan_.mode != Mode::conn)
      tile(plan_.publishes() && plan_.mode != Mode::mixed && plan_.qos != 0 ? "acknowledged"
           : plan_.publishes()                                              ? "published"
                                                                            : "received",
           bench::show(bench::rate(plan_, outcome_), Unit::per_second));
    // Of several kinds of latency none is that of the whole.
    const bool one = plan_.mode != Mode::mixed && !record_[bench::principal(plan_)].empty();
    if (one) {
      const stats::Histogram& times = record_[bench::principal(plan_)];
      tile("p50", time(static_cast<double>(times.quantile(0.5))));
      tile("p99", time(static_cast<double>(times.quantile(0.99))));
      tile("greatest", time(static_cast<double>(times.max())));
    }
    if (plan_.receives()) {
      tile("lost", number(record_.lost));
      tile("doubled, reordered",
           number(record_.counts[Count::duplicated]) + ", " + number(record_.counts[Count::reordered]));
    }
    tile("connections", base::format("{} of {}", number(outcome_.ready), number(outcome_.clients)));
    text_ += "</div>\n";
  }

  double warmup() const { return std::max(0.0, outcome_.measure_at - outcome_.series_at); }

  void rates() {
    Plot plot{"Messages a second", Plot::Across::seconds, Unit::none, false, {}, warmup(), "measured from here"};
    if (warmup() < 0.5) plot.mark = 0;
    constexpr std::pair<Count, std::string_view> lines[] = {
        {Count::published, "published"}, {Count::acknowledged, "acknowledged"}, {Count::received, "received"}};
    for (const auto& [count, label] : lines) {
      if (record_.counts[count] == 0) continue;
      PlotLine line{label, {}, false};
      for (std::size_t i = 0; i < record_.series.size(); ++i)
        line.points.emplace_back(static_cast<double>(i) + 0.5, static_cast<double>(record_.series[i].counts[count]));
      // The last second is cut off.
      if (line.points.size() > 2) line.points.pop_back();
      plot.lines.push_back(std::move(line));
    }
    text_ += draw(plot);
  }

  void latencies() {
    const bool delivered = !record_[Metric::deliver].empty();
    Plot plot{delivered ? "Latency by second, end to end" : "Latency by second, to the acknowledgement",
              Plot::Across::seconds,
              Unit::seconds,
              true,
              {},
              0,
              {}};
    constexpr std::pair<double, std::string_view> lines[] = {{1, "greatest"}, {0.99, "p99"}, {0.5, "p50"}};
    plot.lines = {{"p50", {}, false}, {"p99", {}, false}, {"greatest", {}, false}};
    for (std::size_t i = 0; i < record_.series.size(); ++i) {
      const auto& interval = record_.series[i];
      const auto& times = delivered ? interval.deliver : interval.acknowledge;
      if (times.empty()) continue;
      stats::Histogram histogram;
      histogram.add(times);
      for (std::size_t k = 0; k < std::size(lines); ++k) {
        plot.lines[2 - k].points.emplace_back(static_cast<double>(i) + 0.5,
                                              static_cast<double>(histogram.quantile(lines[k].first)) / 1e9);
      }
    }
    text_ += draw(plot);
  }

  void percentile_curves() {
    Plot plot{"Latency by percentile", Plot::Across::nines, Unit::seconds, true, {}, 0, {}};
    for (const MetricRow& row : metric_rows) {
      const bool service = row.metric == Metric::deliver_service || row.metric == Metric::acknowledge_service;
      if (row.metric == Metric::lag || (service && !plan_.open_loop()) || record_[row.metric].empty()) continue;
      if ((row.metric == Metric::connect || row.metric == Metric::subscribe) && plan_.mode != Mode::conn) continue;
      plot.lines.push_back({row.label, percentiles(record_[row.metric]), service});
      if (plot.lines.size() == 4) break;
    }
    text_ += draw(plot);
  }

  void ramp() {
    Plot plot{"Connections made", Plot::Across::seconds, Unit::none, false, {{"in all", {{0, 0}}, false}}, 0, {}};
    std::uint64_t made = 0;
    for (std::size_t i = 0; i < record_.ramp.size(); ++i) {
      made += record_.ramp[i];
      const double end = static_cast<double>(i + 1) * bench::ramp_step;
      const bool last = i + 1 == record_.ramp.size();
      const double stood = outcome_.connect_at - outcome_.began_at + outcome_.connect_seconds;
      plot.lines[0].points.emplace_back(last && stood > end - bench::ramp_step && stood < end ? stood : end,
                                        static_cast<double>(made));
    }
    text_ += draw(plot);
  }

  void table() {
    text_ +=
        "<h2>Latencies</h2>\n<div class=\"scroll\"><table>\n<tr><th></th><th>least</th><th>p50</th><th>p90</th>"
        "<th>p99</th><th>p99.9</th><th>p99.99</th><th>greatest</th><th>mean</th><th>count</th></tr>\n";
    for (const MetricRow& row : metric_rows) {
      const stats::Histogram& times = record_[row.metric];
      if (times.empty()) continue;
      text_ += base::format("<tr><td>{}</td><td>{}</td>", row.label, time(static_cast<double>(times.min())));
      for (const double fraction : {0.5, 0.9, 0.99, 0.999, 0.9999})
        text_ += base::format("<td>{}</td>", time(static_cast<double>(times.quantile(fraction))));
      text_ += base::format("<td>{}</td><td>{}</td><td>{}</td></tr>\n", time(static_cast<double>(times.max())),
                            time(times.mean()), number(times.count()));
    }
    text_ += "</table></div>\n";
  }

  void failures() {
    if (record_.failures.empty()) return;
    text_ += "<h2>Failures</h2>\n<div class=\"scroll\"><table>\n";
    for (const auto& [reason, often] : record_.failures)
      text_ += base::format("<tr><td class=\"text\">{}</td><td>{}</td></tr>\n", markup(reason), number(often));
    text_ += "</table></div>\n";
  }

  /// Under the names that --require knows.
  void all_figures() {
    text_ += "<details><summary>All figures</summary>\n<div class=\"scroll wide\">\n";
    for (const bench::Figure& figure : bench::figures(plan_, outcome_)) {
      text_ +=
          base::format("<div><span>{}</span> {}</div>\n", markup(figure.name), bench::show(figure.value, figure.unit));
    }
    text_ += "</div></details>\n";
  }

  const bench::Plan& plan_;
  const bench::Outcome& outcome_;
  const bench::Record& record_;
  const BenchReport& report_;
  std::string text_;
};

}  // namespace

std::string bench_html(const BenchReport& report) { return Page(report, report.plan, report.outcome).text(); }

}  // namespace cmd
