// From a captured frame to the IP packet in it, for the link layers that carry one.
#pragma once

#include "base/bytes.h"

namespace capture {

/// What a link layer carried. `packet` is a part of the frame, still with what pads it.
struct Network {
  enum class Kind : std::uint8_t { ip, other, unknown_link };
  Kind kind = Kind::other;
  base::Bytes packet{};
};

/// `link_type` is a LINKTYPE_ number.
Network strip_link(std::uint32_t link_type, base::Bytes frame) noexcept;

}  // namespace capture
