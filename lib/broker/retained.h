// The last retained message of each topic, bounded in number and bytes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "broker/message.h"
#include "wire/topic.h"

namespace broker {

class Retained {
 public:
  struct Limits {
    std::size_t messages = 100'000;
    std::size_t bytes = 64 * 1024 * 1024;
  };

  explicit Retained(Limits limits) : limits_(limits) {}
  Retained() : Retained(Limits{}) {}

  /// Replaces the topic's message. False where there is no room, even without the expired ones: nothing has changed.
  bool set(MessageRef message, Time now);
  void clear(std::string_view topic);

  /// Calls `function(const MessageRef&)` for each message that matches and has not expired; expired ones go.
  template <class Function>
  void for_each(std::string_view topic_filter, Time now, Function&& function) {
    const std::string_view prefix = literal_prefix(topic_filter);
    auto at = messages_.lower_bound(prefix);
    while (at != messages_.end() && at->first.starts_with(prefix)) {
      const MessageRef& message = at->second;
      if (message->expired(now)) {
        at = erase(at);
        continue;
      }
      if (wire::matches(topic_filter, at->first)) {
        function(message);
        ++at;
      } else {
        at = pass_over(topic_filter, at);
      }
    }
  }

  std::size_t size() const noexcept { return messages_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  /// Sorted, so that a filter's levels before its first wildcard bound the range to look at. Keys view their message.
  using Messages = std::map<std::string_view, MessageRef, std::less<>>;

  static std::string_view literal_prefix(std::string_view topic_filter) noexcept;
  Messages::iterator pass_over(std::string_view topic_filter, Messages::iterator at);
  Messages::iterator erase(Messages::iterator at);
  void drop_expired(Time now);

  Limits limits_;
  Messages messages_;
  std::size_t bytes_ = 0;
  Time next_expiry_ = Time::max();  ///< none expires earlier: spares a full store the search
};

}  // namespace broker
