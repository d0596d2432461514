// From frames to packets: every rule that the standards make for a single packet is checked here.
#pragma once

#include "wire/frame.h"
#include "wire/packets.h"

namespace wire {

/// What a decoder must know besides the bytes. CONNECT names its own version.
struct Context {
  Version version = Version::v3_1_1;
  Sender sender = Sender::client;
};

/// Each function takes a frame of its own type. Offsets in faults count from the first byte of the packet.
Decoded<Connect> decode_connect(const Frame& frame);
Decoded<Connack> decode_connack(const Frame& frame, const Context& context);
Decoded<Publish> decode_publish(const Frame& frame, const Context& context);
/// PUBACK, PUBREC, PUBREL and PUBCOMP.
Decoded<Acknowledgement> decode_acknowledgement(const Frame& frame, const Context& context);
Decoded<Subscribe> decode_subscribe(const Frame& frame, const Context& context);
Decoded<Suback> decode_suback(const Frame& frame, const Context& context);
Decoded<Unsubscribe> decode_unsubscribe(const Frame& frame, const Context& context);
Decoded<Unsuback> decode_unsuback(const Frame& frame, const Context& context);
Decoded<Disconnect> decode_disconnect(const Frame& frame, const Context& context);
Decoded<Auth> decode_auth(const Frame& frame, const Context& context);

/// Any packet. A packet of the wrong direction decodes; who may send what is the session's business.
Decoded<Packet> decode(const Frame& frame, const Context& context);

/// The rule that a decoded packet breaks nevertheless: one whose receiver need not look (whether a payload is the UTF-8
/// that it is declared to be), or that it answers without ending the connection for it first (a client identifier).
std::optional<Fault> find_tolerated(const Packet& packet, const Frame& frame) noexcept;

}  // namespace wire
