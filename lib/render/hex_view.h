// A packet as a hex dump whose fields are marked and named under their bytes.
#pragma once

#include <optional>

#include "render/anatomy.h"

namespace render {

/// Rows of sixteen bytes; below each a line for every field that begins in it, or that ends in it after more than a
/// row.
void append_hex_view(base::Buffer& out, const Anatomy& anatomy, const std::optional<wire::Fault>& fault, bool colour);

}  // namespace render
