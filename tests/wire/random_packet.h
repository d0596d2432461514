// Random valid packets of every type and version, from a seed.
#pragma once

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "wire/packets.h"

/// Owns what its packets point into; they live as long as it does.
class RandomPacket {
 public:
  explicit RandomPacket(std::uint32_t seed) : random_(seed) {}

  wire::Version version() {
    constexpr wire::Version all[] = {wire::Version::v3_1, wire::Version::v3_1_1, wire::Version::v5_0};
    return all[below(3)];
  }

  wire::Packet next(wire::Version version) {
    clear();
    version_ = version;
    switch (below(version == wire::Version::v5_0 ? 15 : 14)) {
      case 0:
        return connect();
      case 1:
        return connack();
      case 2:
        return publish();
      case 3:
        return acknowledgement(wire::PacketType::puback);
      case 4:
        return acknowledgement(wire::PacketType::pubrec);
      case 5:
        return acknowledgement(wire::PacketType::pubrel);
      case 6:
        return acknowledgement(wire::PacketType::pubcomp);
      case 7:
        return subscribe();
      case 8:
        return suback();
      case 9:
        return unsubscribe();
      case 10:
        return unsuback();
      case 11:
        return wire::Pingreq{};
      case 12:
        return wire::Pingresp{};
      case 13:
        return disconnect();
      default:
        return auth();
    }
  }

