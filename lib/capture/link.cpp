// From a captured frame to the IP packet in it, for the link layers that carry one.
#include "capture/link.h"

namespace capture {
namespace {

constexpr std::uint16_t ether_ipv4 = 0x0800;
constexpr std::uint16_t ether_ipv6 = 0x86DD;
constexpr std::uint16_t ether_pppoe = 0x8864;

std::uint16_t u16(base::Bytes bytes, std::size_t at) noexcept {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

bool is_vlan(std::uint16_t type) noexcept {
  return type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200;
}

/// The version in the packet itself must be one of IP's.
Network ip(base::Bytes packet) noexcept {
  if (packet.empty() || (packet[0] >> 4 != 4 && packet[0] >> 4 != 6)) return {};
  return {Network::Kind::ip, packet};
}

Network ppp(base::Bytes frame) noexcept {
  if (frame.size() >= 2 && frame[0] == 0xFF && frame[1] == 0x03) frame = frame.subspan(2);
  if (frame.empty()) return {};
  const bool compressed = (frame[0] & 1) != 0;
  if (frame.size() < 2) return {};
  const unsigned protocol = compressed ? frame[0] : u16(frame, 0);
  if (protocol != 0x21 && protocol != 0x57) return {};
  return ip(frame.subspan(compressed ? 1 : 2));
}

/// What follows an EtherType, behind any number of VLAN tags.
Network ether_type(std::uint16_t type, base::Bytes rest) noexcept {
  while (is_vlan(type)) {
    if (rest.size() < 4) return {};
    type = u16(rest, 2);
    rest = rest.subspan(4);
  }
  if (type == ether_ipv4 || type == ether_ipv6) return ip(rest);
  if (type == ether_pppoe && rest.size() > 6) return ppp(rest.subspan(6));
  return {};
}

Network ethernet(base::Bytes frame) noexcept {
  if (frame.size() < 14) return {};
  return ether_type(u16(frame, 12), frame.subspan(14));
}

/// Linux "cooked": the type stands at the end of the first header, at the beginning of the second.
Network cooked(base::Bytes frame, std::size_t type_at, std::size_t header) noexcept {
  if (frame.size() < header) return {};
  return ether_type(u16(frame, type_at), frame.subspan(header));
}

/// LLC and SNAP, as in 802.11.
Network llc(base::Bytes frame) noexcept {
  if (frame.size() < 8 || frame[0] != 0xAA || frame[1] != 0xAA) return {};
  return ether_type(u16(frame, 6), frame.subspan(8));
}

/// Data frames that are not encrypted; those of an aggregate (A-MSDU) are not taken apart.
Network wireless(base::Bytes frame) noexcept {
  if (frame.size() < 24 || (frame[0] & 0x0C) != 0x08) return {};
  const bool protected_frame = (frame[1] & 0x40) != 0;
  const bool null_data = (frame[0] & 0x40) != 0;
  if (protected_frame || null_data) return {};
  const bool four_addresses = (frame[1] & 3) == 3;
  const bool quality_of_service = (frame[0] & 0x80) != 0;
  const bool high_throughput = quality_of_service && (frame[1] & 0x80) != 0;
  const std::size_t header =
      24U + (four_addresses ? 6U : 0U) + (quality_of_service ? 2U : 0U) + (high_throughput ? 4U : 0U);
  return frame.size() < header ? Network{} : llc(frame.subspan(header));
}

Network radiotap(base::Bytes frame) noexcept {
  if (frame.size() < 4) return {};
  const auto length = static_cast<std::size_t>(frame[3] << 8 | frame[2]);  // little-endian
  return frame.size() < length ? Network{} : wireless(frame.subspan(length));
}

}  // namespace

Network strip_link(std::uint32_t link_type, base::Bytes frame) noexcept {
  switch (link_type) {
    case 1:
      return ethernet(frame);
    case 0:    // NULL: an address family in the byte order of the machine; the packet says more reliably what it is
    case 108:  // LOOP: likewise in network order
      return frame.size() < 4 ? Network{} : ip(frame.subspan(4));
    case 9:
    case 50:
      return ppp(frame);
    case 51:
      return frame.size() < 6 ? Network{} : ppp(frame.subspan(6));
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return ip(frame);
    case 105:
      return wireless(frame);
    case 113:
      return cooked(frame, 14, 16);
    case 127:
      return radiotap(frame);
    case 276:
      return cooked(frame, 0, 20);
    default:
      return {Network::Kind::unknown_link, {}};
  }
}

}  // namespace capture
