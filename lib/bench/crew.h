// The clients of one group in one thread, with everything that they share: clock, timers, schedule and record.
#pragma once

#include <asio/steady_timer.hpp>
#include <atomic>
#include <deque>
#include <functional>
#include <random>

#include "bench/client.h"
#include "bench/exposition.h"
#include "bench/pacer.h"
#include "bench/payload.h"
#include "bench/plan.h"
#include "bench/record.h"
#include "bench/wheel.h"
#include "net/worker.h"
#include "transport/tls_context.h"

namespace bench {

using Endpoint = asio::generic::stream_protocol::endpoint;

/// What other threads may see of a crew while it works; a moment old.
struct alignas(64) Gauges {
  std::atomic<std::uint32_t> settled{0};  ///< clients whose first connection stands or failed
  std::atomic<std::uint32_t> ready{0};    ///< clients that are connected, and subscribed
  std::atomic<bool> sending_done{false};  ///< all is sent, and acknowledged or given up
  std::atomic<std::uint64_t> published{0};
  std::atomic<std::uint64_t> acknowledged{0};
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> distinct{0};  ///< received without duplicates
  std::atomic<std::uint64_t> failed{0};    ///< attempts and connections
};

/// What all crews of a run share and only read.
struct Common {
  const Plan& plan;
  std::vector<Endpoint> endpoints{};  ///< one at least, of the broker or its proxy
  std::shared_ptr<const transport::TlsContext> tls{};
  std::uint32_t run = 0;        ///< of the group
  std::uint32_t first_run = 0;  ///< of the groups, which have consecutive ones
  std::uint32_t runs = 1;
  std::vector<bool> traced{};  ///< by group: what it sent is compared with what this one's subscribers heard
  bool topic_varies = false;   ///< each message has a topic of its own
  std::uint16_t clock = 0;
  std::string filler{};  ///< as long as the largest payload; the stamp takes the place of its beginning
  session::Time born{};  ///< when the run began
  /// What subscribers that share a subscription hear between them, in one crew then.
  std::shared_ptr<Inbox> shared_inbox{};

  /// A message of any group's publishers, not of another process.
  bool ours(std::uint32_t of) const noexcept { return of - first_run < runs; }
  bool traces(std::uint32_t of) const noexcept { return of - first_run < traced.size() && traced[of - first_run]; }
};

/// Nanoseconds of the monotonic clock.
inline std::int64_t since_epoch(session::Time time) noexcept {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}
/// A clock that is read once a batch can seem to run backwards.
inline std::uint64_t span(std::int64_t from, std::int64_t to) noexcept {
  return to > from ? static_cast<std::uint64_t>(to - from) : 0;
}
inline std::uint64_t span(session::Time from, session::Time to) noexcept {
  return span(since_epoch(from), since_epoch(to));
}

class Crew {
 public:
  Crew(const Common& common, unsigned index, net::Worker& worker);

  // Of its thread, around the event loop, which runs until all clients of its crews are gone.
  void begin();
  void end();

  // Of other threads.
  Gauges& gauges() noexcept { return gauges_; }
  /// Sending starts at `start`; latencies count from `measure` on; nothing is sent from `end` on.
  void start(session::Time start, session::Time measure, session::Time end);
  /// Nothing more is sent.
  void stop_sending();
  /// All clients leave, in order or at once.
  void finish(bool in_order);
  /// Once the thread has ended.
  Record& record() noexcept { return record_; }
  /// By its own thread: a message to `worker` asks for it.
  Snapshot snapshot() const;
  std::deque<Client>& clients() noexcept { return clients_; }

