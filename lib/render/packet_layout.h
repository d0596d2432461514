// Which packets are laid out alike.
#pragma once

#include "wire/frame.h"

namespace render {

/// Calls the member of `layout` that knows the type; PINGREQ and PINGRESP have nothing behind the fixed header.
template <class Layout>
void lay_out(Layout& layout, wire::PacketType type, std::uint8_t flags) {
  using wire::PacketType;
  switch (type) {
    case PacketType::connect:
      return layout.connect();
    case PacketType::connack:
      return layout.connack();
    case PacketType::publish:
      return layout.publish(flags);
    case PacketType::puback:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp:
      return layout.acknowledgement(type);
    case PacketType::subscribe:
      return layout.subscribe();
    case PacketType::suback:
    case PacketType::unsuback:
      return layout.reason_codes(type);
    case PacketType::unsubscribe:
      return layout.unsubscribe();
    case PacketType::disconnect:
    case PacketType::auth:
      return layout.reason(type);
    case PacketType::pingreq:
    case PacketType::pingresp:
      return;
  }
}

}  // namespace render
