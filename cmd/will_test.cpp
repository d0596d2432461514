// `mqtt will-test`: finds out whether a broker keeps its promises about last wills.
#include "scenario/will_test.h"

#include <cstdio>
#include <sys/resource.h>
#include <unistd.h>

#include "base/format.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "render/output.h"
#include "standard_output.h"
#include "testing.h"
#include "will_test_report.h"
#include "will_test_selection.h"

namespace cmd {
namespace {

void complain(const WillTestOptions& options, std::string_view text) {
  base::print(stderr, "{}: {}\n", options.connection.program, text);
}

/// Each client of a burst is a descriptor.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Ended attempt(const WillTestOptions& options, const WillTestOptions::Broker& broker, WillReport& report) {
  TestRun run(options.connection);
  const auto started = session::Clock::now();
  scenario::WillTest test(run.worker(), settings_for(broker, options.settings),
                          {selected_cases(options), options.versions, options.versions_are_optional},
                          [&run](std::optional<net::Ending> obstacle) { run.done(std::move(obstacle)); });
  Ended ended = run.run(test);
  for (const wire::Version version : test.refused_versions()) {
    if (ended.obstacle) break;
    complain(options, base::format("{} does not take MQTT {}: not tested", report.broker, wire::name(version)));
  }
  report.took = session::Clock::now() - started;
  report.results = std::move(test.results());
  return ended;
}

void tell_of_mended_defects(const WillTestOptions& options, const WillReport& report) {
  for (const scenario::Result& result : report.results) {
    if (result.verdict.outcome != scenario::Outcome::pass) continue;
    if (!matches_any(options.expect_fail, result.row->name)) continue;
    complain(options, base::format("{}: {} passes although --expect-fail names it", report.broker, title(result)));
  }
}

int print_list() {
  base::Buffer list;
  append_list(list);
  return finish({0, std::string(list.text()), {}});
}

/// The report, then what the exit code is.
int print(const WillTestOptions& options, std::span<const WillReport> reports) {
  render::Output output(STDOUT_FILENO);
  const bool colour = output.is_terminal() && options.format == WillTestOptions::Format::table;
  append_report(output.buffer(), reports, options, colour);
  output.flush();
  if (const auto unwritten = failure_of(output)) {
    complain(options, unwritten->text);
    return unwritten->exit_code;
  }
  bool failed = false;
  for (const WillReport& report : reports) {
    tell_of_mended_defects(options, report);
    failed = failed || count(report, options)[Shown::fail] != 0;
  }
  return static_cast<int>(failed ? ExitCode::check_failed : ExitCode::success);
}

}  // namespace

int run_will_test(int argc, char** argv) {
  auto options = parse_will_test(argc, argv);
  if (!options) return finish(options.error());
  if (options->list) return print_list();
  for (const std::string& warning : options->connection.warnings) complain(*options, warning);
  allow_many_descriptors();
  std::vector<WillReport> reports;
  for (const auto& broker : options->brokers) {
    WillReport& report = reports.emplace_back();
    report.broker = broker.name;
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
