// From a pasted frame to the data of its TCP segment. Captures have their own, which reassembles.
#include <algorithm>

#include "capture/hex_dump.h"

namespace capture {
namespace {

constexpr std::uint8_t tcp = 6;

std::optional<base::Bytes> of_tcp(base::Bytes segment) noexcept {
  if (segment.size() < 20) return std::nullopt;
  const std::size_t header = 4U * (segment[12] >> 4);
  if (header < 20 || header > segment.size()) return std::nullopt;
  return segment.subspan(header);
}

std::optional<base::Bytes> of_ipv4(base::Bytes packet) noexcept {
  const std::size_t header = 4U * (packet[0] & 0x0F);
  const std::size_t total = static_cast<std::size_t>(packet[2]) << 8 | packet[3];
  if (header < 20 || packet[9] != tcp || total < header || header > packet.size()) return std::nullopt;
  // Ethernet pads short frames; a dump may have been cut short.
  return of_tcp(packet.subspan(header, std::min(total, packet.size()) - header));
}

/// Extension headers have eight bytes, or as many more times eight as their second byte says.
std::optional<base::Bytes> of_ipv6(base::Bytes packet) noexcept {
  if (packet.size() < 40) return std::nullopt;
  std::uint8_t next = packet[6];
  const std::size_t size = static_cast<std::size_t>(packet[4]) << 8 | packet[5];
  base::Bytes rest = packet.subspan(40, std::min(size, packet.size() - 40));
  while (next == 0 || next == 43 || next == 60) {
    if (rest.size() < 8) return std::nullopt;
    next = rest[0];
    const std::size_t length = 8U + 8U * rest[1];
    if (length > rest.size()) return std::nullopt;
    rest = rest.subspan(length);
  }
  return next == tcp ? of_tcp(rest) : std::nullopt;
}

std::optional<base::Bytes> of_ip(base::Bytes packet) noexcept {
  if (packet.size() < 40) return std::nullopt;
  if (packet[0] >> 4 == 4) return of_ipv4(packet);
  if (packet[0] >> 4 == 6) return of_ipv6(packet);
  return std::nullopt;
}

/// The type of what follows stands at `at`, behind it the packet or another tag.
std::optional<base::Bytes> of_ether_type(base::Bytes frame, std::size_t at) noexcept {
  while (frame.size() >= at + 2) {
    const unsigned type = static_cast<unsigned>(frame[at]) << 8 | frame[at + 1];
    if (type == 0x0800 || type == 0x86DD) return of_ip(frame.subspan(at + 2));
    if (type != 0x8100 && type != 0x88A8) break;
    at += 4;
  }
  return std::nullopt;
}

}  // namespace

std::optional<base::Bytes> tcp_payload(base::Bytes frame) noexcept {
  constexpr std::size_t ethernet = 12;
  constexpr std::size_t cooked = 14;
  constexpr std::size_t cooked_2 = 0;
  constexpr std::size_t cooked_2_header = 20;
  constexpr std::size_t loopback_header = 4;
  if (const auto payload = of_ip(frame)) return payload;
  for (const std::size_t at : {ethernet, cooked}) {
    if (const auto payload = of_ether_type(frame, at)) return payload;
  }
  if (frame.size() > cooked_2_header && frame[cooked_2 + 2] == 0 && frame[cooked_2 + 3] == 0) {
    if (const auto payload = of_ip(frame.subspan(cooked_2_header))) return payload;
  }
  return frame.size() > loopback_header ? of_ip(frame.subspan(loopback_header)) : std::nullopt;
}

}  // namespace capture
