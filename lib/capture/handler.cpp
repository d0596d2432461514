// The names of what a reader tells, and addresses as text.
#include "capture/handler.h"

#include <arpa/inet.h>
#include <charconv>

namespace capture {

namespace {

void append_number(base::Buffer& to, unsigned number) {
  constexpr std::size_t most = 10;
  auto* const begin = reinterpret_cast<char*>(to.reserve(most));
  to.commit(static_cast<std::size_t>(std::to_chars(begin, begin + most, number).ptr - begin));
}

void append_v6(base::Buffer& to, const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  to.push('[');
  to.append(std::string_view(text.data()));
  to.push(']');
}

/// Without inet_ntop, whose sprintf is a quarter of the time that a JSON line takes.
void append_v4(base::Buffer& to, const Address& address) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) to.push('.');
    append_number(to, address.bytes[i]);
  }
}

}  // namespace

void append(base::Buffer& to, const Address& address) {
  address.v6 ? append_v6(to, address) : append_v4(to, address);
  to.push(':');
  append_number(to, address.port);
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
