#include "bench/swarm.h"

#include <algorithm>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstdlib>
#include <fstream>
#include <malloc.h>
#include <sys/resource.h>
#include <thread>

#include "bench/exporter.h"
#include "bench/group.h"
#include "bench/hearing.h"
#include "bench/merge.h"

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
  Run(const Plan& plan, std::vector<std::unique_ptr<Group>> groups, const std::function<void(const Status&)>& show,
      Exporter* exporter)
      : plan_(plan),
        groups_(std::move(groups)),
        show_(show),
        exporter_(exporter),
        signals_(io_, SIGINT, SIGTERM),
        timer_(io_) {}

  Outcome run() {
    set_born(Clock::now());
    gather();
    heap_before_ = allocated();
    await_signal();
    timer_.expires_at(only_connects() ? appointed().value_or(Clock::now()) : Clock::now());
    timer_.async_wait([this](asio::error_code cancelled) {
      if (!cancelled) launch();
    });
    io_.run();
    for (auto& thread : threads_) thread.join();
    if (exporter_ != nullptr && !threads_.empty()) exporter_->stop();
    wall_seconds_ = in_seconds(Clock::now() - born_);
    const double processor = processor_seconds() - processor_before_;
    Outcome outcome = add_up();
    outcome.processor_seconds = processor;
    outcome.resident_bytes = most_resident();
    outcome.heap_of_connections = heap_of_connections_;
    return outcome;
  }

 private:
  void set_born(Time born) {
    born_ = phase_began_ = born;
    processor_before_ = processor_seconds();
    began_at_ = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    for (auto& group : groups_) group->set_born(born);
  }

  /// Groups with fewer crews than there are threads begin where the one before ended.
  void gather() {
    for (unsigned i = 0; i < plan_.threads; ++i) workers_.push_back(std::make_unique<net::Worker>());
    teams_.resize(workers_.size());
    std::size_t next = 0;
    for (auto& group : groups_) {
      group->gather(workers_, next);
      for (auto& crew : group->crews()) teams_[next++ % teams_.size()].push_back(crew.get());
    }
  }

  void launch() {
    set_born(Clock::now());
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      threads_.emplace_back([this, &worker = *workers_[i], &team = teams_[i]] {
        for (Crew* crew : team) crew->begin();
        worker.io().run();
        for (Crew* crew : team) crew->end();
        ended_.fetch_add(1, std::memory_order_relaxed);
      });
    }
    if (exporter_ != nullptr) start_exporter();
    look_again();
  }

  void start_exporter() {
    std::vector<Crew*> crews;
    for (auto& group : groups_) {
      for (auto& crew : group->crews()) crews.push_back(crew.get());
    }
    exporter_->start(std::move(crews));
  }

  bool only_connects() const {
    return std::all_of(groups_.begin(), groups_.end(),
                       [](const auto& group) { return group->plan().mode == Mode::conn; });
  }

  double in_wall_time(Time time) const { return began_at_ + in_seconds(time - born_); }

  template <class Gauge>
  std::uint64_t sum(Gauge gauge) const {
    std::uint64_t total = 0;
    for (const auto& group : groups_) total += group->sum(gauge);
    return total;
  }

  /// When all shards are to begin.
  std::optional<Time> appointed() const {
    if (!plan_.start_at) return std::nullopt;
    return Clock::now() + std::chrono::duration_cast<Duration>(*plan_.start_at - std::chrono::system_clock::now());
  }

  void await_signal() {
    signals_.async_wait([this](asio::error_code cancelled, int signal) {
      if (!cancelled) interrupt(signal);
    });
  }

  /// A second signal stops the crews where they are: their clients are never gone then, so there is nothing to look
  /// for.
  void interrupt(int signal) {
    if (signal_ == 0) signal_ = signal;
    if (finishing_) finish(false);
    if (finishing_ || threads_.empty()) return io_.stop();
    if (phase_ == Phase::connecting) note_ready();
    finish(true);
    await_signal();
  }

  void look_again() {
    timer_.expires_after(look);
    timer_.async_wait([this](asio::error_code) { look_at_crews(); });
  }

  void look_at_crews() {
    const Time now = Clock::now();
    if (!finishing_) {
      if (phase_ == Phase::connecting && sum(&Gauges::settled) == plan_.own_clients()) begin(now);
      if (phase_ != Phase::connecting && over(now)) finish(true);
    }
    if (ended_.load(std::memory_order_relaxed) == threads_.size()) return signals_.cancel();
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
    phase_began_ = now;
  }

  void note_ready() {
    for (const auto& group : groups_) ready_.push_back(group->sum(&Gauges::ready));
  }

  /// All connections stand, or have failed.
  void begin(Time now) {
    note_ready();
    const std::uint64_t heap = allocated();
    heap_of_connections_ = heap > heap_before_ ? heap - heap_before_ : 0;
    schedule_.start = now + notice;
    if (const auto at = appointed()) {
      start_lag_ = in_seconds((only_connects() ? born_ : schedule_.start) - *at);
      schedule_.start = std::max(schedule_.start, *at);
    }
    schedule_.measure = schedule_.start + plan_.warmup;
    if (plan_.duration != Duration::zero()) schedule_.end = schedule_.measure + plan_.duration;
    enter(Phase::running, now);
    for (auto& group : groups_) group->start(schedule_);
  }

  /// No group has anything left to wait for.
  bool over(Time now) {
    Others others{plan_.publishes(), plan_.publishes()};
    bool all = true, drains = true;
    const auto look_at = [&](Group& group) {
      const bool over = group.over(now, others);
      all = all && over;
      return over;
    };
    for (auto& group : groups_) {
      if (!group->plan().publishes()) continue;
      if (!look_at(*group)) others.published = false;
      drains = drains && group->draining();
    }
    for (auto& group : groups_) {
      if (group->plan().publishes()) continue;
      if (others.published && !group->draining()) group->await(now, hearing().owed(*group));
      look_at(*group);
    }
    if (phase_ == Phase::running && others.publish && drains) enter(Phase::draining, now);
    return all;
  }

  void finish(bool in_order) {
    finishing_ = true;
    for (auto& group : groups_) group->finish(in_order);
  }

  // What only the whole knows.

  Hearing& hearing() {
    if (!hearing_) hearing_.emplace(plan_, groups_);
    return *hearing_;
  }

  Outcome add_up() {
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < groups_.size(); ++i) outcomes.push_back(outcome_of(i));
    Outcome whole = plan_.mode == Mode::mixed ? sum_of(plan_, std::move(outcomes)) : std::move(outcomes[0]);
    whole.start_lag = start_lag_;
    whole.signal = signal_;
    return whole;
  }

  Outcome outcome_of(std::size_t index) {
    Group& group = *groups_[index];
    Outcome outcome;
    outcome.record = group.record();
    if (group.plan().mode == Mode::sub && plan_.publishes()) hearing().count(group, outcome.record);
    outcome.began_at = outcome.series_at = outcome.measure_at = began_at_;
    if (schedule_.start != Time{}) {
      outcome.series_at = in_wall_time(schedule_.start);
      outcome.measure_at = in_wall_time(schedule_.measure);
    }
    outcome.clients = group.plan().own_clients();
    outcome.ready = ready_.empty() ? 0 : ready_[index];
    outcome.interrupted = signal_ != 0;
    outcome.wall_seconds = wall_seconds_;
    set_times(group.plan(), outcome);
    return outcome;
  }

  void set_times(const Plan& plan, Outcome& outcome) const {
    const Record& record = outcome.record;
    if (record.last_connect != Time::min()) {
      outcome.connect_at = in_wall_time(record.first_connect);
      outcome.connect_seconds = in_seconds(record.last_connect - record.first_connect);
    }
    if (record.first_lost != Time::max()) outcome.first_lost_at = in_wall_time(record.first_lost);
    if (record.last_received != Time::min()) {
      outcome.receive_at = in_wall_time(record.first_received);
      outcome.receive_seconds = in_seconds(record.last_received - record.first_received);
    }
    if (plan.publishes() && record.last_sent != Time::min()) {
      const bool whole = schedule_.end != Time::max() && signal_ == 0;
      const Time end = whole ? schedule_.end : std::min(schedule_.end, record.last_sent);
      if (std::min(end, record.last_sent) > schedule_.measure) outcome.seconds = in_seconds(end - schedule_.measure);
    } else if (plan.mode == Mode::sub) {
      outcome.seconds = outcome.receive_seconds;
    }
  }

  const Plan& plan_;
  std::vector<std::unique_ptr<net::Worker>> workers_;  ///< one a thread; outlives the clients
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<std::vector<Crew*>> teams_;  ///< the crews of each thread
  const std::function<void(const Status&)>& show_;
  Exporter* exporter_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> ended_{0};  ///< threads whose clients are gone, or that were told to leave them
  std::optional<Hearing> hearing_;
  asio::io_context io_{1};
  asio::signal_set signals_;
  asio::steady_timer timer_;
  Phase phase_ = Phase::connecting;
  Time born_{};
  double began_at_ = 0;
  Time phase_began_{};
  Time next_show_{};
  Schedule schedule_;
  std::vector<std::uint64_t> ready_;  ///< by group, when the load began
  double start_lag_ = 0;
  double wall_seconds_ = 0;
  double processor_before_ = 0;
  std::uint64_t heap_before_ = 0;
  std::uint64_t heap_of_connections_ = 0;
  int signal_ = 0;
  bool finishing_ = false;
};

