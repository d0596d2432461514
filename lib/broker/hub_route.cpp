// From a publisher to its subscribers: at once where there is room, through their queues where there is none.
#include <algorithm>

#include "base/format.h"
#include "broker/hub.h"
#include "transport/peer_bytes.h"

namespace broker {

void Hub::handle_publish(Time now, Link& link, const wire::Publish& message) {
  ++counters_.received;
  link.server.acknowledge(message, publish(now, message, link.session));
}

wire::ReasonCode Hub::publish(Time now, const wire::Publish& message, const ClientSession* publisher) {
  using enum wire::ReasonCode;
  // What stands there is the broker's to say.
  if (publisher != nullptr && message.topic.starts_with("$SYS/")) return not_authorized;
  if (message.retain && !retain(now, message, publisher)) return quota_exceeded;
  route(now, message, publisher == nullptr ? no_subscriber : publisher->subscriber);
  return matches_.all().empty() ? no_matching_subscribers : success;
}

bool Hub::retain(Time now, const wire::Publish& message, const ClientSession* publisher) {
  if (message.payload.empty()) {
    if (!faults_.has(Fault::retained_not_cleared)) retained_.clear(message.topic);
    return true;
  }
  const std::uint64_t from = publisher == nullptr ? 0 : publisher->publisher;
  if (retained_.set(std::make_shared<const StoredMessage>(message, now, from), now)) return true;
  ++counters_.dropped;
  if (options_.log) options_.log(base::format("no room to retain \"{}\"", transport::escaped(message.topic)));
  return false;
}

void Hub::route(Time now, const wire::Publish& message, SubscriberId publisher) {
  topic_tree_.match(message.topic, publisher, matches_);
  wire::Publish forwarded = message;
  if (message.properties.find(wire::PropertyId::topic_alias)) {
    rewritten_.clear();
    for (const wire::Property& property : message.properties) {
      if (property.id != wire::PropertyId::topic_alias) rewritten_.add(property);
    }
    forwarded.properties = rewritten_.view();
  }
  forwarded.dup = false;
  MessageRef copy;
  for (const Match& match : matches_.all()) give(now, match, forwarded, copy);
}

/// `copy` is made for the first one that has to wait, and shared by the others.
void Hub::give(Time now, const Match& match, const wire::Publish& message, MessageRef& copy) {
  ClientSession& session = *subscribers_[match.subscriber];
  const std::uint8_t qos = faults_.has(Fault::qos_not_downgraded) ? message.qos : std::min(message.qos, match.qos);
  const bool as_published = (match.retain_as_published && !faults_.has(Fault::retain_as_published_ignored)) ||
                            faults_.has(Fault::retain_as_published_always);
  const bool retain = message.retain && as_published;
  if (session.link == nullptr && faults_.has(Fault::will_lost_while_away)) return;
  if (session.link != nullptr && (qos == 0 || session.queue.empty())) {
    wire::Publish mine = message;
    mine.qos = qos;
    mine.retain = retain;
    if (match.first_identifier != 0) {
      properties_.clear();
      properties_.append(message.properties);
      add_identifiers(match);
      mine.properties = properties_.view();
    }
    if (send_now(now, session, mine)) return;
    if (qos == 0) ++counters_.dropped;
  }
  if (qos == 0) return;
  if (copy == nullptr) copy = std::make_shared<const StoredMessage>(message, now);
  Queued queued{copy, qos, retain, {}, match.group};
  matches_.for_each_identifier(match, [&](std::uint32_t each) { queued.subscription_identifiers.push_back(each); });
  enqueue(session, std::move(queued));
}

/// A member of a shared group is gone: what only waited for it goes to another one. What it was being sent does not
/// (5.0 [MQTT-4.8.2-5]).
void Hub::hand_on(Time now, ClientSession& session) {
  wire::Properties properties;
  for (const Queued& waiting : session.queue.take()) {
    if (waiting.group == 0 || waiting.message->expired(now)) continue;
    topic_tree_.match_group(waiting.group, matches_);
    const wire::Publish message = waiting.message->to_publish(now, properties);
    MessageRef copy = waiting.message;
    for (const Match& match : matches_.all()) give(now, match, message, copy);
  }
}

void Hub::add_identifiers(const Match& match) {
  matches_.for_each_identifier(
      match, [&](std::uint32_t each) { properties_.add(wire::PropertyId::subscription_identifier, each); });
}

/// False where the message has to wait.
bool Hub::send_now(Time now, ClientSession& session, const wire::Publish& message) {
  Link& link = *session.link;
  if (!has_room(now, link)) return false;
  const auto delivered = link.server.deliver(message);
  if (delivered) {
    ++counters_.sent;
    touch(link);
    return true;
  }
  if (delivered.error().kind == session::Refusal::Kind::full) return false;
  ++counters_.dropped;  // larger than the client takes: as if it had been sent (5.0 section 3.1.2.11.4)
  return true;
}

bool Hub::has_room(Time now, Link& link) {
  const std::size_t waiting = link.server.outbox().size();
  if (waiting <= options_.outbox_bytes) {
    link.slow_since = Time::max();
    return true;
  }
  link.slow_since = std::min(link.slow_since, now);
  const bool patient = now - link.slow_since < options_.slow_client_patience && waiting <= 2 * options_.outbox_bytes;
  if (!patient && !std::exchange(link.overflowing, true)) overflowing_.push_back(&link);
  return false;
}

void Hub::enqueue(ClientSession& session, Queued queued) {
  if (session.queue.push(std::move(queued), options_.queued_messages, options_.queued_bytes)) return;
  ++counters_.dropped;
  if (std::exchange(session.dropping, true) || !options_.log) return;
  options_.log(base::format("client \"{}\" has {} messages waiting: further ones are dropped",
                            transport::escaped(session.client_identifier), session.queue.size()));
}

void Hub::send_queued(Time now, ClientSession& session) {
  while (session.link != nullptr && !session.queue.empty()) {
    const Queued& next = session.queue.front();
    if (next.message->expired(now)) {
      ++counters_.expired;
      session.queue.pop();
      continue;
    }
    if (next.qos != 0 && !session.link->server.can_deliver()) return;
    wire::Publish message = next.message->to_publish(now, properties_);
    for (const std::uint32_t identifier : next.subscription_identifiers) {
      properties_.add(wire::PropertyId::subscription_identifier, identifier);
    }
    message.properties = properties_.view();
    message.qos = next.qos;
    message.retain = next.retain;
    if (!send_now(now, session, message)) return;
    session.queue.pop();
  }
  if (session.queue.empty()) session.dropping = false;
}

}  // namespace broker
