// What protocol bytes are, by their content.
#pragma once

#include "wire/frame.h"

namespace capture {

enum class Looks : std::uint8_t { no, maybe, yes };  ///< maybe: more bytes will tell

/// The beginning of CONNECT, by the name of the protocol in it.
Looks like_connect(base::Bytes head) noexcept;
/// The head of an HTTP request or response.
Looks like_http(base::Bytes head) noexcept;
/// A ClientHello or ServerHello in a TLS record.
Looks like_tls_hello(base::Bytes head) noexcept;
/// The header of any TLS record.
bool is_tls_record(base::Bytes head) noexcept;
/// Whether a ClientHello offers MQTT by name (ALPN).
bool offers_mqtt(base::Bytes hello) noexcept;
/// A whole MQTT-SN CONNECT.
bool is_mqtt_sn_connect(base::Bytes datagram) noexcept;
/// Ports that are registered for MQTT or commonly used for it, encrypted or not.
bool is_mqtt_port(std::uint16_t port) noexcept;

/// The versions that a stream without CONNECT may have.
struct Candidates {
  bool v5 = true;
  bool v3 = true;
};

/// Whether a packet decodes in one of the versions, sent by either side.
bool decodes(const wire::Frame& frame, Candidates candidates);
/// Whether a packet decodes in that version, sent by either side.
bool decodes(const wire::Frame& frame, wire::Version version);

/// Packets that stand one after the other at the front of some bytes, each of which decodes.
struct Run {
  std::size_t frames = 0;  ///< counting stops at a few
  std::size_t size = 0;    ///< of those
  bool broken = false;     ///< what follows can be no packet
  std::size_t needed = 0;  ///< bytes from the front until the next packet is whole, as far as is known
};
Run run_of_frames(base::Bytes bytes, Candidates candidates, std::size_t largest);

/// Where packets begin in bytes whose beginning may lie within one.
struct Boundary {
  enum class Kind : std::uint8_t { found, wait };
  Kind kind = Kind::wait;
  std::size_t at = 0;      ///< of kind found; of kind wait: before it there is no packet for certain
  std::size_t needed = 0;  ///< of kind wait: how many bytes there should be before asking again
};
Boundary find_boundary(base::Bytes bytes, Candidates candidates, std::size_t largest);

}  // namespace capture
