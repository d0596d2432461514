// Packets as hex: what tests hand to a machine and what they find in its outbox.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/outbox.h"
#include "session/time.h"
#include "wire/frame.h"

/// Spaces are skipped.
inline std::vector<std::uint8_t> bytes(std::string_view hex) {
  std::vector<std::uint8_t> result;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  int high = -1;
  for (const char c : hex) {
    if (c == ' ') continue;
    if (high < 0) {
      high = digit(c);
    } else {
      result.push_back(static_cast<std::uint8_t>(high << 4 | digit(c)));
      high = -1;
    }
  }
  return result;
}

inline std::string hex(base::Bytes bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

/// Empties the outbox as a driver does that sends all of it.
inline std::vector<std::uint8_t> drain(base::Outbox& outbox) {
  std::vector<std::uint8_t> result;
  std::array<base::Bytes, 16> views;
  while (!outbox.empty()) {
    const std::size_t count = outbox.gather(views);
    std::size_t sent = 0;
    for (std::size_t i = 0; i < count; ++i) {
      result.insert(result.end(), views[i].begin(), views[i].end());
      sent += views[i].size();
    }
    outbox.consume(sent);
  }
  return result;
}

/// The packets in the outbox, separated by spaces.
inline std::string sent(base::Outbox& outbox) {
  const std::vector<std::uint8_t> all = drain(outbox);
  std::string text;
  for (base::Bytes rest = all; !rest.empty();) {
    const wire::Split split = wire::split(rest, wire::Version::v3_1_1);
    const std::size_t length = split.kind == wire::Split::Kind::frame ? split.frame.packet.size() : rest.size();
    if (!text.empty()) text += ' ';
    text += hex(rest.first(length));
    rest = rest.subspan(length);
  }
  return text;
}

/// Hands over one packet; it must outlive the views in the events.
template <class Machine>
void feed(Machine& machine, session::Time now, base::Bytes packet, wire::Version version) {
  const wire::Split split = wire::split(packet, version);
  if (split.kind == wire::Split::Kind::frame) {
    machine.handle_frame(now, split.frame);
  } else if (split.kind == wire::Split::Kind::fault) {
    machine.handle_fault(now, split.fault);
  }
}
