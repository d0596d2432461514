// The members of a packet that breaks a rule, as far as they can be read.
#pragma once

#include "render/json_writer.h"
#include "wire/version.h"

namespace render {

/// Fields that are all there, whatever they say, under the names and in the order that a valid packet has them; of a
/// payload what is there, properties up to the first that is unknown, cut off, or there twice.
void append_partial_fields(JsonWriter& writer, base::Bytes packet, wire::Version version);

}  // namespace render
