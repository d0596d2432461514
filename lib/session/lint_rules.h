// The table of lint: one row a rule, in files by subject.
#pragma once

#include <initializer_list>
#include <span>

#include "session/lint_look.h"

namespace session::lint {

/// Sets of packet types, of senders and of versions, as bits.
using Types = std::uint32_t;
constexpr Types bit(wire::PacketType type) noexcept { return 1U << static_cast<unsigned>(type); }
constexpr Types at_end = 1;
constexpr Types any_packet = 0xFFFE;
constexpr Types acknowledgements = bit(wire::PacketType::puback) | bit(wire::PacketType::pubrec) |
                                   bit(wire::PacketType::pubrel) | bit(wire::PacketType::pubcomp);
constexpr std::uint8_t by_client = 1;
constexpr std::uint8_t by_server = 2;
constexpr std::uint8_t by_both = 3;
constexpr std::uint8_t in_3_1 = 1;
constexpr std::uint8_t in_3_1_1 = 2;
constexpr std::uint8_t in_5_0 = 4;
constexpr std::uint8_t in_3_x = in_3_1 | in_3_1_1;
constexpr std::uint8_t in_all = in_3_x | in_5_0;

enum class Often : std::uint8_t { each, once };

struct Row {
  wire::Clause clause;
  Types types;
  std::uint8_t senders;
  std::uint8_t versions;
  Answer (*check)(const Look&);
  Finding::Level level = Finding::Level::violation;
  Often often = Often::each;
};

/// Packets of the wrong side, and what begins a connection: CONNECT, CONNACK, AUTH.
std::span<const Row> connect_rows() noexcept;
/// PUBLISH and its acknowledgements, by packet identifier; limits and aliases.
std::span<const Row> publish_rows() noexcept;
/// SUBSCRIBE, UNSUBSCRIBE and their acknowledgements.
std::span<const Row> subscribe_rows() noexcept;
/// Messages of the server against the subscriptions of the client and what it published itself.
std::span<const Row> delivery_rows() noexcept;
/// Packets larger than the other side takes.
std::span<const Row> size_rows() noexcept;
/// Silence, answers that do not come, and the end.
std::span<const Row> end_rows() noexcept;

}  // namespace session::lint
