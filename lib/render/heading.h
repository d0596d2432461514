// What stands in front of a packet: when it was seen, on which connection, and which way it went.
#pragma once

#include "render/json.h"

namespace render {

/// The line over a tree or an annotated dump: `2026-11-21T03:33:28.534773Z  connection 1  client 127.0.0.1:50000 >
/// server 127.0.0.1:1883  PUBLISH, MQTT 5.0, 34 bytes`. What is not known is left out.
void append_heading(base::Buffer& out, const FrameInfo& frame, base::Bytes packet, wire::Version version,
                    VersionIs version_is, bool colour);

/// What a summary line starts with: `2026-11-21T03:33:28.534773Z 1 c>s `, each where it is known.
void append_prefix(base::Buffer& out, const FrameInfo& frame);

}  // namespace render
