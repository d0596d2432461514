#include "bench_compare.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>

#include "base/format.h"
#include "bench/figures.h"
#include "bench_ending.h"
#include "bench_merge.h"
#include "exit_code.h"
#include "render/json_writer.h"
#include "standard_output.h"
#include "stats/compare.h"

namespace cmd {
namespace {

using bench::Count;
using bench::Metric;
using bench::Unit;
using stats::Change;

/// That no difference is taken for one, of all figures together.
constexpr double confidence = 0.95;
constexpr std::size_t least_seconds = 5;
constexpr double fractions[] = {0.5, 0.99};
constexpr std::string_view fraction_names[] = {"p50", "p99"};

struct Side {
  std::vector<std::string> files;
  std::vector<SavedRun> runs;

  const bench::Plan& plan() const { return runs.front().run.plan; }
};

enum class Verdict : std::uint8_t { slower, faster, same, uncertain };
constexpr std::string_view verdict_names[] = {"slower", "faster", "no difference", "not certain"};

struct Row {
  std::string name;
  Unit unit;
  bool more_is_slower;
  std::string_view method;
  Change change;
  Verdict verdict = Verdict::uncertain;

  double slower_with() const { return more_is_slower ? change.more : 1 - change.more; }
};

Failure bad(std::string text) { return {exit_code(ExitCode::bad_data, Manners::ours), std::move(text)}; }

/// A name with commas may be that of a file.
std::vector<std::string> files_of(const std::string& word) {
  if (::access(word.c_str(), F_OK) == 0) return {word};
  std::vector<std::string> files;
  for (std::size_t at = 0; at <= word.size();) {
    const std::size_t comma = std::min(word.find(',', at), word.size());
    files.push_back(word.substr(at, comma - at));
    at = comma + 1;
  }
  return files;
}

base::Result<Side, Failure> load_side(const std::string& word) {
  Side side;
  side.files = files_of(word);
  for (const std::string& file : side.files) {
    auto saved = load_bench(file);
    if (!saved) return base::unexpected(std::move(saved.error()));
    side.runs.push_back(*std::move(saved));
    if (const auto differing = bench::difference(side.plan(), side.runs.back().run.plan)) {
      return base::unexpected(bad(base::format("{} and {} differ in {}", side.files.front(), file, *differing)));
    }
  }
  return side;
}

/// The runs of one group. The whole has it no more.
Side take_group(Side& side, std::size_t group) {
  Side taken;
  for (std::size_t i = 0; i < side.runs.size(); ++i) {
    bench::FinishedRun& run = side.runs[i].run;
    taken.files.push_back(base::format("{}: {}", side.files[i], run.plan.groups[group].name));
    taken.runs.push_back({{std::move(run.plan.groups[group]), std::move(run.outcome.groups[group])}, {}, {}});
  }
  return taken;
}

Count counted(const bench::Plan& plan) {
  if (!plan.publishes()) return Count::received;
  return plan.qos == 0 ? Count::published : Count::acknowledged;
}

/// The seconds of the series that lie within the measured time: from the first to behind the last.
std::pair<std::size_t, std::size_t> measured(const bench::FinishedRun& run) {
  const bench::Outcome& outcome = run.outcome;
  const bool by_arrival = run.plan.mode == bench::Mode::sub;
  const double at = (by_arrival ? outcome.receive_at : outcome.measure_at) - outcome.series_at;
  const double end = at + (by_arrival ? outcome.receive_seconds : outcome.seconds);
  // The clock is looked at a little late.
  constexpr double slack = 0.05;
  const auto size = static_cast<double>(outcome.record.series.size());
  const double first = std::clamp(std::ceil(at - slack), 0.0, size);
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(std::clamp(std::floor(end + slack), first, size))};
}

stats::Runs rates(const Side& side) {
  stats::Runs runs;
  for (const SavedRun& saved : side.runs) {
    const auto [first, last] = measured(saved.run);
    auto& run = runs.emplace_back();
    for (std::size_t i = first; i < last; ++i) {
      run.push_back(static_cast<double>(saved.run.outcome.record.series[i].counts[counted(side.plan())]));
    }
  }
  return runs;
}

/// What was due in the measured time may have come behind it.
stats::Seconds times(const Side& side, stats::Histogram::Compact bench::Interval::*part) {
  stats::Seconds runs;
  for (const SavedRun& saved : side.runs) {
    auto& run = runs.emplace_back();
    const auto& series = saved.run.outcome.record.series;
    for (std::size_t i = measured(saved.run).first; i < series.size(); ++i) run.push_back(series[i].*part);
    while (!run.empty() && run.back().empty()) run.pop_back();
  }
  return runs;
}

stats::Histogram whole(const Side& side, Metric metric) {
  stats::Histogram sum;
  for (const SavedRun& saved : side.runs) sum.add(saved.run.outcome.record[metric]);
  return sum;
}

class Comparison {
 public:
  /// `loads`: how many such comparisons there are in all.
  Comparison(const Side& a, const Side& b, double threshold, std::size_t loads)
      : a_(a), b_(b), threshold_(threshold), loads_(loads) {}

