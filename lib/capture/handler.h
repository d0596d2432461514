// What a reader of captures and dumps tells: packets, bytes that are none, notes, and how connections ended.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "wire/frame.h"

namespace capture {

/// An IPv4 (first four bytes) or IPv6 address with a port.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool v6 = false;
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

/// "192.0.2.1:1883", "[2001:db8::1]:1883".
void append(base::Buffer& to, const Address& address);

/// Where a packet or note belongs.
struct Where {
  std::int64_t time_ns = 0;  ///< since 1970, of the captured frame that completed the packet
  bool has_time = false;
  std::uint8_t time_digits = 6;  ///< how fine the source is: 6 or 9
  bool has_addresses = false;
  bool sender_known = false;
  wire::Sender sender = wire::Sender::client;  ///< where `sender_known`
  Address from{};
  Address to{};
  bool version_guessed = false;  ///< no CONNECT was captured
  bool from_start = false;       ///< the first bytes of the connection were captured
  std::uint64_t connection = 0;  ///< from 1; 0: none, as with a hex dump
  std::uint64_t offset = 0;      ///< of the packet in the MQTT bytes of its direction, or in the dump
};

enum class Note : std::uint8_t {
  gap,              ///< bytes are missing from the capture; decoding went on at the next packet that holds
  version_guessed,  ///< no CONNECT was captured
  version_forced,   ///< CONNECT says another version than the one that was forced
  tls,              ///< encrypted, and not decrypted: no keylog, or no keys for this connection in it
  tls_decrypted,    ///< encrypted, and read with the keylog
  mqtt_sn,          ///< MQTT-SN, which is another protocol
  websocket,        ///< MQTT over WebSocket begins here, or is broken here
  incomplete,       ///< the connection ended inside a packet
  resumed,          ///< bytes were skipped that are no packet
  truncated,        ///< the capture ends inside a record, or records were cut short when captured
  unsupported,      ///< a link type, block or cipher suite that is not read
  limit,            ///< a bound was reached and something was dropped
  reading,          ///< how a dump was understood
};

/// "gap", "version_guessed", …: stable, for JSON.
std::string_view name(Note note) noexcept;

enum class Closed : std::uint8_t {
  fin,     ///< both sides finished
  reset,   ///< RST
  reused,  ///< a new connection came with the same addresses and ports
  open,    ///< the capture ended first
  evicted  ///< dropped to stay within the limits
};

/// "closed", "reset", "reused", "open", "evicted".
std::string_view name(Closed how) noexcept;

/// Takes what a reader finds, in order of capture. All views live until the call returns.
class Handler {
 public:
  virtual ~Handler() = default;

  /// A whole frame, not decoded yet. Where no CONNECT was seen, `version` is a guess.
  virtual void on_packet(const Where& where, const wire::Frame& frame, wire::Version version, bool version_known) = 0;
  /// Bytes that are no frame; reading goes on behind them.
  virtual void on_fault(const Where& where, base::Bytes bytes, wire::Version version, const wire::Fault& fault) = 0;
  /// A rule that is broken outside of packets: by the WebSocket around them, and by `where.sender`.
  virtual void on_violation(const Where& where, wire::Clause clause) {
    static_cast<void>(where);
    static_cast<void>(clause);
  }
  virtual void on_note(const Where& where, Note note, std::string_view text) = 0;
  /// A connection that had MQTT on it is over.
  virtual void on_closed(const Where& where, Closed how) = 0;
};

}  // namespace capture
