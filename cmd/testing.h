// Runs a test of a broker that cleans up behind itself, whatever ends it.
#pragma once

#include <asio/signal_set.hpp>
#include <functional>
#include <optional>

#include "connection_options.h"
#include "net/ending.h"
#include "net/worker.h"

namespace cmd {

/// How testing one broker ended, besides what was found.
struct Ended {
  std::optional<net::Ending> obstacle;
  int signal = 0;
};

/// One run on an event loop of its own. The first signal has it clean up, the second one ends it at once.
class TestRun {
 public:
  explicit TestRun(const ConnectionOptions& connection)
      : connection_(connection), signals_(worker_.io(), SIGINT, SIGTERM) {}

  net::Worker& worker() noexcept { return worker_; }
  /// What the test calls at its end.
  void done(std::optional<net::Ending> obstacle);
  template <class Test>
  Ended run(Test& test) {
    watch_signals([&test] { test.interrupt(); });
    test.start();
    worker_.io().run();
    if (const std::string warning = test.warning(); !warning.empty()) complain(warning);
    return std::move(ended_);
  }

 private:
  void watch_signals(std::function<void()> interrupt);
  void complain(std::string_view text) const;

  const ConnectionOptions& connection_;
  net::Worker worker_;
  asio::signal_set signals_;
  Ended ended_;
};

/// A broker that is still starting is given the time of --wait-for-broker.
Ended with_patience(session::Duration patience, const std::function<Ended()>& attempt);

/// Says why a broker at `network` could not be tested, which `connection` is from then on; gives back the exit code.
int explain_obstacle(ConnectionOptions& connection, const net::ConnectSettings& network, const net::Ending& obstacle);
int exit_code_of(int signal) noexcept;

}  // namespace cmd