  base::Result<std::vector<Row>, Failure> compare() {
    const bench::Plan& plan = a_.plan();
    if (plan.mode == bench::Mode::conn) {
      // Each connection is its own: seconds of them are not kept.
      for (std::size_t i = 0; i < std::size(fractions); ++i) add_connect(i);
    } else {
      for (const Side* side : {&a_, &b_}) {
        if (auto failure = too_short(*side)) return base::unexpected(*std::move(failure));
      }
      const bool delivered = bench::principal(plan) == Metric::deliver;
      const auto part = delivered ? &bench::Interval::deliver : &bench::Interval::acknowledge;
      const bool timed = !whole(a_, bench::principal(plan)).empty() && !whole(b_, bench::principal(plan)).empty();
      alone_ = confidence_of(timed ? 3 : 1);
      rows_.push_back({"rate", Unit::per_second, false, of_runs() ? "welch, runs" : "welch, seconds",
                       stats::compare_means(rates(a_), rates(b_), alone_)});
      if (timed) add_times(part);
    }
    for (Row& row : rows_) {
      judge(row);
      if (!plan.name.empty()) row.name = base::format("{}.{}", plan.name, row.name);
    }
    return std::move(rows_);
  }

 private:
  /// Bonferroni: of so many figures none is to be taken for different by chance.
  double confidence_of(std::size_t figures) const {
    return 1 - (1 - confidence) / static_cast<double>(figures * loads_);
  }
  bool of_runs() const { return a_.runs.size() > 1 && b_.runs.size() > 1; }

  static std::optional<Failure> too_short(const Side& side) {
    for (std::size_t i = 0; i < side.runs.size(); ++i) {
      const auto [first, last] = measured(side.runs[i].run);
      if (last - first >= least_seconds) continue;
      return bad(base::format("{} has {} measured seconds; {} are needed to tell chance from change", side.files[i],
                              last - first, least_seconds));
    }
    return std::nullopt;
  }

  void add_times(stats::Histogram::Compact bench::Interval::*part) {
    const auto changes = stats::compare_quantiles(times(a_, part), times(b_, part), fractions, alone_);
    for (std::size_t i = 0; i < changes.size(); ++i) {
      add(fraction_names[i], of_runs() ? "welch, runs" : "block bootstrap, seconds", changes[i]);
    }
  }

  void add_connect(std::size_t i) {
    add(base::format("connect.{}", fraction_names[i]), "ranks, connections",
        stats::compare_quantile(whole(a_, Metric::connect), whole(b_, Metric::connect), fractions[i],
                                confidence_of(std::size(fractions))));
  }

  void add(std::string_view name, std::string_view method, Change change) {
    change.a /= 1e9;
    change.b /= 1e9;
    rows_.push_back({std::string(name), Unit::seconds, true, method, change});
  }

  void judge(Row& row) const {
    const Change& change = row.change;
    const bool above = change.least > 0, below = change.greatest < 0;
    const bool large = std::abs(change.relative) >= threshold_;
    if ((above || below) && large) {
      row.verdict = above == row.more_is_slower ? Verdict::slower : Verdict::faster;
    } else if (change.least >= -threshold_ && change.greatest <= threshold_) {
      row.verdict = Verdict::same;
    }
  }

