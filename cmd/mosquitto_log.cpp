#include "mosquitto_log.h"

#include "base/format.h"
#include "render/escape.h"

namespace cmd {
namespace {

using wire::PacketType;

std::string visible(std::string_view text) {
  base::Buffer out;
  render::append_visible(out, base::as_bytes(text), render::Layout::escape);
  return std::string(out.text());
}

/// The part in parentheses, which depends on who acknowledges. Only PUBREC and PUBREL that come in leave the code out.
std::string describe(const wire::Acknowledgement& packet, bool sent) {
  const int code = static_cast<int>(packet.reason_code);
  const bool ends = packet.type == PacketType::puback || packet.type == PacketType::pubcomp;
  const bool with_code = packet.type == PacketType::puback || packet.type == PacketType::pubrec;
  if (!sent && ends) return base::format("Mid: {}, RC:{}", packet.packet_identifier, code);
  if (!sent) return base::format("Mid: {}", packet.packet_identifier);
  if (with_code) return base::format("m{}, rc{}", packet.packet_identifier, code);
  return base::format("m{}", packet.packet_identifier);
}

std::string describe(const wire::Publish& publish, std::uint16_t identifier) {
  return base::format("d{:d}, q{}, r{:d}, m{}, '{}', ... ({} bytes)", publish.dup, publish.qos, publish.retain,
                      identifier, visible(publish.topic), publish.payload.size());
}

int options_of(const wire::Subscription& subscription) noexcept {
  return static_cast<int>(subscription.retain_handling) << 4 | (subscription.retain_as_published ? 8 : 0) |
         (subscription.no_local ? 4 : 0);
}

std::string grants(const wire::Suback& suback) {
  std::string text = base::format("Subscribed (mid: {})", suback.packet_identifier);
  for (std::size_t i = 0; i < suback.reason_codes.size(); ++i) {
    text += base::format("{}{}", i == 0 ? ": " : ", ", suback.reason_codes[i]);
  }
  return text;
}

}  // namespace

std::uint16_t MosquittoLog::identifier_of(const wire::Publish& publish, wire::Sender sender) {
  if (sender == wire::Sender::server) return publish.packet_identifier;
  last_identifier_ = publish.qos != 0 ? publish.packet_identifier : static_cast<std::uint16_t>(last_identifier_ + 1);
  return last_identifier_;
}

void MosquittoLog::append(base::Buffer& out, const wire::Packet& packet, wire::Sender sender,
                          std::string_view client_identifier) {
  const bool sent = sender == wire::Sender::client;
  const std::string who = client_identifier.empty() ? "(null)" : visible(client_identifier);
  const auto line = [&](std::string_view name, std::string_view details) {
    out.append(base::format("Client {} {} {}", who, sent ? "sending" : "received", name));
    if (!details.empty()) out.append(base::format(" ({})", details));
    out.push('\n');
  };

  const std::string_view name = wire::name(wire::type_of(packet));
  if (const auto* connack = std::get_if<wire::Connack>(&packet)) {
    line(name, base::format("{}", static_cast<int>(connack->reason_code)));
  } else if (const auto* publish = std::get_if<wire::Publish>(&packet)) {
    line(name, describe(*publish, identifier_of(*publish, sender)));
  } else if (const auto* acknowledgement = std::get_if<wire::Acknowledgement>(&packet)) {
    line(name, describe(*acknowledgement, sent));
  } else if (const auto* subscribe = std::get_if<wire::Subscribe>(&packet)) {
    last_identifier_ = subscribe->packet_identifier;
    for (const wire::Subscription& subscription : subscribe->subscriptions) {
      line(name, base::format("Mid: {}, Topic: {}, QoS: {}, Options: 0x{:02x}", subscribe->packet_identifier,
                              visible(subscription.topic_filter), subscription.qos, options_of(subscription)));
    }
  } else if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&packet)) {
    for (const std::string_view filter : unsubscribe->topic_filters) {
      line(name, base::format("Mid: {}, Topic: {}", unsubscribe->packet_identifier, visible(filter)));
    }
  } else if (const auto* suback = std::get_if<wire::Suback>(&packet)) {
    line(name, {});
    if (tells_grants_) out.append(grants(*suback) + "\n");
  } else if (const auto* disconnect = std::get_if<wire::Disconnect>(&packet); disconnect != nullptr && !sent) {
    out.append(base::format("Received DISCONNECT ({})\n", static_cast<int>(disconnect->reason_code)));
  } else {
    line(name, {});
  }
}

}  // namespace cmd
