// `mqtt bench`: puts load on a broker and measures it.
#include <algorithm>
#include <optional>

#include "base/format.h"
#include "bench/exporter.h"
#include "bench/figures.h"
#include "bench/open_files.h"
#include "bench/self_check.h"
#include "bench_compare.h"
#include "bench_display.h"
#include "bench_ending.h"
#include "bench_merge.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"

namespace cmd {
namespace {

/// A connection that is made again stands beside its predecessor for a while.
std::uint64_t connections_at_most(const bench::Plan& plan) {
  std::uint64_t most = plan.own_clients();
  for (const bench::Plan& load : plan.loads()) most += static_cast<std::uint64_t>(std::min(load.churn, 1e6) * 2);
  return most;
}

bool checks_itself(const BenchOptions& options) {
  const bench::Plan& plan = options.plan;
  if (plan.mode == bench::Mode::mixed || !plan.publishes()) return false;
  return options.self_check.value_or(bench::worth_checking(plan));
}

int refuse_to_start(const BenchOptions& options, const bench::NotStarted& why) {
  net::Ending ending;
  ending.error = why.error;
  const bool mixed = !options.connections.empty();
  const Failure failure = explain(ending, mixed ? options.connections[why.load] : options.connection);
  say(options, failure.text);
  return failure.exit_code;
}

/// 0, or the exit code once it has been said what is wrong.
int listen(bench::Exporter& exporter, const BenchOptions& options) {
  const auto& [host, port] = *options.prometheus;
  if (const auto listening = exporter.listen(host, port); !listening) {
    say(options, base::format("cannot listen on {}:{} for Prometheus: {}", host, port, listening.error().message()));
    return exit_code(ExitCode::unavailable, Manners::ours);
  }
  say(options, base::format("Prometheus is answered at http://{}/metrics", exporter.address()));
  return 0;
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
  std::optional<bench::Exporter> exporter;
  if (options->prometheus) {
    exporter.emplace();
    if (const int code = listen(*exporter, *options); code != 0) return code;
  }
  int signal = 0;
  const auto self_check = checks_itself(*options) ? bench::check_self(options->plan, signal) : std::nullopt;
  if (signal != 0) {
    const Failure failure = explain_signal(signal, Manners::ours);
    say(*options, failure.text);
    return failure.exit_code;
  }
  base::Result<bench::Outcome, bench::NotStarted> outcome;
  {
    BenchDisplay display(options->plan, options->progress);
    outcome = bench::run(
        options->plan, [&display](const bench::Status& status) { display.show(status); },
        exporter ? &*exporter : nullptr);
  }
  if (!outcome) return refuse_to_start(*options, outcome.error());
  outcome->self_check = self_check;
  return end_bench(*options,
                   {options->plan, *outcome, bench::objections(options->plan, *outcome), {}, command_line(argc, argv)});
}

}  // namespace cmd
