// Judges and quotes bytes that a peer sent in place of what was expected.
#pragma once

#include <string>

#include "base/bytes.h"

namespace transport {

/// The bytes of an alert or handshake record of TLS: 0x15 or 0x16, then version 3.x. Neither begins an MQTT packet that
/// a broker may send, nor an HTTP answer. With one byte to judge by, that one decides.
bool looks_like_tls(base::Bytes first) noexcept;

/// Printable ASCII as it is, everything else as \n, \r, \t or \xHH, and "…" in place of what goes beyond `limit` bytes:
/// safe for a terminal and for one line of a log.
std::string escaped(std::string_view text, std::size_t limit = 120);
inline std::string escaped(base::Bytes bytes, std::size_t limit = 120) { return escaped(base::as_text(bytes), limit); }

}  // namespace transport
