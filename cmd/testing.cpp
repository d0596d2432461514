#include "testing.h"

#include <csignal>
#include <cstdio>
#include <thread>

#include "base/format.h"
#include "exit_code.h"

namespace cmd {

void TestRun::complain(std::string_view text) const { base::print(stderr, "{}: {}\n", connection_.program, text); }

void TestRun::watch_signals(std::function<void()> interrupt) {
  signals_.async_wait([this, interrupt = std::move(interrupt)](asio::error_code cancelled, int signal) {
    if (cancelled) return;
    if (std::exchange(ended_.signal, signal) != 0) return worker_.io().stop();
    complain("interrupted: cleaning up");
    watch_signals(interrupt);
    interrupt();
  });
}

void TestRun::done(std::optional<net::Ending> obstacle) {
  ended_.obstacle = std::move(obstacle);
  signals_.cancel();
  worker_.io().stop();
}

Ended with_patience(session::Duration patience, const std::function<Ended()>& attempt) {
  constexpr auto pause = std::chrono::milliseconds(200);
  const auto end = session::Clock::now() + patience;
  for (;;) {
    Ended ended = attempt();
    const bool again = ended.obstacle && ended.obstacle->kind == net::Ending::Kind::transport &&
                       ended.obstacle->error.kind != transport::Kind::configuration && ended.signal == 0;
    if (!again || session::Clock::now() + pause >= end) return ended;
    std::this_thread::sleep_for(pause);
  }
}

int explain_obstacle(ConnectionOptions& connection, const net::ConnectSettings& network, const net::Ending& obstacle) {
  connection.network = network;
  connection.session.version = obstacle.version;
  const Failure failure = explain(obstacle, connection);
  base::print(stderr, "{}: {}\n", connection.program, failure.text);
  return failure.exit_code;
}

int exit_code_of(int signal) noexcept {
  return static_cast<int>(signal == SIGTERM ? ExitCode::terminated : ExitCode::interrupted);
}

}  // namespace cmd
