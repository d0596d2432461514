// SHA-1 for the WebSocket upgrade, so that an unencrypted connection need not initialise OpenSSL (0.8 ms at each
// start).
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace transport {

std::array<std::uint8_t, 20> sha1(base::Bytes bytes);

}  // namespace transport
