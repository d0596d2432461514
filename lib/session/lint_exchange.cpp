// A slab of messages, an index over it by packet identifier, and a chain for each stage.
#include "session/lint_exchange.h"

namespace session::lint {
namespace {

constexpr std::size_t chain_of(Exchange::Stage stage, bool passed) {
  return static_cast<std::size_t>(stage) + (passed ? Exchange::stages : 0);
}

}  // namespace

std::size_t Exchange::position(std::uint16_t identifier) const noexcept {
  std::size_t at = home(identifier);
  while (index_[at] != none && entries_[index_[at]].identifier != identifier) at = (at + 1) & (index_.size() - 1);
  return at;
}

const Exchange::Entry* Exchange::find(std::uint16_t identifier) const noexcept {
  if (index_.empty()) return nullptr;
  const std::uint16_t slot = index_[position(identifier)];
  return slot == none ? nullptr : &entries_[slot];
}

Exchange::Entry* Exchange::find(std::uint16_t identifier) noexcept {
  return const_cast<Entry*>(static_cast<const Exchange*>(this)->find(identifier));
}

void Exchange::grow() {
  const std::vector<std::uint16_t> old = std::move(index_);
  index_.assign(old.empty() ? 8 : 2 * old.size(), none);
  for (const std::uint16_t slot : old) {
    if (slot != none) index_[position(entries_[slot].identifier)] = slot;
  }
}

/// Closes the hole that a removed entry would leave in a run of collisions.
void Exchange::unindex(std::uint16_t identifier) noexcept {
  const std::size_t mask = index_.size() - 1;
  std::size_t hole = position(identifier);
  for (std::size_t at = (hole + 1) & mask; index_[at] != none; at = (at + 1) & mask) {
    const std::size_t wanted = home(entries_[index_[at]].identifier);
    if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
    index_[hole] = index_[at];
    hole = at;
  }
  index_[hole] = none;
}

Exchange::Entry* Exchange::open(std::uint16_t identifier, Stage stage, std::int64_t now) {
  const std::size_t used = entries_.size() - free_.size();
  if (used == most) {
    overflowed_ = true;
    return nullptr;
  }
  if (2 * (used + 1) > index_.size()) grow();
  std::uint16_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint16_t>(entries_.size());
    entries_.emplace_back();
    free_.reserve(entries_.capacity());
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  entries_[slot] = Entry{now, 0, order_++, identifier, none, none, stage, 0, 0, false, false, false};
  index_[position(identifier)] = slot;
  link(slot, stage, false);
  return &entries_[slot];
}

void Exchange::link(std::uint16_t slot, Stage stage, bool passed) noexcept {
  const std::size_t chain = chain_of(stage, passed);
  entries_[slot].stage = stage;
  entries_[slot].passed = passed;
  entries_[slot].before = last_[chain];
  entries_[slot].after = none;
  (last_[chain] == none ? first_[chain] : entries_[last_[chain]].after) = slot;
  last_[chain] = slot;
}

void Exchange::unlink(std::uint16_t slot) noexcept {
  const Entry& entry = entries_[slot];
  const std::size_t chain = chain_of(entry.stage, entry.passed);
  (entry.before == none ? first_[chain] : entries_[entry.before].after) = entry.after;
  (entry.after == none ? last_[chain] : entries_[entry.after].before) = entry.before;
}

void Exchange::move(Entry& entry, Stage stage, std::int64_t now) noexcept {
  const auto slot = static_cast<std::uint16_t>(&entry - entries_.data());
  unlink(slot);
  link(slot, stage, false);
  entry.since = now;
}

void Exchange::set_aside(Entry& entry) noexcept {
  const auto slot = static_cast<std::uint16_t>(&entry - entries_.data());
  unlink(slot);
  link(slot, entry.stage, true);
}

void Exchange::pass(const Entry& entry) noexcept {
  while (!entry.passed && entry.before != none) {
    const std::uint16_t slot = first_[chain_of(entry.stage, false)];
    unlink(slot);
    link(slot, entry.stage, true);
  }
}

void Exchange::close(Entry& entry, bool refused) noexcept {
  const auto slot = static_cast<std::uint16_t>(&entry - entries_.data());
  finished_[finished_count_++ % finished_.size()] = {entry.identifier, refused, entry.resends, entry.content};
  if (entry.counts) --outstanding_;
  unindex(entry.identifier);
  unlink(slot);
  free_.push_back(slot);
}

void Exchange::count(Entry& entry) noexcept {
  if (!entry.counts) ++outstanding_;
  entry.counts = true;
}

void Exchange::resend(Entry& entry, std::int64_t now) noexcept {
  count(entry);
  entry.inherited = false;
  entry.since = now;
  if (entry.resends != 0xFFFF) ++entry.resends;
  if (entry.stage == Stage::pubrel || entry.stage == Stage::pubcomp) return;
  last_resent_order_ = entry.order;
  last_resent_times_ = entry.resends;
}

bool Exchange::overtaken(const Entry& entry) const noexcept {
  return last_resent_times_ != 0 && entry.order < last_resent_order_ && entry.resends < last_resent_times_;
}

const Exchange::Finished* Exchange::finished(std::uint16_t identifier) const noexcept {
  for (std::size_t i = 0; i < finished_.size(); ++i) {
    const Finished& one = finished_[(finished_count_ + finished_.size() - 1 - i) % finished_.size()];
    if (one.identifier == identifier) return &one;
  }
  return nullptr;
}

const Exchange::Entry* Exchange::next(Stage stage) const noexcept {
  const std::uint16_t slot = first_[chain_of(stage, false)];
  return slot == none ? nullptr : &entries_[slot];
}

const Exchange::Entry* Exchange::oldest(Stage stage) const noexcept {
  const std::uint16_t slot = first_[chain_of(stage, true)];
  return slot == none ? next(stage) : &entries_[slot];
}

void Exchange::inherit() noexcept {
  for (std::size_t chain = 0; chain < chains; ++chain) {
    for (std::uint16_t slot = first_[chain]; slot != none; slot = entries_[slot].after) {
      entries_[slot].inherited = true;
      entries_[slot].counts = false;
      entries_[slot].resends = 0;
    }
  }
  outstanding_ = 0;
  last_resent_times_ = 0;
  finished_ = {};
}

const Exchange::Entry* Exchange::not_resent() const noexcept {
  const Entry* first = nullptr;
  for (std::size_t chain = 0; chain < chains; ++chain) {
    for (std::uint16_t slot = first_[chain]; slot != none; slot = entries_[slot].after) {
      const Entry& entry = entries_[slot];
      if (entry.inherited && (first == nullptr || entry.order < first->order)) first = &entry;
    }
  }
  return first;
}

void Exchange::drop_inherited() noexcept {
  while (const Entry* entry = not_resent()) close(entries_[static_cast<std::size_t>(entry - entries_.data())], false);
  finished_ = {};
}

}  // namespace session::lint
