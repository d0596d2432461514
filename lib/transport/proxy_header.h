// The header that a proxy puts before a connection that it hands on: the PROXY protocol, versions 1 and 2.
#pragma once

#include <functional>

#include "transport/layer.h"

namespace transport {

/// For a server behind HAProxy, nginx or a cloud's load balancer. A layer that is out of the way once it is open.
/// `client` is told the address that the header names, as "192.0.2.1:40000" or "[2001:db8::1]:40000"; it is not called
/// where the header names none, as in the health checks of the proxy itself.
std::unique_ptr<Layer> make_proxy_header(std::function<void(std::string address)> client);

}  // namespace transport
