// What `mqtt decode` was told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture/hex_dump.h"
#include "wire/version.h"

namespace cmd {

/// A point in time, or one counted from the first packet.
struct TimeBound {
  std::int64_t nanoseconds = 0;
  bool relative = false;
};

struct DecodeOptions {
  enum class Output : std::uint8_t { text, summary, json, hex };

  std::string program = "mqtt decode";
  std::vector<std::string> words;   ///< the input, where it stands on the command line
  std::optional<std::string> file;  ///< "-" is standard input
  std::string interface;            ///< empty: none
  std::string filter;               ///< of the interface, in the language of libpcap
  capture::InputKind input = capture::InputKind::automatic;
  std::optional<std::string> keylog;
  std::optional<wire::Version> version;

  std::optional<Output> output;  ///< nothing: text, unless something else was asked for
  bool pretty = false;
  bool stats = false;
  bool lint = false;
  bool list_clauses = false;
  std::optional<std::string> extract;  ///< a directory for payloads

  std::uint32_t types = 0;  ///< bits 1 << PacketType; 0: all
  std::optional<std::string> topic;
  std::optional<std::string> client_identifier;
  std::optional<std::uint64_t> connection;
  std::optional<TimeBound> since;
  std::optional<TimeBound> until;
};

/// Whether packets are shown that break no rule: unless something else was asked for, and no packets.
inline bool shows_all(const DecodeOptions& options) noexcept {
  return options.output || (!options.stats && !options.extract && !options.lint);
}

}  // namespace cmd
