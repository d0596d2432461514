#include "bench/crew.h"

#include <asio/post.hpp>
#include <ctime>

namespace bench {
namespace {

/// Attempts of one thread at a time where no rate is given: more would only wait in the broker's queue.
constexpr std::uint32_t attempts_at_once = 64;
/// Due messages between two turns of the event loop.
constexpr unsigned paced_at_once = 512;
constexpr session::Duration first_backoff = std::chrono::milliseconds(100);
constexpr session::Duration longest_backoff = std::chrono::seconds(10);

session::Duration seconds(double value) { return std::chrono::nanoseconds(static_cast<std::int64_t>(value * 1e9)); }

/// Of this thread.
double processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

Crew::Crew(const Common& common, unsigned index, net::Worker& worker)
    : common_(common),
      worker_(worker),
      wheel_((common.plan.own_clients() + common.plan.threads - 1) / common.plan.threads, common.born),
      connect_timer_(worker_.io()),
      pace_timer_(worker_.io()),
      tick_timer_(worker_.io()),
      mark_timer_(worker_.io()),
      payload_(common.filler.begin(), common.filler.end()),
      random_(common.run + index + 1) {
  const Plan& plan = common.plan;
  for (std::uint32_t place = index; place < plan.own_clients(); place += plan.threads) {
    clients_.emplace_back(*this, static_cast<std::uint32_t>(clients_.size()), plan.number_of(place));
    if (place < plan.own_publishers()) ++publishers_;
  }
  queued_.resize(clients_.size());
  if (plan.open_loop()) pacer_ = Pacer(plan.rate, plan.publishers());
  if (!plan.publishes()) next_interval_ = common.born + std::chrono::seconds(1);
}

void Crew::begin() {
  if (clients_.empty()) {
    gauges_.sending_done.store(true, std::memory_order_relaxed);
    return;
  }
  connect_some();
  tick();
}

void Crew::end() {
  if (clients_.empty()) return;
  forget_time();
  end_window();
  close_interval();
  publish_gauges();
}

// Connecting.

void Crew::connect_some() {
  const Turn turn(*this);
  connects_again_ = false;
  const Plan& plan = common_.plan;
  while (next_connect_ < clients_.size() && !leaving_) {
    const session::Time now = read_clock();
    session::Time due = now;
    if (plan.connect_rate > 0) {
      due = common_.born + seconds(clients_[next_connect_].number() / plan.connect_rate);
      if (due > now) {
        connect_timer_.expires_at(due);
        connect_timer_.async_wait([this](asio::error_code cancelled) {
          if (!cancelled) connect_some();
        });
        return;
      }
    } else if (connecting_ >= attempts_at_once) {
      return;
    }
    ++connecting_;
    clients_[next_connect_++].connect(due);
  }
}

void Crew::attempt_over() {
  if (connecting_ != 0) --connecting_;
  if (connects_again_ || common_.plan.connect_rate > 0 || next_connect_ == clients_.size()) return;
  connects_again_ = true;
  asio::post(worker_.io(), [this] { connect_some(); });
}

session::Duration Crew::backoff(unsigned attempts) {
  const session::Duration whole =
      std::min<session::Duration>(longest_backoff, first_backoff * (1LL << std::min(attempts, 20U)));
  return whole / 2 +
         session::Duration(std::uniform_int_distribution<session::Duration::rep>(0, whole.count() / 2)(random_));
}

// Sending.

void Crew::start(session::Time start, session::Time measure, session::Time end) {
  asio::post(worker_.io(), [=, this] {
    const Turn turn(*this);
    pacer_.start(start);
    end_ = end;
    window_begin_ = measure;
    measure_from_ = since_epoch(measure);
    record_.series.clear();
    at_interval_ = record_.counts;
    next_interval_ = start + std::chrono::seconds(1);
    left_to_finish_ = publishers_;
    sending_ = true;
    for (std::uint32_t i = 0; i < publishers_; ++i) {
      const std::uint64_t limit = limit_of(clients_[i].number());
      last_round_ = std::max(last_round_, limit);
      clients_[i].begin(limit);
    }
    if (publishers_ == 0) gauges_.sending_done.store(true, std::memory_order_relaxed);
    arm_mark(measure);
    arm_pace(start);
  });
}

std::uint64_t Crew::limit_of(std::uint32_t publisher) const {
  const Plan& plan = common_.plan;
  std::uint64_t limit = Client::unlimited;
  if (plan.messages != 0) limit = share(plan.messages, plan.publishers(), publisher);
  if (plan.open_loop() && end_ != session::Time::max()) limit = std::min(limit, pacer_.count_until(publisher, end_));
  return limit;
}

void Crew::arm_pace(session::Time at) {
  pace_timer_.expires_at(at);
  pace_timer_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled) pace();
  });
}

/// Turns to each message that is due, in the order of their due times.
void Crew::pace() {
  if (!sending_ || publishers_ == 0) return;
  const Turn turn(*this);
  session::Time now = read_clock();
  if (!common_.plan.open_loop()) {
    for (std::uint32_t i = 0; i < publishers_; ++i) run_again(i);
    return;
  }
  for (unsigned count = 1; round_ < last_round_; ++count) {
    Client& client = clients_[turn_];
    const session::Time due = pacer_.due(client.number(), round_);
    if (due > now) return arm_pace(due);
    if (due >= window_begin_) record_[Metric::lag].record(span(due, now));
    if (client.send(now)) run_again(turn_);
    if (++turn_ == publishers_) {
      turn_ = 0;
      ++round_;
    }
    if (count % 32 == 0) now = read_clock();
    if (count == paced_at_once) {
      asio::post(worker_.io(), [this] { pace(); });
      return;
    }
  }
}

