// `mqtt will-test`: finds out whether a broker keeps its promises about last wills.
#include "scenario/will_test.h"

#include <asio/signal_set.hpp>
#include <cstdio>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "base/format.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "render/output.h"
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

/// How testing one broker ended, besides what was found.
struct Ended {
  std::optional<net::Ending> obstacle;
  int signal = 0;
};

class Testing {
 public:
  Testing(const WillTestOptions& options, const WillTestOptions::Broker& broker)
      : options_(options),
        test_(worker_, settings(broker), {selected_cases(options), options.versions, options.versions_are_optional},
              [this](std::optional<net::Ending> obstacle) { done(std::move(obstacle)); }),
        signals_(worker_.io(), SIGINT, SIGTERM) {}

  Ended run(WillReport& report) {
    const auto started = session::Clock::now();
    watch_signals();
    test_.start();
    worker_.io().run();
    if (const std::string warning = test_.warning(); !warning.empty()) complain(options_, warning);
    for (const wire::Version version : test_.refused_versions()) {
      if (ended_.obstacle) break;
      complain(options_, base::format("{} does not take MQTT {}: not tested", report.broker, wire::name(version)));
    }
    report.took = session::Clock::now() - started;
    report.results = std::move(test_.results());
    return std::move(ended_);
  }

 private:
  scenario::Settings settings(const WillTestOptions::Broker& broker) const {
    scenario::Settings settings = options_.settings;
    settings.network = broker.network;
    settings.username = broker.username;
    settings.password = broker.password;
    return settings;
  }

  /// The first one cleans up, the second one ends at once.
  void watch_signals() {
    signals_.async_wait([this](asio::error_code cancelled, int signal) {
      if (cancelled) return;
      if (std::exchange(ended_.signal, signal) != 0) return worker_.io().stop();
      complain(options_, "interrupted: cleaning up");
      watch_signals();
      test_.interrupt();
    });
  }

  void done(std::optional<net::Ending> obstacle) {
    ended_.obstacle = std::move(obstacle);
    signals_.cancel();
    worker_.io().stop();
  }

  const WillTestOptions& options_;
  net::Worker worker_;
  scenario::WillTest test_;
  asio::signal_set signals_;
  Ended ended_;
};

/// A broker that is still starting is given the time of --wait-for-broker.
Ended test(const WillTestOptions& options, const WillTestOptions::Broker& broker, WillReport& report) {
  constexpr auto pause = std::chrono::milliseconds(200);
  const auto end = session::Clock::now() + options.connection.wait_for_broker;
  for (;;) {
    Testing testing(options, broker);
    Ended ended = testing.run(report);
    const bool again = ended.obstacle && ended.obstacle->kind == net::Ending::Kind::transport &&
                       ended.obstacle->error.kind != transport::Kind::configuration && ended.signal == 0;
    if (!again || session::Clock::now() + pause >= end) return ended;
    std::this_thread::sleep_for(pause);
  }
}

int fail(WillTestOptions& options, const WillTestOptions::Broker& broker, const net::Ending& obstacle) {
  options.connection.network = broker.network;
  const Failure failure = explain(obstacle, options.connection);
  complain(options, failure.text);
  return failure.exit_code;
}

void tell_of_mended_defects(const WillTestOptions& options, const WillReport& report) {
  for (const scenario::Result& result : report.results) {
    if (result.verdict.outcome != scenario::Outcome::pass) continue;
    if (!matches_any(options.expect_fail, result.row->name)) continue;
    complain(options, base::format("{}: {} passes although --expect-fail names it", report.broker, title(result)));
  }
}

int print_list() {
  render::Output output(STDOUT_FILENO);
  append_list(output.buffer());
  return output.flush() || output.reader_gone() ? 0 : static_cast<int>(ExitCode::io_error);
}

/// The report, then what the exit code is.
int print(const WillTestOptions& options, std::span<const WillReport> reports) {
  render::Output output(STDOUT_FILENO);
  const bool colour = output.is_terminal() && options.format == WillTestOptions::Format::table;
  append_report(output.buffer(), reports, options, colour);
  if (!output.flush() && !output.reader_gone()) {
    const Failure failure = explain_file(ExitCode::io_error, "standard output", output.error().value(), Manners::ours);
    complain(options, failure.text);
    return failure.exit_code;
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
    const Ended ended = test(*options, broker, report);
    if (ended.obstacle) return fail(*options, broker, *ended.obstacle);
    if (ended.signal != 0) {
      print(*options, reports);
      return static_cast<int>(ended.signal == SIGTERM ? ExitCode::terminated : ExitCode::interrupted);
    }
  }
  return print(*options, reports);
}

}  // namespace cmd
