// JSON lines: messages and packets as one object a line, with keys and order that never change.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "render/moment.h"
#include "wire/clauses.h"
#include "wire/packets.h"

namespace render {

class JsonWriter;

/// What `sub --json` writes and `pub --jsonl` reads, line feed included.
void append_message(base::Buffer& out, const wire::Publish& publish, Moment received, Precision precision);

/// Where a packet was seen. What is empty or negative is left out.
struct FrameInfo {
  Moment time{};
  Precision precision = Precision::microseconds;
  bool has_time = false;
  bool has_sender = false;
  wire::Sender sender = wire::Sender::client;
  std::int64_t connection = -1;  ///< from 1
  std::string_view from{};       ///< "address:port"
  std::string_view to{};
  std::int64_t offset = -1;  ///< of the packet in its input
  std::int64_t length = -1;  ///< of the whole packet
};

/// Whether a line tells the version: not where it was only assumed for want of a CONNECT.
enum class VersionIs : std::uint8_t { known, assumed };

/// What `decode --output json` and `-d --json` write, line feed included.
void append_packet(base::Buffer& out, const wire::Packet& packet, wire::Version version, const FrameInfo& frame,
                   VersionIs version_is = VersionIs::known);
/// The same without a frame around the packet.
void append_packet(base::Buffer& out, const wire::Packet& packet, wire::Version version);

/// A packet that could not be decoded: its type, the rule it breaks, and its first 4,096 bytes.
void append_violation(base::Buffer& out, base::Bytes packet, const wire::Fault& fault, wire::Version version,
                      const FrameInfo& frame, VersionIs version_is = VersionIs::known);

/// The members that stand before a packet, in an object that is open: for what is told of a connection alone.
void append_frame(JsonWriter& writer, const FrameInfo& frame);

}  // namespace render
