// Which packets were asked for: by type, topic, connection, client and time.
#include "decode_selection.h"

#include <algorithm>

#include "wire/topic.h"

namespace cmd {

std::string_view TopicAliases::topic_of(const capture::Where& where, const wire::Publish& publish) {
  const auto alias = publish.properties.empty() ? 0U : publish.properties.number(wire::PropertyId::topic_alias, 0);
  if (alias == 0) return publish.topic;
  const auto direction = where.sender == wire::Sender::server ? 0x10000U : 0U;
  const std::pair key(where.connection, direction | alias);
  if (publish.topic.empty()) {
    const auto found = topics_.find(key);
    return found == topics_.end() ? std::string_view() : found->second;
  }
  if (topics_.size() < most || topics_.contains(key)) topics_[key] = publish.topic;
  return publish.topic;
}

void TopicAliases::forget(std::uint64_t connection) {
  topics_.erase(topics_.lower_bound({connection, 0}), topics_.lower_bound({connection + 1, 0}));
}

bool Selection::in_time(const capture::Where& where) {
  if (!options_.since && !options_.until) return true;
  if (!where.has_time) return true;
  if (!first_time_) first_time_ = where.time_ns;
  const auto at = [&](const TimeBound& bound) { return bound.nanoseconds + (bound.relative ? *first_time_ : 0); };
  return (!options_.since || where.time_ns >= at(*options_.since)) &&
         (!options_.until || where.time_ns <= at(*options_.until));
}

bool Selection::wants(const capture::Where& where, wire::PacketType type) {
  const bool of_type = options_.types == 0 || (options_.types >> static_cast<unsigned>(type) & 1) != 0;
  const bool of_connection = !options_.connection || where.connection == *options_.connection;
  return in_time(where) && of_type && of_connection;
}

bool Selection::wants_connection(std::uint64_t connection) const {
  if (options_.connection && connection != *options_.connection) return false;
  return !options_.client_identifier || of_client_.contains(connection);
}

bool Selection::wants(const capture::Where& where, const wire::Packet& packet, TopicAliases& aliases) {
  if (options_.client_identifier) {
    if (const auto* connect = std::get_if<wire::Connect>(&packet)) {
      if (connect->client_identifier == *options_.client_identifier) {
        of_client_.insert(where.connection);
      } else {
        of_client_.erase(where.connection);
      }
    }
    if (!of_client_.contains(where.connection)) return false;
  }
  return !options_.topic || has_topic(where, packet, aliases);
}

bool Selection::has_topic(const capture::Where& where, const wire::Packet& packet, TopicAliases& aliases) const {
  const std::string& filter = *options_.topic;
  if (const auto* publish = std::get_if<wire::Publish>(&packet)) {
    return wire::matches(filter, aliases.topic_of(where, *publish));
  }
  if (const auto* connect = std::get_if<wire::Connect>(&packet)) {
    return connect->will && wire::matches(filter, connect->will->topic);
  }
  const auto same = [&filter](std::string_view other) { return other == filter || wire::matches(filter, other); };
  if (const auto* subscribe = std::get_if<wire::Subscribe>(&packet)) {
    for (const auto& subscription : subscribe->subscriptions) {
      if (same(subscription.topic_filter)) return true;
    }
  } else if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&packet)) {
    for (const auto topic_filter : unsubscribe->topic_filters) {
      if (same(topic_filter)) return true;
    }
  }
  return false;
}

}  // namespace cmd
