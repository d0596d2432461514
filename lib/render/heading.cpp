// What stands in front of a packet: when it was seen, on which connection, and which way it went.
#include "render/heading.h"

#include "render/colours.h"
#include "render/escape.h"

namespace render {
namespace {

void append_side(base::Buffer& out, const FrameInfo& frame, bool of_sender) {
  const bool client = (frame.sender == wire::Sender::client) == of_sender;
  if (frame.has_sender) out.append(client ? std::string_view("client ") : std::string_view("server "));
  out.append(of_sender ? frame.from : frame.to);
}

void append_direction(base::Buffer& out, const FrameInfo& frame) {
  if (frame.from.empty()) return;
  append_side(out, frame, true);
  out.append(" > ");
  append_side(out, frame, false);
  out.append("  ");
}

}  // namespace

void append_heading(base::Buffer& out, const FrameInfo& frame, base::Bytes packet, wire::Version version,
                    VersionIs version_is, bool colour) {
  const Colours colours(out, colour);
  colours.bold();
  if (frame.has_time) {
    append_rfc3339(out, frame.time, frame.precision);
    out.append("  ");
  }
  if (frame.connection >= 0) {
    out.append("connection ");
    append_number(out, static_cast<std::uint64_t>(frame.connection));
    out.append("  ");
  }
  append_direction(out, frame);
  out.append(packet.empty() ? std::string_view("nothing") : wire::name(static_cast<wire::PacketType>(packet[0] >> 4)));
  out.append(", MQTT ");
  out.append(wire::name(version));
  if (version_is == VersionIs::assumed) out.append(" (assumed)");
  out.append(", ");
  append_number(out, packet.size());
  out.append(packet.size() == 1 ? std::string_view(" byte") : std::string_view(" bytes"));
  if (frame.offset > 0) {
    out.append(" at ");
    append_number(out, static_cast<std::uint64_t>(frame.offset));
  }
  colours.plain();
  out.push('\n');
}

void append_prefix(base::Buffer& out, const FrameInfo& frame) {
  if (frame.has_time) {
    append_rfc3339(out, frame.time, frame.precision);
    out.push(' ');
  }
  if (frame.connection >= 0) {
    append_number(out, static_cast<std::uint64_t>(frame.connection));
    out.push(' ');
  }
  if (frame.has_sender) {
    out.append(frame.sender == wire::Sender::client ? std::string_view("c>s ") : std::string_view("s>c "));
  }
}

}  // namespace render
