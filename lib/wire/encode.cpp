// Encoding, packet by packet: what the variable header and payload take, and how they are laid out.
#include "wire/encode.h"

#include "wire/primitives.h"

namespace wire {
namespace {

constexpr std::size_t longest_string = 65'535;
/// What a body counts that cannot be encoded.
constexpr std::size_t impossible = std::size_t{1} << 40;

std::size_t string_size(std::size_t bytes) noexcept { return bytes > longest_string ? impossible : 2 + bytes; }

/// The Property Length and the properties; nothing in 3.x.
std::size_t properties_size(PropertiesView properties, Version version) noexcept {
  if (version != Version::v5_0) return 0;
  const std::size_t size = properties.encoded().size();
  if (size > largest_variable_byte_integer) return impossible;
  return variable_size(static_cast<std::uint32_t>(size)) + size;
}

std::uint8_t* put_properties(std::uint8_t* out, PropertiesView properties, Version version) noexcept {
  if (version != Version::v5_0) return out;
  const base::Bytes encoded = properties.encoded();
  return put_bytes(put_variable(out, static_cast<std::uint32_t>(encoded.size())), encoded);
}

std::uint8_t* put_u8(std::uint8_t* out, unsigned value) noexcept {
  *out = static_cast<std::uint8_t>(value);
  return out + 1;
}

std::uint8_t* put_text(std::uint8_t* out, std::string_view text) noexcept {
  return put_string(out, base::as_bytes(text));
}

std::string_view protocol_name(Version version) noexcept { return version == Version::v3_1 ? "MQIsdp" : "MQTT"; }

constexpr unsigned bits(bool flag, unsigned value) noexcept { return flag ? value : 0; }

// Sizes of bodies: all that the Remaining Length counts.

std::size_t body_size(const Connect& packet, Version) noexcept {
  const Version version = packet.version;
  std::size_t size = 2 + protocol_name(version).size() + 4 + properties_size(packet.properties, version) +
                     string_size(packet.client_identifier.size());
  if (packet.will) {
    size += properties_size(packet.will->properties, version) + string_size(packet.will->topic.size()) +
            string_size(packet.will->payload.size());
  }
  if (packet.username) size += string_size(packet.username->size());
  if (packet.password) size += string_size(packet.password->size());
  return size;
}

std::size_t body_size(const Connack& packet, Version version) noexcept {
  return 2 + properties_size(packet.properties, version);
}

std::size_t body_size(const Publish& packet, Version version) noexcept {
  return string_size(packet.topic.size()) + (packet.qos != 0 ? 2 : 0) + properties_size(packet.properties, version) +
         packet.payload.size();
}

/// Reason code and properties with the short forms of 5.0: neither where both say nothing, no properties where
/// `short_code` allows a reason code alone.
std::size_t reason_size(ReasonCode code, PropertiesView properties, Version version, bool short_code) noexcept {
  if (version != Version::v5_0) return 0;
  if (!properties.empty()) return 1 + properties_size(properties, version);
  if (code == ReasonCode::success) return 0;
  return short_code ? 1 : 2;
}

std::uint8_t* put_reason(std::uint8_t* out, ReasonCode code, PropertiesView properties, Version version,
                         bool short_code) noexcept {
  const std::size_t size = reason_size(code, properties, version, short_code);
  if (size > 0) out = put_u8(out, static_cast<unsigned>(code));
  return size > 1 ? put_properties(out, properties, version) : out;
}

std::size_t body_size(const Acknowledgement& packet, Version version) noexcept {
  return 2 + reason_size(packet.reason_code, packet.properties, version, true);
}

std::size_t body_size(const Subscribe& packet, Version version) noexcept {
  return 2 + properties_size(packet.properties, version) + packet.subscriptions.encoded().size();
}

std::size_t body_size(const Suback& packet, Version version) noexcept {
  return 2 + properties_size(packet.properties, version) + packet.reason_codes.size();
}

std::size_t body_size(const Unsubscribe& packet, Version version) noexcept {
  return 2 + properties_size(packet.properties, version) + packet.topic_filters.encoded().size();
}

std::size_t body_size(const Unsuback& packet, Version version) noexcept {
  const std::size_t codes = version == Version::v5_0 ? packet.reason_codes.size() : 0;
  return 2 + properties_size(packet.properties, version) + codes;
}

std::size_t body_size(const Pingreq&, Version) noexcept { return 0; }
std::size_t body_size(const Pingresp&, Version) noexcept { return 0; }

std::size_t body_size(const Disconnect& packet, Version version) noexcept {
  return reason_size(packet.reason_code, packet.properties, version, true);
}

std::size_t body_size(const Auth& packet, Version version) noexcept {
  return reason_size(packet.reason_code, packet.properties, version, false);
}

// The first byte of each packet: its type and flags.

unsigned first_byte(PacketType type, unsigned flags = 0) noexcept { return static_cast<unsigned>(type) << 4 | flags; }

unsigned flags_of(const Publish& packet) noexcept {
  return bits(packet.dup, 8) | static_cast<unsigned>(packet.qos & 3) << 1 | bits(packet.retain, 1);
}

unsigned first_byte(const Packet& packet) noexcept {
  const PacketType type = type_of(packet);
  if (const auto* publish = std::get_if<Publish>(&packet)) return first_byte(type, flags_of(*publish));
  const bool reserved = type == PacketType::pubrel || type == PacketType::subscribe || type == PacketType::unsubscribe;
  return first_byte(type, bits(reserved, 2));
}

// The bodies.

unsigned connect_flags(const Connect& packet) noexcept {
  unsigned flags = bits(packet.clean_start, 0x02) | bits(packet.username.has_value(), 0x80) |
                   bits(packet.password.has_value(), 0x40);
  if (packet.will) {
    flags |= 0x04 | static_cast<unsigned>(packet.will->qos & 3) << 3 | bits(packet.will->retain, 0x20);
  }
  return flags;
}

std::uint8_t* put_body(std::uint8_t* out, const Connect& packet, Version) noexcept {
  const Version version = packet.version;
  out = put_text(out, protocol_name(version));
  out = put_u8(out, static_cast<unsigned>(version) | bits(packet.bridge, 0x80));
  out = put_u8(out, connect_flags(packet));
  out = put_u16(out, packet.keep_alive);
  out = put_properties(out, packet.properties, version);
  out = put_text(out, packet.client_identifier);
  if (packet.will) {
    out = put_properties(out, packet.will->properties, version);
    out = put_text(out, packet.will->topic);
    out = put_string(out, packet.will->payload);
  }
  if (packet.username) out = put_text(out, *packet.username);
  if (packet.password) out = put_string(out, *packet.password);
  return out;
}

std::uint8_t* put_body(std::uint8_t* out, const Connack& packet, Version version) noexcept {
  out = put_u8(out, bits(packet.session_present, 1));
  out = put_u8(out, static_cast<unsigned>(packet.reason_code));
  return put_properties(out, packet.properties, version);
}

std::uint8_t* put_body(std::uint8_t* out, const Publish& packet, Version version) noexcept {
  out = put_text(out, packet.topic);
  if (packet.qos != 0) out = put_u16(out, packet.packet_identifier);
  out = put_properties(out, packet.properties, version);
  return put_bytes(out, packet.payload);
}

std::uint8_t* put_body(std::uint8_t* out, const Acknowledgement& packet, Version version) noexcept {
  out = put_u16(out, packet.packet_identifier);
  return put_reason(out, packet.reason_code, packet.properties, version, true);
}

/// The layout that SUBSCRIBE, UNSUBSCRIBE and their acknowledgements share.
std::uint8_t* put_list(std::uint8_t* out, std::uint16_t packet_identifier, PropertiesView properties, base::Bytes list,
                       Version version) noexcept {
  return put_bytes(put_properties(put_u16(out, packet_identifier), properties, version), list);
}

std::uint8_t* put_body(std::uint8_t* out, const Subscribe& packet, Version version) noexcept {
  return put_list(out, packet.packet_identifier, packet.properties, packet.subscriptions.encoded(), version);
}

std::uint8_t* put_body(std::uint8_t* out, const Suback& packet, Version version) noexcept {
  return put_list(out, packet.packet_identifier, packet.properties, packet.reason_codes, version);
}

std::uint8_t* put_body(std::uint8_t* out, const Unsubscribe& packet, Version version) noexcept {
  return put_list(out, packet.packet_identifier, packet.properties, packet.topic_filters.encoded(), version);
}

std::uint8_t* put_body(std::uint8_t* out, const Unsuback& packet, Version version) noexcept {
  const base::Bytes codes = version == Version::v5_0 ? packet.reason_codes : base::Bytes();
  return put_list(out, packet.packet_identifier, packet.properties, codes, version);
}

std::uint8_t* put_body(std::uint8_t* out, const Pingreq&, Version) noexcept { return out; }
std::uint8_t* put_body(std::uint8_t* out, const Pingresp&, Version) noexcept { return out; }

std::uint8_t* put_body(std::uint8_t* out, const Disconnect& packet, Version version) noexcept {
  return put_reason(out, packet.reason_code, packet.properties, version, true);
}

std::uint8_t* put_body(std::uint8_t* out, const Auth& packet, Version version) noexcept {
  return put_reason(out, packet.reason_code, packet.properties, version, false);
}

std::size_t packet_size(std::size_t body) noexcept {
  if (body > largest_variable_byte_integer) return 0;
  return 1 + variable_size(static_cast<std::uint32_t>(body)) + body;
}

}  // namespace

std::size_t encoded_size(const Packet& packet, Version version) noexcept {
  return packet_size(std::visit([version](const auto& one) { return body_size(one, version); }, packet));
}

std::size_t encoded_size(const Publish& packet, Version version) noexcept {
  return packet_size(body_size(packet, version));
}

std::uint8_t* encode(const Packet& packet, Version version, std::uint8_t* out) noexcept {
  out = put_u8(out, first_byte(packet));
  const auto put = [version, out](const auto& one) {
    return put_body(put_variable(out, static_cast<std::uint32_t>(body_size(one, version))), one, version);
  };
  return std::visit(put, packet);
}

std::uint8_t* encode(const Publish& packet, Version version, std::uint8_t* out) noexcept {
  out = put_u8(out, first_byte(PacketType::publish, flags_of(packet)));
  out = put_variable(out, static_cast<std::uint32_t>(body_size(packet, version)));
  return put_body(out, packet, version);
}

}  // namespace wire
