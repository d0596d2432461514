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
  bool framed = false;      ///< behind those the lengths of packets lead to the last byte
  wire::Version version = wire::Version::v3_1_1;
  bool version_known = false;  ///< a CONNECT says it

  bool better_than(const Fit& other) const noexcept {
    if (whole != other.whole) return whole;
    return packets != other.packets ? packets > other.packets : framed && !other.framed;
  }
};

/// Tries the versions. Where both fit equally well it is 5.0 if there is a PUBLISH, whose payload would otherwise begin
/// with valid properties by chance, else 3.1.1; where both break at the same packet, that which reads on further in it.
Fit fit(base::Bytes bytes);

}  // namespace capture
