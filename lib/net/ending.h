// Why a connection to a broker came to its end, in one shape for whoever has to explain it.
#pragma once

#include "session/event.h"
#include "session/time.h"
#include "transport/layer.h"
#include "wire/clauses.h"
#include "wire/properties.h"

namespace net {

struct Ending {
  enum class Kind : std::uint8_t {
    transport,     ///< `error` says
    refused,       ///< CONNACK with `reason_code` (3.x: the return code 1 to 5)
    disconnected,  ///< the broker's DISCONNECT with `reason_code` (5.0)
    violation,     ///< the peer broke the protocol: `fault` in a packet of `type`
    timed_out,     ///< no CONNACK or no PINGRESP in time: `waiting`
  };
  Kind kind = Kind::transport;
  bool after_connack = false;
  bool progress = false;       ///< the broker sent a message other than a retained one, or acknowledged one of ours
  session::Duration lasted{};  ///< since CONNACK
  wire::Version version = wire::Version::v3_1_1;
  transport::Error error{};
  wire::ReasonCode reason_code{};
  wire::Properties properties;  ///< of that CONNACK or DISCONNECT
  wire::Fault fault{};
  wire::PacketType type{};
  session::TimedOut::Waiting waiting{};
};

}  // namespace net
