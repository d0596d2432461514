// The report of a load test as JSON, whole enough to be merged and compared later: the reader is bench_saved.cpp.
#include "base/format.h"
#include "bench/figures.h"
#include "bench/merge.h"
#include "bench/self_check.h"
#include "bench_report.h"
#include "render/json_writer.h"
#include "stats/hdr_log.h"

namespace cmd {
namespace {

using bench::Count;
using bench::Counts;
using bench::Metric;

class Writer {
 public:
  /// A group is a report like that of a run, but for its name and what the program used.
  Writer(render::JsonWriter& json, const BenchReport& report, const bench::Plan& plan, const bench::Outcome& outcome)
      : json_(json), report_(report), plan_(plan), outcome_(outcome), record_(outcome.record) {}

  void write() {
    json_.open_object();
    number("schema", bench_schema);
    if (!plan_.name.empty()) text("name", plan_.name);
    text("program", "mqtt " MQTT_VERSION);
    text("command", report_.command);
    plan();
    const auto objections = plan_.name.empty() ? report_.objections : bench::objections(plan_, outcome_);
    flag("valid", objections.empty());
    texts("objections", objections);
    texts("unmet", unmet());
    flag("interrupted", outcome_.interrupted);
    figures();
    failures();
    spans();
    connections();
    counts("counts", record_.counts);
    counts("measured", record_.window);
    subscribers();
    if (plan_.name.empty()) generator();
    series();
    histograms();
    if (plan_.mode == bench::Mode::mixed) groups();
    json_.close_object();
  }

 private:
  /// Of a group, what is demanded of it by its name.
  std::vector<std::string> unmet() const {
    std::vector<std::string> own = report_.unmet;
    const std::string front = plan_.name + ".";
    if (!plan_.name.empty()) std::erase_if(own, [&](const std::string& text) { return !text.starts_with(front); });
    return own;
  }

  void groups() {
    json_.key("groups");
    json_.open_array();
    for (std::size_t i = 0; i < outcome_.groups.size(); ++i) {
      json_.element();
      Writer(json_, report_, plan_.groups[i], outcome_.groups[i]).write();
    }
    json_.close_array();
  }

  void number(std::string_view key, std::uint64_t value) {
    json_.key(key);
    json_.number(value);
  }
  void decimal(std::string_view key, double value) {
    json_.key(key);
    json_.out().append(base::format("{:.12g}", value));
  }
  /// Seconds since 1970 need more digits.
  void moment(std::string_view key, double value) {
    json_.key(key);
    json_.out().append(base::format("{:.9f}", value));
  }
  void text(std::string_view key, std::string_view value) {
    json_.key(key);
    json_.string(value);
  }
  void flag(std::string_view key, bool value) {
    json_.key(key);
    json_.boolean(value);
  }
  void seconds(std::string_view key, session::Duration value) {
    decimal(key, std::chrono::duration<double>(value).count());
  }
  void texts(std::string_view key, const std::vector<std::string>& values) {
    json_.key(key);
    json_.open_array();
    for (const std::string& value : values) {
      json_.element();
      json_.string(value);
    }
    json_.close_array();
  }
  void open(std::string_view key) {
    json_.key(key);
    json_.open_object();
  }

  void plan() {
    open("plan");
    text("mode", bench::name(plan_.mode));
    number("threads", plan_.threads);
    open("shard");
    number("index", plan_.shard.index);
    number("count", plan_.shard.count);
    json_.close_object();
    seconds("duration", plan_.duration);
    seconds("warmup", plan_.warmup);
    if (plan_.mode != bench::Mode::mixed) load();
    json_.close_object();
  }

  void load() {
    const bench::Plan::Part part = plan_.part();
    text("host", plan_.network.host);
    number("port", plan_.network.port);
    if (!plan_.network.unix_path.empty()) text("unix", plan_.network.unix_path);
    text("transport", bench::name(plan_.network.transport));
    text("version", wire::name(plan_.session.version));
    number("count", part.count);
    number("qos", plan_.qos);
    text("topic", plan_.topic);
    number("least_size", plan_.least_size);
    number("most_size", plan_.most_size);
    text("shape", bench::name(plan_.shape));
    json_.key("rate");
    plan_.rate > 0 ? json_.out().append(base::format("{:.12g}", part.rate)) : json_.null();
    decimal("connect_rate", part.connect_rate);
    number("inflight", plan_.session.inflight_maximum);
    number("messages", part.messages);
    decimal("churn", part.churn);
  }

