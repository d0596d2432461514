#include "bench/self_check.h"

#include <algorithm>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <csignal>
#include <thread>

#include "bench/figures.h"
#include "bench/sink.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr session::Duration load_time = 200ms;
constexpr session::Duration timer_interval = 1ms;
constexpr int timers = 100;
constexpr session::Duration least_run = 3s;

/// Notices SIGINT and SIGTERM, beside whoever else does.
class Watch {
 public:
  Watch() {
    signals_.async_wait([this](asio::error_code, int signal) { signal_ = signal; });
  }

  /// 0, or the one that came.
  int signal() {
    io_.poll();
    return signal_;
  }

 private:
  asio::io_context io_{1};
  asio::signal_set signals_{io_, SIGINT, SIGTERM};
  int signal_ = 0;
};

/// From when a timer was due until its handler ran, on an idle machine.
stats::Histogram timer_lateness() {
  stats::Histogram late;
  asio::io_context io(1);
  asio::steady_timer timer(io);
  const session::Time start = session::Clock::now();
  for (int i = 1; i <= timers; ++i) {
    const session::Time due = start + i * timer_interval;
    timer.expires_at(due);
    timer.async_wait([&late, due](asio::error_code) {
      late.record(static_cast<std::uint64_t>(std::chrono::nanoseconds(session::Clock::now() - due).count()));
    });
    io.run();
    io.restart();
  }
  return late;
}

Plan plan_of_check(const Plan& plan, const Sink& sink) {
  Plan check;
  check.mode = plan.mode == Mode::pub ? Mode::pub : Mode::latency;
  check.network.host = "127.0.0.1";
  check.network.port = sink.port();
  check.network.transport = plan.network.transport;
  check.network.tls.ca_pem = sink.authority();
  check.network.tls.version = plan.network.tls.version;
  check.network.tls.ciphersuites = plan.network.tls.ciphersuites;
  check.session.version = plan.session.version;
  check.session.inflight_maximum = plan.session.inflight_maximum;
  check.threads = std::min(plan.threads, std::max(1U, std::thread::hardware_concurrency()));
  check.count = std::min(plan.own_publishers(), 2 * check.threads);
  check.threads = std::min(check.threads, check.count);
  check.prefix = "self-";
  check.topic = "self/%i";
  check.qos = plan.qos;
  check.least_size = plan.least_size;
  check.most_size = plan.most_size;
  check.payload = plan.payload;
  check.duration = load_time;
  check.patience = 200ms;
  return check;
}

}  // namespace

std::optional<SelfCheck> check_self(const Plan& plan, int& signal) {
  Watch watch;
  const stats::Histogram late = timer_lateness();
  signal = watch.signal();
  if (signal != 0) return std::nullopt;
  const auto sink = Sink::start(plan.session.version, plan.network.transport);
  if (!sink) return std::nullopt;
  const Plan check = plan_of_check(plan, *sink);
  const auto outcome = run(check, [](const Status&) {});
  signal = watch.signal();
  if (!outcome || signal != 0 || outcome->record.window_processor <= 0) return std::nullopt;
  std::uint64_t messages = outcome->record.window[Count::published];
  if (check.mode == Mode::latency) messages = std::min(messages, outcome->record.window[Count::received]);
  // By processor time, so that what the sink and others take of the same processors does not count.
  const double each = outcome->record.window_processor / static_cast<double>(std::max<std::uint64_t>(messages, 1));
  SelfCheck found;
  const unsigned threads = std::min(plan.threads, std::max(1U, std::thread::hardware_concurrency()));
  found.ceiling = messages == 0 ? 0 : threads / each;
  found.timer_p99 = static_cast<double>(late.quantile(0.99)) / 1e9;
  found.timer_max = static_cast<double>(late.max()) / 1e9;
  return found;
}

bool worth_checking(const Plan& plan) noexcept {
  if (!plan.publishes() || plan.own_publishers() == 0) return false;
  if (plan.messages != 0) {
    if (!plan.open_loop()) return false;
    const std::chrono::duration<double> all(static_cast<double>(plan.messages) / plan.rate);
    if (plan.duration == session::Duration::zero() || all < plan.duration) return all >= least_run;
  }
  return plan.duration >= least_run;
}

double share_of_ceiling(const Plan& plan, const Outcome& outcome) noexcept {
  if (!outcome.self_check || outcome.self_check->ceiling <= 0) return 0;
  return rate(plan, outcome) / outcome.self_check->ceiling;
}

}  // namespace bench
