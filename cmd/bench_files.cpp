// The report of a load test for programs: JSON, a table of seconds, and a log of histograms.
#include "base/format.h"
#include "bench/figures.h"
#include "bench_report.h"
#include "render/json_writer.h"
#include "stats/hdr_log.h"

namespace cmd {
namespace {

using bench::Count;
using bench::Counts;
using bench::Metric;

void decimal(render::JsonWriter& json, double value) { json.out().append(base::format("{:.12g}", value)); }

void append_plan(render::JsonWriter& json, const bench::Plan& plan) {
  json.key("plan");
  json.open_object();
  const auto number = [&json](std::string_view key, std::uint64_t value) {
    json.key(key);
    json.number(value);
  };
  const auto text = [&json](std::string_view key, std::string_view value) {
    json.key(key);
    json.string(value);
  };
  const auto seconds = [&json](std::string_view key, session::Duration value) {
    json.key(key);
    decimal(json, std::chrono::duration<double>(value).count());
  };
  text("mode", name(plan.mode));
  text("host", plan.network.host);
  number("port", plan.network.port);
  text("version", wire::name(plan.session.version));
  number("clients", plan.clients());
  number("threads", plan.threads);
  number("qos", plan.qos);
  text("topic", plan.topic);
  number("least_size", plan.least_size);
  number("most_size", plan.most_size);
  if (plan.mode == bench::Mode::latency) text("shape", name(plan.shape));
  json.key("rate");
  plan.rate > 0 ? decimal(json, plan.rate) : json.null();
  number("inflight", plan.session.inflight_maximum);
  number("messages", plan.messages);
  seconds("duration", plan.duration);
  seconds("warmup", plan.warmup);
  json.close_object();
}

void append_texts(render::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key);
  json.open_array();
  for (const std::string& text : texts) {
    json.element();
    json.string(text);
  }
  json.close_array();
}

void append_series(render::JsonWriter& json, const bench::Record& record) {
  json.key("series");
  json.open_array();
  for (const bench::Interval& interval : record.series) {
    json.element();
    json.open_object();
    for (std::size_t i = 0; i < Counts::size; ++i) {
      const auto count = static_cast<Count>(i);
      if (interval.counts[count] == 0) continue;
      json.key(bench::name(count));
      json.number(interval.counts[count]);
    }
    json.close_object();
  }
  json.close_array();
}

void append_histograms(render::JsonWriter& json, const bench::Record& record) {
  json.key("histograms");
  json.open_object();
  for (std::size_t i = 0; i < bench::metrics; ++i) {
    const auto metric = static_cast<Metric>(i);
    if (record[metric].empty()) continue;
    json.key(bench::name(metric));
    json.string(stats::encode(record[metric]));
  }
  json.close_object();
}

double quantile(const stats::Histogram::Compact& compact, double fraction) {
  stats::Histogram histogram;
  histogram.add(compact);
  return static_cast<double>(histogram.quantile(fraction)) / 1e9;
}

}  // namespace

void append_bench_json(base::Buffer& out, const BenchReport& report) {
  const bench::Record& record = report.outcome.record;
  render::JsonWriter json(out);
  json.open_object();
  json.key("program");
  json.string("mqtt " MQTT_VERSION);
  json.key("began_at");
  decimal(json, report.outcome.began_at);
  append_plan(json, report.plan);
  json.key("valid");
  json.boolean(report.objections.empty());
  append_texts(json, "objections", report.objections);
  append_texts(json, "unmet", report.unmet);
  json.key("interrupted");
  json.boolean(report.outcome.interrupted);
  json.key("figures");
  json.open_object();
  for (const bench::Figure& figure : bench::figures(report.plan, report.outcome)) {
    json.key(figure.name);
    decimal(json, figure.value);
  }
  json.close_object();
  json.key("failures");
  json.open_array();
  for (const auto& [reason, often] : record.failures) {
    json.element();
    json.open_object();
    json.key("reason");
    json.string(reason);
    json.key("count");
    json.number(often);
    json.close_object();
  }
  json.close_array();
  append_series(json, record);
  append_histograms(json, record);
  json.close_object();
  out.push('\n');
}

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
