// SUBSCRIBE and UNSUBSCRIBE, and the retained messages that a new subscription gets.
#include <algorithm>

#include "broker/hub.h"

namespace broker {

void Hub::handle_subscribe(Time now, Link& link, const wire::Subscribe& subscribe) {
  ClientSession& session = *link.session;
  const std::uint32_t identifier = subscribe.properties.number(wire::PropertyId::subscription_identifier, 0);
  std::vector<std::uint8_t> reason_codes;
  std::vector<wire::Subscription> retained;  // what is sent behind SUBACK
  for (const wire::Subscription& asked : subscribe.subscriptions) {
    wire::Subscription granted = asked;
    granted.qos = std::min(asked.qos, options_.server.limits.maximum_qos);
    const auto reason_code = add_subscription(session, granted, identifier, retained);
    reason_codes.push_back(static_cast<std::uint8_t>(reason_code));
  }
  link.server.suback(subscribe.packet_identifier, reason_codes);
  for (const wire::Subscription& subscription : retained) send_retained(now, session, subscription, identifier);
}

wire::ReasonCode Hub::add_subscription(const ClientSession& session, const wire::Subscription& subscription,
                                       std::uint32_t identifier, std::vector<wire::Subscription>& retained) {
  if (topic_tree_.subscriptions(session.subscriber) >= options_.subscriptions_per_client) {
    return wire::ReasonCode::quota_exceeded;
  }
  const auto added =
      topic_tree_.subscribe(session.subscriber, subscription.topic_filter,
                            {identifier, subscription.qos, subscription.no_local, subscription.retain_as_published});
  if (!added) return added.error();
  const bool wanted = subscription.retain_handling == wire::RetainHandling::send ||
                      (subscription.retain_handling == wire::RetainHandling::send_if_new && *added);
  // A shared subscription gets no retained messages (5.0 section 4.8.2).
  if (wanted && !wire::shared_filter(subscription.topic_filter)) retained.push_back(subscription);
  return static_cast<wire::ReasonCode>(subscription.qos);
}

void Hub::send_retained(Time now, ClientSession& session, const wire::Subscription& subscription,
                        std::uint32_t identifier) {
  retained_.for_each(subscription.topic_filter, now, [&](const MessageRef& message) {
    if (subscription.no_local && message->publisher() == session.publisher) return;
    Queued queued{message, std::min(subscription.qos, message->qos()), true};
    if (identifier != 0) queued.subscription_identifiers.push_back(identifier);
    enqueue(session, std::move(queued));
    send_queued(now, session);
  });
}

void Hub::handle_unsubscribe(Link& link, const wire::Unsubscribe& unsubscribe) {
  std::vector<std::uint8_t> reason_codes;
  for (const std::string_view topic_filter : unsubscribe.topic_filters) {
    const bool existed = topic_tree_.unsubscribe(link.session->subscriber, topic_filter);
    const auto reason_code = existed ? wire::ReasonCode::success : wire::ReasonCode::no_subscription_existed;
    reason_codes.push_back(static_cast<std::uint8_t>(reason_code));
  }
  link.server.unsuback(unsubscribe.packet_identifier, reason_codes);
}

}  // namespace broker
