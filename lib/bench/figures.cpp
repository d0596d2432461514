#include "bench/figures.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/format.h"

namespace bench {
namespace {

constexpr double nanosecond = 1e-9;
/// A schedule that is kept worse than this is not the one that was asked for.
constexpr double most_lag = 0.010;

/// The clocks of machines differ by less where they are kept at all.
constexpr double most_start_lag = 0.1;

struct Quantile {
  std::string_view name;
  double fraction;
};
constexpr std::array quantiles{Quantile{"p50", 0.5}, Quantile{"p90", 0.9}, Quantile{"p99", 0.99},
                               Quantile{"p999", 0.999}, Quantile{"p9999", 0.9999}};

void add_times(std::vector<Figure>& out, std::string_view prefix, const stats::Histogram& times) {
  const auto add = [&](std::string_view name, double value) {
    out.push_back({base::format("{}{}", prefix, name), value * nanosecond, Unit::seconds});
  };
  if (times.empty()) return;
  add("min", static_cast<double>(times.min()));
  for (const Quantile& quantile : quantiles) {
    add(quantile.name, static_cast<double>(times.quantile(quantile.fraction)));
  }
  add("max", static_cast<double>(times.max()));
  add("mean", times.mean());
  add("deviation", times.deviation());
}

/// Of those that it applies to.
template <class Rate, class Applies>
double sum_of_groups(const Plan& plan, const Outcome& outcome, Rate rate, Applies applies) {
  double sum = 0;
  for (std::size_t i = 0; i < outcome.groups.size(); ++i) {
    if (applies(plan.groups[i])) sum += rate(plan.groups[i], outcome.groups[i]);
  }
  return sum;
}

}  // namespace

Metric principal(const Plan& plan) noexcept {
  switch (plan.mode) {
    case Mode::conn:
      return Metric::connect;
    case Mode::pub:
      return Metric::acknowledge;
    default:
      return Metric::deliver;
  }
}

bool is_of_one_load(std::string_view name) {
  stats::Histogram any;
  any.record(1);
  std::vector<Figure> all;
  add_times(all, "", any);
  return std::any_of(all.begin(), all.end(), [&](const Figure& figure) { return figure.name == name; });
}

double received_rate(const Plan& plan, const Outcome& outcome) noexcept {
  if (plan.mode == Mode::mixed) return sum_of_groups(plan, outcome, received_rate, std::mem_fn(&Plan::receives));
  const bool window = plan.mode != Mode::sub && plan.duration != session::Duration::zero();
  const auto received =
      static_cast<double>(window ? outcome.record.window[Count::received] : outcome.record.counts[Count::received]);
  const double seconds = window ? outcome.seconds : outcome.receive_seconds;
  return seconds > 0 ? received / seconds : 0;
}

double rate(const Plan& plan, const Outcome& outcome) noexcept {
  if (!plan.publishes()) return received_rate(plan, outcome);
  if (plan.mode == Mode::mixed) return sum_of_groups(plan, outcome, rate, std::mem_fn(&Plan::publishes));
  const Count counted = plan.qos == 0 ? Count::published : Count::acknowledged;
  return outcome.seconds > 0 ? static_cast<double>(outcome.record.window[counted]) / outcome.seconds : 0;
}

std::vector<Figure> figures(const Plan& plan, const Outcome& outcome) {
  const Record& record = outcome.record;
  std::vector<Figure> out;
  if (plan.mode != Mode::mixed) add_times(out, "", record[principal(plan)]);
  for (std::size_t i = 0; i < metrics; ++i) {
    const auto metric = static_cast<Metric>(i);
    add_times(out, base::format("{}.", name(metric)), record[metric]);
  }
  for (std::size_t i = 0; i < Counts::size; ++i) {
    const auto count = static_cast<Count>(i);
    out.push_back({std::string(name(count)), static_cast<double>(record.counts[count]), Unit::none});
  }
  const double connected = static_cast<double>(record.counts[Count::connected]);
  out.push_back({"lost", static_cast<double>(record.lost), Unit::none});
  out.push_back({"expected", static_cast<double>(record.expected), Unit::none});
  out.push_back({"unsent", static_cast<double>(record.unsent), Unit::none});
  out.push_back({"ready", static_cast<double>(outcome.ready), Unit::none});
  out.push_back({"rate", rate(plan, outcome), Unit::per_second});
  out.push_back({"received_rate", received_rate(plan, outcome), Unit::per_second});
  out.push_back(
      {"connect_rate", outcome.connect_seconds > 0 ? connected / outcome.connect_seconds : 0, Unit::per_second});
  out.push_back({"seconds", outcome.seconds, Unit::seconds});
  if (!plan.name.empty()) return out;
  out.push_back({"processor_seconds", outcome.processor_seconds, Unit::seconds});
  out.push_back({"resident_bytes", static_cast<double>(outcome.resident_bytes), Unit::bytes});
  const double each =
      outcome.ready == 0 ? 0 : static_cast<double>(outcome.heap_of_connections) / static_cast<double>(outcome.ready);
  out.push_back({"heap_per_connection", each, Unit::bytes});
  return out;
}

std::vector<Figure> all_figures(const Plan& plan, const Outcome& outcome) {
  std::vector<Figure> all = figures(plan, outcome);
  for (std::size_t i = 0; i < outcome.groups.size(); ++i) {
    for (Figure& figure : figures(plan.groups[i], outcome.groups[i])) {
      all.push_back({base::format("{}.{}", plan.groups[i].name, figure.name), figure.value, figure.unit});
    }
  }
  return all;
}

bool interrupted_early(const Outcome& outcome) noexcept {
  return outcome.signal != 0 && outcome.clients != 0 && outcome.record.counts[Count::connected] == 0;
}

std::vector<std::string> objections(const Plan& plan, const Outcome& outcome) {
  std::vector<std::string> result;
  if (interrupted_early(outcome)) result.emplace_back("a signal ended it before any CONNACK");
  if (outcome.start_lag > most_start_lag) {
    result.push_back(base::format("it began {} after --start-at; choose a time at which all is connected",
                                  show(outcome.start_lag, Unit::seconds)));
  }
  for (std::size_t i = 0; i < outcome.groups.size(); ++i) {
    for (const std::string& objection : objections(plan.groups[i], outcome.groups[i])) {
      result.push_back(base::format("{}: {}", plan.groups[i].name, objection));
    }
  }
  if (!plan.open_loop() || plan.mode == Mode::mixed) return result;
  const stats::Histogram& lag = outcome.record[Metric::lag];
  const double late = static_cast<double>(lag.quantile(0.99)) * nanosecond;
  if (late > most_lag) {
    result.push_back(
        base::format("the generator fell behind its schedule: 1 % of the messages were sent {} late or more, at most "
                     "{}; use a lower "
                     "--rate, more --threads or another machine",
                     show(late, Unit::seconds), show(static_cast<double>(lag.max()) * nanosecond, Unit::seconds)));
  }
  return result;
}

}  // namespace bench