  void figures() {
    open("figures");
    for (const stats::Figure& figure : bench::figures(plan_, outcome_)) decimal(figure.name, figure.value);
    json_.close_object();
  }

  void failures() {
    json_.key("failures");
    json_.open_array();
    for (const auto& [reason, often] : record_.failures) {
      json_.element();
      json_.open_object();
      text("reason", reason);
      number("count", often);
      json_.close_object();
    }
    json_.close_array();
  }

  void span(std::string_view key, double at, double length) {
    open(key);
    moment("at", at);
    moment("seconds", length);
    json_.close_object();
  }

  void spans() {
    open("spans");
    span("run", outcome_.began_at, outcome_.wall_seconds);
    span("connect", outcome_.connect_at, outcome_.connect_seconds);
    span("measure", outcome_.measure_at, outcome_.seconds);
    span("receive", outcome_.receive_at, outcome_.receive_seconds);
    json_.close_object();
  }

  void connections() {
    open("connections");
    number("clients", outcome_.clients);
    number("ready", outcome_.ready);
    if (outcome_.first_lost_at > 0) moment("first_lost_at", outcome_.first_lost_at);
    json_.key("ramp");
    json_.open_array();
    for (const std::uint64_t made : record_.ramp) {
      json_.element();
      json_.number(made);
    }
    json_.close_array();
    json_.close_object();
  }

  void members(const Counts& counts) {
    for (std::size_t i = 0; i < Counts::size; ++i) {
      const auto count = static_cast<Count>(i);
      if (counts[count] != 0) number(bench::name(count), counts[count]);
    }
  }

  void counts(std::string_view key, const Counts& counts) {
    open(key);
    members(counts);
    json_.close_object();
  }

  void subscribers() {
    open("messages");
    number("expected", record_.expected);
    number("lost", record_.lost);
    number("unsent", record_.unsent);
    json_.close_object();
  }

  void generator() {
    open("generator");
    decimal("processor_seconds", outcome_.processor_seconds);
    number("resident_bytes", outcome_.resident_bytes);
    number("heap_of_connections", outcome_.heap_of_connections);
    if (const auto& check = outcome_.self_check) {
      const double share = bench::share_of_ceiling(plan_, outcome_);
      open("self_check");
      decimal("ceiling", check->ceiling);
      decimal("share", share);
      decimal("timer_p99", check->timer_p99);
      decimal("timer_max", check->timer_max);
      flag("bottleneck", share > bench::most_share);
      json_.close_object();
    }
    json_.close_object();
  }

  void times(std::string_view key, const stats::Histogram::Compact& compact) {
    if (compact.empty()) return;
    stats::Histogram histogram;
    histogram.add(compact);
    json_.key(key);
    json_.plain(stats::encode(histogram));
  }

  void series() {
    moment("series_at", outcome_.series_at);
    json_.key("series");
    json_.open_array();
    for (const bench::Interval& interval : record_.series) {
      json_.element();
      json_.open_object();
      members(interval.counts);
      times("acknowledge", interval.acknowledge);
      times("deliver", interval.deliver);
      json_.close_object();
    }
    json_.close_array();
  }

  void histograms() {
    open("histograms");
    for (std::size_t i = 0; i < bench::metrics; ++i) {
      const auto metric = static_cast<Metric>(i);
      const stats::Histogram& histogram = record_[metric];
      if (histogram.empty()) continue;
      open(bench::name(metric));
      number("count", histogram.count());
      number("min_ns", histogram.min());
      number("max_ns", histogram.max());
      number("beyond_an_hour", histogram.overflows());
      json_.key("hdr");
      json_.plain(stats::encode(histogram));
      json_.close_object();
    }
    json_.close_object();
  }

  render::JsonWriter& json_;
  const BenchReport& report_;
  const bench::Plan& plan_;
  const bench::Outcome& outcome_;
  const bench::Record& record_;
};

}  // namespace

void append_bench_json(base::Buffer& out, const BenchReport& report) {
  render::JsonWriter json(out);
  Writer(json, report, report.plan, report.outcome).write();
  out.push('\n');
}

}  // namespace cmd