  /// Of packets that both sides send, the one whose codes and properties were taken.
  wire::Sender sender() const { return sender_; }

  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
  }

 private:
  bool v5() const { return version_ == wire::Version::v5_0; }
  bool coin() { return below(2) == 0; }
  std::uint16_t identifier() { return static_cast<std::uint16_t>(1 + below(65'535)); }
  std::uint8_t qos() { return static_cast<std::uint8_t>(below(3)); }

  void clear() {
    strings_.clear();
    properties_.clear();
    subscriptions_ = {};
    topic_filters_ = {};
    sender_ = coin() ? wire::Sender::client : wire::Sender::server;
  }

  const std::string& keep(std::string text) { return strings_.emplace_back(std::move(text)); }

  /// Characters of one to four bytes, control characters too, but neither U+0000 nor what topics give a meaning to.
  std::string_view text(std::uint32_t least = 0) {
    static const std::string characters[] = {"a",  "Z", "0",  " ",      "\x01",   "\x7F", "é",
                                             "߿", "ࠀ", "温", "\uFEFF", "\uFFFF", "😀"};
    std::string result;
    for (std::uint32_t left = least + below(coin() ? 4 : 40); left > 0; --left) result += characters[below(13)];
    return keep(std::move(result));
  }
  std::string_view topic() {
    std::string result(text(1));
    for (std::uint32_t left = below(4); left > 0; --left) result += "/" + std::string(text());
    return keep(std::move(result));
  }
  std::string_view topic_filter() {
    std::string result = coin() ? "+/" : "";
    result += topic();
    if (coin()) result += "/#";
    if (coin() && coin()) result = "$share/group/" + result;
    return keep(std::move(result));
  }
  base::Bytes binary() {
    std::string result(coin() ? below(20) : below(300), '\0');
    for (char& byte : result) byte = static_cast<char>(below(256));
    return base::as_bytes(keep(std::move(result)));
  }

  std::uint32_t number(const wire::PropertyRow& row) {
    constexpr std::uint32_t largest[] = {0xFF, 0xFFFF, 0xFFFF'FFFF, 268'435'455};
    const std::uint32_t most = std::min(row.most, largest[static_cast<std::size_t>(row.type)]);
    return std::uniform_int_distribution<std::uint32_t>(row.least, most)(random_);
  }

  void add(wire::Properties& properties, const wire::PropertyRow& row) {
    if (row.type < wire::PropertyType::utf8_string) {
      properties.add(row.id, number(row));
    } else if (row.type == wire::PropertyType::utf8_string_pair) {
      properties.add_user_property(text(), text());
    } else if (row.id == wire::PropertyId::response_topic) {
      properties.add(row.id, topic());
    } else if (row.type == wire::PropertyType::utf8_string) {
      properties.add(row.id, text());
    } else {
      properties.add(row.id, binary());
    }
  }

  /// Rules that go beyond one property: data needs its method, and what only one side sends.
  bool fits(const wire::PropertyRow& row, wire::PropertyScope scope) const {
    using wire::PropertyId;
    using wire::PropertyScope;
    if (row.id == PropertyId::authentication_data || row.id == PropertyId::authentication_method) return false;
    if (sender_ == wire::Sender::client)
      return scope != PropertyScope::publish || row.id != PropertyId::subscription_identifier;
    return scope != PropertyScope::disconnect || row.id != PropertyId::session_expiry_interval;
  }

  wire::PropertiesView properties(wire::PropertyScope scope) {
    if (!v5() || below(3) == 0) return {};
    wire::Properties& properties = properties_.emplace_back();
    const std::uint32_t bit = 1U << static_cast<unsigned>(scope);
    for (const wire::PropertyRow& row : wire::properties()) {
      if ((row.scopes & bit) == 0 || !fits(row, scope)) continue;
      const std::uint32_t most = (row.repeatable & bit) != 0 ? 3 : 1;
      for (std::uint32_t left = below(most + 1); left > 0; --left) add(properties, row);
    }
    return properties.view();
  }

  wire::ReasonCode reason_code(wire::PacketType type) {
    for (;;) {
      const auto code = static_cast<wire::ReasonCode>(below(256));
      if (wire::allowed(code, type, version_, sender_)) return code;
    }
  }
  base::Bytes reason_codes(wire::PacketType type) {
    std::string codes;
    for (std::uint32_t left = 1 + below(5); left > 0; --left) codes += static_cast<char>(reason_code(type));
    return base::as_bytes(keep(std::move(codes)));
  }

  wire::Connect connect() {
    wire::Connect packet{.version = version_, .clean_start = coin(), .keep_alive = identifier()};
    packet.client_identifier = text();
    packet.properties = properties(wire::PropertyScope::connect);
    packet.bridge = !v5() && below(5) == 0;
    if (coin()) packet.will = wire::Will{topic(), binary(), qos(), coin(), properties(wire::PropertyScope::will)};
    if (coin()) packet.username = text();
    if (coin() && (v5() || packet.username)) packet.password = binary();
    return packet;
  }
  wire::Connack connack() {
    const wire::ReasonCode code = coin() ? wire::ReasonCode::success : reason_code(wire::PacketType::connack);
    return {code == wire::ReasonCode::success && coin(), code, properties(wire::PropertyScope::connack)};
  }
  wire::Publish publish() {
    wire::Publish packet{.topic = topic(), .payload = binary(), .properties = properties(wire::PropertyScope::publish)};
    packet.qos = qos();
    packet.retain = coin();
    packet.dup = packet.qos != 0 && coin();
    packet.packet_identifier = packet.qos != 0 ? identifier() : std::uint16_t{0};
    const bool aliased = packet.properties.position(wire::PropertyId::topic_alias).has_value();
    if (aliased && coin()) packet.topic = {};
    return packet;
  }
  wire::Acknowledgement acknowledgement(wire::PacketType type) {
    const wire::ReasonCode code = v5() ? reason_code(type) : wire::ReasonCode::success;
    return {type, identifier(), code, properties(static_cast<wire::PropertyScope>(type))};
  }
  wire::Subscribe subscribe() {
    for (std::uint32_t left = 1 + below(4); left > 0; --left) {
      wire::Subscription one{topic_filter(), qos()};
      if (v5()) {
        one.no_local = !one.topic_filter.starts_with("$share") && coin();
        one.retain_as_published = coin();
        one.retain_handling = static_cast<wire::RetainHandling>(below(3));
      }
      subscriptions_.add(one);
    }
    return {identifier(), subscriptions_.view(), properties(wire::PropertyScope::subscribe)};
  }
  wire::Unsubscribe unsubscribe() {
    for (std::uint32_t left = 1 + below(4); left > 0; --left) topic_filters_.add(topic_filter());
    return {identifier(), topic_filters_.view(), properties(wire::PropertyScope::unsubscribe)};
  }
  wire::Suback suback() {
    return {identifier(), reason_codes(wire::PacketType::suback), properties(wire::PropertyScope::suback)};
  }
  wire::Unsuback unsuback() {
    const base::Bytes codes = v5() ? reason_codes(wire::PacketType::unsuback) : base::Bytes();
    return {identifier(), codes, properties(wire::PropertyScope::unsuback)};
  }
  wire::Disconnect disconnect() {
    if (!v5()) return {};
    return {reason_code(wire::PacketType::disconnect), properties(wire::PropertyScope::disconnect)};
  }
  wire::Auth auth() {
    wire::Properties& properties = properties_.emplace_back();
    properties.add(wire::PropertyId::authentication_method, text());
    if (coin()) properties.add(wire::PropertyId::authentication_data, binary());
    return {reason_code(wire::PacketType::auth), properties.view()};
  }

  std::mt19937 random_;
  wire::Version version_ = wire::Version::v5_0;
  wire::Sender sender_ = wire::Sender::client;
  std::deque<std::string> strings_;
  std::deque<wire::Properties> properties_;
  wire::Subscriptions subscriptions_;
  wire::TopicFilters topic_filters_;
};
