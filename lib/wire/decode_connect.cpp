// CONNECT, CONNACK, DISCONNECT and AUTH: the packets that begin and end a connection.
#include "wire/reader.h"

namespace wire {
namespace {

constexpr std::uint8_t bridge_bit = 0x80;

/// The connect flags by name (section 3.1.2.3).
struct ConnectFlags {
  std::uint8_t bits;

  bool reserved() const noexcept { return (bits & 0x01) != 0; }
  bool clean_start() const noexcept { return (bits & 0x02) != 0; }
  bool will() const noexcept { return (bits & 0x04) != 0; }
  std::uint8_t will_qos() const noexcept { return bits >> 3 & 3; }
  bool will_retain() const noexcept { return (bits & 0x20) != 0; }
  bool password() const noexcept { return (bits & 0x40) != 0; }
  bool username() const noexcept { return (bits & 0x80) != 0; }
};

/// Protocol name and level, which belong together: MQIsdp is 3, MQTT is 4 or 5. Bridges of mosquitto set the high bit
/// of a level of 3.x.
void read_protocol(Reader& reader, Connect& connect) noexcept {
  const std::uint32_t start = reader.offset();
  const std::string_view name = base::as_text(reader.binary());
  if (name != "MQTT" && name != "MQIsdp") return reader.fail(Clause::protocol_name, start);
  const std::uint32_t level_offset = reader.offset();
  const std::uint8_t level = reader.u8();
  if (reader.failed()) return;
  const auto plain = static_cast<std::uint8_t>(level & ~bridge_bit);
  connect.bridge = level != plain;
  connect.version = static_cast<Version>(plain);
  const bool known = name == "MQIsdp" ? plain == 3 : plain == 4 || (plain == 5 && !connect.bridge);
  if (!known) reader.fail(Clause::protocol_level, level_offset);
}

/// What the standards from 3.1.1 on forbid; 3.1 disregards flags that mean nothing, but for these two.
void check_connect_flags(Reader& reader, ConnectFlags flags, Version version, std::uint32_t offset) noexcept {
  if (flags.will() && flags.will_qos() == 3) reader.fail(Clause::will_qos_invalid, offset);
  if (version != Version::v5_0 && flags.password() && !flags.username()) {
    reader.fail(Clause::password_without_username, offset);
  }
  if (version == Version::v3_1) return;
  if (flags.reserved()) reader.fail(Clause::connect_flags_reserved, offset);
  if (!flags.will() && flags.will_qos() != 0) reader.fail(Clause::will_qos_without_will, offset);
  if (!flags.will() && flags.will_retain()) reader.fail(Clause::will_retain_without_will, offset);
}

/// A field that the flags promise must at least begin.
void expect_field(Reader& reader, Clause if_missing) noexcept {
  if (reader.empty()) reader.fail(if_missing, reader.offset());
}

Will read_will(Reader& reader, ConnectFlags flags, Version version) noexcept {
  expect_field(reader, Clause::will_missing);
  Will will;
  will.qos = flags.will_qos();
  will.retain = flags.will_retain();
  will.properties = reader.properties(PropertyScope::will, version);
  expect_field(reader, Clause::will_missing);
  will.topic = reader.topic_name(Clause::will_topic_ill_formed, Clause::topic_name_wildcard);
  expect_field(reader, Clause::will_missing);
  will.payload = reader.binary();
  return will;
}

/// In 3.1 the Remaining Length takes precedence over the flags: a user name or password may be missing.
bool has_credential(Reader& reader, bool flag, Version version, Clause if_missing) noexcept {
  if (!flag || (version == Version::v3_1 && reader.empty())) return false;
  expect_field(reader, if_missing);
  return true;
}

void read_credentials(Reader& reader, ConnectFlags flags, Connect& connect) noexcept {
  if (has_credential(reader, flags.username(), connect.version, Clause::username_missing)) {
    connect.username = reader.text(Clause::username_ill_formed);
  }
  if (has_credential(reader, flags.password(), connect.version, Clause::password_missing)) {
    connect.password = reader.binary();
  }
}

/// The two side rules of DISCONNECT and AUTH, which carry a reason code that may be left out.
bool is_short(const Reader& reader, Version version) noexcept { return version != Version::v5_0 || reader.empty(); }

}  // namespace

Decoded<Connect> decode_connect(const Frame& frame) {
  Reader reader(frame);
  Connect connect;
  read_protocol(reader, connect);
  if (connect.version != Version::v3_1) reader.expect_flags(0, Clause::flags_reserved);
  const std::uint32_t flags_offset = reader.offset();
  const ConnectFlags flags{reader.u8()};
  if (!reader.failed()) check_connect_flags(reader, flags, connect.version, flags_offset);
  connect.clean_start = flags.clean_start();
  connect.keep_alive = reader.u16();
  connect.properties = reader.properties(PropertyScope::connect, connect.version);
  expect_field(reader, Clause::client_identifier_missing);
  connect.client_identifier = reader.text(Clause::client_identifier_ill_formed);
  if (flags.will() && !reader.failed()) connect.will = read_will(reader, flags, connect.version);
  if (!reader.failed()) read_credentials(reader, flags, connect);
  return reader.finish(connect, Clause::connect_trailing_bytes);
}

Decoded<Connack> decode_connack(const Frame& frame, const Context& context) {
  Reader reader(frame);
  reader.expect_flags(0, Clause::flags_reserved);
  Connack connack;
  const std::uint32_t start = reader.offset();
  const std::uint8_t flags = reader.u8();
  if (flags > 1 && context.version != Version::v3_1) reader.fail(Clause::connack_flags_reserved, start);
  connack.session_present = flags == 1;
  connack.reason_code = reader.reason_code(PacketType::connack, context, Clause::connack_reason_code);
  if (flags == 1 && connack.reason_code != ReasonCode::success && context.version != Version::v3_1) {
    reader.fail(Clause::session_present_with_refusal, start);
  }
  connack.properties = reader.properties(PropertyScope::connack, context.version);
  return reader.finish(connack);
}

Decoded<Disconnect> decode_disconnect(const Frame& frame, const Context& context) {
  Reader reader(frame);
  reader.expect_flags(0, Clause::disconnect_flags_reserved);
  Disconnect disconnect;
  if (is_short(reader, context.version)) return reader.finish(disconnect);
  disconnect.reason_code = reader.reason_code(PacketType::disconnect, context, Clause::disconnect_reason_code);
  if (reader.empty()) return reader.finish(disconnect);
  disconnect.properties = reader.properties(PropertyScope::disconnect, context.version);
  if (context.sender == Sender::server) {
    const auto position = disconnect.properties.position(PropertyId::session_expiry_interval);
    const std::uint8_t* encoded = disconnect.properties.encoded().data();
    if (position) reader.fail(Clause::server_session_expiry_interval, reader.offset_of(encoded) + *position);
  }
  return reader.finish(disconnect);
}

Decoded<Auth> decode_auth(const Frame& frame, const Context& context) {
  Reader reader(frame);
  if (context.version != Version::v5_0) reader.fail(Clause::packet_type_reserved, 0);
  reader.expect_flags(0, Clause::auth_flags_reserved);
  Auth auth;
  if (is_short(reader, context.version)) {
    const bool may = allowed(auth.reason_code, PacketType::auth, Version::v5_0, context.sender);
    if (!may) reader.fail(Clause::auth_reason_code, reader.offset());
    return reader.finish(auth);
  }
  auth.reason_code = reader.reason_code(PacketType::auth, context, Clause::auth_reason_code);
  const std::uint32_t start = reader.offset();
  auth.properties = reader.properties(PropertyScope::auth, context.version);
  const bool named = auth.properties.position(PropertyId::authentication_method).has_value();
  if (!named) reader.fail(Clause::authentication_method_missing, start);
  return reader.finish(auth);
}

}  // namespace wire
