// The report of a load test for people.
#include <algorithm>

#include "base/format.h"
#include "bench/figures.h"
#include "bench/merge.h"
#include "bench/self_check.h"
#include "bench_overview.h"
#include "render/moment.h"
#include "render/text.h"
#include "transport/peer_bytes.h"

namespace cmd {
namespace {

using bench::Count;
using bench::Metric;
using bench::Mode;
using bench::Unit;

std::string number(std::uint64_t value) { return bench::show(static_cast<double>(value), Unit::none); }
std::string per_second(double value) { return bench::show(value, Unit::per_second); }
std::string time(std::uint64_t nanoseconds) {
  return bench::show(static_cast<double>(nanoseconds) / 1e9, Unit::seconds);
}

std::string rfc3339(double seconds_since_1970) {
  base::Buffer text;
  render::append_rfc3339(text, {static_cast<std::int64_t>(seconds_since_1970 * 1e9)}, render::Precision::microseconds);
  return std::string(base::as_text(text.view()));
}

std::string target(const net::ConnectSettings& network) {
  constexpr std::string_view schemes[] = {"mqtt", "mqtts", "ws", "wss"};
  if (!network.unix_path.empty()) return base::format("unix:{}", network.unix_path);
  const bool v6 = network.host.find(':') != std::string::npos;
  return base::format("{}://{}{}{}:{}", schemes[static_cast<std::size_t>(network.transport)], v6 ? "[" : "",
                      network.host, v6 ? "]" : "", network.port);
}

class Summary {
 public:
  Summary(const BenchReport& report, const bench::Plan& plan, const bench::Outcome& outcome)
      : report_(report), plan_(plan), outcome_(outcome), record_(outcome.record) {}

  std::string text() {
    for (std::size_t i = 0; i < outcome_.groups.size(); ++i) {
      text_ += Summary(report_, plan_.groups[i], outcome_.groups[i]).group() + "\n";
    }
    if (plan_.mode == Mode::mixed) overview();
    load();
    generator();
    failures();
    if (outcome_.interrupted) line("interrupted", "by a signal: these are the figures until then");
    for (const std::string& objection : report_.objections) line("INVALID", objection);
    for (const std::string& unmet : report_.unmet) line("NOT MET", unmet);
    return std::move(text_);
  }

  std::string group() {
    load();
    if (const auto& lag = record_[Metric::lag]; !lag.empty()) line("generator", behind(lag));
    failures();
    return std::move(text_);
  }

 private:
  void overview() {
    const auto rows = bench_overview(report_);
    std::size_t width = 13;
    for (const OverviewRow& row : rows) width = std::max(width, row[0].size() + 1);
    for (const OverviewRow& row : rows) {
      text_ += base::format("{:<{}}{:>18}{:>12}{:>12}{:>10}{:>10}{:>10}\n", row[0], width, row[1], row[2], row[3],
                            row[4], row[5], row[6]);
    }
    text_ += "\n";
  }

  void load() {
    head();
    connections();
    if (plan_.publishes()) published();
    if (plan_.receives()) received();
    times();
  }

  void failures() {
    for (const auto& [reason, often] : record_.failures) {
      line("failures", base::format("{} x {}", number(often), transport::escaped(reason)));
    }
  }

  void line(std::string_view label, std::string_view what) { text_ += base::format("{:<13}{}\n", label, what); }

  std::string threads() const { return base::format("{} thread{}", plan_.threads, plan_.threads == 1 ? "" : "s"); }
  std::string shard() const {
    return plan_.shard.count > 1 ? base::format(", shard {}/{}", plan_.shard.index, plan_.shard.count) : "";
  }

  void head() {
    if (plan_.mode == Mode::mixed) {
      const std::size_t groups = plan_.groups.size();
      return line("bench", base::format("mixed, {} group{}{}, {}", groups, groups == 1 ? "" : "s", shard(), threads()));
    }
    std::string what = base::format("{} {}, MQTT {}", bench::name(plan_.mode), target(plan_.network),
                                    wire::name(plan_.session.version));
    if (plan_.mode != Mode::conn) what += base::format(", QoS {}", plan_.qos);
    if (plan_.publishes()) {
      what += plan_.least_size == plan_.most_size ? base::format(", {} bytes", plan_.least_size)
                                                  : base::format(", {} to {} bytes", plan_.least_size, plan_.most_size);
      if (plan_.open_loop()) what += base::format(", {} wanted", per_second(plan_.part().rate));
    }
    if (plan_.mode == Mode::latency) what += base::format(", {}", bench::name(plan_.shape));
    if (plan_.name.empty()) return line("bench", base::format("{}{}, {}", what, shard(), threads()));
    text_ += base::format("{:<12} {}\n", plan_.name, what);
  }

