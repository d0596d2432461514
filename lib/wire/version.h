// The protocol versions, packet types and the sides of a connection, by the numbers they have on the wire.
#pragma once

#include <cstdint>
#include <string_view>

namespace wire {

/// The Protocol Level (3.x) or Protocol Version (5.0) byte of CONNECT.
enum class Version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5_0 = 5 };

enum class PacketType : std::uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
  auth = 15,
};

enum class Sender : std::uint8_t { client, server };

/// "3.1", "3.1.1", "5.0".
std::string_view name(Version version) noexcept;
/// "CONNECT", "PUBLISH", …; "RESERVED" for 0.
std::string_view name(PacketType type) noexcept;

}  // namespace wire
