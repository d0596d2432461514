// One line a packet, for people: what -d and `decode --output summary` print.
#include "render/text.h"

#include <algorithm>

#include "base/hex.h"
#include "render/escape.h"

namespace render {
namespace {

using wire::PropertyType;
using wire::Version;

/// Binary values longer than this are cut.
constexpr std::size_t most_binary_bytes = 32;

/// Writes the words of one packet behind its type; each begins with a blank.
class Words {
 public:
  Words(base::Buffer& out, Version version) noexcept : out_(out), version_(version) {}

  void operator()(const wire::Connect& connect) const {
    const bool v5 = connect.version == Version::v5_0;
    word(connect.version == Version::v3_1 ? "MQIsdp" : "MQTT");
    word(wire::name(connect.version));
    if (connect.bridge) word("bridge");
    setting(v5 ? "clean_start" : "clean_session", connect.clean_start);
    setting("keep_alive", connect.keep_alive);
    quoted("client_identifier", connect.client_identifier);
    if (connect.username) quoted("username", *connect.username);
    if (connect.password) {
      word("password");
      count_in_brackets(connect.password->size());
    }
    if (connect.will) will(*connect.will);
    properties(connect.properties);
  }

  void operator()(const wire::Connack& connack) const {
    reason(connack.reason_code, wire::PacketType::connack);
    setting("session_present", connack.session_present);
    properties(connack.properties);
  }

  void operator()(const wire::Publish& publish) const {
    char flags[] = {' ', 'q', '0', ' ', 'r', '0', ' ', 'd', '0'};
    flags[2] = static_cast<char>('0' + publish.qos);
    flags[5] = publish.retain ? '1' : '0';
    flags[8] = publish.dup ? '1' : '0';
    out_.append(std::string_view(flags, sizeof flags));
    if (publish.qos != 0) identifier(publish.packet_identifier);
    message(publish.topic, publish.payload, publish.properties);
  }

  void operator()(const wire::Acknowledgement& acknowledgement) const {
    identifier(acknowledgement.packet_identifier);
    if (version_ == Version::v5_0) reason(acknowledgement.reason_code, acknowledgement.type);
    properties(acknowledgement.properties);
  }

  void operator()(const wire::Subscribe& subscribe) const {
    identifier(subscribe.packet_identifier);
    bool first = true;
    for (const wire::Subscription& subscription : subscribe.subscriptions) {
      separate(first);
      quoted({}, subscription.topic_filter);
      letter('q', subscription.qos);
      if (subscription.no_local) word("no_local");
      if (subscription.retain_as_published) word("retain_as_published");
      const auto handling = static_cast<std::uint8_t>(subscription.retain_handling);
      if (handling != 0) setting("retain_handling", handling);
    }
    properties(subscribe.properties);
  }

  void operator()(const wire::Suback& suback) const {
    identifier(suback.packet_identifier);
    reasons(suback.reason_codes, wire::PacketType::suback);
    properties(suback.properties);
  }

  void operator()(const wire::Unsubscribe& unsubscribe) const {
    identifier(unsubscribe.packet_identifier);
    bool first = true;
    for (const std::string_view topic_filter : unsubscribe.topic_filters) {
      separate(first);
      quoted({}, topic_filter);
    }
    properties(unsubscribe.properties);
  }

  void operator()(const wire::Unsuback& unsuback) const {
    identifier(unsuback.packet_identifier);
    reasons(unsuback.reason_codes, wire::PacketType::unsuback);
    properties(unsuback.properties);
  }

  void operator()(const wire::Pingreq&) const {}
  void operator()(const wire::Pingresp&) const {}

  void operator()(const wire::Disconnect& disconnect) const {
    if (version_ != Version::v5_0) return;
    reason(disconnect.reason_code, wire::PacketType::disconnect);
    properties(disconnect.properties);
  }

  void operator()(const wire::Auth& auth) const {
    reason(auth.reason_code, wire::PacketType::auth);
    properties(auth.properties);
  }

 private:
  void word(std::string_view text) const {
    out_.push(' ');
    out_.append(text);
  }

  /// "q1"
  void letter(char name, unsigned number) const {
    out_.push(' ');
    out_.push(name);
    append_number(out_, number);
  }

  void quality(std::uint8_t qos, bool retain) const {
    letter('q', qos);
    letter('r', retain);
  }

  void setting(std::string_view name, std::uint64_t number) const {
    word(name);
    out_.push('=');
    append_number(out_, number);
  }

  void identifier(std::uint16_t packet_identifier) const {
    word("id ");
    append_number(out_, packet_identifier);
  }

  void quoted(std::string_view name, std::string_view text) const {
    if (!name.empty()) word(name);
    out_.push(' ');
    append_quoted(out_, text);
  }

  void count(std::size_t bytes) const {
    append_number(out_, bytes);
    out_.append(bytes == 1 ? std::string_view(" byte") : std::string_view(" bytes"));
  }

  void count_in_brackets(std::size_t bytes) const {
    out_.append(" (");
    count(bytes);
    out_.push(')');
  }

  void separate(bool& first) const {
    if (!first) out_.push(',');
    first = false;
  }

  void message(std::string_view topic, base::Bytes payload, wire::PropertiesView all) const {
    quoted("topic", topic);
    out_.push(' ');
    count(payload.size());
    properties(all);
  }

  void will(const wire::Will& will) const {
    out_.append(" will {");
    quality(will.qos, will.retain);
    message(will.topic, will.payload, will.properties);
    out_.append(" }");
  }

  void reason(wire::ReasonCode code, wire::PacketType type) const {
    const auto number = static_cast<std::uint8_t>(code);
    out_.append(" 0x");
    base::append_hex(out_, {&number, 1});
    const std::string_view words = wire::describe(code, type, version_);
    if (!words.empty()) word(words);
  }

  void reasons(base::Bytes codes, wire::PacketType type) const {
    bool first = true;
    for (const std::uint8_t code : codes) {
      separate(first);
      reason(static_cast<wire::ReasonCode>(code), type);
    }
  }

  void properties(wire::PropertiesView all) const {
    for (const wire::Property& property : all) {
      const wire::PropertyRow* const row = wire::find_property(property.id);
      if (row == nullptr) continue;
      word(row->name);
      out_.push('=');
      value(*row, property);
    }
  }

  void value(const wire::PropertyRow& row, const wire::Property& property) const {
    switch (row.type) {
      case PropertyType::utf8_string:
        return append_quoted(out_, property.text());
      case PropertyType::utf8_string_pair:
        append_quoted(out_, base::as_text(property.name));
        out_.push(':');
        return append_quoted(out_, property.text());
      case PropertyType::binary_data:
        return binary(property);
      default:
        return append_number(out_, property.number);
    }
  }

  /// What authenticates is not shown, other data in hexadecimal.
  void binary(const wire::Property& property) const {
    const std::size_t size = property.value.size();
    const bool secret = property.id == wire::PropertyId::authentication_data;
    const std::size_t shown = secret ? 0 : std::min(size, most_binary_bytes);
    if (shown != 0) {
      out_.append("0x");
      base::append_hex(out_, property.value.first(shown));
    }
    if (shown == size && shown != 0) return;
    if (shown != 0) out_.append("...");
    out_.push('(');
    count(size);
    out_.push(')');
  }

  base::Buffer& out_;
  Version version_;
};

}  // namespace

void append_summary(base::Buffer& out, const wire::Packet& packet, Version version) {
  if (const auto* connect = std::get_if<wire::Connect>(&packet)) version = connect->version;
  out.append(wire::name(wire::type_of(packet)));
  std::visit(Words(out, version), packet);
}

}  // namespace render
