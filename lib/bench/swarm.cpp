#include "bench/swarm.h"

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstdlib>
#include <fstream>
#include <malloc.h>
#include <sys/resource.h>
#include <thread>

#include "bench/crew.h"
#include "bench/exporter.h"

namespace bench {
namespace {

using session::Clock;
using session::Duration;
using session::Time;
using Phase = Status::Phase;

/// Between two looks at the crews.
constexpr auto look = std::chrono::milliseconds(10);
/// For all crews to hear of the start.
constexpr auto notice = std::chrono::milliseconds(20);

double in_seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto add = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return add(usage.ru_utime) + add(usage.ru_stime);
}

/// Of this program: getrusage tells the peak of the one that was here before exec, where that was higher.
std::uint64_t most_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return 0;
}

std::uint64_t allocated() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// All addresses of the first hop.
base::Result<std::vector<Endpoint>, transport::Error> resolve(const net::ConnectSettings& settings) {
  std::vector<Endpoint> endpoints;
  if (!settings.unix_path.empty()) {
    endpoints.emplace_back(asio::local::stream_protocol::endpoint(settings.unix_path));
    return endpoints;
  }
  const std::string& host = settings.proxy ? settings.proxy->host : settings.host;
  const std::uint16_t port = settings.proxy ? settings.proxy->port : settings.port;
  asio::io_context io;
  asio::ip::tcp::resolver resolver(io);
  asio::error_code error;
  const auto found = resolver.resolve(host, std::to_string(port), asio::ip::tcp::resolver::numeric_service, error);
  if (error) {
    return base::unexpected(
        transport::Error{transport::Stage::resolve, transport::Kind::not_resolved, error, error.message()});
  }
  for (const auto& entry : found) endpoints.emplace_back(entry.endpoint());
  return endpoints;
}

class Run {
 public:
  Run(Common common, const std::function<void(const Status&)>& show, Exporter* exporter)
      : common_(std::move(common)), show_(show), exporter_(exporter), signals_(io_, SIGINT, SIGTERM), timer_(io_) {}

  Outcome run() {
    const double processor_before = processor_seconds();
    common_.born = Clock::now();
    outcome_.began_at = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    outcome_.clients = plan().own_clients();
    for (unsigned i = 0; i < common_.plan.threads; ++i) crews_.push_back(std::make_unique<Crew>(common_, i));
    heap_before_ = allocated();
    signals_.async_wait([this](asio::error_code error, int) { interrupt(error); });
    timer_.expires_at(plan().mode == Mode::conn ? appointed().value_or(Clock::now()) : Clock::now());
    timer_.async_wait([this](asio::error_code cancelled) {
      if (!cancelled) launch();
    });
    io_.run();
    for (auto& thread : threads_) thread.join();
    if (exporter_ != nullptr && !threads_.empty()) exporter_->stop();
    outcome_.wall_seconds = in_seconds(Clock::now() - common_.born);
    outcome_.processor_seconds = processor_seconds() - processor_before;
    outcome_.resident_bytes = most_resident();
    add_up();
    return std::move(outcome_);
  }

 private:
  const Plan& plan() const { return common_.plan; }

  void start_exporter() {
    std::vector<Crew*> crews;
    for (auto& crew : crews_) crews.push_back(crew.get());
    exporter_->start(std::move(crews));
  }

  double in_wall_time(Time time) const { return outcome_.began_at + in_seconds(time - common_.born); }

  template <class Gauge>
  std::uint64_t sum(Gauge gauge) const {
    std::uint64_t total = 0;
    for (const auto& crew : crews_) total += (crew->gauges().*gauge).load(std::memory_order_relaxed);
    return total;
  }

  bool all_sent() const {
    for (const auto& crew : crews_) {
      if (!crew->gauges().sending_done.load(std::memory_order_acquire)) return false;
    }
    return true;
  }

  /// When all shards are to begin.
  std::optional<Time> appointed() const {
    if (!plan().start_at) return std::nullopt;
    return Clock::now() + std::chrono::duration_cast<Duration>(*plan().start_at - std::chrono::system_clock::now());
  }

