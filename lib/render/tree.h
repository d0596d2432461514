// A packet as a tree: a line for each field with its offset, its bytes, its name and its value.
#pragma once

#include <optional>

#include "render/anatomy.h"

namespace render {

struct TreeOptions {
  bool colour = false;
  bool pretty = false;  ///< payloads that are JSON are laid out
};

/// The lines below the heading, with the violation where there is one. Control characters of strangers are escaped.
/// Of a payload at most 1,024 characters or 256 other bytes are shown.
void append_tree(base::Buffer& out, const Anatomy& anatomy, const std::optional<wire::Fault>& fault,
                 const TreeOptions& options);

}  // namespace render
