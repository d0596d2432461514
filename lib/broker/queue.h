// Messages that wait until a client is back, or has room.
#pragma once

#include <cstdint>
#include <list>
#include <utility>
#include <vector>

#include "broker/message.h"

namespace broker {

struct Queued {
  MessageRef message;
  std::uint8_t qos = 0;  ///< after the subscription's share in it
  bool retain = false;   ///< likewise
  std::vector<std::uint32_t> subscription_identifiers{};
  std::uint32_t group = 0;  ///< the shared group whose members can have it instead, 0 for none
};

/// First in, first out; a full queue takes no more. Costs nothing while it is empty.
class MessageQueue {
 public:
  /// False where a bound would be passed.
  bool push(Queued queued, std::size_t maximum_messages, std::size_t maximum_bytes) {
    const std::size_t size = cost(queued);
    if (queue_.size() >= maximum_messages || bytes_ + size > maximum_bytes) return false;
    bytes_ += size;
    queue_.push_back(std::move(queued));
    return true;
  }
  /// Takes all out.
  std::list<Queued> take() noexcept {
    bytes_ = 0;
    return std::exchange(queue_, {});
  }
  const Queued& front() const noexcept { return queue_.front(); }
  void pop() noexcept {
    bytes_ -= cost(queue_.front());
    queue_.pop_front();
  }
  void clear() noexcept {
    queue_.clear();
    bytes_ = 0;
  }
  bool empty() const noexcept { return queue_.empty(); }
  std::size_t size() const noexcept { return queue_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  /// Each queue pays for the whole message although they share it: the bound is what one client can cause.
  static std::size_t cost(const Queued& queued) noexcept {
    return sizeof(Queued) + queued.message->size() + queued.subscription_identifiers.size() * sizeof(std::uint32_t);
  }

  std::list<Queued> queue_;
  std::size_t bytes_ = 0;
};

}  // namespace broker
