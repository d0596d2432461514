// `mqtt bench`: puts load on a broker and measures it.
#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include "base/format.h"
#include "bench/figures.h"
#include "bench/open_files.h"
#include "bench_compare.h"
#include "bench_ending.h"
#include "bench_merge.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"

namespace cmd {
namespace {

using bench::Status;
using bench::Unit;

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
  if (options->action == BenchOptions::Action::merge) return merge_benches(*options, command_line(argc, argv));
  if (options->action == BenchOptions::Action::compare) return compare_benches(*options);
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
  return end_bench(*options,
                   {options->plan, *outcome, bench::objections(options->plan, *outcome), {}, command_line(argc, argv)});
}

}  // namespace cmd
