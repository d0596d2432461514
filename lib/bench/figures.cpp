#include "bench/figures.h"

#include <array>
#include <charconv>

#include "base/format.h"

namespace bench {
namespace {

constexpr double nanosecond = 1e-9;
/// A schedule that is kept worse than this is not the one that was asked for.
constexpr double most_lag = 0.010;

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

std::string with_commas(double value) {
  std::string digits = base::format("{:.0f}", value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3;
       at > 0 && digits[static_cast<std::size_t>(at) - 1] != '-'; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

struct Scale {
  double from;
  double factor;
  std::string_view unit;
};
constexpr std::array times{Scale{60, 1, "s"}, Scale{1, 1, "s"}, Scale{1e-3, 1e3, "ms"}, Scale{0, 1e6, "us"}};
constexpr std::array sizes{Scale{1024.0 * 1024 * 1024, 1 / (1024.0 * 1024 * 1024), "GiB"},
                           Scale{1024.0 * 1024, 1 / (1024.0 * 1024), "MiB"}, Scale{1024, 1 / 1024.0, "KiB"}};

/// Three digits.
std::string scaled(double value, std::string_view unit) {
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return base::format("{:.{}f} {}", value, decimals, unit);
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

double received_rate(const Plan& plan, const Outcome& outcome) noexcept {
  const bool window = plan.mode != Mode::sub && plan.duration != session::Duration::zero();
  const auto received =
      static_cast<double>(window ? outcome.record.window[Count::received] : outcome.record.counts[Count::received]);
  const double seconds = window ? outcome.seconds : outcome.receive_seconds;
  return seconds > 0 ? received / seconds : 0;
}

double rate(const Plan& plan, const Outcome& outcome) noexcept {
  if (!plan.publishes()) return received_rate(plan, outcome);
  const Count counted = plan.qos == 0 ? Count::published : Count::acknowledged;
  return outcome.seconds > 0 ? static_cast<double>(outcome.record.window[counted]) / outcome.seconds : 0;
}

std::vector<Figure> figures(const Plan& plan, const Outcome& outcome) {
  const Record& record = outcome.record;
  std::vector<Figure> out;
  add_times(out, "", record[principal(plan)]);
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
  out.push_back({"processor_seconds", outcome.processor_seconds, Unit::seconds});
  out.push_back({"resident_bytes", static_cast<double>(outcome.resident_bytes), Unit::bytes});
  const double each =
      outcome.ready == 0 ? 0 : static_cast<double>(outcome.heap_of_connections) / static_cast<double>(outcome.ready);
  out.push_back({"heap_per_connection", each, Unit::bytes});
  return out;
}

std::vector<std::string> objections(const Plan& plan, const Outcome& outcome) {
  std::vector<std::string> result;
  if (!plan.open_loop()) return result;
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

base::Result<Requirement, std::string> read_requirement(std::string_view text) {
  using Relation = Requirement::Relation;
  struct Sign {
    std::string_view text;
    Relation relation;
  };
  constexpr std::array signs{Sign{"<=", Relation::at_most}, Sign{">=", Relation::at_least}, Sign{"==", Relation::equal},
                             Sign{"!=", Relation::unequal}, Sign{"<", Relation::less},      Sign{">", Relation::more}};
  struct Suffix {
    std::string_view text;
    double factor;
  };
  constexpr std::array suffixes{Suffix{"", 1},      Suffix{"ns", 1e-9}, Suffix{"us", 1e-6}, Suffix{"\u00b5s", 1e-6},
                                Suffix{"ms", 1e-3}, Suffix{"s", 1},     Suffix{"m", 60},    Suffix{"h", 3600}};
  Requirement requirement;
  requirement.text = text;
  const std::size_t at = text.find_first_of("<>=!");
  requirement.name = text.substr(0, at);
  while (requirement.name.ends_with(' ')) requirement.name.pop_back();
  if (at == std::string_view::npos || requirement.name.empty())
    return base::unexpected<std::string>("it compares nothing");
  text.remove_prefix(at);
  const Sign* found = nullptr;
  for (const Sign& sign : signs) {
    if (found == nullptr && text.starts_with(sign.text)) found = &sign;
  }
  if (found == nullptr) return base::unexpected<std::string>("the signs are <, <=, ==, !=, >= and >");
  requirement.relation = found->relation;
  text.remove_prefix(found->text.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), requirement.value);
  if (error != std::errc()) return base::unexpected<std::string>("a number is missing behind the sign");
  std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  for (const Suffix& suffix : suffixes) {
    if (rest != suffix.text) continue;
    requirement.value *= suffix.factor;
    return requirement;
  }
  return base::unexpected<std::string>("the units are ns, us, ms, s, m and h");
}

std::optional<std::string> check(const Requirement& requirement, const std::vector<Figure>& figures) {
  using Relation = Requirement::Relation;
  for (const Figure& figure : figures) {
    if (figure.name != requirement.name) continue;
    const double a = figure.value, b = requirement.value;
    const Relation relation = requirement.relation;
    const bool met = relation == Relation::less       ? a < b
                     : relation == Relation::at_most  ? a <= b
                     : relation == Relation::equal    ? a == b
                     : relation == Relation::unequal  ? a != b
                     : relation == Relation::at_least ? a >= b
                                                      : a > b;
    if (met) return std::nullopt;
    return base::format("{} is {}", figure.name, show(a, figure.unit));
  }
  return base::format("there is no {} in this run", requirement.name);
}

std::string show(double value, Unit unit) {
  if (unit == Unit::seconds && value == 0) return "0 s";
  if (unit == Unit::seconds) {
    for (const Scale& scale : times) {
      if (value >= scale.from) return scaled(value * scale.factor, scale.unit);
    }
  }
  if (unit == Unit::bytes) {
    for (const Scale& scale : sizes) {
      if (value >= scale.from) return scaled(value * scale.factor, scale.unit);
    }
    return base::format("{:.0f} bytes", value);
  }
  if (unit == Unit::per_second) return with_commas(value) + "/s";
  return with_commas(value);
}

}  // namespace bench
