// Binding a socket to a local address or to the address of a named interface.
#pragma once

#include <string>
#include <system_error>

#include "net/dial.h"

namespace net {

/// `name` is an IP address, or an interface ("eth0") whose first address of `family` is taken.
std::error_code bind_to(Socket& socket, const std::string& name, int family);

}  // namespace net
