// The members of a packet that breaks a rule, as far as they can be read.
#include "render/json_partial.h"

#include <algorithm>
#include <bitset>
#include <optional>

#include "render/json_fields.h"
#include "render/packet_layout.h"
#include "wire/primitives.h"

namespace render {
namespace {

using namespace json;
using wire::PacketType;
using wire::Version;

/// Takes fields from the front until one is cut off; after that there are none.
class PartialReader {
 public:
  explicit PartialReader(base::Bytes bytes) noexcept : cursor_(bytes) {}

  bool empty() const noexcept { return cursor_.empty(); }
  /// A field was cut off, and nothing is known to follow it.
  bool cut() const noexcept { return cut_; }
  std::optional<std::uint8_t> byte() {
    if (!has(1)) return std::nullopt;
    return cursor_.u8();
  }
  std::optional<std::uint16_t> two_bytes() {
    if (!has(2)) return std::nullopt;
    return cursor_.u16();
  }
  std::optional<base::Bytes> binary() {
    const auto size = two_bytes();
    if (!size || !has(*size)) return std::nullopt;
    return cursor_.take(*size);
  }
  std::optional<std::string_view> text() {
    const auto bytes = binary();
    if (!bytes) return std::nullopt;
    return base::as_text(*bytes);
  }
  wire::PropertiesView properties() {
    const wire::VariableByteInteger length = wire::read_variable(cursor_.rest());
    if (length.state != wire::VariableByteInteger::State::complete) {
      has(cursor_.left() + 1);
      return {};
    }
    cursor_.take(length.length);
    const bool whole = cursor_.left() >= length.value;
    cut_ = !whole;
    const base::Bytes encoded = cursor_.take(whole ? length.value : cursor_.left());
    return wire::PropertiesView(encoded.first(readable(encoded)));
  }
  base::Bytes rest() noexcept { return cursor_.take(cursor_.left()); }

 private:
  bool has(std::size_t count) noexcept {
    if (cursor_.left() >= count) return true;
    cut_ = true;
    rest();
    return false;
  }

  /// How much of encoded properties an object can hold.
  static std::size_t readable(base::Bytes encoded) noexcept {
    base::Cursor cursor(encoded);
    std::bitset<256> seen;
    std::size_t end = 0;
    while (!cursor.empty()) {
      const std::uint8_t id = cursor.u8();
      const wire::PropertyRow* const row = wire::find_property(static_cast<wire::PropertyId>(id));
      const bool repeats = row != nullptr && (row->id == wire::PropertyId::user_property ||
                                              row->id == wire::PropertyId::subscription_identifier);
      wire::Property property;
      if (row == nullptr || (seen[id] && !repeats) || !wire::read_property_value(cursor, row->type, property)) break;
      seen.set(id);
      end = cursor.position();
    }
    return end;
  }

  base::Cursor cursor_;
  bool cut_ = false;
};

class PartialFields {
 public:
  PartialFields(JsonWriter& writer, base::Bytes body, Version version)
      : writer_(writer), read_(body), version_(version) {}

  void connect() {
    const auto name = read_.text();
    if (name) append_text(writer_, "protocol_name", *name);
    const auto level = read_.byte();
    if (level) append_number(writer_, "protocol_level", *level);
    if (level) version_ = *level >= 5 && *level < 0x80 ? Version::v5_0 : Version::v3_1_1;
    const auto flags = read_.byte();
    if (flags) append_flag(writer_, v5() ? "clean_start" : "clean_session", (*flags & 0x02) != 0);
    if (const auto keep_alive = read_.two_bytes()) append_number(writer_, "keep_alive", *keep_alive);
    const wire::PropertiesView all = properties();
    if (const auto client_identifier = read_.text()) append_text(writer_, "client_identifier", *client_identifier);
    const auto will = flags ? read_will(*flags) : std::nullopt;
    if (flags && (*flags & 0x80) != 0) {
      if (const auto username = read_.text()) append_text(writer_, "username", *username);
    }
    if (flags && (*flags & 0x40) != 0) {
      if (const auto password = read_.binary()) {
        writer_.key("password_base64");
        append_base64(writer_, *password);
      }
    }
    if (will) append_will(writer_, *will);
    append_properties(writer_, all);
  }

