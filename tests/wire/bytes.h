// Packets as tests write them: hexadecimal bytes and quoted text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/hex.h"
#include "catch.h"
#include "wire/frame.h"

/// `30 04 00 01 "a" 00`; spaces outside quotes separate.
inline std::vector<std::uint8_t> bytes(std::string_view text) {
  std::vector<std::uint8_t> result;
  while (!text.empty()) {
    if (text[0] == ' ') {
      text.remove_prefix(1);
    } else if (text[0] == '"') {
      const std::size_t end = text.find('"', 1);
      for (const char character : text.substr(1, end - 1)) result.push_back(static_cast<std::uint8_t>(character));
      text.remove_prefix(end + 1);
    } else {
      const auto byte = base::from_hex(text.substr(0, 2));
      REQUIRE(byte);
      result.push_back(static_cast<std::uint8_t>((*byte)[0]));
      text.remove_prefix(2);
    }
  }
  return result;
}

/// Hands bytes to `split` one more at a time, as a slow connection does, until it says something else than
/// "incomplete"; demands that what is needed never turns out to be less.
inline wire::Split split_slowly(base::Bytes packet, wire::Version version) {
  std::size_t needed = 0;
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const wire::Split split = wire::split(packet.first(size), version);
    if (split.kind != wire::Split::Kind::incomplete) return split;
    REQUIRE(split.needed > size);
    REQUIRE(split.needed >= needed);
    needed = split.needed;
  }
  return wire::split(packet, version);
}