void Crew::run_again(std::uint32_t slot) {
  if (queued_[slot]) return;
  queued_[slot] = true;
  runnable_.push_back(slot);
  if (spinning_) return;
  spinning_ = true;
  asio::post(worker_.io(), [this] { spin(); });
}

void Crew::spin() {
  const Turn turn(*this);
  spinning_ = false;
  running_.swap(runnable_);
  for (const std::uint32_t slot : running_) {
    queued_[slot] = false;
    if (clients_[slot].send(read_clock())) run_again(slot);
  }
  running_.clear();
}

void Crew::publisher_finished() {
  if (--left_to_finish_ != 0) return;
  end_window();
  publish_gauges();
  gauges_.sending_done.store(true, std::memory_order_release);
}

void Crew::stop_sending() {
  asio::post(worker_.io(), [this] {
    const Turn turn(*this);
    for (std::uint32_t i = 0; i < publishers_; ++i) clients_[i].stop_sending();
  });
}

std::size_t Crew::random_size() {
  const Plan& plan = common_.plan;
  if (plan.least_size == plan.most_size) return plan.least_size;
  return plan.least_size + random_() % (plan.most_size - plan.least_size + 1);
}

// Time.

void Crew::arm_mark(session::Time at) {
  if (at == session::Time::max()) return;
  mark_timer_.expires_at(at);
  mark_timer_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled) mark();
  });
}

/// The measured time begins, or ends.
void Crew::mark() {
  const Turn turn(*this);
  if (window_ == Window::over) return;
  if (window_ == Window::ahead) {
    window_ = Window::open;
    at_window_begin_ = record_.counts;
    processor_at_window_begin_ = processor_time();
    return arm_mark(end_);
  }
  if (sending_ && common_.plan.open_loop()) pace();
  end_window();
  for (std::uint32_t i = 0; i < publishers_; ++i) clients_[i].stop_sending();
}

void Crew::end_window() {
  if (window_ != Window::open) return;
  window_ = Window::over;
  mark_timer_.cancel();
  record_.window = record_.counts - at_window_begin_;
  record_.window_processor = processor_time() - processor_at_window_begin_;
}

void Crew::tick() {
  const Turn turn(*this);
  const session::Time now = read_clock();
  wheel_.advance(now, [this](std::uint32_t entry) { clients_[entry].wake(this->now()); });
  if (common_.plan.churn > 0 && sending_ && now < end_) churn(now);
  if (now >= next_interval_) {
    close_interval();
    next_interval_ += std::chrono::seconds(1);
  }
  publish_gauges();
  if (gone_ == clients_.size()) return;
  tick_timer_.expires_at(std::min(now + Wheel::tick, next_interval_));
  tick_timer_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled) tick();
  });
}

/// Its share of the connections that are closed and made again, in turn.
void Crew::churn(session::Time now) {
  const double seconds = std::chrono::duration<double>(now - pacer_.start()).count();
  const double share = common_.plan.churn * static_cast<double>(clients_.size()) / common_.plan.clients();
  for (; churned_ + 1 <= seconds * share && !leaving_; ++churned_) {
    clients_[next_churn_].churn(now);
    next_churn_ = static_cast<std::uint32_t>((next_churn_ + 1) % clients_.size());
  }
}

void Crew::close_interval() {
  Interval interval;
  interval.counts = record_.counts - at_interval_;
  interval.acknowledge = acknowledge_.compact();
  interval.deliver = deliver_.compact();
  record_.series.push_back(std::move(interval));
  record_[Metric::acknowledge].add(acknowledge_);
  record_[Metric::deliver].add(deliver_);
  acknowledge_.clear();
  deliver_.clear();
  at_interval_ = record_.counts;
}

void Crew::publish_gauges() {
  const auto set = [](std::atomic<std::uint64_t>& gauge, std::uint64_t value) {
    gauge.store(value, std::memory_order_relaxed);
  };
  const Counts& counts = record_.counts;
  set(gauges_.published, counts[Count::published]);
  set(gauges_.acknowledged, counts[Count::acknowledged]);
  set(gauges_.received, counts[Count::received]);
  set(gauges_.distinct, distinct_);
  set(gauges_.failed, counts[Count::failed] + counts[Count::lost_connections]);
}

Snapshot Crew::snapshot() const {
  Snapshot snapshot;
  snapshot.group = common_.plan.name;
  snapshot.clients = clients_.size();
  snapshot.ready = gauges_.ready.load(std::memory_order_relaxed);
  snapshot.counts = record_.counts;
  for (std::size_t i = 0; i < metrics; ++i) snapshot.times[i].add(record_.times[i]);
  // This second's are added to the whole at its end.
  snapshot.times[static_cast<std::size_t>(Metric::acknowledge)].add(acknowledge_);
  snapshot.times[static_cast<std::size_t>(Metric::deliver)].add(deliver_);
  return snapshot;
}

// The end.

void Crew::finish(bool in_order) {
  asio::post(worker_.io(), [this, in_order] {
    const Turn turn(*this);
    if (leaving_ && !in_order) return worker_.io().stop();
    leaving_ = true;
    end_window();
    sending_ = false;
    connect_timer_.cancel();
    pace_timer_.cancel();
    for (Client& client : clients_) in_order ? client.leave() : client.drop();
  });
}

void Crew::gone() {
  if (++gone_ != clients_.size()) return;
  tick_timer_.cancel();
  mark_timer_.cancel();
  connect_timer_.cancel();
  pace_timer_.cancel();
}

}  // namespace bench
