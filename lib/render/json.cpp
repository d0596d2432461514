// JSON lines: messages and packets as one object a line, with keys and order that never change.
#include "render/json.h"

#include <algorithm>
#include <string>

#include "render/json_fields.h"
#include "render/json_partial.h"

namespace render {
namespace {

using namespace json;
using wire::Version;

constexpr std::size_t most_hex_bytes = 4096;

void append_time(JsonWriter& writer, Moment time, Precision precision) {
  writer.key("time");
  writer.out().push('"');
  append_rfc3339(writer.out(), time, precision);
  writer.out().push('"');
}

/// The fields of one packet behind its type.
class Fields {
 public:
  Fields(JsonWriter& writer, Version version) noexcept : writer_(writer), version_(version) {}

  void operator()(const wire::Connect& connect) const {
    append_plain(writer_, "protocol_name", connect.version == Version::v3_1 ? "MQIsdp" : "MQTT");
    append_number(writer_, "protocol_level",
                  static_cast<std::uint64_t>(connect.version) | (connect.bridge ? 0x80U : 0U));
    writer_.key(connect.version == Version::v5_0 ? std::string_view("clean_start") : "clean_session");
    writer_.boolean(connect.clean_start);
    append_number(writer_, "keep_alive", connect.keep_alive);
    append_text(writer_, "client_identifier", connect.client_identifier);
    if (connect.username) append_text(writer_, "username", *connect.username);
    if (connect.password) {
      writer_.key("password_base64");
      append_base64(writer_, *connect.password);
    }
    if (connect.will) append_will(writer_, *connect.will);
    append_properties(writer_, connect.properties);
  }

  void operator()(const wire::Connack& connack) const {
    append_flag(writer_, "session_present", connack.session_present);
    reason(connack.reason_code, wire::PacketType::connack);
    append_properties(writer_, connack.properties);
  }

  void operator()(const wire::Publish& publish) const {
    append_flag(writer_, "dup", publish.dup);
    append_number(writer_, "qos", publish.qos);
    append_flag(writer_, "retain", publish.retain);
    append_text(writer_, "topic", publish.topic);
    if (publish.qos != 0) packet_identifier(publish.packet_identifier);
    append_properties(writer_, publish.properties);
    append_bytes(writer_, "payload", publish.payload);
  }

  void operator()(const wire::Acknowledgement& acknowledgement) const {
    packet_identifier(acknowledgement.packet_identifier);
    if (version_ == Version::v5_0) reason(acknowledgement.reason_code, acknowledgement.type);
    append_properties(writer_, acknowledgement.properties);
  }

  void operator()(const wire::Subscribe& subscribe) const {
    packet_identifier(subscribe.packet_identifier);
    writer_.key("subscriptions");
    writer_.open_array();
    for (const wire::Subscription& each : subscribe.subscriptions) {
      writer_.element();
      append_subscription(writer_, each, version_);
    }
    writer_.close_array();
    append_properties(writer_, subscribe.properties);
  }

  void operator()(const wire::Suback& suback) const {
    packet_identifier(suback.packet_identifier);
    append_reason_codes(writer_, suback.reason_codes);
    append_properties(writer_, suback.properties);
  }

  void operator()(const wire::Unsubscribe& unsubscribe) const {
    packet_identifier(unsubscribe.packet_identifier);
    writer_.key("topic_filters");
    writer_.open_array();
    for (const std::string_view topic_filter : unsubscribe.topic_filters) {
      writer_.element();
      writer_.string(topic_filter);
    }
    writer_.close_array();
    append_properties(writer_, unsubscribe.properties);
  }

  void operator()(const wire::Unsuback& unsuback) const {
    packet_identifier(unsuback.packet_identifier);
    if (version_ == Version::v5_0) append_reason_codes(writer_, unsuback.reason_codes);
    append_properties(writer_, unsuback.properties);
  }

  void operator()(const wire::Pingreq&) const {}
  void operator()(const wire::Pingresp&) const {}

