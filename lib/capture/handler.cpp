// The names of what a reader tells, and addresses as text.
#include "capture/handler.h"

#include <arpa/inet.h>
#include <charconv>

namespace capture {

void append(base::Buffer& to, const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  if (address.v6) to.push('[');
  to.append(std::string_view(text.data()));
  if (address.v6) to.push(']');
  to.push(':');
  const auto end = std::to_chars(text.data(), text.data() + text.size(), address.port).ptr;
  to.append(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

std::string_view name(Note note) noexcept {
  constexpr std::string_view names[] = {"gap",         "version_guessed", "version_forced", "tls",     "tls_decrypted",
                                        "mqtt_sn",     "websocket",       "incomplete",     "resumed", "truncated",
                                        "unsupported", "limit",           "reading"};
  return names[static_cast<std::size_t>(note)];
}

std::string_view name(Closed how) noexcept {
  constexpr std::string_view names[] = {"closed", "reset", "reused", "open", "evicted"};
  return names[static_cast<std::size_t>(how)];
}

}  // namespace capture
