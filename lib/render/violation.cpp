// A broken rule for people: what was wrong, where, and which statement of the specification says so.
#include "render/violation.h"

#include "render/colours.h"
#include "render/escape.h"
#include "render/hex_row.h"

namespace render {

void append_rule(base::Buffer& out, wire::Clause clause, wire::Version version) {
  out.append(wire::row(clause).sentence);
  out.append(" [");
  out.append(wire::identifier(clause, version));
  out.push(']');
}

void append_violation_lines(base::Buffer& out, base::Bytes packet, const wire::Fault& fault, wire::Version version,
                            bool colour) {
  const Colours colours(out, colour);
  colours.red();
  out.append("! byte ");
  append_number(out, fault.offset);
  out.append(": ");
  append_rule(out, fault.clause, version);
  colours.plain();
  out.push('\n');
  append_marked_row(out, packet, fault.offset, colour);
}

void append_marked_row(base::Buffer& out, base::Bytes packet, std::uint32_t offset, bool colour) {
  if (packet.empty() || offset > packet.size()) return;
  const Colours colours(out, colour);
  // A byte that is missing is marked behind the last one.
  const auto last = static_cast<std::uint32_t>(packet.size() - 1);
  const std::uint32_t start = std::min(offset, last) / row_bytes * row_bytes;
  append_blanks(out, 2);
  append_row(out, packet, start, false);
  out.push('\n');
  append_blanks(out, 2 + offset_digits(packet.size()) + 2 + 3 * (offset - start));
  colours.red();
  out.append("^^");
  colours.plain();
  out.push('\n');
}

}  // namespace render
