// Reads a capture from its bytes to the MQTT packets in it: the one function that a caller needs.
#pragma once

#include <optional>
#include <string>

#include "capture/handler.h"
#include "capture/source.h"

namespace capture {

class Keylog;

/// What may be held at once, in bytes and connections. What would exceed them is dropped with a note, oldest first.
struct Limits {
  std::size_t packet = 16U << 20;           ///< of an MQTT packet that straddles segments; larger ones are skipped
  std::size_t out_of_order = 1U << 20;      ///< waiting for a missing segment, in one direction
  std::size_t all = 256U << 20;             ///< held by all connections together
  std::size_t connections = 1U << 18;       ///< that have carried something that may be MQTT
  std::size_t idle_connections = 1U << 16;  ///< that have not: half-open, closed, or of other protocols
  std::size_t fragments = 4U << 20;         ///< of IP datagrams that are not complete
};

struct Options {
  std::optional<wire::Version> force_version{};
  Keylog* keylog = nullptr;  ///< to decrypt TLS with; must outlive the reading
  Limits limits{};
};

/// What was seen, so that a caller who got no packets can say why.
struct Summary {
  std::uint64_t records = 0;      ///< captured frames
  std::uint64_t segments = 0;     ///< TCP segments
  std::uint64_t connections = 0;  ///< with MQTT
  std::uint64_t encrypted = 0;    ///< connections with TLS that were not decrypted
  std::string why_encrypted{};    ///< of the first of them
  std::size_t most_held = 0;      ///< the most bytes that were held at once
};

/// Whether an input that begins so is a pcap or pcapng capture; four bytes tell.
bool is_capture(base::Bytes beginning) noexcept;

/// Fails only where nothing can be read; damage further on is a note.
base::Result<Summary, Error> read_capture(Source& source, const Options& options, Handler& handler);

}  // namespace capture
