// A packet as mqtt-packet (npm) names its fields, flattened: "will.topic" → "t", "properties.receiveMaximum" → "10".
#pragma once

#include <concepts>
#include <map>
#include <string>

#include "base/hex.h"
#include "wire/packets.h"

using Fields = std::map<std::string, std::string>;

class FieldsOf {
 public:
  explicit FieldsOf(wire::Version version) : version_(version) {}

  Fields of(const wire::Packet& packet) {
    std::string name(wire::name(wire::type_of(packet)));
    for (char& letter : name) letter = static_cast<char>(letter | 0x20);
    set("cmd", name);
    std::visit(*this, packet);
    return fields_;
  }

  void operator()(const wire::Connect& packet) {
    set("protocolVersion", static_cast<unsigned>(packet.version));
    set("clean", packet.clean_start);
    set("keepalive", packet.keep_alive);
    set("clientId", packet.client_identifier);
    if (packet.username) set("username", *packet.username);
    if (packet.password) set("password", *packet.password);
    properties("properties.", packet.properties);
    if (!packet.will) return;
    set("will.topic", packet.will->topic);
    set("will.payload", packet.will->payload);
    set("will.qos", packet.will->qos);
    set("will.retain", packet.will->retain);
    properties("will.properties.", packet.will->properties);
  }
  void operator()(const wire::Connack& packet) {
    set("sessionPresent", packet.session_present);
    const bool v5 = version_ == wire::Version::v5_0;
    set(v5 ? "reasonCode" : "returnCode", static_cast<unsigned>(packet.reason_code));
    properties("properties.", packet.properties);
  }
  void operator()(const wire::Publish& packet) {
    set("topic", packet.topic);
    set("payload", packet.payload);
    set("qos", packet.qos);
    set("retain", packet.retain);
    set("dup", packet.dup);
    if (packet.qos != 0) set("messageId", packet.packet_identifier);
    properties("properties.", packet.properties);
  }
  void operator()(const wire::Acknowledgement& packet) {
    set("messageId", packet.packet_identifier);
    reason(packet.reason_code);
    properties("properties.", packet.properties);
  }
  void operator()(const wire::Subscribe& packet) {
    set("messageId", packet.packet_identifier);
    properties("properties.", packet.properties);
    std::size_t count = 0;
    for (const wire::Subscription& one : packet.subscriptions) {
      const std::string prefix = "subscriptions." + std::to_string(count++) + ".";
      set(prefix + "topic", one.topic_filter);
      set(prefix + "qos", one.qos);
      if (version_ != wire::Version::v5_0) continue;
      set(prefix + "nl", one.no_local);
      set(prefix + "rap", one.retain_as_published);
      set(prefix + "rh", static_cast<unsigned>(one.retain_handling));
    }
  }
  void operator()(const wire::Unsubscribe& packet) {
    set("messageId", packet.packet_identifier);
    properties("properties.", packet.properties);
    std::size_t count = 0;
    for (const std::string_view filter : packet.topic_filters) {
      set("unsubscriptions." + std::to_string(count++), filter);
    }
  }
  void operator()(const wire::Suback& packet) { granted(packet); }
  void operator()(const wire::Unsuback& packet) { granted(packet); }
  void operator()(const wire::Pingreq&) {}
  void operator()(const wire::Pingresp&) {}
  void operator()(const wire::Disconnect& packet) {
    reason(packet.reason_code);
    properties("properties.", packet.properties);
  }
  void operator()(const wire::Auth& packet) {
    reason(packet.reason_code);
    properties("properties.", packet.properties);
  }

 private:
  void set(const std::string& name, std::string_view value) { fields_[name] = value; }
  void set(const std::string& name, const char* value) { fields_[name] = value; }
  void set(const std::string& name, bool value) { fields_[name] = value ? "true" : "false"; }
  void set(const std::string& name, std::unsigned_integral auto value) { fields_[name] = std::to_string(value); }
  void set(const std::string& name, base::Bytes value) { fields_[name] = "$" + base::to_hex(value); }

  void reason(wire::ReasonCode code) {
    if (version_ == wire::Version::v5_0) set("reasonCode", static_cast<unsigned>(code));
  }

  template <class Packet>
  void granted(const Packet& packet) {
    set("messageId", packet.packet_identifier);
    properties("properties.", packet.properties);
    for (std::size_t i = 0; i < packet.reason_codes.size(); ++i) {
      set("granted." + std::to_string(i), packet.reason_codes[i]);
    }
  }

  static std::string camel_case(std::string_view name) {
    if (name == "maximum_qos") return "maximumQoS";
    if (name == "subscription_identifier_available") return "subscriptionIdentifiersAvailable";
    std::string result;
    for (std::size_t i = 0; i < name.size(); ++i) {
      const bool hump = i > 0 && name[i - 1] == '_';
      if (name[i] != '_') result += hump ? static_cast<char>(name[i] - 0x20) : name[i];
    }
    return result;
  }

  static std::string value_of(const wire::PropertyRow& row, const wire::Property& property) {
    using wire::PropertyType;
    if (row.type == PropertyType::byte && row.id != wire::PropertyId::maximum_qos) {
      return property.number != 0 ? "true" : "false";
    }
    if (row.type < PropertyType::utf8_string) return std::to_string(property.number);
    return row.type == PropertyType::binary_data ? "$" + base::to_hex(property.value) : std::string(property.text());
  }

  /// What is repeated becomes one entry, its values joined by commas.
  void properties(const std::string& prefix, wire::PropertiesView view) {
    for (const wire::Property& property : view) {
      const wire::PropertyRow& row = *wire::find_property(property.id);
      const bool pair = row.type == wire::PropertyType::utf8_string_pair;
      const std::string name =
          prefix + (pair ? "userProperties." + std::string(base::as_text(property.name)) : camel_case(row.name));
      std::string& field = fields_[name];
      if (!field.empty()) field += ',';
      field += value_of(row, property);
    }
  }

  wire::Version version_;
  Fields fields_;
};
