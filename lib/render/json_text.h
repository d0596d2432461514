// JSON that others wrote: checked strictly, and written again without its blanks.
#pragma once

#include "base/bytes.h"
#include "render/json_writer.h"

namespace render {

/// Appends `text` as one value. False where it is not one JSON text (RFC 8259) in UTF-8, has half of a surrogate pair,
/// or nests deeper than 1,000; what was appended until then is the caller's to drop.
/// Values are spelled as mosquitto does: escapes that are not needed become characters, numbers their shortest form;
/// but a number with more digits than a double holds keeps them all.
bool append_json_text(JsonWriter& writer, base::Bytes text);

}  // namespace render
