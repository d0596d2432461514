// PROXY headers of strangers: read whole and in pieces alike, never told an address that is none, and never kept long.
#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <string>

#include "transport/proxy_header.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

/// "192.0.2.1:40000" or "[2001:db8::1]:40000".
bool is_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const bool brackets = text[0] == '[' && text[colon - 1] == ']';
  const std::string host = brackets ? text.substr(1, colon - 2) : text.substr(0, colon);
  in6_addr address{};
  return inet_pton(brackets ? AF_INET6 : AF_INET, host.c_str(), &address) == 1 && colon + 1 < text.size();
}

/// What became of the bytes: the address, what went on above, the error.
std::string outcome(base::Bytes bytes, std::size_t step) {
  std::string client;
  const auto layer = transport::make_proxy_header([&client](std::string address) {
    demand(client.empty() && is_address(address));
    client = std::move(address);
  });
  base::Buffer up;
  base::Buffer down;
  std::string error;
  demand(layer->start(down).has_value());
  while (!bytes.empty() && error.empty()) {
    const base::Bytes cut = bytes.first(std::min(step, bytes.size()));
    bytes = bytes.subspan(cut.size());
    if (auto read = layer->receive(cut, up, down); !read) error = read.error().message;
    demand(layer->open() || up.empty());
  }
  demand(down.empty() && (error.empty() || !layer->open()));
  return client + "/" + std::string(up.text()) + "/" + error;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = std::size_t{data[0]} + 1;
  // The signatures are hard to guess, and what follows them is what matters.
  constexpr std::string_view signatures[] = {"", "PROXY TCP4 ", "PROXY TCP6 ", {"\r\n\r\n\0\r\nQUIT\n\x21", 13}};
  const std::string all =
      std::string(signatures[data[1] % 4]) + std::string(base::as_text(base::Bytes(data, size).subspan(2)));
  const base::Bytes bytes = base::as_bytes(all);
  if (outcome(bytes, std::max<std::size_t>(bytes.size(), 1)) != outcome(bytes, step)) std::abort();
  return 0;
}