  void connections() {
    const auto& counts = record_.counts;
    std::string what = base::format("{} of {}", number(outcome_.ready), number(outcome_.clients));
    if (outcome_.connect_seconds > 0) {
      const double rate = static_cast<double>(counts[Count::connected]) / outcome_.connect_seconds;
      what += base::format(" in {}, {}", bench::show(outcome_.connect_seconds, Unit::seconds), per_second(rate));
    }
    if (counts[Count::failed] != 0) what += base::format("; {} attempts failed", number(counts[Count::failed]));
    if (counts[Count::lost_connections] != 0)
      what += base::format("; {} lost", number(counts[Count::lost_connections]));
    if (outcome_.first_lost_at > 0) {
      const double since = std::max(outcome_.first_lost_at - outcome_.began_at, 0.0);
      what +=
          base::format(", first after {}, at {}", bench::show(since, Unit::seconds), rfc3339(outcome_.first_lost_at));
    }
    line("connections", what);
  }

  void published() {
    const auto& counts = record_.counts;
    std::string what =
        base::format("{} in {}", number(counts[Count::published]), bench::show(outcome_.seconds, Unit::seconds));
    if (outcome_.seconds > 0) {
      const double rate = static_cast<double>(record_.window[Count::published]) / outcome_.seconds;
      what += base::format(", {}", per_second(rate));
    }
    if (record_.unsent != 0) what += base::format("; {} unsent: the connections took no more", number(record_.unsent));
    line("published", what);
    const auto acknowledges = [](const bench::Plan& load) { return load.publishes() && load.qos != 0; };
    if (std::none_of(plan_.loads().begin(), plan_.loads().end(), acknowledges)) return;
    const auto measured = static_cast<double>(record_.window[Count::acknowledged]);
    what = base::format("{}, {}", number(counts[Count::acknowledged]),
                        per_second(outcome_.seconds > 0 ? measured / outcome_.seconds : 0));
    if (counts[Count::refused] != 0) what += base::format("; {} refused", number(counts[Count::refused]));
    if (counts[Count::unacknowledged] != 0) what += base::format("; {} not", number(counts[Count::unacknowledged]));
    line("acknowledged", what);
  }

  void received() {
    const auto& counts = record_.counts;
    line("received", base::format("{}, {}; lost {}, duplicated {}, reordered {}", number(counts[Count::received]),
                                  per_second(bench::received_rate(plan_, outcome_)), number(record_.lost),
                                  number(counts[Count::duplicated]), number(counts[Count::reordered])));
    if (counts[Count::foreign] != 0)
      line("foreign", number(counts[Count::foreign]) + " messages that are not of a bench");
  }

  void row(std::string_view label, Metric metric) {
    const stats::Histogram& times = record_[metric];
    if (times.empty()) return;
    text_ += base::format("{:<13}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n", label, time(times.quantile(0.5)),
                          time(times.quantile(0.9)), time(times.quantile(0.99)), time(times.quantile(0.999)),
                          time(times.max()), time(static_cast<std::uint64_t>(times.mean())));
  }

  void times() {
    if (record_[Metric::connect].empty()) return;
    text_ +=
        base::format("{:<13}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "", "p50", "p90", "p99", "p99.9", "max", "mean");
    row("connect", Metric::connect);
    row("subscribe", Metric::subscribe);
    row("acknowledge", Metric::acknowledge);
    if (plan_.open_loop() || plan_.mode == Mode::mixed) row("  service", Metric::acknowledge_service);
    row("deliver", Metric::deliver);
    row("  service", Metric::deliver_service);
  }

  static std::string behind(const stats::Histogram& lag) {
    return base::format("behind its schedule p99 {}, at most {}", time(lag.quantile(0.99)), time(lag.max()));
  }

  void generator() {
    const double load = outcome_.wall_seconds > 0 ? outcome_.processor_seconds / outcome_.wall_seconds : 0;
    std::string what = base::format("{:.2f} processors, {} resident", load,
                                    bench::show(static_cast<double>(outcome_.resident_bytes), Unit::bytes));
    if (outcome_.ready >= 100) {
      const double each = static_cast<double>(outcome_.heap_of_connections) / static_cast<double>(outcome_.ready);
      what += base::format(", {} heap a connection", bench::show(each, Unit::bytes));
    }
    if (const auto& lag = record_[Metric::lag]; !lag.empty()) what += "; " + behind(lag);
    line("generator", what);
    if (outcome_.self_check) self_check(*outcome_.self_check);
  }

  void self_check(const bench::SelfCheck& check) {
    const double share = bench::share_of_ceiling(plan_, outcome_);
    std::string what = base::format("by itself {}, of which this is {:.0f} %; timers late p99 {}, at most {}",
                                    per_second(check.ceiling), share * 100, bench::show(check.timer_p99, Unit::seconds),
                                    bench::show(check.timer_max, Unit::seconds));
    if (share > bench::most_share) what += "; the generator is the bottleneck";
    line("self-check", what);
  }

  const BenchReport& report_;
  const bench::Plan& plan_;
  const bench::Outcome& outcome_;
  const bench::Record& record_;
  std::string text_;
};

}  // namespace

std::string bench_summary(const BenchReport& report) { return Summary(report, report.plan, report.outcome).text(); }

}  // namespace cmd
