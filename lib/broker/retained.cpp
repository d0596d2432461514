#include "broker/retained.h"

#include <algorithm>

namespace broker {

namespace {

/// A node of the map beside the message itself.
constexpr std::size_t overhead = 96;

std::size_t cost(const StoredMessage& message) noexcept { return message.size() + overhead; }

}  // namespace

std::string_view Retained::literal_prefix(std::string_view topic_filter) noexcept {
  std::string_view prefix = topic_filter.substr(0, topic_filter.find_first_of("+#"));
  // "a/#" matches "a" too, so the separator is no part of what all matches share.
  if (prefix.size() < topic_filter.size() && prefix.ends_with('/')) prefix.remove_suffix(1);
  return prefix;
}

/// The next topic that the filter might match, where it does not match `at`: those are not looked at that share the
/// levels in which the two differ, so that "+/state" does not walk through all that a hundred devices retain.
Retained::Messages::iterator Retained::pass_over(std::string_view topic_filter, Messages::iterator at) {
  const std::string_view topic = at->first;
  const auto first_from = [this](const std::string& bound) { return messages_.lower_bound(bound); };
  // Behind all that begin with a prefix and '/': '0' is the next character.
  const auto first_behind = [&](std::string_view prefix) { return first_from(std::string(prefix) + '0'); };
  std::size_t level = 0;
  std::size_t wanted = 0;
  for (;;) {
    const std::size_t end = topic.find('/', level);
    const std::size_t wanted_end = topic_filter.find('/', wanted);
    const std::string_view name = topic_filter.substr(wanted, wanted_end - wanted);
    if (name != "+" && name != topic.substr(level, end - level)) {
      if (name == "#") return std::next(at);
      std::string bound(topic.substr(0, level));
      bound += name;
      if (topic < bound) return first_from(bound);
      bound += '/';
      if (topic < bound) return first_from(bound);
      return level == 0 ? messages_.end() : first_behind(topic.substr(0, level - 1));
    }
    if (wanted_end == topic_filter.npos && end != topic.npos) return first_behind(topic.substr(0, end));
    if (wanted_end == topic_filter.npos || end == topic.npos) return std::next(at);
    level = end + 1;
    wanted = wanted_end + 1;
  }
}

Retained::Messages::iterator Retained::erase(Messages::iterator at) {
  const MessageRef last = std::move(at->second);  // outlives the key that views it
  bytes_ -= cost(*last);
  return messages_.erase(at);
}

void Retained::drop_expired(Time now) {
  if (now < next_expiry_) return;
  next_expiry_ = Time::max();
  for (auto at = messages_.begin(); at != messages_.end();) {
    if (at->second->expired(now)) {
      at = erase(at);
    } else {
      next_expiry_ = std::min(next_expiry_, at->second->expires());
      ++at;
    }
  }
}

bool Retained::set(MessageRef message, Time now) {
  const auto fits = [&] {
    const auto found = messages_.find(message->topic());
    const std::size_t replaced = found == messages_.end() ? 0 : cost(*found->second);
    return messages_.size() + (replaced == 0 ? 1 : 0) <= limits_.messages &&
           bytes_ - replaced + cost(*message) <= limits_.bytes;
  };
  if (!fits()) {
    drop_expired(now);
    if (!fits()) return false;
  }
  clear(message->topic());
  bytes_ += cost(*message);
  next_expiry_ = std::min(next_expiry_, message->expires());
  const std::string_view topic = message->topic();
  messages_.emplace(topic, std::move(message));
  return true;
}

void Retained::clear(std::string_view topic) {
  const auto found = messages_.find(topic);
  if (found != messages_.end()) erase(found);
}

}  // namespace broker
