// How well bytes of unknown origin fit MQTT, and in which version: what decides between readings of a text.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "wire/decode.h"
#include "wire/packets.h"

namespace capture {

/// Whoever sent it: where only one of the two may send such a packet, as that one.
wire::Decoded<wire::Packet> decode_from_anybody(const wire::Frame& frame, wire::Version version, wire::Sender& sender);

struct Fit {
  bool whole = false;       ///< nothing but valid packets, to the last byte
  std::size_t packets = 0;  ///< valid ones, from the front
  wire::Version version = wire::Version::v3_1_1;
  bool version_known = false;  ///< a CONNECT says it

  bool better_than(const Fit& other) const noexcept { return whole != other.whole ? whole : packets > other.packets; }
};

/// Tries the versions. Where both fit equally well it is 5.0 if there is a PUBLISH, whose payload would otherwise begin
/// with valid properties by chance, else 3.1.1.
Fit fit(base::Bytes bytes);

}  // namespace capture
