// One line a packet, for people: what -d and `decode --output summary` print.
#pragma once

#include "base/buffer.h"
#include "wire/packets.h"
#include "wire/version.h"

namespace render {

/// `PUBLISH q1 r0 d0 id 7 topic "plant/1" 24 bytes`, `CONNACK 0x00 Success session_present=0 receive_maximum=20`.
/// In the specification's words and on one line, without line feed; safe on a terminal. A password is only counted.
void append_summary(base::Buffer& out, const wire::Packet& packet, wire::Version version);

}  // namespace render
