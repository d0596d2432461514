// What `mqtt broker` was told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/faults.h"
#include "net/settings.h"
#include "transport/tls_context.h"

namespace cmd {

struct BrokerOptions {
  struct Listener {
    net::Transport transport = net::Transport::tcp;
    std::uint16_t port = 1883;  ///< 0: any free one
  };
  struct User {
    std::string name;
    std::string password;
  };

  std::string program = "mqtt broker";
  std::vector<std::string> warnings;
  std::string bind_address = "127.0.0.1";
  std::vector<Listener> listeners;  ///< one at least
  transport::TlsServerOptions tls;
  std::optional<std::string> self_signed;  ///< make a certificate and write its authority to this file
  std::string websocket_path = "/mqtt";
  bool proxy_protocol = false;
  std::vector<User> users;  ///< empty: anybody may connect
  std::uint8_t maximum_qos = 2;
  std::uint32_t maximum_packet_size = 16 * 1024 * 1024;
  std::uint32_t max_connections = 10'000;
  std::uint64_t max_queued = 64 * 1024 * 1024;     ///< bytes waiting for one session
  std::uint64_t max_retained = 256 * 1024 * 1024;  ///< bytes of retained messages in all
  std::uint32_t max_sessions = 10'000;             ///< kept for clients that are away
  bool retain_available = true;
  broker::FaultSet faults{};
  bool list_faults = false;
  bool verbose = false;  ///< a line for each client that comes or goes, on stderr
  bool debug = false;    ///< each packet, on stderr
};

}  // namespace cmd
