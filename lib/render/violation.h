// A broken rule for people: what was wrong, where, and which statement of the specification says so.
#pragma once

#include <string_view>

#include "base/buffer.h"
#include "wire/clauses.h"

namespace render {

/// `the reserved bit of the connect flags must be 0 [MQTT-3.1.2-3]`, on one line without line feed.
void append_rule(base::Buffer& out, wire::Clause clause, wire::Version version);

/// Two or three lines below a packet: the rule, and the row of bytes that breaks it with a caret under the byte.
void append_violation_lines(base::Buffer& out, base::Bytes packet, const wire::Fault& fault, wire::Version version,
                            bool colour);

/// The row of bytes that has `offset`, and a caret under it; nothing where that is no place in the packet.
void append_marked_row(base::Buffer& out, base::Bytes packet, std::uint32_t offset, bool colour);

}  // namespace render
