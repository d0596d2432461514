// The connections of a capture by their addresses, and which of them were silent longest.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "capture/conversation.h"
#include "capture/ip.h"
#include "capture/waiting.h"

namespace capture {

/// Both ends of a connection, the lower address first.
struct FlowKey {
  Host low{};
  Host high{};
  std::uint32_t ports = 0;  ///< that of `low` in the upper half
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

/// How far one direction has come. Numbers are sequence numbers.
struct Direction {
  std::uint32_t first = 0;  ///< of the first byte
  std::uint32_t next = 0;   ///< of the byte that is to be handed on next
  std::uint32_t acknowledged = 0;
  std::uint32_t end = 0;  ///< of FIN
  bool started = false;
  bool has_acknowledged = false;
  bool has_end = false;
  std::unique_ptr<Waiting> waiting{};  ///< none: nothing is out of order
};

enum class FlowList : std::uint8_t { idle, active };

struct Flow {
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  FlowKey key{};
  std::uint32_t index = none;
  std::uint32_t hash = 0;
  std::uint32_t older = none;
  std::uint32_t newer = none;
  FlowList list = FlowList::idle;
  bool ignored = false;  ///< carries nothing that we read
  bool closed = false;
  Opening opening{};
  std::array<Direction, 2> directions{};
  std::unique_ptr<Conversation> conversation{};  ///< none: no payload yet, closed, or ignored
  std::size_t held = 0;
};

/// A hash table over flows that do not move. Idle are those that are half-open, closed or ignored.
class Flows {
 public:
  Flows();

  Flow* find(const FlowKey& key) noexcept;
  Flow& add(const FlowKey& key);
  void remove(Flow& flow);

  /// Makes it the newest of its list.
  void touch(Flow& flow) noexcept {
    if (flow.newer != Flow::none) move(flow, flow.list);
  }
  /// Makes it the newest of that list.
  void move(Flow& flow, FlowList list) noexcept;
  std::size_t size(FlowList list) const noexcept { return chains_[static_cast<std::size_t>(list)].size; }
  Flow* oldest(FlowList list) noexcept;
  /// All places, also free ones (their index is none), in the order in which they were first used.
  std::deque<Flow>& all() noexcept { return flows_; }

 private:
  struct Chain {
    std::uint32_t oldest = Flow::none;
    std::uint32_t newest = Flow::none;
    std::size_t size = 0;
  };

  std::uint32_t hash_of(const FlowKey& key) const noexcept;
  std::size_t home(std::uint32_t hash) const noexcept { return hash & (slots_.size() - 1); }
  std::size_t after(std::size_t slot) const noexcept { return (slot + 1) & (slots_.size() - 1); }
  void place(std::uint32_t index) noexcept;
  void displace(const Flow& flow) noexcept;
  void grow();
  void link(Flow& flow, FlowList list) noexcept;
  void unlink(Flow& flow) noexcept;

  std::uint64_t seed_;                ///< so that nobody can choose addresses that collide
  std::vector<std::uint32_t> slots_;  ///< indices of flows, at most half of them used
  std::deque<Flow> flows_;
  std::vector<std::uint32_t> free_;
  std::array<Chain, 2> chains_{};
  std::uint32_t last_ = Flow::none;  ///< the one that was found last: segments come in bursts
};

}  // namespace capture