  // Of its clients.
  const Plan& plan() const noexcept { return common_.plan; }
  const Common& common() const noexcept { return common_; }
  net::Worker& worker() noexcept { return worker_; }
  Wheel& wheel() noexcept { return wheel_; }
  const Pacer& pacer() const noexcept { return pacer_; }
  /// The time of this batch, read once.
  session::Time now() {
    if (!now_) now_ = session::Clock::now();
    return *now_;
  }
  void forget_time() noexcept { now_.reset(); }
  session::Time read_clock() {
    now_ = session::Clock::now();
    return *now_;
  }
  /// What is read within a turn of the event loop is forgotten at its end: a later one must not take it for its own.
  class Turn {
   public:
    explicit Turn(Crew& crew) : crew_(crew) { crew.forget_time(); }
    ~Turn() { crew_.forget_time(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Crew& crew_;
  };
  bool sending() const noexcept { return sending_; }
  bool leaving() const noexcept { return leaving_; }
  session::Time sending_end() const noexcept { return end_; }
  /// Of a message: counts where it was due in the measured time.
  void measure_acknowledge(std::int64_t due, std::int64_t sent) noexcept {
    if (due < measure_from_) return;
    const std::int64_t now = since_epoch(*now_);
    acknowledge_.record(span(due, now));
    record_[Metric::acknowledge_service].record(span(sent, now));
  }
  void measure_deliver(std::int64_t due, std::int64_t sent) noexcept {
    if (due < measure_from_) return;
    const std::int64_t now = since_epoch(*now_);
    deliver_.record(span(due, now));
    record_[Metric::deliver_service].record(span(sent, now));
  }
  void settled() { gauges_.settled.fetch_add(1, std::memory_order_relaxed); }
  void changed_ready(int by) { gauges_.ready.fetch_add(static_cast<std::uint32_t>(by), std::memory_order_relaxed); }
  void attempt_over();
  void run_again(std::uint32_t slot);
  void publisher_finished();
  void gone();
  /// Before the next attempt, after that many failures.
  session::Duration backoff(unsigned attempts);
  std::size_t random_size();
  std::uint8_t* payload() noexcept { return payload_.data(); }
  std::string& topic() noexcept { return topic_; }
  std::string& expanded_payload() noexcept { return expanded_payload_; }
  std::uint64_t& distinct() noexcept { return distinct_; }

 private:
  /// The measured time. It is over once: a timer that has fired already can't be cancelled.
  enum class Window : std::uint8_t { ahead, open, over };

  void connect_some();
  std::uint64_t limit_of(std::uint32_t publisher) const;
  void pace();
  void arm_pace(session::Time at);
  void arm_mark(session::Time at);
  void mark();
  void spin();
  void tick();
  void churn(session::Time now);
  void close_interval();
  void end_window();
  void publish_gauges();

  const Common& common_;
  net::Worker& worker_;
  Gauges gauges_;
  Record record_;
  Wheel wheel_;
  Pacer pacer_;
  std::deque<Client> clients_;  ///< its publishers first
  std::uint32_t publishers_ = 0;
  asio::steady_timer connect_timer_;
  asio::steady_timer pace_timer_;
  asio::steady_timer tick_timer_;
  asio::steady_timer mark_timer_;  ///< the beginning of the measured time, then its end
  std::optional<session::Time> now_;
  session::Time next_interval_ = session::Time::max();
  session::Time window_begin_ = session::Time::max();
  session::Time end_ = session::Time::max();
  std::int64_t measure_from_ = 0;
  double processor_at_window_begin_ = 0;
  double churned_ = 0;  ///< connections that were to be made again so far
  std::uint32_t next_churn_ = 0;
  std::uint32_t next_connect_ = 0;
  std::uint32_t connecting_ = 0;
  std::uint64_t last_round_ = 0;
  std::uint32_t left_to_finish_ = 0;
  std::uint32_t gone_ = 0;
  std::uint64_t distinct_ = 0;
  // The publisher whose turn it is, and the round.
  std::uint32_t turn_ = 0;
  std::uint64_t round_ = 0;
  std::vector<std::uint32_t> runnable_;
  std::vector<std::uint32_t> running_;
  std::vector<bool> queued_;  ///< is in `runnable_`
  std::string topic_;
  std::vector<std::uint8_t> payload_;
  std::string expanded_payload_;
  std::minstd_rand random_;
  Counts at_window_begin_;
  Counts at_interval_;
  stats::Histogram acknowledge_;  ///< of this interval
  stats::Histogram deliver_;
  bool sending_ = false;
  bool leaving_ = false;
  Window window_ = Window::ahead;
  bool spinning_ = false;
  bool connects_again_ = false;
};

}  // namespace bench