  void connack() {
    if (const auto flags = read_.byte()) append_flag(writer_, "session_present", (*flags & 1) != 0);
    reason_code(PacketType::connack);
    append_properties(writer_, properties());
  }

  void publish(std::uint8_t flags) {
    append_flag(writer_, "dup", (flags & 8) != 0);
    append_number(writer_, "qos", flags >> 1 & 3U);
    append_flag(writer_, "retain", (flags & 1) != 0);
    const auto topic = read_.text();
    if (topic) append_text(writer_, "topic", *topic);
    bool known = topic.has_value();
    if (known && (flags & 6) != 0) known = packet_identifier();
    if (!known) return;
    append_properties(writer_, properties());
    if (!read_.cut()) append_bytes(writer_, "payload", read_.rest());
  }

  void reason(PacketType type) {
    if (!v5()) return;
    reason_code(type);
    append_properties(writer_, properties());
  }

  void acknowledgement(PacketType type) {
    if (packet_identifier()) reason(type);
  }

  void subscribe() {
    if (!packet_identifier()) return;
    const wire::PropertiesView all = properties();
    writer_.key("subscriptions");
    writer_.open_array();
    while (!read_.empty()) {
      const auto topic_filter = read_.text();
      const auto options = read_.byte();
      if (!options) break;
      wire::Subscription one{.topic_filter = *topic_filter};
      one.qos = static_cast<std::uint8_t>(*options & 3);
      one.no_local = (*options & 4) != 0;
      one.retain_as_published = (*options & 8) != 0;
      one.retain_handling = static_cast<wire::RetainHandling>(*options >> 4 & 3);
      writer_.element();
      append_subscription(writer_, one, version_);
    }
    writer_.close_array();
    append_properties(writer_, all);
  }

  void unsubscribe() {
    if (!packet_identifier()) return;
    const wire::PropertiesView all = properties();
    writer_.key("topic_filters");
    writer_.open_array();
    while (!read_.empty()) {
      const auto topic_filter = read_.text();
      if (!topic_filter) break;
      writer_.element();
      writer_.string(*topic_filter);
    }
    writer_.close_array();
    append_properties(writer_, all);
  }

  void reason_codes(PacketType type) {
    if (!packet_identifier()) return;
    const wire::PropertiesView all = properties();
    if (v5() || type == PacketType::suback) append_reason_codes(writer_, read_.rest());
    append_properties(writer_, all);
  }

 private:
  bool v5() const noexcept { return version_ == Version::v5_0; }
  wire::PropertiesView properties() { return v5() ? read_.properties() : wire::PropertiesView(); }

  std::optional<wire::Will> read_will(std::uint8_t flags) {
    if ((flags & 0x04) == 0) return std::nullopt;
    wire::Will will{};
    will.properties = properties();
    const auto topic = read_.text();
    const auto payload = read_.binary();
    if (!payload) return std::nullopt;
    will.topic = *topic;
    will.payload = *payload;
    will.qos = static_cast<std::uint8_t>(flags >> 3 & 3);
    will.retain = (flags & 0x20) != 0;
    return will;
  }

  bool packet_identifier() {
    const auto identifier = read_.two_bytes();
    if (identifier) append_number(writer_, "packet_identifier", *identifier);
    return identifier.has_value();
  }

  void reason_code(PacketType type) {
    if (const auto code = read_.byte()) append_reason(writer_, wire::ReasonCode{*code}, type, version_);
  }

  JsonWriter& writer_;
  PartialReader read_;
  Version version_;
};

}  // namespace

void append_partial_fields(JsonWriter& writer, base::Bytes packet, Version version) {
  if (packet.empty()) return;
  const wire::VariableByteInteger remaining = wire::read_variable(packet.subspan(1));
  if (remaining.state != wire::VariableByteInteger::State::complete) return;
  const base::Bytes behind = packet.subspan(1U + remaining.length);
  const base::Bytes body = behind.first(std::min<std::size_t>(behind.size(), remaining.value));
  PartialFields fields(writer, body, version);
  lay_out(fields, static_cast<PacketType>(packet[0] >> 4), static_cast<std::uint8_t>(packet[0] & 0x0F));
}

}  // namespace render