  const Side& a_;
  const Side& b_;
  double threshold_;
  std::size_t loads_;
  double alone_ = confidence;
  std::vector<Row> rows_;
};

base::Result<std::vector<Row>, Failure> compare(Side& a, Side& b, double threshold) {
  const std::size_t groups = a.plan().groups.size();
  if (groups == 0) return Comparison(a, b, threshold, 1).compare();
  std::vector<Row> rows;
  for (std::size_t i = 0; i < groups; ++i) {
    const Side of_a = take_group(a, i), of_b = take_group(b, i);
    auto more = Comparison(of_a, of_b, threshold, groups).compare();
    if (!more) return more;
    rows.insert(rows.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  }
  return rows;
}

std::string percent(double part) {
  if (!std::isfinite(part)) return "any";
  return base::format("{:+.1f} %", part * 100);
}

/// Which the files do not tell by themselves.
std::vector<std::string> notes(const Side& a, const Side& b) {
  std::vector<std::string> notes;
  for (const Side* side : {&a, &b}) {
    for (std::size_t i = 0; i < side->runs.size(); ++i) {
      for (const std::string& objection : side->runs[i].objections) {
        notes.push_back(base::format("{} is not valid: {}", side->files[i], objection));
      }
      if (side->runs[i].run.outcome.interrupted) notes.push_back(side->files[i] + " was interrupted by a signal");
    }
  }
  bool other_rates = a.plan().rate != b.plan().rate;
  for (std::size_t i = 0; i < a.plan().groups.size(); ++i) {
    other_rates = other_rates || a.plan().groups[i].rate != b.plan().groups[i].rate;
  }
  if (other_rates) notes.push_back("the rates that were asked for differ");
  if (a.runs.size() < 2 || b.runs.size() < 2) {
    notes.push_back(
        "one run a side: how much runs of the same broker differ is not known; several say more (A1,A2 B1,B2)");
  }
  return notes;
}

std::string text(const std::vector<Row>& rows) {
  std::size_t width = 13;
  for (const Row& row : rows) width = std::max(width, row.name.size() + 1);
  std::string text =
      base::format("{:<{}}{:>12}{:>12}{:>11}{:>22}{:>12}\n", "", width, "A", "B", "change", "interval", "B slower");
  for (const Row& row : rows) {
    text +=
        base::format("{:<{}}{:>12}{:>12}{:>11}{:>22}{:>12}  {}\n", row.name, width, bench::show(row.change.a, row.unit),
                     bench::show(row.change.b, row.unit), percent(row.change.relative),
                     base::format("{} to {}", percent(row.change.least), percent(row.change.greatest)),
                     base::format("{:.1f} %", std::floor(row.slower_with() * 1000) / 10),
                     verdict_names[static_cast<std::size_t>(row.verdict)]);
  }
  return text;
}

void append_number(base::Buffer& out, double value) {
  out.append(std::isfinite(value) ? base::format("{:.12g}", value) : "null");
}

void append_row(render::JsonWriter& json, const Row& row) {
  const auto number = [&json](std::string_view key, double value) {
    json.key(key);
    append_number(json.out(), value);
  };
  json.element();
  json.open_object();
  json.key("name"), json.string(row.name);
  number("a", row.change.a);
  number("b", row.change.b);
  number("change", row.change.relative);
  number("least", row.change.least);
  number("greatest", row.change.greatest);
  number("slower_with", row.slower_with());
  json.key("verdict"), json.string(verdict_names[static_cast<std::size_t>(row.verdict)]);
  json.key("method"), json.string(row.method);
  json.close_object();
}

void append_files(render::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key);
  json.open_array();
  for (const std::string& text : texts) json.element(), json.string(text);
  json.close_array();
}

bool any_slower(const std::vector<Row>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.verdict == Verdict::slower; });
}

void append_json(base::Buffer& out, const Side& a, const Side& b, const std::vector<Row>& rows, double threshold) {
  render::JsonWriter json(out);
  json.open_object();
  json.key("schema"), json.number(bench_schema);
  append_files(json, "a", a.files);
  append_files(json, "b", b.files);
  json.key("confidence"), append_number(out, confidence);
  json.key("threshold"), append_number(out, threshold);
  json.key("slower"), json.boolean(any_slower(rows));
  json.key("figures");
  json.open_array();
  for (const Row& row : rows) append_row(json, row);
  json.close_array();
  append_files(json, "notes", notes(a, b));
  json.close_object();
  out.push('\n');
}

int fail(const BenchOptions& options, const Failure& failure) {
  say(options, failure.text);
  return failure.exit_code;
}

}  // namespace

int compare_benches(const BenchOptions& options) {
  auto a = load_side(options.files[0]);
  if (!a) return fail(options, a.error());
  auto b = load_side(options.files[1]);
  if (!b) return fail(options, b.error());
  if (const auto differing = bench::difference(a->plan(), b->plan())) {
    return fail(options, bad(base::format("{} and {} differ in {}", a->files[0], b->files[0], *differing)));
  }
  const auto rows = compare(*a, *b, options.threshold);
  if (!rows) return fail(options, rows.error());
  base::Buffer out;
  if (options.json) {
    append_json(out, *a, *b, *rows, options.threshold);
  } else {
    out.append(text(*rows));
    for (const std::string& note : notes(*a, *b)) say(options, note);
  }
  if (const auto unwritten = print(out.text())) return fail(options, *unwritten);
  return exit_code(any_slower(*rows) ? ExitCode::check_failed : ExitCode::success, Manners::ours);
}

}  // namespace cmd
