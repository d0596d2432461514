// The way through a proxy as a layer that is out of the way once it is open: SOCKS5 (RFC 1928, 1929) and HTTP CONNECT.
#pragma once

#include "transport/layer.h"

namespace transport {

struct ProxyOptions {
  std::string host;  ///< where the proxy is to connect to; a name is resolved by the proxy
  std::uint16_t port;
  std::string user;  ///< for the proxy; user and password empty: no authentication is offered
  std::string password;
};

std::unique_ptr<Layer> make_socks5(ProxyOptions options);
std::unique_ptr<Layer> make_http_connect(ProxyOptions options);

}  // namespace transport
