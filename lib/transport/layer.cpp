// The names of stages and kinds of failure.
#include "transport/layer.h"

#include <array>

namespace transport {

std::string_view name(Stage stage) noexcept {
  constexpr std::array<std::string_view, 8> names{"resolve", "connect", "proxy", "tls",
                                                  "upgrade", "connack", "read",  "write"};
  return names[static_cast<std::size_t>(stage)];
}

std::string_view name(Kind kind) noexcept {
  constexpr std::array<std::string_view, 19> names{
      "system",
      "timeout",
      "peer_closed",
      "not_resolved",
      "configuration",
      "certificate",
      "certificate_untrusted",
      "certificate_expired",
      "certificate_host_mismatch",
      "certificate_refused",
      "certificate_required",
      "handshake",
      "plain_on_tls",
      "tls_on_plain",
      "http_status",
      "not_websocket",
      "proxy_refused",
      "authentication",
      "protocol",
  };
  static_assert(names.size() == static_cast<std::size_t>(Kind::protocol) + 1);
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace transport