  void launch() {
    common_.born = phase_began_ = Clock::now();
    outcome_.began_at = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    outcome_.series_at = outcome_.measure_at = outcome_.began_at;
    for (auto& crew : crews_) threads_.emplace_back([&crew] { crew->run(); });
    if (exporter_ != nullptr) start_exporter();
    look_again();
  }

  void interrupt(asio::error_code error) {
    if (error) return;
    outcome_.interrupted = true;
    if (threads_.empty()) {
      timer_.cancel();
      return;
    }
    if (std::exchange(finishing_, true)) {
      for (auto& crew : crews_) crew->finish(false);
      return;
    }
    if (phase_ == Phase::connecting) outcome_.ready = sum(&Gauges::ready);
    for (auto& crew : crews_) crew->finish(true);
    signals_.async_wait([this](asio::error_code again, int) { interrupt(again); });
  }

  void look_again() {
    timer_.expires_after(look);
    timer_.async_wait([this](asio::error_code) { look_at_crews(); });
  }

  void look_at_crews() {
    const Time now = Clock::now();
    if (!finishing_) {
      if (phase_ == Phase::connecting && sum(&Gauges::settled) == plan().own_clients()) begin(now);
      if (phase_ != Phase::connecting && over(now)) finish();
    }
    if (sum(&Gauges::gone) == plan().own_clients()) return signals_.cancel();
    if (!finishing_ && now >= next_show_) {
      next_show_ = now + std::chrono::milliseconds(100);
      show(now);
    }
    look_again();
  }

  void show(Time now) const {
    Status status;
    status.phase = phase_;
    status.elapsed = now - phase_began_;
    status.ready = sum(&Gauges::ready);
    status.failed = sum(&Gauges::failed);
    status.published = sum(&Gauges::published);
    status.acknowledged = sum(&Gauges::acknowledged);
    status.received = sum(&Gauges::received);
    show_(status);
  }

  void enter(Phase phase, Time now) {
    phase_ = phase;
    phase_began_ = last_change_ = now;
  }

  /// All connections stand, or have failed.
  void begin(Time now) {
    outcome_.ready = sum(&Gauges::ready);
    const std::uint64_t heap = allocated();
    outcome_.heap_of_connections = heap > heap_before_ ? heap - heap_before_ : 0;
    start_ = now + notice;
    if (const auto at = appointed()) {
      outcome_.start_lag = in_seconds((plan().mode == Mode::conn ? common_.born : start_) - *at);
      start_ = std::max(start_, *at);
    }
    measure_ = start_ + plan().warmup;
    end_ = plan().duration == Duration::zero() ? Time::max() : measure_ + plan().duration;
    outcome_.series_at = in_wall_time(start_);
    outcome_.measure_at = in_wall_time(measure_);
    enter(Phase::running, now);
    for (auto& crew : crews_) crew->start(start_, measure_, end_);
  }

  /// Nothing is left to wait for.
  bool over(Time now) {
    const std::uint64_t distinct = sum(&Gauges::distinct);
    const std::uint64_t progress = sum(&Gauges::acknowledged) + sum(&Gauges::received);
    if (std::exchange(progress_, progress) != progress) last_change_ = now;
    if (sum(&Gauges::ready) == 0 && !plan().reconnect) return true;
    switch (plan().mode) {
      case Mode::conn:
        return now >= (end_ == Time::max() ? measure_ : end_);
      case Mode::sub:
        return now >= end_ || (plan().messages != 0 && sum(&Gauges::received) >= plan().own(plan().messages));
      case Mode::pub:
      case Mode::latency:
        break;
    }
    const bool sent = all_sent();
    if (phase_ == Phase::running && (sent || now >= end_)) enter(Phase::draining, now);
    if (phase_ != Phase::draining) return false;
    if (sent && (plan().mode == Mode::pub || distinct >= sum(&Gauges::published) * plan().copies())) return true;
    return now - last_change_ >= plan().patience;
  }

  void finish() {
    finishing_ = true;
    for (auto& crew : crews_) crew->finish(true);
  }

  // What only the whole knows.

