#include "net/local_address.h"

#include <asio/ip/tcp.hpp>
#include <ifaddrs.h>
#include <memory>

namespace net {
namespace {

asio::ip::address interface_address(const std::string& name, int family) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != family || name != entry->ifa_name) continue;
    asio::ip::tcp::endpoint endpoint;
    const std::size_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    std::memcpy(endpoint.data(), entry->ifa_addr, size);
    endpoint.resize(size);
    return endpoint.address();
  }
  return {};
}

}  // namespace

std::error_code bind_to(Socket& socket, const std::string& name, int family) {
  if (family != AF_INET && family != AF_INET6) return {};
  asio::error_code error;
  auto address = asio::ip::make_address(name, error);
  if (error) address = interface_address(name, family);
  const bool fits = address.is_v4() ? family == AF_INET : family == AF_INET6;
  if (!fits || (error && address.is_unspecified())) return make_error_code(std::errc::address_not_available);
  socket.bind(asio::ip::tcp::endpoint(address, 0), error);
  return error;
}

}  // namespace net
