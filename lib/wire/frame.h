// Cuts a stream of bytes into packets by the fixed header, without reading further into them.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "wire/clauses.h"
#include "wire/version.h"

namespace wire {

/// One whole packet. Lives as long as the bytes it was cut from.
struct Frame {
  base::Bytes packet;               ///< from the first byte of the fixed header to the last of the payload
  std::uint32_t header_length = 0;  ///< 2 to 5

  std::uint8_t first_byte() const noexcept { return packet[0]; }
  PacketType type() const noexcept { return static_cast<PacketType>(packet[0] >> 4); }
  std::uint8_t flags() const noexcept { return packet[0] & 0x0F; }
  base::Bytes body() const noexcept { return packet.subspan(header_length); }
};

/// The largest packet that a Remaining Length can announce (2.1.4): 256 MiB - 1 and its header.
inline constexpr std::uint32_t largest_packet = 268'435'455 + 5;

/// What stands at the front of `input`.
struct Split {
  enum class Kind : std::uint8_t { frame, incomplete, fault };
  Kind kind = Kind::incomplete;
  Frame frame{};  ///< of kind frame
  std::size_t needed =
      0;          ///< of kind incomplete: bytes that `input` must at least have; exact once the length is known
  Fault fault{};  ///< of kind fault
};

/// A Remaining Length of more than four bytes is a fault, as are one that is not minimal in 5.0 (the caller says so
/// with `version`) and a packet larger than `maximum_packet_size`.
Split split(base::Bytes input, Version version, std::uint32_t maximum_packet_size = largest_packet) noexcept;

}  // namespace wire