  void add_up() {
    for (auto& crew : crews_) outcome_.record.add(crew->record());
    const Record& record = outcome_.record;
    if (record.last_connect != Time::min()) {
      outcome_.connect_at = in_wall_time(record.first_connect);
      outcome_.connect_seconds = in_seconds(record.last_connect - record.first_connect);
    }
    if (record.first_lost != Time::max()) outcome_.first_lost_at = in_wall_time(record.first_lost);
    if (record.last_received != Time::min()) {
      outcome_.receive_at = in_wall_time(record.first_received);
      outcome_.receive_seconds = in_seconds(record.last_received - record.first_received);
    }
    if (plan().publishes() && record.last_sent != Time::min()) {
      const Time end = std::min(end_, record.last_sent);
      outcome_.seconds =
          end > measure_ ? in_seconds(end_ != Time::max() && !outcome_.interrupted ? end_ - measure_ : end - measure_)
                         : 0;
    } else if (plan().mode == Mode::sub) {
      outcome_.seconds = outcome_.receive_seconds;
    }
    plan().mode == Mode::latency ? count_lost() : count_gaps();
  }

  /// A subscriber alone knows of what is missing between the messages that came.
  void count_gaps() {
    if (common_.group) return count_gaps(*common_.group);
    for (auto& crew : crews_) {
      for (const Client& client : crew->clients()) {
        if (client.inbox() != nullptr) count_gaps(*client.inbox());
      }
    }
  }

  void count_gaps(const Inbox& inbox) {
    for (const auto& source : inbox.sources()) {
      if (!source.used) continue;
      outcome_.record.lost += source.sequence.missing();
      outcome_.record.expected += source.sequence.missing() + source.sequence.distinct();
    }
  }

  /// By its place in the shard.
  Client& client(std::uint32_t place) { return crews_[place % plan().threads]->clients()[place / plan().threads]; }

  void count_lost() {
    for (std::uint32_t i = 0; i < plan().own_subscribers(); ++i) {
      const Inbox* inbox = client(plan().own_publishers() + i).inbox();
      const bool all = plan().shape == Shape::fan_in;
      const std::uint32_t first = all || plan().shape == Shape::fan_out ? 0 : i;
      const std::uint32_t last = all ? plan().own_publishers() : first + 1;
      for (std::uint32_t publisher = first; publisher < last; ++publisher) {
        const std::uint64_t sent = client(publisher).sent();
        const Sequence* heard = inbox->find(common_.run, plan().number_of(publisher));
        outcome_.record.expected += sent;
        outcome_.record.lost += sent - (heard == nullptr ? 0 : heard->distinct());
      }
    }
  }

  Common common_;
  const std::function<void(const Status&)>& show_;
  Exporter* exporter_;
  Outcome outcome_;
  std::vector<std::unique_ptr<Crew>> crews_;
  std::vector<std::thread> threads_;
  asio::io_context io_{1};
  asio::signal_set signals_;
  asio::steady_timer timer_;
  Phase phase_ = Phase::connecting;
  Time phase_began_{};
  Time next_show_{};
  Time last_change_{};
  Time start_{};
  Time measure_{};
  Time end_ = Time::max();
  std::uint64_t progress_ = 0;
  std::uint64_t heap_before_ = 0;
  bool finishing_ = false;
};

}  // namespace

base::Result<Outcome, transport::Error> run(const Plan& plan, const std::function<void(const Status&)>& show,
                                            Exporter* exporter) {
  Common common{.plan = plan};
  auto endpoints = resolve(plan.network);
  if (!endpoints) return base::unexpected(std::move(endpoints.error()));
  common.endpoints = *std::move(endpoints);
  if (net::encrypted(plan.network.transport)) {
    auto tls = transport::TlsContext::client(plan.network.tls);
    if (!tls) return base::unexpected(std::move(tls.error()));
    common.tls = *std::move(tls);
  }
  common.run = random_run();
  if (plan.shares_subscription()) common.group = std::make_shared<Inbox>();
  common.topic_varies = varies(plan.topic);
  common.clock = clock_of_this_machine();
  common.filler.assign(plan.most_size + stamp_size, 'x');
  return Run(std::move(common), show, exporter).run();
}

}  // namespace bench
