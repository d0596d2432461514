// Prints what the decoder found in the format that was asked for.
#include "decode_printer.h"

#include <cstdio>
#include <cstdlib>

#include "base/format.h"
#include "render/colours.h"
#include "render/escape.h"
#include "render/heading.h"
#include "render/hex_view.h"
#include "render/json_writer.h"
#include "render/text.h"
#include "render/tree.h"
#include "render/violation.h"

namespace cmd {
namespace {

using Output = DecodeOptions::Output;

constexpr std::size_t most_notes = 50;

bool colours_wanted() {
  const char* const no_color = std::getenv("NO_COLOR");
  return no_color == nullptr || *no_color == '\0';
}

std::string_view sentence(capture::Closed how) noexcept {
  switch (how) {
    case capture::Closed::fin:
      return "closed by both sides";
    case capture::Closed::reset:
      return "reset";
    case capture::Closed::reused:
      return "over: its addresses and ports were used again";
    case capture::Closed::open:
      return "still open at the end of the capture";
    case capture::Closed::evicted:
      break;
  }
  return "given up, to stay within the limits of memory";
}

render::VersionIs version_is(bool known) { return known ? render::VersionIs::known : render::VersionIs::assumed; }

}  // namespace

DecodePrinter::DecodePrinter(const DecodeOptions& options, render::Output& output)
    : options_(options),
      format_(options.output.value_or(shows_all(options) ? Output::text : Output::summary)),
      output_(output),
      out_(output.buffer()),
      colour_(output.is_terminal() && colours_wanted()) {}

std::string_view DecodePrinter::AddressText::text(const capture::Address& address) {
  if (text_.empty() || address != address_) {
    text_.clear();
    capture::append(text_, address);
    address_ = address;
  }
  return text_.text();
}

render::FrameInfo DecodePrinter::connection_info(const capture::Where& where) {
  render::FrameInfo info;
  info.time = {where.time_ns};
  info.has_time = where.has_time;
  if (where.time_digits == 9) info.precision = render::Precision::nanoseconds;
  if (where.connection != 0) info.connection = static_cast<std::int64_t>(where.connection);
  return info;
}

render::FrameInfo DecodePrinter::info(const capture::Where& where, std::size_t length) {
  render::FrameInfo info = connection_info(where);
  info.has_sender = where.sender_known;
  info.sender = where.sender;
  if (where.has_addresses && format_ != Output::summary) {
    info.from = from_.text(where.from);
    info.to = to_.text(where.to);
  }
  info.offset = static_cast<std::int64_t>(where.offset);
  info.length = static_cast<std::int64_t>(length);
  return info;
}

/// Between packets of more than one line.
void DecodePrinter::separate() {
  if (!first_) out_.push('\n');
  first_ = false;
}

void DecodePrinter::pictures(const capture::Where& where, base::Bytes packet, wire::Version version, bool version_known,
                             const std::optional<wire::Fault>& fault) {
  separate();
  anatomy_.dissect(packet, {version, where.sender});
  render::append_heading(out_, info(where, packet.size()), packet, anatomy_.version(), version_is(version_known),
                         colour_);
  if (format_ == Output::hex) {
    render::append_hex_view(out_, anatomy_, fault, colour_);
  } else {
    render::append_tree(out_, anatomy_, fault, {colour_, options_.pretty});
  }
}

void DecodePrinter::packet(const capture::Where& where, const wire::Frame& frame, const wire::Packet& packet,
                           wire::Version version, bool version_known, std::span<const session::Finding> findings) {
  switch (format_) {
    case Output::summary:
      render::append_prefix(out_, info(where, frame.packet.size()));
      render::append_summary(out_, packet, version);
      out_.push('\n');
      summary_findings(version, findings);
      break;
    case Output::json:
      render::append_packet(out_, packet, version, info(where, frame.packet.size()), version_is(version_known));
      json_findings(version, findings);
      break;
    case Output::text:
    case Output::hex:
      pictures(where, frame.packet, version, version_known, std::nullopt);
      text_findings(version, findings, frame.packet);
      break;
  }
  output_.end_record();
}

void DecodePrinter::violation(const capture::Where& where, base::Bytes bytes, wire::Version version, bool version_known,
                              const wire::Fault& fault, std::span<const session::Finding> findings,
                              const wire::Packet* packet) {
  switch (format_) {
    case Output::summary:
      render::append_prefix(out_, info(where, bytes.size()));
      if (packet != nullptr) {
        render::append_summary(out_, *packet, version);
      } else if (!bytes.empty()) {
        out_.append(wire::name(static_cast<wire::PacketType>(bytes[0] >> 4)));
      }
      out_.append(" ! byte ");
      render::append_number(out_, fault.offset);
      out_.append(": ");
      render::append_rule(out_, fault.clause, version);
      out_.push('\n');
      summary_findings(version, findings);
      break;
    case Output::json:
      render::append_violation(out_, bytes, fault, version, info(where, bytes.size()), version_is(version_known));
      json_findings(version, findings);
      break;
    case Output::text:
    case Output::hex:
      pictures(where, bytes, version, version_known, fault);
      text_findings(version, findings, bytes);
      break;
  }
  output_.end_record();
}

void DecodePrinter::text_findings(wire::Version version, std::span<const session::Finding> findings,
                                  base::Bytes packet) {
  for (const session::Finding& finding : findings) {
    const render::Colours colours(out_, colour_);
    const bool note = finding.level == session::Finding::Level::note;
    note ? colours.yellow() : colours.red();
    out_.append(note ? std::string_view("? ") : std::string_view("! "));
    out_.append(finding.by == wire::Sender::client ? std::string_view("client") : std::string_view("server"));
    out_.append(": ");
    if (!finding.detail.empty()) {
      render::append_visible(out_, base::as_bytes(finding.detail), render::Layout::escape);
      out_.append(": ");
    }
    render::append_rule(out_, finding.clause, version);
    colours.plain();
    out_.push('\n');
    if (finding.offset != 0) render::append_marked_row(out_, packet, finding.offset, colour_);
  }
}

void DecodePrinter::summary_findings(wire::Version version, std::span<const session::Finding> findings) {
  for (const session::Finding& finding : findings) {
    out_.append("  ");
    text_findings(version, {&finding, 1});
  }
}

/// `lint` becomes the last member of the object that was just written.
void DecodePrinter::json_findings(wire::Version version, std::span<const session::Finding> findings) {
  if (findings.empty()) return;
  out_.truncate(out_.size() - 2);
  out_.append(",\"lint\":");
  render::JsonWriter writer(out_);
  writer.open_array();
  for (const session::Finding& finding : findings) {
    writer.element();
    writer.open_object();
    writer.key("clause");
    writer.string(wire::identifier(finding.clause, version));
    writer.key("level");
    writer.string(finding.level == session::Finding::Level::note ? std::string_view("note") : "violation");
    writer.key("by");
    writer.string(finding.by == wire::Sender::client ? std::string_view("client") : "server");
    if (finding.offset != 0) {
      writer.key("offset");
      writer.number(finding.offset);
    }
    writer.key("message");
    writer.string(wire::row(finding.clause).sentence);
    if (!finding.detail.empty()) {
      writer.key("detail");
      writer.string(finding.detail);
    }
    writer.close_object();
  }
  writer.close_array();
  out_.append("}\n");
}

void DecodePrinter::finding(const capture::Where& where, wire::Version version, const session::Finding& finding) {
  if (format_ == Output::json) {
    render::JsonWriter writer(out_);
    writer.open_object();
    render::append_frame(writer, connection_info(where));
    writer.close_object();
    out_.push('\n');
    json_findings(version, {&finding, 1});
  } else {
    if (format_ == Output::text || format_ == Output::hex) separate();
    const render::FrameInfo at = connection_info(where);
    if (at.has_time) {
      render::append_rfc3339(out_, at.time, at.precision);
      out_.push(' ');
    }
    out_.append("connection ");
    render::append_number(out_, where.connection);
    out_.push(' ');
    text_findings(version, {&finding, 1});
  }
  output_.end_record();
}

void DecodePrinter::note(const capture::Where& where, capture::Note kind, std::string_view text) {
  const bool among_packets = format_ == Output::text && kind != capture::Note::reading;
  if (!among_packets && ++notes_ > most_notes) {
    if (notes_ == most_notes + 1) base::print(stderr, "{}: further notes are not shown\n", options_.program);
    return;
  }
  base::Buffer line;
  base::Buffer& out = among_packets ? out_ : line;
  if (among_packets) {
    separate();
    out.append("-- ");
  } else {
    out.append(options_.program);
    out.append(": ");
  }
  if (where.connection != 0) {
    out.append("connection ");
    render::append_number(out, where.connection);
    out.append(": ");
  }
  render::append_visible(out, base::as_bytes(text), render::Layout::escape);
  out.push('\n');
  if (among_packets) {
    output_.end_record();
  } else {
    std::fwrite(line.view().data(), 1, line.size(), stderr);
  }
}

void DecodePrinter::closed(const capture::Where& where, capture::Closed how) {
  if (format_ != Output::text) return;
  separate();
  out_.append("-- connection ");
  render::append_number(out_, where.connection);
  out_.append(": ");
  out_.append(sentence(how));
  out_.push('\n');
  output_.end_record();
}

}  // namespace cmd
