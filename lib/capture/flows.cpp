// The connections of a capture by their addresses, and which of them were silent longest.
#include "capture/flows.h"

#include <random>

namespace capture {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

/// Multiplies and folds the halves together; the second multiplication spreads numbers that differ in few bits, as
/// consecutive ports do.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a ^ 0x9E37'79B9'7F4A'7C15) * (b ^ 0xD6E8'FEB8'6659'FD93);
  const auto folded = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  return (folded ^ folded >> 32) * 0xFF51'AFD7'ED55'8CCD;
}

}  // namespace

Flows::Flows() : seed_(random_seed()), slots_(1024, Flow::none) {}

std::uint32_t Flows::hash_of(const FlowKey& key) const noexcept {
  const std::uint64_t low = mix(key.low.high ^ seed_, key.low.low);
  const std::uint64_t high = mix(key.high.high ^ low, key.high.low ^ seed_);
  return static_cast<std::uint32_t>(mix(high, key.ports ^ seed_) >> 32);
}

Flow* Flows::find(const FlowKey& key) noexcept {
  if (last_ != Flow::none && flows_[last_].key == key) return &flows_[last_];
  const std::uint32_t hash = hash_of(key);
  for (std::size_t slot = home(hash); slots_[slot] != Flow::none; slot = after(slot)) {
    Flow& flow = flows_[slots_[slot]];
    if (flow.hash != hash || flow.key != key) continue;
    last_ = flow.index;
    return &flow;
  }
  return nullptr;
}

Flow& Flows::add(const FlowKey& key) {
  const std::size_t used = flows_.size() - free_.size();
  if ((used + 1) * 2 > slots_.size()) grow();
  std::uint32_t index = static_cast<std::uint32_t>(flows_.size());
  if (free_.empty()) {
    flows_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Flow& flow = flows_[index];
  flow.key = key;
  flow.index = index;
  flow.hash = hash_of(key);
  place(index);
  link(flow, FlowList::idle);
  last_ = index;
  return flow;
}

void Flows::remove(Flow& flow) {
  displace(flow);
  unlink(flow);
  if (last_ == flow.index) last_ = Flow::none;
  free_.push_back(flow.index);
  flow = Flow();
}

void Flows::place(std::uint32_t index) noexcept {
  std::size_t slot = home(flows_[index].hash);
  while (slots_[slot] != Flow::none) slot = after(slot);
  slots_[slot] = index;
}

/// Moves back those behind it that would no longer be found across the hole.
void Flows::displace(const Flow& flow) noexcept {
  std::size_t hole = home(flow.hash);
  while (slots_[hole] != flow.index) hole = after(hole);
  for (std::size_t slot = after(hole); slots_[slot] != Flow::none; slot = after(slot)) {
    const std::size_t wanted = home(flows_[slots_[slot]].hash);
    const std::size_t mask = slots_.size() - 1;
    if (((slot - wanted) & mask) < ((slot - hole) & mask)) continue;
    slots_[hole] = slots_[slot];
    hole = slot;
  }
  slots_[hole] = Flow::none;
}

void Flows::grow() {
  slots_.assign(slots_.size() * 2, Flow::none);
  for (const Flow& flow : flows_) {
    if (flow.index != Flow::none) place(flow.index);
  }
}

void Flows::move(Flow& flow, FlowList list) noexcept {
  unlink(flow);
  link(flow, list);
}

Flow* Flows::oldest(FlowList list) noexcept {
  const std::uint32_t index = chains_[static_cast<std::size_t>(list)].oldest;
  return index == Flow::none ? nullptr : &flows_[index];
}

void Flows::link(Flow& flow, FlowList list) noexcept {
  Chain& chain = chains_[static_cast<std::size_t>(list)];
  flow.list = list;
  flow.newer = Flow::none;
  flow.older = chain.newest;
  (chain.newest == Flow::none ? chain.oldest : flows_[chain.newest].newer) = flow.index;
  chain.newest = flow.index;
  ++chain.size;
}

void Flows::unlink(Flow& flow) noexcept {
  Chain& chain = chains_[static_cast<std::size_t>(flow.list)];
  (flow.older == Flow::none ? chain.oldest : flows_[flow.older].newer) = flow.newer;
  (flow.newer == Flow::none ? chain.newest : flows_[flow.newer].older) = flow.older;
  --chain.size;
}

}  // namespace capture
