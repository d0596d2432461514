#include "bench/group.h"

namespace bench {

using session::Time;

void Group::gather(std::span<const std::unique_ptr<net::Worker>> workers, std::size_t first) {
  for (unsigned i = 0; i < plan().threads; ++i) {
    crews_.push_back(std::make_unique<Crew>(common_, i, *workers[(first + i) % workers.size()]));
  }
}

void Group::start(const Schedule& schedule) {
  schedule_ = schedule;
  for (auto& crew : crews_) crew->start(schedule.start, schedule.measure, schedule.end);
}

void Group::finish(bool in_order) {
  for (auto& crew : crews_) crew->finish(in_order);
}

bool Group::all_sent() const {
  for (const auto& crew : crews_) {
    if (!crew->gauges().sending_done.load(std::memory_order_acquire)) return false;
  }
  return true;
}

// When it is over.

bool Group::over(Time now, const Others& others) {
  const std::uint64_t progress = sum(&Gauges::acknowledged) + sum(&Gauges::distinct);
  if (std::exchange(progress_, progress) != progress) last_change_ = now;
  if (sum(&Gauges::ready) == 0 && !plan().reconnect) return true;
  switch (plan().mode) {
    case Mode::conn:
      return now >= (schedule_.end == Time::max() ? schedule_.measure : schedule_.end);
    case Mode::sub:
      if (plan().messages != 0 && sum(&Gauges::received) >= plan().own(plan().messages)) return true;
      if (!others.publish) return now >= schedule_.end;
      return draining_ && ((owed_ && sum(&Gauges::distinct) >= *owed_) || quiet(now));
    default:
      return published(now);
  }
}

bool Group::published(Time now) {
  const bool sent = all_sent();
  if (sent || now >= schedule_.end) drain(now);
  if (!draining_) return false;
  if (sent && (plan().mode == Mode::pub || sum(&Gauges::distinct) >= sum(&Gauges::published) * plan().copies())) {
    return true;
  }
  return quiet(now);
}

void Group::await(Time now, std::optional<std::uint64_t> owed) {
  if (draining_) return;
  owed_ = owed;
  drain(now);
}

void Group::drain(Time now) {
  if (!std::exchange(draining_, true)) last_change_ = now;
}

// What came of it.

Client& Group::client(std::uint32_t place) { return crews_[place % plan().threads]->clients()[place / plan().threads]; }

std::uint64_t Group::sent_by(std::uint32_t publisher) { return client(publisher / plan().shard.count).sent(); }

const Inbox& Group::inbox_of(std::uint32_t subscriber) { return *client(plan().own_publishers() + subscriber).inbox(); }

Record Group::record() {
  Record sum;
  for (auto& crew : crews_) sum.add(crew->record());
  if (plan().mode == Mode::latency) count_lost(sum);
  if (plan().mode == Mode::sub) count_gaps(sum);
  return sum;
}

/// A subscriber alone knows of what is missing between the messages that came.
void Group::count_gaps(Record& record) {
  if (plan().own_subscribers() == 0 || plan().shares_with_shards()) return;
  const std::uint32_t inboxes = common_.shared_inbox ? 1 : plan().own_subscribers();
  for (std::uint32_t i = 0; i < inboxes; ++i) {
    for (const auto& source : inbox_of(i).sources()) {
      if (!source.used || common_.traces(static_cast<std::uint32_t>(source.key >> 32))) continue;
      record.lost += source.sequence.missing();
      record.expected += source.sequence.missing() + source.sequence.distinct();
    }
  }
}

void Group::count_lost(Record& record) {
  for (std::uint32_t i = 0; i < plan().own_subscribers(); ++i) {
    const Inbox& inbox = inbox_of(i);
    const bool all = plan().shape == Shape::fan_in;
    const std::uint32_t first = all || plan().shape == Shape::fan_out ? 0 : i;
    const std::uint32_t last = all ? plan().own_publishers() : first + 1;
    for (std::uint32_t place = first; place < last; ++place) {
      const std::uint64_t sent = client(place).sent();
      const Sequence* heard = inbox.find(common_.run, plan().number_of(place));
      record.expected += sent;
      record.lost += sent - (heard == nullptr ? 0 : heard->distinct());
    }
  }
}

}  // namespace bench
