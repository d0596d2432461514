// What a packet alone breaks and a receiver may let pass: for those who judge packets and do not serve them.
#include <algorithm>

#include "base/utf8.h"
#include "wire/decode.h"

namespace wire {
namespace {

std::uint32_t offset_of(const Frame& frame, const void* byte) noexcept {
  return static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(byte) - frame.packet.data());
}

std::optional<Fault> payload_format(PropertiesView properties, base::Bytes payload, const Frame& frame,
                                    Clause broken) noexcept {
  if (properties.empty() || properties.number(PropertyId::payload_format_indicator, 0) != 1) return std::nullopt;
  const std::size_t good = base::find_ill_formed(base::as_text(payload));
  if (good == payload.size()) return std::nullopt;
  return Fault{broken, offset_of(frame, payload.data() + good)};
}

/// 3.1 counts the characters; 3.1.1 leaves that to servers, but wants a name for a session that is kept.
std::optional<Fault> client_identifier(const Connect& connect, const Frame& frame) noexcept {
  const std::string_view name = connect.client_identifier;
  const auto begins_character = [](char unit) { return (static_cast<std::uint8_t>(unit) & 0xC0) != 0x80; };
  const auto characters = std::count_if(name.begin(), name.end(), begins_character);
  const std::uint32_t start = offset_of(frame, name.data()) - 2;
  if (connect.version == Version::v3_1 && (characters < 1 || characters > 23)) {
    return Fault{Clause::client_identifier_length, start};
  }
  if (connect.version == Version::v3_1_1 && name.empty() && !connect.clean_start) {
    return Fault{Clause::client_identifier_empty, start};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> find_tolerated(const Packet& packet, const Frame& frame) noexcept {
  if (const auto* publish = std::get_if<Publish>(&packet)) {
    return payload_format(publish->properties, publish->payload, frame, Clause::payload_format_invalid);
  }
  const auto* connect = std::get_if<Connect>(&packet);
  if (connect == nullptr) return std::nullopt;
  const auto broken = client_identifier(*connect, frame);
  if (broken || !connect->will) return broken;
  return payload_format(connect->will->properties, connect->will->payload, frame, Clause::will_payload_format_invalid);
}

}  // namespace wire
