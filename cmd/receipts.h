// Which received messages the broker may be told of: those that have been dealt with, in the order they came.
#pragma once

#include <cstdint>
#include <deque>

#include "wire/packets.h"

namespace cmd {

class Receipts {
 public:
  /// A message came; `shown` counts those handed to the sink so far, with this one if it was.
  void add(const wire::Publish& publish, std::uint64_t shown) {
    if (publish.qos != 0) waiting_.push_back({shown, publish.packet_identifier, publish.qos});
  }
  /// Calls `acknowledge(qos, packet_identifier)` for all that needed no more than `done` messages to be dealt with.
  template <class Acknowledge>
  void release(std::uint64_t done, Acknowledge acknowledge) {
    for (; !waiting_.empty() && waiting_.front().shown <= done; waiting_.pop_front()) {
      acknowledge(waiting_.front().qos, waiting_.front().packet_identifier);
    }
  }
  /// Packet identifiers are no longer good: the network connection is gone, and the broker will send again.
  void clear() noexcept { waiting_.clear(); }

 private:
  struct Receipt {
    std::uint64_t shown;
    std::uint16_t packet_identifier;
    std::uint8_t qos;
  };

  std::deque<Receipt> waiting_;
};

}  // namespace cmd
