// From packets to bytes, in two steps: ask for the size, make that much room, fill it.
#pragma once

#include "base/buffer.h"
#include "base/outbox.h"
#include "wire/packets.h"

namespace wire {

/// Bytes of the whole packet. Packets that cannot be encoded (a string over 65,535 bytes, a body over 268,435,455) give
/// 0.
std::size_t encoded_size(const Packet& packet, Version version) noexcept;
std::size_t encoded_size(const Publish& packet, Version version) noexcept;

/// Writes `encoded_size` bytes at `out` and returns the end. Nothing but the sizes is checked: what the caller gives is
/// what is sent (a test of brokers sends broken packets on purpose).
std::uint8_t* encode(const Packet& packet, Version version, std::uint8_t* out) noexcept;
std::uint8_t* encode(const Publish& packet, Version version, std::uint8_t* out) noexcept;

/// Encodes to the end of a buffer or outbox (anything with reserve and commit); false where the packet cannot be
/// encoded.
template <class Sink, class AnyPacket>
bool append(Sink& sink, const AnyPacket& packet, Version version) {
  const std::size_t size = encoded_size(packet, version);
  if (size == 0) return false;
  encode(packet, version, sink.reserve(size));
  sink.commit(size);
  return true;
}

/// The DUP flag of a PUBLISH that stands encoded at `packet`, set in place for a resend.
inline void set_dup(std::uint8_t* packet) noexcept { packet[0] |= 0x08; }

}  // namespace wire
