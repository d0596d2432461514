// The layout of each packet, as the specification's chapters give it.
#include "render/anatomy.h"

#include <algorithm>
#include <array>

#include "render/dissection.h"
#include "render/escape.h"
#include "render/packet_layout.h"

namespace render {
namespace {

using wire::PacketType;
using wire::Version;

constexpr std::string_view qos_words[] = {"at most once", "at least once", "exactly once", "reserved"};
constexpr std::string_view retain_handling_words[] = {"send", "send if new", "do not send", "reserved"};
constexpr std::string_view type_words[] = {"RESERVED", "CONNECT",  "CONNACK",    "PUBLISH", "PUBACK",      "PUBREC",
                                           "PUBREL",   "PUBCOMP",  "SUBSCRIBE",  "SUBACK",  "UNSUBSCRIBE", "UNSUBACK",
                                           "PINGREQ",  "PINGRESP", "DISCONNECT", "AUTH"};

constexpr Bits publish_flags[] = {
    {"Packet type", 0xF0, type_words}, {"DUP", 0x08}, {"QoS", 0x06, qos_words}, {"RETAIN", 0x01}};
constexpr Bits other_flags[] = {{"Packet type", 0xF0, type_words}, {"Reserved", 0x0F}};
constexpr Bits connect_flags_v3[] = {
    {"User Name Flag", 0x80}, {"Password Flag", 0x40}, {"Will Retain", 0x20}, {"Will QoS", 0x18, qos_words},
    {"Will Flag", 0x04},      {"Clean Session", 0x02}, {"Reserved", 0x01}};
constexpr Bits connect_flags_v5[] = {
    {"User Name Flag", 0x80}, {"Password Flag", 0x40}, {"Will Retain", 0x20}, {"Will QoS", 0x18, qos_words},
    {"Will Flag", 0x04},      {"Clean Start", 0x02},   {"Reserved", 0x01}};
constexpr Bits connack_flags[] = {{"Reserved", 0xFE}, {"Session Present", 0x01}};
constexpr Bits requested_qos[] = {{"Reserved", 0xFC}, {"QoS", 0x03, qos_words}};
constexpr Bits subscription_options[] = {{"Reserved", 0xC0},
                                         {"Retain Handling", 0x30, retain_handling_words},
                                         {"Retain As Published", 0x08},
                                         {"No Local", 0x04},
                                         {"QoS", 0x03, qos_words}};

/// Walks one packet behind its fixed header.
class PacketLayout {
 public:
  PacketLayout(Dissection& read, Version version) : read_(read), version_(version) {}

  Version version() const noexcept { return version_; }

  void connect() {
    read_.string("Protocol Name");
    level();
    const std::uint8_t flags =
        read_.flags("Connect Flags", v5() ? std::span<const Bits>(connect_flags_v5) : connect_flags_v3);
    read_.two_bytes("Keep Alive", " s");
    properties();
    read_.string("Client Identifier");
    if ((flags & 0x04) != 0) will();
    if ((flags & 0x80) != 0) read_.string("User Name");
    if ((flags & 0x40) != 0) read_.string("Password");
  }

  void connack() {
    read_.flags("Connect Acknowledge Flags", connack_flags);
    read_.reason_code(v5() ? "Connect Reason Code" : "Connect Return code", PacketType::connack, version_);
    properties();
  }

  void publish(std::uint8_t flags) {
    read_.string("Topic Name");
    if ((flags & 0x06) != 0) read_.two_bytes("Packet Identifier");
    properties();
    read_.payload("Payload");
  }

  void acknowledgement(PacketType type) {
    read_.two_bytes("Packet Identifier");
    if (!v5() || read_.empty()) return;
    read_.reason_code("Reason Code", type, version_);
    if (!read_.empty()) properties();
  }

  void subscribe() {
    read_.two_bytes("Packet Identifier");
    properties();
    while (!read_.empty()) {
      read_.string("Topic Filter");
      if (v5()) {
        read_.flags("Subscription Options", subscription_options);
      } else {
        read_.flags("Requested QoS", requested_qos);
      }
    }
  }

  void unsubscribe() {
    read_.two_bytes("Packet Identifier");
    properties();
    while (!read_.empty()) read_.string("Topic Filter");
  }

  void reason_codes(PacketType type) {
    read_.two_bytes("Packet Identifier");
    properties();
    if (!v5() && type == PacketType::unsuback) return;
    while (!read_.empty()) read_.reason_code(v5() ? "Reason Code" : "Return code", type, version_);
  }

  void reason(PacketType type) {
    if (!v5() || read_.empty()) return;
    read_.reason_code(type == PacketType::auth ? "Authenticate Reason Code" : "Disconnect Reason Code", type, version_);
    if (!read_.empty()) properties();
  }

 private:
  bool v5() const noexcept { return version_ == Version::v5_0; }
  void properties(bool of_will = false) {
    if (v5()) read_.properties(of_will);
  }

  /// The version of all that follows.
  void level() {
    if (read_.empty()) return static_cast<void>(read_.byte("Protocol Level"));
    const std::uint8_t level = read_.peek();
    const auto plain = static_cast<std::uint8_t>(level & 0x7F);
    version_ = level >= 5 && level < 0x80 ? Version::v5_0 : plain == 3 ? Version::v3_1 : Version::v3_1_1;
    read_.add(v5() ? "Protocol Version" : "Protocol Level", 1);
    append_number(read_.values(), level);
    if (plain >= 3 && plain <= 5) {
      read_.values().append(" MQTT ");
      read_.values().append(wire::name(version_));
    }
    if (level != plain) read_.values().append(", a bridge");
    read_.end_value();
  }

  void will() {
    properties(true);
    read_.string("Will Topic");
    read_.string(v5() ? "Will Payload" : "Will Message");
  }

  Dissection& read_;
  Version version_;
};

}  // namespace

const Anatomy::FirstByte& Anatomy::first_byte(std::uint8_t byte) {
  static const auto all = [] {
    std::array<FirstByte, 256> made;
    for (unsigned number = 0; number < made.size(); ++number) {
      const auto first = static_cast<std::uint8_t>(number);
      const auto type = static_cast<PacketType>(first >> 4);
      Anatomy anatomy;
      Dissection read(anatomy, {&first, 1}, 0);
      read.add("Fixed header", 1);
      read.value(wire::name(type));
      read.bits(0, type == PacketType::publish ? std::span<const Bits>(publish_flags) : other_flags);
      made[number] = {std::move(anatomy.fields_), std::string(anatomy.values_.text())};
    }
    return made;
  }();
  return all[byte];
}

void Anatomy::dissect(base::Bytes packet, const wire::Context& context) {
  packet_ = packet;
  fields_.clear();
  values_.clear();
  version_ = context.version;
  if (packet.empty()) return;
  const auto type = static_cast<PacketType>(packet[0] >> 4);
  const auto flags = static_cast<std::uint8_t>(packet[0] & 0x0F);
  const FirstByte& first = first_byte(packet[0]);
  fields_.assign(first.fields.begin(), first.fields.end());
  values_.append(first.values);
  Dissection read(*this, packet, 1);
  read.variable("Remaining Length");
  PacketLayout layout(read, version_);
  if (!read.cut()) lay_out(layout, type, flags);
  version_ = layout.version();
  if (!read.empty()) read.rest("Trailing bytes");
}

}  // namespace render
