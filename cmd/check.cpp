// `mqtt check`: finds out what a broker can do.
#include "scenario/check.h"

#include <cstdio>
#include <unistd.h>

#include "base/format.h"
#include "check_report.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "render/output.h"
#include "standard_output.h"
#include "testing.h"

namespace cmd {
namespace {

void complain(const CheckOptions& options, std::string_view text) {
  base::print(stderr, "{}: {}\n", options.connection.program, text);
}

Ended attempt(const CheckOptions& options, const TestedBroker& broker, CheckReport& report) {
  TestRun run(options.connection);
  const auto started = session::Clock::now();
  scenario::Check check(run.worker(), settings_for(broker, options.settings), {report.facts, options.version},
                        [&run](std::optional<net::Ending> obstacle) { run.done(std::move(obstacle)); });
  Ended ended = run.run(check);
  report.version = check.version();
  report.findings = check.findings();
  report.took = session::Clock::now() - started;
  report.demands = judge(report.findings, options.require);
  return ended;
}

int print(const CheckOptions& options, std::span<const CheckReport> reports) {
  render::Output output(STDOUT_FILENO);
  append_report(output.buffer(), reports, options.format, output.is_terminal());
  output.flush();
  if (const auto unwritten = failure_of(output)) {
    complain(options, unwritten->text);
    return unwritten->exit_code;
  }
  bool failed = false;
  for (const CheckReport& report : reports) {
    const std::string broker = reports.size() > 1 ? report.broker + ": " : std::string();
    for (const Demand& demand : report.demands) {
      if (demand.met()) continue;
      failed = true;
      complain(options, base::format("{}{} is not met: {}", broker, demand.text, demand.unmet));
    }
  }
  return static_cast<int>(failed ? ExitCode::check_failed : ExitCode::success);
}

int print_list() {
  base::Buffer list;
  append_fact_list(list);
  return finish({0, std::string(list.text()), {}});
}

}  // namespace

int run_check(int argc, char** argv) {
  auto options = parse_check(argc, argv);
  if (!options) return finish(options.error());
  if (options->list) return print_list();
  for (const std::string& warning : options->connection.warnings) complain(*options, warning);
  std::vector<CheckReport> reports;
  for (const TestedBroker& broker : options->brokers) {
    CheckReport& report = reports.emplace_back();
    report.broker = broker.name;
    report.facts = selected_facts(*options);
    const Ended ended =
        with_patience(options->connection.wait_for_broker, [&] { return attempt(*options, broker, report); });
    if (ended.obstacle) return explain_obstacle(options->connection, broker.network, *ended.obstacle);
    if (ended.signal != 0) {
      print(*options, reports);
      return exit_code_of(ended.signal);
    }
  }
  return print(*options, reports);
}

}  // namespace cmd
