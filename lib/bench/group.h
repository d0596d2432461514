// One load of a run: its crews in the threads, when it is over, and what came of it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "bench/crew.h"
#include "bench/swarm.h"

namespace bench {

/// Of all groups, once all connections stand or have failed.
struct Schedule {
  session::Time start{};
  session::Time measure{};
  session::Time end = session::Time::max();
};

/// What a group has to know of the others.
struct Others {
  bool publish = false;    ///< one of them does
  bool published = false;  ///< and all that do are over
};

class Group {
 public:
  explicit Group(Common common) : common_(std::move(common)) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  const Plan& plan() const noexcept { return common_.plan; }
  const Common& common() const noexcept { return common_; }
  std::vector<std::unique_ptr<Crew>>& crews() noexcept { return crews_; }

  /// Makes the crews, one a worker in turn from the `first` on.
  void gather(std::span<const std::unique_ptr<net::Worker>> workers, std::size_t first);
  void set_born(session::Time born) noexcept { common_.born = born; }
  void start(const Schedule& schedule);
  void finish(bool in_order);

  template <class Gauge>
  std::uint64_t sum(Gauge gauge) const {
    std::uint64_t total = 0;
    for (const auto& crew : crews_) total += (crew->gauges().*gauge).load(std::memory_order_relaxed);
    return total;
  }
  /// All is sent, and acknowledged or given up; `sent_by` may be asked by other threads then.
  bool all_sent() const;
  /// Nothing is left to wait for.
  bool over(session::Time now, const Others& others);
  /// All that others publish is sent: so much of it, where that is known, has yet to come to the subscribers in all.
  void await(session::Time now, std::optional<std::uint64_t> owed);
  bool draining() const noexcept { return draining_; }

  /// By its number among all clients of the group.
  std::uint64_t sent_by(std::uint32_t publisher);
  /// What each of its own subscribers heard, or with a shared subscription all of them; by their places.
  const Inbox& inbox_of(std::uint32_t subscriber);

  /// Once the threads have ended. Messages of traced groups are left to who knows what they sent.
  Record record();

 private:
  bool published(session::Time now);
  void drain(session::Time now);
  bool quiet(session::Time now) const { return now - last_change_ >= plan().patience; }
  /// By its place in the shard.
  Client& client(std::uint32_t place);
  void count_lost(Record& record);
  void count_gaps(Record& record);

  Common common_;
  std::vector<std::unique_ptr<Crew>> crews_;
  Schedule schedule_;
  session::Time last_change_{};
  std::uint64_t progress_ = 0;
  bool draining_ = false;
  std::optional<std::uint64_t> owed_;
};

}  // namespace bench
