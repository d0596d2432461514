// `mqtt bench`: puts load on a broker and measures it.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <unistd.h>

#include "base/format.h"
#include "bench/figures.h"
#include "bench/open_files.h"
#include "bench_report.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"

namespace cmd {
namespace {

using bench::Status;
using bench::Unit;

void say(const BenchOptions& options, std::string_view line) {
  base::print(stderr, "{}: {}\n", options.connection.program, line);
}

/// One line of a terminal that is written over; in a pipe a line every ten seconds.
class Display {
 public:
  Display(const BenchOptions& options)
      : on_(options.progress), terminal_(::isatty(STDERR_FILENO) == 1), plan_(options.plan) {}
  ~Display() {
    if (shown_ && terminal_) base::print(stderr, "\r\x1b[K");
  }
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  void show(const Status& status) {
    if (!on_) return;
    const auto now = session::Clock::now();
    if (!terminal_ && now < next_) return;
    if (!terminal_ && next_ == session::Time{}) {
      next_ = now + std::chrono::seconds(10);
      return;
    }
    next_ = now + std::chrono::seconds(10);
    shown_ = true;
    base::print(stderr, "{}{}{}", terminal_ ? "\r" : "", text(status, now), terminal_ ? "\x1b[K" : "\n");
    std::fflush(stderr);
  }

 private:
  std::string text(const Status& status, session::Time now) {
    constexpr std::string_view phases[] = {"connecting", "running", "waiting for the rest"};
    std::string line = base::format("{} {:.0f} s: {} connected", phases[static_cast<std::size_t>(status.phase)],
                                    std::chrono::duration<double>(status.elapsed).count(), status.ready);
    if (status.failed != 0) line += base::format(", {} failures", status.failed);
    const double seconds = std::chrono::duration<double>(now - last_).count();
    const auto add = [&](std::string_view what, std::uint64_t count, std::uint64_t before) {
      line += base::format(", {} {}, {}", bench::show(static_cast<double>(count), Unit::none), what,
                           bench::show(static_cast<double>(count - before) / seconds, Unit::per_second));
    };
    if (plan_.publishes()) add("published", status.published, before_.published);
    if (plan_.mode != bench::Mode::conn && plan_.mode != bench::Mode::pub)
      add("received", status.received, before_.received);
    if (now - last_ >= std::chrono::milliseconds(900)) {
      before_ = status;
      last_ = now;
    }
    return line;
  }

  bool on_;
  bool terminal_;
  bool shown_ = false;
  const bench::Plan& plan_;
  Status before_;
  session::Time last_ = session::Clock::now();
  session::Time next_{};
};

/// 0, or the exit code once it has been said what is wrong.
int write_file(const BenchOptions& options, const std::string& path, const std::string& text) {
  if (path.empty()) return 0;
  std::FILE* file = std::fopen(path.c_str(), "w");
  const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int number = errno;
  const bool closed = file != nullptr && std::fclose(file) == 0;
  if (written && closed) return 0;
  const auto failure =
      explain_file(file == nullptr ? ExitCode::cannot_create : ExitCode::io_error, path, number, Manners::ours);
  say(options, failure.text);
  return failure.exit_code;
}

int write_reports(const BenchOptions& options, const BenchReport& report) {
  base::Buffer out;
  if (options.json) {
    append_bench_json(out, report);
  } else {
    out.append(bench_summary(report));
  }
  std::fwrite(out.view().data(), 1, out.size(), stdout);
  std::fflush(stdout);
  int code = 0;
  if (!options.csv_file.empty()) code = write_file(options, options.csv_file, bench_csv(report));
  if (code == 0 && !options.hdr_file.empty()) code = write_file(options, options.hdr_file, bench_hdr(report));
  return code;
}

/// What the run as a whole comes to.
int judge(const BenchOptions& options, const BenchReport& report) {
  for (const std::string& objection : report.objections) say(options, objection);
  for (const std::string& unmet : report.unmet) say(options, "not met: " + unmet);
  if (report.outcome.ready == 0 && !report.outcome.interrupted) {
    std::string why = "no client could connect";
    for (const auto& [reason, often] : report.outcome.record.failures)
      why += base::format("; {} ({} times)", reason, often);
    say(options, why);
    return exit_code(ExitCode::unavailable, Manners::ours);
  }
  const bool good = report.objections.empty() && report.unmet.empty();
  return exit_code(good ? ExitCode::success : ExitCode::check_failed, Manners::ours);
}

/// A connection that is made again stands beside its predecessor for a while.
std::uint64_t connections_at_most(const bench::Plan& plan) {
  return plan.clients() + static_cast<std::uint64_t>(std::min(plan.churn, 1e6) * 2);
}

int refuse_to_start(const BenchOptions& options, const transport::Error& error) {
  net::Ending ending;
  ending.error = error;
  const Failure failure = explain(ending, options.connection);
  say(options, failure.text);
  return failure.exit_code;
}

}  // namespace

int run_bench(int argc, char** argv) {
  auto options = parse_bench(argc, argv);
  if (!options) return finish(options.error());
  for (const std::string& warning : options->connection.warnings) say(*options, warning);
  if (const auto lacking = bench::make_room_for(connections_at_most(options->plan))) {
    say(*options, *lacking);
    return exit_code(ExitCode::unavailable, Manners::ours);
  }
  base::Result<bench::Outcome, transport::Error> outcome;
  {
    Display display(*options);
    outcome = bench::run(options->plan, [&display](const Status& status) { display.show(status); });
  }
  if (!outcome) return refuse_to_start(*options, outcome.error());
  const auto figures = bench::figures(options->plan, *outcome);
  BenchReport report{options->plan, *outcome, bench::objections(options->plan, *outcome), {}};
  for (const stats::Requirement& requirement : options->require) {
    if (const auto found = stats::check(requirement, figures)) {
      report.unmet.push_back(base::format("{}: {}", requirement.text, *found));
    }
  }
  const int written = write_reports(*options, report);
  const int judged = judge(*options, report);
  return judged != 0 ? judged : written;
}

}  // namespace cmd
