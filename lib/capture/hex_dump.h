// Bytes that somebody pasted: which of the ways to read a text gives MQTT.
#pragma once

#include <optional>
#include <string>

#include "capture/dress.h"
#include "capture/packets_in.h"

namespace capture {

/// Texts larger than this are refused: they are no paste, and each way to read them takes memory.
inline constexpr std::size_t largest_text = 32 * 1024 * 1024;

struct Chosen {
  std::vector<std::uint8_t> bytes;  ///< MQTT, with network headers taken off
  std::string_view dress;
  bool from_network = false;  ///< headers of Ethernet or IP were there
  Fit fit;
  std::string_view also{};  ///< another dress in which the text is MQTT, but other packets
};

/// The first reading that is MQTT from its first to its last byte; without one the reading that begins with the most
/// packets. Nothing where there are no bytes at all in the text.
std::optional<Chosen> choose(std::string_view text);
std::optional<Chosen> choose_hex(std::string_view text);
std::optional<Chosen> choose_base64(std::string_view text);

/// What stands behind the TCP header of a captured frame (Ethernet with VLANs, Linux cooked, loopback or bare IP);
/// empty for a segment without data. Nothing for what is no such frame.
std::optional<base::Bytes> tcp_payload(base::Bytes frame) noexcept;

enum class InputKind : std::uint8_t { automatic, hex, raw, base64, pcap };

/// By the first bytes of an input: pcap by its magic numbers, `hex` for text of any dress, else raw.
InputKind recognise(base::Bytes start) noexcept;

}  // namespace capture
