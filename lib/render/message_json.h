// The JSON object that %j and %J print, with mosquitto's keys.
#pragma once

#include "render/format.h"
#include "render/json_writer.h"

namespace render {

enum class PayloadAs : std::uint8_t { string, json };

/// tst, topic, qos, retain, payloadlen, mid (where qos is not 0), properties (where there are any) and payload (null
/// where it is empty), in 2.1's order. False where the payload should be JSON and is not: what was appended is the
/// caller's to drop.
bool append_message_json(JsonWriter& writer, const MessageContext& message, LocalTime& local_time,
                         PayloadAs payload_as);

}  // namespace render
