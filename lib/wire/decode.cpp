// Any packet by its type, and the two packets that have no body.
#include "wire/decode.h"

#include "wire/reader.h"

namespace wire {
namespace {

template <class AnyPacket>
Decoded<Packet> any(Decoded<AnyPacket> packet) {
  if (packet) return Packet(*packet);
  return base::unexpected(packet.error());
}

template <class Ping>
Decoded<Packet> decode_ping(const Frame& frame) {
  Reader reader(frame);
  reader.expect_flags(0, Clause::flags_reserved);
  return any(reader.finish(Ping{}));
}

}  // namespace

Decoded<Packet> decode(const Frame& frame, const Context& context) {
  switch (frame.type()) {
    case PacketType::connect:
      return any(decode_connect(frame));
    case PacketType::connack:
      return any(decode_connack(frame, context));
    case PacketType::publish:
      return any(decode_publish(frame, context));
    case PacketType::puback:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp:
      return any(decode_acknowledgement(frame, context));
    case PacketType::subscribe:
      return any(decode_subscribe(frame, context));
    case PacketType::suback:
      return any(decode_suback(frame, context));
    case PacketType::unsubscribe:
      return any(decode_unsubscribe(frame, context));
    case PacketType::unsuback:
      return any(decode_unsuback(frame, context));
    case PacketType::pingreq:
      return decode_ping<Pingreq>(frame);
    case PacketType::pingresp:
      return decode_ping<Pingresp>(frame);
    case PacketType::disconnect:
      return any(decode_disconnect(frame, context));
    case PacketType::auth:
      return any(decode_auth(frame, context));
  }
  return base::unexpected(Fault{Clause::packet_type_reserved, 0});
}

}  // namespace wire
