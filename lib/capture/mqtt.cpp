// Cuts both directions of a connection into MQTT packets, and finds the next one where bytes are missing or broken.
#include "capture/mqtt.h"

#include <algorithm>

namespace capture {
namespace {

using wire::PacketType;
using wire::Split;
using wire::Version;

constexpr std::size_t longest_header = 5;
/// A buffer that grew beyond this is given back when it is empty.
constexpr std::size_t worth_keeping = 64U << 10;

/// Packets of the reserved type 0 in a row that are still taken for packets.
constexpr unsigned most_reserved = 8;

/// What only one side sends.
bool only_client_sends(PacketType type) noexcept {
  return type == PacketType::connect || type == PacketType::subscribe || type == PacketType::unsubscribe ||
         type == PacketType::pingreq;
}
bool only_server_sends(PacketType type) noexcept {
  return type == PacketType::connack || type == PacketType::suback || type == PacketType::unsuback ||
         type == PacketType::pingresp;
}

std::string count(std::uint64_t bytes) { return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes"); }

}  // namespace

Mqtt::Mqtt(Report& report, bool from_start) : report_(report) {
  report_.set_from_start(from_start);
  for (Stream& stream : sides_) stream.searching = !from_start;
  if (report.options().force_version) {
    version_ = *report.options().force_version;
    version_known_ = version_settled_ = true;
  }
  report_.set_version_guessed(!version_known_);
}

void Mqtt::receive(Side side, base::Bytes bytes) {
  Stream& stream = sides_[side];
  if (stream.skip != 0) bytes = drop(stream, bytes);
  if (stream.searching) return search(side, bytes);
  if (!stream.partial.empty()) bytes = complete(side, bytes);
  if (bytes.empty()) return;
  bytes = cut(side, bytes);
  if (!bytes.empty()) stream.partial.append(bytes);
  if (stream.searching) search(side, {});
}

base::Bytes Mqtt::drop(Stream& stream, base::Bytes bytes) noexcept {
  const auto dropped = static_cast<std::size_t>(std::min<std::uint64_t>(stream.skip, bytes.size()));
  stream.skip -= dropped;
  stream.offset += dropped;
  return bytes.subspan(dropped);
}

/// Fills the packet that was begun. What stands behind it is left in the caller's bytes.
base::Bytes Mqtt::complete(Side side, base::Bytes bytes) {
  Stream& stream = sides_[side];
  while (!bytes.empty() && !stream.partial.empty()) {
    const std::size_t missing = stream.needed - stream.partial.size();
    const std::size_t taken = std::min(missing, bytes.size());
    stream.partial.append(bytes.first(taken));
    bytes = bytes.subspan(taken);
    if (taken < missing) break;
    // The view stays good: nothing is appended while it is cut.
    const std::size_t left = cut(side, stream.partial.view()).size();
    stream.partial.consume(stream.partial.size() - left);
    if (stream.searching) {
      search(side, bytes);
      return {};
    }
    if (stream.skip != 0) bytes = drop(stream, bytes);
  }
  if (stream.partial.empty() && stream.partial.capacity() > worth_keeping) stream.partial.release();
  return bytes;
}

base::Bytes Mqtt::cut(Side side, base::Bytes bytes) {
  Stream& stream = sides_[side];
  const std::size_t limit = report_.options().limits.packet;
  while (!bytes.empty()) {
    const Split split = wire::split(bytes, version_);
    if (split.kind == Split::Kind::frame) {
      const bool reserved = split.frame.packet[0] < 0x10;
      stream.reserved = reserved ? stream.reserved + 1 : 0;
      if (stream.reserved > most_reserved) return refuse_type(side, bytes, split.frame);
      emit(side, split.frame);
      bytes = bytes.subspan(split.frame.packet.size());
      continue;
    }
    if (split.kind == Split::Kind::fault) {
      bytes = refuse(side, bytes, split.fault);
      if (stream.searching) return bytes;
      continue;
    }
    stream.needed = split.needed;
    if (split.needed <= limit) return bytes;
    bytes = skip_large(side, bytes, split.needed);
  }
  return bytes;
}

/// Many packets of the reserved type 0 are none, and their lengths no lengths: the next packet is searched for. Else a
/// megabyte of compressed zeros would be half a thousand million violations.
base::Bytes Mqtt::refuse_type(Side side, base::Bytes bytes, const wire::Frame& frame) {
  const wire::Fault fault{wire::Clause::packet_type_reserved, 0};
  report_.context().handler.on_fault(report_.at(side, sides_[side].offset), frame.packet, version_, fault);
  return begin_search(side, bytes);
}

/// Behind the first byte, which begins no packet.
base::Bytes Mqtt::begin_search(Side side, base::Bytes bytes) noexcept {
  Stream& stream = sides_[side];
  stream.offset += 1;
  stream.skipped = 1;
  stream.searching = true;
  stream.needed = 0;
  return bytes.subspan(1);
}

/// A length that takes too many bytes still tells where the packet ends; else the next packet is searched for.
base::Bytes Mqtt::refuse(Side side, base::Bytes bytes, const wire::Fault& fault) {
  Stream& stream = sides_[side];
  const Split lenient = wire::split(bytes, Version::v3_1_1);
  if (lenient.kind == Split::Kind::incomplete && lenient.needed <= report_.options().limits.packet) {
    // Not minimal, and not whole yet: it is shown with as much as there is.
    report_.context().handler.on_fault(report_.at(side, stream.offset), bytes, version_, fault);
    stream.skip = lenient.needed - bytes.size();
    stream.offset += bytes.size();
    return {};
  }
  const bool whole = lenient.kind == Split::Kind::frame;
  const base::Bytes shown = whole ? lenient.frame.packet : bytes;
  report_.context().handler.on_fault(report_.at(side, stream.offset), shown, version_, fault);
  if (whole) {
    stream.offset += shown.size();
    return bytes.subspan(shown.size());
  }
  return begin_search(side, bytes);
}

base::Bytes Mqtt::skip_large(Side side, base::Bytes bytes, std::size_t size) {
  Stream& stream = sides_[side];
  report_.note(side, stream.offset, Note::limit,
               "a packet of " + count(size) + " is larger than what is put together from segments: it is skipped");
  stream.skip = size - bytes.size();
  stream.offset += bytes.size();
  return {};
}

void Mqtt::search(Side side, base::Bytes bytes) {
  Stream& stream = sides_[side];
  stream.partial.append(bytes);
  while (stream.searching && find(side)) {
  }
}

/// False: more bytes are needed.
bool Mqtt::find(Side side) {
  Stream& stream = sides_[side];
  if (stream.partial.empty() || stream.partial.size() < stream.needed) return false;
  const Candidates candidates =
      version_settled_ ? Candidates{version_ == Version::v5_0, version_ != Version::v5_0} : Candidates{};
  const Boundary boundary = find_boundary(stream.partial.view(), candidates, report_.options().limits.packet);
  stream.partial.consume(boundary.at);
  stream.offset += boundary.at;
  stream.skipped += boundary.at;
  stream.needed = boundary.needed - std::min(boundary.at, boundary.needed);
  if (boundary.kind == Boundary::Kind::wait) return false;
  if (stream.skipped != 0) {
    report_.note(side, stream.offset, Note::resumed, count(stream.skipped) + " before this packet are part of none");
  }
  stream.searching = false;
  stream.skipped = 0;
  const std::size_t left = cut(side, stream.partial.view()).size();
  stream.partial.consume(stream.partial.size() - left);
  return true;
}

void Mqtt::gap(Side side, std::uint64_t missing) {
  Stream& stream = sides_[side];
  report_.note(side, stream.offset + stream.partial.size(), Note::gap,
               count(missing) + " are missing from the capture");
  const std::size_t had = stream.partial.size();
  // A loss within a packet of known length leaves no doubt where the next one begins.
  const bool length_known = had >= longest_header || (had >= 2 && stream.needed > longest_header);
  const std::uint64_t left = stream.searching   ? 0
                             : stream.skip != 0 ? stream.skip
                             : length_known     ? stream.needed - had
                                                : 0;
  stream.partial.clear();
  stream.offset += had + missing;
  stream.needed = 0;
  stream.skip = left >= missing ? left - missing : 0;
  stream.searching = left < missing;
  stream.skipped = 0;
}

void Mqtt::lost(Side side) {
  Stream& stream = sides_[side];
  stream.offset += stream.partial.size();
  stream.partial.clear();
  stream.needed = stream.skip = stream.skipped = 0;
  stream.searching = true;
}

void Mqtt::finish(Side side) {
  Stream& stream = sides_[side];
  const std::size_t had = stream.partial.size();
  if (stream.searching && had + stream.skipped != 0) {
    report_.note(side, stream.offset, Note::incomplete,
                 count(had + stream.skipped) + " at the end are part of no packet");
  } else if (had != 0) {
    report_.note(side, stream.offset, Note::incomplete,
                 "ends inside a packet: " + std::to_string(had) + " of " + (had < 2 ? "at least " : "") +
                     count(stream.needed) + " are there");
  } else if (stream.skip != 0) {
    report_.note(side, stream.offset, Note::incomplete,
                 "ends inside a packet: " + count(stream.skip) + " are not there");
  }
  stream.partial.release();
  stream.needed = stream.skip = stream.skipped = 0;
}

void Mqtt::emit(Side side, const wire::Frame& frame) {
  Stream& stream = sides_[side];
  if (frame.type() == PacketType::connect) learn(side, frame);
  if (!version_settled_) guess(side, frame);
  if (!report_.ends(side).sender_known) guess_sender(side, frame);
  const std::size_t size = frame.packet.size();  // the handler may not keep the frame, and nor do we
  report_.context().handler.on_packet(report_.at(side, stream.offset), frame, version_, version_known_);
  stream.offset += size;
}

void Mqtt::learn(Side side, const wire::Frame& connect) {
  report_.set_client(side);
  const base::Bytes body = connect.body();
  if (like_connect(connect.packet) != Looks::yes) return;
  const std::size_t name = static_cast<std::size_t>(body[0] << 8 | body[1]);
  if (body.size() < name + 3) return;
  const unsigned level = body[name + 2] & 0x7FU;  // mosquitto's bridges set the high bit
  if (level < 3 || level > 5) return;
  const auto version = static_cast<Version>(level);
  if (report_.options().force_version) {
    if (version == version_) return;
    report_.note(side, sides_[side].offset, Note::version_forced,
                 "CONNECT says MQTT " + std::string(wire::name(version)) + ", but is read as " +
                     std::string(wire::name(version_)));
    return;
  }
  version_ = version;
  version_known_ = version_settled_ = true;
  report_.set_version_guessed(false);
}

/// A packet that decodes as 5.0 is taken for that: what reads as 5.0 by chance is a payload of 3.x beginning with NUL.
void Mqtt::guess(Side side, const wire::Frame& frame) {
  const bool as_v5 = decodes(frame, Version::v5_0);
  const bool as_v3 = decodes(frame, Version::v3_1_1);
  const bool publish = frame.type() == PacketType::publish;
  if (as_v5 == as_v3 && !(as_v5 && publish)) return;
  version_ = as_v5 ? Version::v5_0 : Version::v3_1_1;
  version_settled_ = true;
  report_.note(
      side, sides_[side].offset, Note::version_guessed,
      "no CONNECT was captured: read as MQTT " + std::string(wire::name(version_)) + ", which its packets fit");
}

void Mqtt::guess_sender(Side side, const wire::Frame& frame) {
  if (only_client_sends(frame.type())) report_.set_client(side);
  if (only_server_sends(frame.type())) report_.set_client(other(side));
}

}  // namespace capture