/// What the crews of a group share.
base::Result<Common, transport::Error> common_of(const Plan& plan) {
  Common common{.plan = plan};
  auto endpoints = resolve(plan.network);
  if (!endpoints) return base::unexpected(std::move(endpoints.error()));
  common.endpoints = *std::move(endpoints);
  if (net::encrypted(plan.network.transport)) {
    auto tls = transport::TlsContext::client(plan.network.tls);
    if (!tls) return base::unexpected(std::move(tls.error()));
    common.tls = *std::move(tls);
  }
  if (plan.shares_subscription()) common.shared_inbox = std::make_shared<Inbox>();
  common.topic_varies = varies(plan.topic);
  common.clock = clock_of_this_machine();
  common.filler.assign(plan.most_size + stamp_size, 'x');
  return common;
}

}  // namespace

base::Result<Outcome, NotStarted> run(const Plan& plan, const std::function<void(const Status&)>& show,
                                      Exporter* exporter) {
  const auto loads = plan.loads();
  const std::uint32_t first_run = random_run();
  std::vector<std::unique_ptr<Group>> groups;
  for (const Plan& load : loads) {
    auto common = common_of(load);
    if (!common) return base::unexpected(NotStarted{std::move(common.error()), groups.size()});
    common->first_run = first_run;
    common->run = first_run + static_cast<std::uint32_t>(groups.size());
    common->runs = static_cast<std::uint32_t>(loads.size());
    for (const Plan& other : loads) common->traced.push_back(traceable(other) && same_broker(load, other));
    groups.push_back(std::make_unique<Group>(*std::move(common)));
  }
  return Run(plan, std::move(groups), show, exporter).run();
}

}  // namespace bench
