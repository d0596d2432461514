// What protocol bytes are, by their content.
#include "capture/recognise.h"

#include <algorithm>
#include <array>

#include "wire/decode.h"

namespace capture {
namespace {

using wire::PacketType;

constexpr std::size_t enough_frames = 3;
/// How much is searched for a boundary before the first plausible one is taken.
constexpr std::size_t search_size = 64U << 10;

Looks compare(std::string_view text, std::string_view start) noexcept {
  const std::size_t size = std::min(text.size(), start.size());
  if (text.substr(0, size) != start.substr(0, size)) return Looks::no;
  return text.size() >= start.size() ? Looks::yes : Looks::maybe;
}

Looks any_of(std::string_view text, std::initializer_list<std::string_view> starts) noexcept {
  Looks best = Looks::no;
  for (const std::string_view start : starts) best = std::max(best, compare(text, start));
  return best;
}

/// The smallest Remaining Length of each type, in any version.
constexpr std::array<std::uint8_t, 16> least_length{0, 10, 2, 2, 2, 2, 2, 2, 5, 3, 5, 2, 0, 0, 0, 0};

bool flags_fit(std::uint8_t first) noexcept {
  const auto type = static_cast<PacketType>(first >> 4);
  const unsigned flags = first & 0x0FU;
  if (type == PacketType::publish) return (flags & 6) != 6;
  const bool two = type == PacketType::pubrel || type == PacketType::subscribe || type == PacketType::unsubscribe;
  return flags == (two ? 2U : 0U);
}

/// As much of the topic as is there has no control characters, and its length fits.
bool topic_fits(base::Bytes body, std::size_t remaining) noexcept {
  if (body.size() < 2) return true;
  const std::size_t length = static_cast<std::size_t>(body[0] << 8 | body[1]);
  if (length + 2 > remaining) return false;
  const base::Bytes topic = body.subspan(2, std::min(length, body.size() - 2));
  return std::none_of(topic.begin(), topic.end(),
                      [](std::uint8_t byte) { return byte < 0x20 || byte == '#' || byte == '+' || byte >= 0xF8; });
}

/// Whether bytes that are no whole packet may become one.
bool may_begin(base::Bytes bytes, std::size_t needed, std::size_t largest) noexcept {
  if (bytes.empty()) return true;
  const unsigned type = bytes[0] >> 4;
  if (type == 0 || !flags_fit(bytes[0])) return false;
  if (bytes.size() < 2) return true;
  if (needed > largest) return false;
  std::size_t header = 2;
  while (header < bytes.size() && header < 5 && bytes[header - 1] >= 0x80) ++header;
  if (bytes[header - 1] >= 0x80) return true;  // the length goes on
  const std::size_t remaining = needed - header;
  if (remaining < least_length[type]) return false;
  return static_cast<PacketType>(type) != PacketType::publish || topic_fits(bytes.subspan(header), remaining);
}

}  // namespace

Looks like_connect(base::Bytes head) noexcept {
  if (head.empty()) return Looks::maybe;
  if (head[0] >> 4 != 1) return Looks::no;
  std::size_t at = 1;
  while (at < head.size() && at < 5 && head[at] >= 0x80) ++at;
  if (at == 5) return Looks::no;
  ++at;
  if (at >= head.size()) return Looks::maybe;
  using namespace std::string_view_literals;
  return any_of(base::as_text(head.subspan(at)), {"\0\4MQTT"sv, "\0\6MQIsdp"sv});
}

Looks like_http(base::Bytes head) noexcept { return any_of(base::as_text(head), {"GET ", "HTTP/1.1 "}); }

Looks like_tls_hello(base::Bytes head) noexcept {
  constexpr std::uint8_t handshake = 22;
  constexpr std::array<std::uint8_t, 2> hellos{1, 2};
  if (head.size() >= 1 && head[0] != handshake) return Looks::no;
  if (head.size() >= 2 && head[1] != 3) return Looks::no;
  if (head.size() >= 3 && head[2] > 4) return Looks::no;
  if (head.size() < 6) return Looks::maybe;
  return std::find(hellos.begin(), hellos.end(), head[5]) != hellos.end() ? Looks::yes : Looks::no;
}

bool is_tls_record(base::Bytes head) noexcept {
  constexpr unsigned largest = (16U << 10) + 2048;
  return head.size() >= 5 && head[0] >= 20 && head[0] <= 23 && head[1] == 3 && head[2] <= 4 &&
         static_cast<unsigned>(head[3] << 8 | head[4]) <= largest;
}

bool offers_mqtt(base::Bytes hello) noexcept {
  const std::string_view text = base::as_text(hello);
  return text.find("\4mqtt") != std::string_view::npos || text.find("\x0Ex-amzn-mqtt-ca") != std::string_view::npos;
}

bool is_mqtt_sn_connect(base::Bytes datagram) noexcept {
  constexpr std::uint8_t connect = 0x04;
  constexpr std::uint8_t protocol_id = 0x01;
  constexpr std::uint8_t other_flags = 0xF3;  // only Will and CleanSession have a meaning
  return datagram.size() >= 7 && datagram.size() <= 29 && datagram[0] == datagram.size() && datagram[1] == connect &&
         (datagram[2] & other_flags) == 0 && datagram[3] == protocol_id;
}

bool is_mqtt_port(std::uint16_t port) noexcept {
  return port == 1883 || port == 1884 || (port >= 8883 && port <= 8887);
}

bool decodes(const wire::Frame& frame, wire::Version version) {
  return wire::decode(frame, {version, wire::Sender::client}).has_value() ||
         wire::decode(frame, {version, wire::Sender::server}).has_value();
}

bool decodes(const wire::Frame& frame, Candidates candidates) {
  return (candidates.v5 && decodes(frame, wire::Version::v5_0)) ||
         (candidates.v3 && decodes(frame, wire::Version::v3_1_1));
}

Run run_of_frames(base::Bytes bytes, Candidates candidates, std::size_t largest) {
  Run run;
  while (run.frames < enough_frames && run.size < bytes.size()) {
    const base::Bytes rest = bytes.subspan(run.size);
    const wire::Split split = wire::split(rest, wire::Version::v3_1_1);
    run.needed = run.size + split.needed;
    const bool frame = split.kind == wire::Split::Kind::frame;
    if (frame && flags_fit(rest[0]) && decodes(split.frame, candidates)) {
      ++run.frames;
      run.size += split.frame.packet.size();
      continue;
    }
    run.broken = split.kind != wire::Split::Kind::incomplete || !may_begin(rest, split.needed, largest);
    break;
  }
  return run;
}

Boundary find_boundary(base::Bytes bytes, Candidates candidates, std::size_t largest) {
  Boundary wait{Boundary::Kind::wait, bytes.size(), bytes.size() + 1};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const base::Bytes rest = bytes.subspan(at);
    if (rest[0] < 0x10 || !flags_fit(rest[0])) continue;
    const Run run = run_of_frames(rest, candidates, largest);
    const bool to_the_end = run.size == rest.size();
    if (run.frames >= 2 || (run.frames == 1 && !run.broken && (to_the_end || at == 0))) {
      return {Boundary::Kind::found, at, 0};
    }
    if (run.broken || run.frames != 0) {
      if (!run.broken) wait.at = std::min(wait.at, at);
      continue;
    }
    wait.at = std::min(wait.at, at);
    if (rest.size() >= search_size) return {Boundary::Kind::found, at, 0};
    if (at != 0) continue;
    // What follows a loss is the beginning of a segment, and that is mostly the beginning of a packet.
    wait.needed = std::min(std::max(wait.needed, run.needed), search_size);
    return wait;
  }
  wait.needed = std::max(wait.needed, bytes.size() + (bytes.size() - wait.at) / 8);
  return wait;
}

}  // namespace capture
