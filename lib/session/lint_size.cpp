// Rules of packets that are larger than the other side takes, and of the properties that should have been left out.
#include "session/lint_rules.h"

namespace session::lint {
namespace {

using wire::Clause;
using wire::PacketType;
using wire::PropertyId;

/// Packets with optional properties: their own rules come first.
constexpr Types trimmable = bit(PacketType::connack) | acknowledgements | bit(PacketType::suback) |
                            bit(PacketType::unsuback) | bit(PacketType::disconnect) | bit(PacketType::auth);

bool too_large(const Look& look) {
  const bool told =
      look.sender == wire::Sender::client ? look.state.accepted.has_value() : look.state.connected.has_value();
  return told && look.frame->packet.size() > look.to().maximum_packet_size;
}

Broken sized(const Look& look, std::uint32_t offset) {
  return {offset, base::format("{} bytes, {} permitted", look.frame->packet.size(), look.to().maximum_packet_size)};
}

template <PropertyId Id>
Answer with(const Look& look) {
  if (!too_large(look)) return {};
  const wire::PropertiesView properties = properties_of(*look.packet);
  if (!properties.position(Id)) return {};
  return sized(look, look.offset_of(properties, Id));
}

Answer without(const Look& look) {
  if (!too_large(look)) return {};
  const wire::PropertiesView properties = properties_of(*look.packet);
  const bool trimmed =
      !properties.position(PropertyId::reason_string) && !properties.position(PropertyId::user_property);
  const bool named = (trimmable & bit(look.type())) != 0 && !trimmed;
  return named ? Answer() : Answer(sized(look, 0));
}

constexpr auto reason_string = with<PropertyId::reason_string>;
constexpr auto user_property = with<PropertyId::user_property>;

constexpr Row rows[] = {
    {Clause::packet_too_large, any_packet, by_client, in_5_0, without},
    {Clause::server_packet_too_large, any_packet, by_server, in_5_0, without},
    {Clause::connack_reason_string_too_large, bit(PacketType::connack), by_server, in_5_0, reason_string},
    {Clause::connack_user_property_too_large, bit(PacketType::connack), by_server, in_5_0, user_property},
    {Clause::puback_reason_string_too_large, bit(PacketType::puback), by_both, in_5_0, reason_string},
    {Clause::puback_user_property_too_large, bit(PacketType::puback), by_both, in_5_0, user_property},
    {Clause::pubrec_reason_string_too_large, bit(PacketType::pubrec), by_both, in_5_0, reason_string},
    {Clause::pubrec_user_property_too_large, bit(PacketType::pubrec), by_both, in_5_0, user_property},
    {Clause::pubrel_reason_string_too_large, bit(PacketType::pubrel), by_both, in_5_0, reason_string},
    {Clause::pubrel_user_property_too_large, bit(PacketType::pubrel), by_both, in_5_0, user_property},
    {Clause::pubcomp_reason_string_too_large, bit(PacketType::pubcomp), by_both, in_5_0, reason_string},
    {Clause::pubcomp_user_property_too_large, bit(PacketType::pubcomp), by_both, in_5_0, user_property},
    {Clause::suback_reason_string_too_large, bit(PacketType::suback), by_server, in_5_0, reason_string},
    {Clause::suback_user_property_too_large, bit(PacketType::suback), by_server, in_5_0, user_property},
    {Clause::unsuback_reason_string_too_large, bit(PacketType::unsuback), by_server, in_5_0, reason_string},
    {Clause::unsuback_user_property_too_large, bit(PacketType::unsuback), by_server, in_5_0, user_property},
    {Clause::disconnect_reason_string_too_large, bit(PacketType::disconnect), by_both, in_5_0, reason_string},
    {Clause::disconnect_user_property_too_large, bit(PacketType::disconnect), by_both, in_5_0, user_property},
    {Clause::auth_reason_string_too_large, bit(PacketType::auth), by_both, in_5_0, reason_string},
    {Clause::auth_user_property_too_large, bit(PacketType::auth), by_both, in_5_0, user_property},
};

}  // namespace

std::span<const Row> size_rows() noexcept { return rows; }

}  // namespace session::lint
