// A crew against the sink of this process: what its clients count, and that a message costs no allocation.
#include "bench/crew.h"

#include <algorithm>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <future>
#include <thread>

#include "allocations.h"
#include "bench/sink.h"
#include "catch.h"

using bench::Count;
using bench::Mode;

namespace {

struct Moment {
  std::size_t allocations;
  std::size_t seconds;  ///< of the series that are complete
};

transport::TlsClientOptions trusting(const bench::Sink& sink) {
  transport::TlsClientOptions options;
  options.ca_pem = sink.authority();
  return options;
}

/// One crew at work in a thread of its own.
class Work {
 public:
  explicit Work(bench::Plan plan)
      : plan_(std::move(plan)), sink_(bench::Sink::start(plan_.session.version, plan_.network.transport)) {
    plan_.threads = 1;
    plan_.network.host = "127.0.0.1";
    common_.endpoints.emplace_back(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), sink_->port()));
    if (net::encrypted(plan_.network.transport)) common_.tls = *transport::TlsContext::client(trusting(*sink_));
    common_.run = common_.first_run = 7;
    common_.clock = bench::clock_of_this_machine();
    common_.filler.assign(plan_.most_size + bench::stamp_size, 'x');
    common_.born = session::Clock::now();
    crew_.emplace(common_, 0, worker_);
    thread_ = std::thread([this] {
      crew_->begin();
      worker_.io().run();
      crew_->end();
    });
  }
  ~Work() {
    if (thread_.joinable()) end(false);
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  void start() {
    wait_for([this] { return crew_->gauges().settled == plan_.clients(); });
    const session::Time now = session::Clock::now();
    crew_->start(now, now, session::Time::max());
  }
  /// In the crew's own thread.
  Moment look() {
    std::promise<Moment> answer;
    asio::post(crew_->worker().io(), [&] { answer.set_value({allocations(), crew_->record().series.size()}); });
    return answer.get_future().get();
  }
  template <class Condition>
  void wait_for(Condition holds) {
    while (!holds()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const bench::Record& end(bool in_order = true) {
    crew_->finish(in_order);
    thread_.join();
    return crew_->record();
  }
  bench::Crew& crew() { return *crew_; }

 private:
  bench::Plan plan_;
  std::unique_ptr<bench::Sink> sink_;
  bench::Common common_{.plan = plan_};
  net::Worker worker_;
  std::optional<bench::Crew> crew_;
  std::thread thread_;
};

bench::Plan plan_of(Mode mode, std::uint8_t qos, std::uint32_t count) {
  bench::Plan plan;
  plan.mode = mode;
  plan.qos = qos;
  plan.count = count;
  plan.prefix = "crew-";
  return plan;
}

}  // namespace

TEST_CASE("what a crew publishes and hears, and how it ends") {
  const auto qos = GENERATE(as<std::uint8_t>(), 0, 1, 2);
  bench::Plan plan = plan_of(Mode::latency, qos, 3);
  plan.session.version = GENERATE(wire::Version::v3_1_1, wire::Version::v5_0);
  plan.messages = 500;
  plan.rate = 1e6;
  Work work(std::move(plan));
  work.start();
  work.wait_for([&] { return work.crew().gauges().sending_done && work.crew().gauges().received == 500; });
  const bench::Record& record = work.end();
  using enum bench::Metric;
  CHECK(record.counts[Count::attempts] == 6);
  CHECK(record.counts[Count::connected] == 6);
  CHECK(record.counts[Count::subscribed] == 3);
  CHECK(record.counts[Count::published] == 500);
  CHECK(record.counts[Count::acknowledged] == (qos == 0 ? 0 : 500));
  CHECK(record.counts[Count::duplicated] + record.counts[Count::reordered] + record.counts[Count::foreign] == 0);
  CHECK(record.counts[Count::unacknowledged] + record.counts[Count::lost_connections] == 0);
  CHECK(record[connect].count() == 6);
  CHECK(record[subscribe].count() == 3);
  CHECK(record[deliver].count() == 500);
  CHECK(record[deliver_service].count() == 500);
  CHECK(record[acknowledge].count() == (qos == 0 ? 0 : 500));
  CHECK(record.failures.empty());
  const auto& clients = work.crew().clients();
  CHECK(std::count_if(clients.begin(), clients.end(), std::mem_fn(&bench::Client::gone)) == 6);
}

TEST_CASE("a message costs no allocation, whether published, acknowledged or heard") {
  using enum net::Transport;
  const auto [mode, qos, rate, transport] =
      GENERATE(table<Mode, std::uint8_t, double, net::Transport>({{Mode::pub, 0, 0, tcp},
                                                                  {Mode::pub, 1, 0, tcp},
                                                                  {Mode::pub, 2, 0, tcp},
                                                                  {Mode::pub, 1, 50'000, tcp},
                                                                  {Mode::pub, 1, 0, tls},
                                                                  {Mode::latency, 0, 50'000, tcp},
                                                                  {Mode::latency, 1, 0, tcp},
                                                                  {Mode::latency, 2, 0, tcp},
                                                                  {Mode::latency, 1, 0, ws}}));
  CAPTURE(static_cast<int>(mode), static_cast<int>(qos), rate, static_cast<int>(transport));
  bench::Plan plan = plan_of(mode, qos, 10);
  plan.rate = rate;
  plan.network.transport = transport;
  plan.duration = std::chrono::hours(1);
  Work work(std::move(plan));
  work.start();
  bench::Gauges& gauges = work.crew().gauges();
  const auto& last = mode == Mode::latency ? gauges.received : qos == 0 ? gauges.published : gauges.acknowledged;
  const std::uint64_t messages = rate == 0 ? 100'000 : 20'000;
  work.wait_for([&] { return last >= messages; });
  const Moment before = work.look();
  work.wait_for([&, enough = last + messages] { return last >= enough; });
  const Moment after = work.look();
  // Besides messages: a look takes one, some rings grow late, and a second that is complete is kept in three vectors,
  // two of which grow.
  CHECK(after.allocations - before.allocations <= messages / 100 + 32 * (after.seconds - before.seconds));
  work.end();
}