  void operator()(const wire::Disconnect& disconnect) const {
    if (version_ != Version::v5_0) return;
    reason(disconnect.reason_code, wire::PacketType::disconnect);
    append_properties(writer_, disconnect.properties);
  }

  void operator()(const wire::Auth& auth) const {
    reason(auth.reason_code, wire::PacketType::auth);
    append_properties(writer_, auth.properties);
  }

 private:
  void packet_identifier(std::uint16_t identifier) const { append_number(writer_, "packet_identifier", identifier); }

  void reason(wire::ReasonCode code, wire::PacketType type) const { append_reason(writer_, code, type, version_); }

  JsonWriter& writer_;
  Version version_;
};

void append_error(JsonWriter& writer, const wire::Fault& fault, Version version) {
  writer.key("error");
  writer.open_object();
  append_plain(writer, "clause", wire::identifier(fault.clause, version));
  append_number(writer, "offset", fault.offset);
  append_text(writer, "message", wire::row(fault.clause).sentence);
  writer.close_object();
}

}  // namespace

void append_frame(JsonWriter& writer, const FrameInfo& frame) {
  if (frame.has_time) append_time(writer, frame.time, frame.precision);
  if (frame.connection >= 0) append_number(writer, "connection", static_cast<std::uint64_t>(frame.connection));
  if (!frame.from.empty()) append_plain(writer, "from", frame.from);
  if (!frame.to.empty()) append_plain(writer, "to", frame.to);
  if (frame.has_sender) append_plain(writer, "sender", frame.sender == wire::Sender::client ? "client" : "server");
  if (frame.offset >= 0) append_number(writer, "offset", static_cast<std::uint64_t>(frame.offset));
  if (frame.length >= 0) append_number(writer, "length", static_cast<std::uint64_t>(frame.length));
}

void append_message(base::Buffer& out, const wire::Publish& publish, Moment received, Precision precision) {
  JsonWriter writer(out);
  writer.open_object();
  append_time(writer, received, precision);
  append_text(writer, "topic", publish.topic);
  append_number(writer, "qos", publish.qos);
  append_flag(writer, "retain", publish.retain);
  append_flag(writer, "dup", publish.dup);
  if (publish.qos != 0) append_number(writer, "packet_identifier", publish.packet_identifier);
  append_properties(writer, publish.properties);
  append_bytes(writer, "payload", publish.payload);
  writer.close_object();
  out.push('\n');
}

void append_packet(base::Buffer& out, const wire::Packet& packet, Version version, const FrameInfo& frame,
                   VersionIs version_is) {
  if (const auto* connect = std::get_if<wire::Connect>(&packet)) {
    version = connect->version;
    version_is = VersionIs::known;
  }
  JsonWriter writer(out);
  writer.open_object();
  append_frame(writer, frame);
  append_plain(writer, "type", wire::name(wire::type_of(packet)));
  if (version_is == VersionIs::known) append_plain(writer, "version", wire::name(version));
  std::visit(Fields(writer, version), packet);
  writer.close_object();
  out.push('\n');
}

void append_packet(base::Buffer& out, const wire::Packet& packet, Version version) {
  append_packet(out, packet, version, FrameInfo{});
}

void append_violation(base::Buffer& out, base::Bytes packet, const wire::Fault& fault, Version version,
                      const FrameInfo& frame, VersionIs version_is) {
  JsonWriter writer(out);
  writer.open_object();
  append_frame(writer, frame);
  if (!packet.empty()) append_plain(writer, "type", wire::name(static_cast<wire::PacketType>(packet[0] >> 4)));
  if (version_is == VersionIs::known) append_plain(writer, "version", wire::name(version));
  append_partial_fields(writer, packet, version);
  append_error(writer, fault, version);
  writer.key("hex");
  out.push('"');
  base::append_hex(out, packet.first(std::min(packet.size(), most_hex_bytes)));
  out.push('"');
  if (packet.size() > most_hex_bytes) append_flag(writer, "truncated", true);
  writer.close_object();
  out.push('\n');
}

}  // namespace render
