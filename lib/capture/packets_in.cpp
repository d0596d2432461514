// How well bytes of unknown origin fit MQTT, and in which version: what decides between readings of a text.
#include "capture/packets_in.h"

namespace capture {
namespace {

using wire::Sender;
using wire::Version;

/// Beyond these more would not change a guess.
constexpr std::size_t most_packets = 100'000;

struct Attempt {
  Fit fit;
  std::size_t publishes = 0;
  std::uint32_t broken_at = 0;  ///< in the first packet that is not valid
};

/// Packets of type 0 are those of zeros, which lead anywhere.
bool are_framed(base::Bytes bytes, Version version) {
  while (!bytes.empty()) {
    const wire::Split split = wire::split(bytes, version);
    if (split.kind != wire::Split::Kind::frame || split.frame.packet[0] < 0x10) return false;
    bytes = bytes.subspan(split.frame.packet.size());
  }
  return true;
}

Attempt attempt(base::Bytes bytes, Version version) {
  Attempt result;
  result.fit.version = version;
  while (!bytes.empty() && result.fit.packets < most_packets) {
    const wire::Split split = wire::split(bytes, version);
    if (split.kind != wire::Split::Kind::frame) return result;
    Sender sender = Sender::client;
    const auto packet = decode_from_anybody(split.frame, version, sender);
    if (!packet) {
      result.broken_at = packet.error().offset;
      result.fit.framed = are_framed(bytes, version);
      return result;
    }
    if (const auto* connect = std::get_if<wire::Connect>(&*packet)) {
      version = connect->version;
      if (result.fit.packets == 0) {
        result.fit.version = version;
        result.fit.version_known = true;
      }
    }
    result.publishes += std::holds_alternative<wire::Publish>(*packet) ? 1U : 0U;
    ++result.fit.packets;
    bytes = bytes.subspan(split.frame.packet.size());
  }
  result.fit.whole = result.fit.packets != 0;
  return result;
}

}  // namespace

wire::Decoded<wire::Packet> decode_from_anybody(const wire::Frame& frame, Version version, Sender& sender) {
  switch (frame.type()) {
    case wire::PacketType::connack:
    case wire::PacketType::suback:
    case wire::PacketType::unsuback:
    case wire::PacketType::pingresp:
      sender = Sender::server;
      break;
    default:
      sender = Sender::client;
  }
  auto packet = wire::decode(frame, {version, sender});
  if (packet || sender == Sender::server) return packet;
  auto from_server = wire::decode(frame, {version, Sender::server});
  if (!from_server) return packet;
  sender = Sender::server;
  return from_server;
}

Fit fit(base::Bytes bytes) {
  const Attempt v3 = attempt(bytes, Version::v3_1_1);
  if (v3.fit.version_known) return v3.fit;
  const Attempt v5 = attempt(bytes, Version::v5_0);
  if (v5.fit.better_than(v3.fit)) return v5.fit;
  const bool same = !v3.fit.better_than(v5.fit);
  const bool as_v5 = v5.publishes != 0 || (!v3.fit.whole && v5.broken_at > v3.broken_at);
  return same && as_v5 ? v5.fit : v3.fit;
}

}  // namespace capture
