// Rules of what a server sends: against the subscriptions of the client, and against what the client published itself.
#include <algorithm>

#include "session/lint_rules.h"
#include "wire/topic.h"

namespace session::lint {
namespace {

using wire::Clause;
using wire::PacketType;
using wire::PropertyId;

constexpr Types publish = bit(PacketType::publish);

bool anew(const Look& look) {
  const auto& packet = look.as<wire::Publish>();
  return look.match.known && (packet.qos == 0 || look.from().out.find(packet.packet_identifier) == nullptr);
}

Broken at_topic(const Look& look) {
  return {look.frame->header_length + 2, base::format("topic {}", shortened(look.topic))};
}

Answer not_subscribed(const Look& look) {
  const Match& match = look.match;
  if (!anew(look) || match.count + match.ended != 0 || match.only_without_dollar) return {};
  return at_topic(look);
}

Answer dollar(const Look& look) {
  if (!anew(look) || !look.match.only_without_dollar) return {};
  return at_topic(look);
}

Answer unsubscribed(const Look& look) {
  if (!anew(look) || look.match.count != 0 || look.match.ended == 0) return {};
  return at_topic(look);
}

Answer qos_exceeds(const Look& look) {
  const std::uint8_t qos = look.as<wire::Publish>().qos;
  if (!anew(look) || look.match.count + look.match.ended == 0 || qos <= look.match.qos) return {};
  return Broken{0, base::format("QoS {}, {} granted", qos, look.match.qos)};
}

bool given(const Look& look, std::uint32_t identifier) {
  const auto all = look.state.subscriptions.all();
  return std::any_of(all.begin(), all.end(), [&](const Subscribed& one) {
    return one.identifier == identifier && wire::matches(one.topic_filter, look.topic);
  });
}

Answer unknown_identifier(const Look& look) {
  if (!anew(look)) return {};
  const wire::PropertiesView properties = look.as<wire::Publish>().properties;
  for (const wire::Property& property : properties) {
    if (property.id != PropertyId::subscription_identifier || given(look, property.number)) continue;
    return Broken{look.offset_of(properties, property.id), base::format("Subscription Identifier {}", property.number)};
  }
  return {};
}

Answer missing_identifier(const Look& look) {
  if (!anew(look) || look.match.count == 0 || look.match.ended != 0 || !look.match.all_identified) return {};
  if (look.as<wire::Publish>().properties.position(PropertyId::subscription_identifier)) return {};
  return at_topic(look);
}

/// A retained message comes once for a subscription; what comes again is a new one.
Answer retain_on_established(const Look& look) {
  if (!anew(look) || !look.as<wire::Publish>().retain) return {};
  if (look.match.count != 1 || look.match.ended != 0 || look.match.any_retain_as_published) return {};
  const auto& seen = look.state.retained;
  const std::uint32_t topic = content_of(base::as_bytes(look.topic));
  if (std::find(seen.begin(), seen.end(), topic) == seen.end()) return {};
  return Broken{0, at_topic(look).detail};
}

Answer retained_not_wanted(const Look& look) {
  const Match& match = look.match;
  const bool broken = anew(look) && look.as<wire::Publish>().retain && match.count != 0 && match.ended == 0 &&
                      match.none_sends_retained && !match.any_retain_as_published;
  return broken ? Answer(Broken{0, at_topic(look).detail}) : Answer();
}

/// Where RETAIN is not left as it was published, it marks what the server has kept.
Answer retained_empty(const Look& look) {
  const auto& packet = look.as<wire::Publish>();
  const bool broken = anew(look) && packet.retain && packet.payload.empty() && look.match.count != 0 &&
                      look.match.ended == 0 && !look.match.any_retain_as_published;
  return broken ? Answer(Broken{0, at_topic(look).detail}) : Answer();
}

Answer discarded_will(const Look& look) {
  const auto& packet = look.as<wire::Publish>();
  if (look.state.wills == nullptr || packet.retain || packet.dup || look.topic.empty()) return {};
  if (!look.state.wills->discarded(content_of(look.topic, packet.payload))) return {};
  return at_topic(look);
}

// Messages that come back to who published them. Another client may publish the same, so these are notes.

/// Calls `same` for each message of the client that this one may be; false where there is none.
template <class Same>
bool any_published(const Look& look, Same&& same) {
  const std::uint32_t topic = content_of(base::as_bytes(look.topic));
  const auto& all = look.state.published;
  return std::any_of(all.begin(), all.end(), [&](const Published& one) { return one.topic == topic && same(one); });
}

bool returns(const Look& look) {
  if (look.state.published.empty() || !anew(look)) return false;
  const std::uint32_t payload = content_of(look.as<wire::Publish>().payload);
  return any_published(look, [&](const Published& one) { return one.payload == payload; });
}

/// Broken where every message that this one may be differs from it.
template <class Differs>
Answer compare(const Look& look, Differs&& differs) {
  if (!returns(look)) return {};
  const Published received = published(look.as<wire::Publish>(), look.topic);
  const bool same = any_published(
      look, [&](const Published& one) { return one.payload == received.payload && !differs(one, received); });
  return same ? Answer() : Answer(at_topic(look));
}

template <std::size_t Index>
Answer property_changed(const Look& look) {
  return compare(look, [](const Published& sent, const Published& received) {
    return sent.properties[Index] != received.properties[Index];
  });
}

Answer user_properties_changed(const Look& look) {
  return compare(look, [](const Published& sent, const Published& received) {
    return sent.user_properties != received.user_properties;
  });
}

Answer user_property_order(const Look& look) {
  return compare(look, [](const Published& sent, const Published& received) {
    return sent.user_properties == received.user_properties && sent.user_property_order != received.user_property_order;
  });
}

Answer expiry(const Look& look) {
  return compare(look, [](const Published& sent, const Published& received) {
    return sent.expiry != 0 && (received.expiry == 0 || received.expiry > sent.expiry);
  });
}

Answer no_local(const Look& look) {
  if (!look.match.all_no_local || look.match.count == 0 || look.match.ended != 0 || !returns(look)) return {};
  return at_topic(look);
}

Answer retain_changed(const Look& look) {
  if (!look.match.all_retain_as_published || look.match.count == 0 || look.match.ended != 0) return {};
  return compare(look, [](const Published& sent, const Published& received) { return sent.retain != received.retain; });
}

/// One that was published later has come back already.
Answer out_of_order(const Look& look) {
  if (!returns(look)) return {};
  const auto& packet = look.as<wire::Publish>();
  const std::uint32_t payload = content_of(packet.payload);
  const Published* own = nullptr;
  bool overtaken = false;
  any_published(look, [&](const Published& one) {
    if (one.payload == payload) {
      if (own != nullptr) overtaken = false;  // the same twice: it may be either
      if (own == nullptr && !one.returned) own = &one;
      return one.returned;
    }
    overtaken |= own != nullptr && one.returned && one.qos == own->qos;
    return false;
  });
  return own != nullptr && overtaken ? Answer(at_topic(look)) : Answer();
}

constexpr auto note = Finding::Level::note;

constexpr Row rows[] = {
    {Clause::publish_not_subscribed, publish, by_server, in_all, not_subscribed},
    {Clause::publish_to_dollar_topic, publish, by_server, in_all, dollar},
    {Clause::publish_after_unsubscribe, publish, by_server, in_all, unsubscribed, note},
    {Clause::publish_qos_exceeds_granted, publish, by_server, in_all, qos_exceeds},
    {Clause::subscription_identifier_unknown, publish, by_server, in_5_0, unknown_identifier},
    {Clause::subscription_identifier_missing, publish, by_server, in_5_0, missing_identifier},
    {Clause::retain_on_established_subscription, publish, by_server, in_all, retain_on_established},
    {Clause::retained_not_wanted, publish, by_server, in_5_0, retained_not_wanted},
    {Clause::retained_message_empty, publish, by_server, in_3_1_1 | in_5_0, retained_empty},
    {Clause::will_after_disconnect, publish, by_server, in_all, discarded_will, note},
    {Clause::no_local_ignored, publish, by_server, in_5_0, no_local, note},
    {Clause::retain_not_as_published, publish, by_server, in_5_0, retain_changed, note},
    {Clause::payload_format_changed, publish, by_server, in_5_0, property_changed<0>, note},
    {Clause::response_topic_changed, publish, by_server, in_5_0, property_changed<1>, note},
    {Clause::correlation_data_changed, publish, by_server, in_5_0, property_changed<2>, note},
    {Clause::content_type_changed, publish, by_server, in_5_0, property_changed<3>, note},
    {Clause::user_properties_changed, publish, by_server, in_5_0, user_properties_changed, note},
    {Clause::user_property_order_changed, publish, by_server, in_5_0, user_property_order, note},
    {Clause::message_expiry_not_reduced, publish, by_server, in_5_0, expiry, note},
    {Clause::delivery_out_of_order, publish, by_server, in_all, out_of_order, note},
};

}  // namespace

std::span<const Row> delivery_rows() noexcept { return rows; }

}  // namespace session::lint
