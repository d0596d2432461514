// The limits as the properties of CONNACK: one row a property.
#include "session/limits.h"

namespace session {

namespace {

using wire::PropertyId;

struct LimitRow {
  PropertyId id;
  std::uint32_t (*get)(const Limits&);
  void (*set)(Limits&, std::uint32_t);
};

template <auto Member>
constexpr LimitRow limit(PropertyId id) {
  using Value = std::remove_reference_t<decltype(std::declval<Limits&>().*Member)>;
  return {id, [](const Limits& limits) { return static_cast<std::uint32_t>(limits.*Member); },
          [](Limits& limits, std::uint32_t value) { limits.*Member = static_cast<Value>(value); }};
}

constexpr LimitRow rows[] = {
    limit<&Limits::receive_maximum>(PropertyId::receive_maximum),
    limit<&Limits::maximum_qos>(PropertyId::maximum_qos),
    limit<&Limits::retain_available>(PropertyId::retain_available),
    limit<&Limits::maximum_packet_size>(PropertyId::maximum_packet_size),
    limit<&Limits::topic_alias_maximum>(PropertyId::topic_alias_maximum),
    limit<&Limits::wildcard_subscription_available>(PropertyId::wildcard_subscription_available),
    limit<&Limits::subscription_identifier_available>(PropertyId::subscription_identifier_available),
    limit<&Limits::shared_subscription_available>(PropertyId::shared_subscription_available),
};

}  // namespace

Limits read_limits(wire::PropertiesView connack, std::uint16_t keep_alive) {
  Limits limits;
  limits.keep_alive = keep_alive;
  for (const wire::Property& property : connack) {
    if (property.id == PropertyId::server_keep_alive) limits.keep_alive = static_cast<std::uint16_t>(property.number);
    for (const LimitRow& row : rows) {
      if (row.id == property.id) row.set(limits, property.number);
    }
  }
  return limits;
}

void append_limits(wire::Properties& connack, const Limits& limits) {
  const Limits defaults;
  for (const LimitRow& row : rows) {
    if (row.get(limits) != row.get(defaults)) connack.add(row.id, row.get(limits));
  }
}

}  // namespace session
