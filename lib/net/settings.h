// How to reach a broker: everything below MQTT that a user can choose.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "session/client.h"
#include "session/time.h"
#include "transport/layer.h"
#include "transport/tls_context.h"

namespace net {

enum class Transport : std::uint8_t { tcp, tls, ws, wss };

/// 1883, 8883, 80, 443.
std::uint16_t default_port(Transport transport) noexcept;
inline bool encrypted(Transport transport) noexcept {
  return transport == Transport::tls || transport == Transport::wss;
}
inline bool websocket(Transport transport) noexcept {
  return transport == Transport::ws || transport == Transport::wss;
}

struct ProxySettings {
  enum class Kind : std::uint8_t { socks5, socks5h, http } kind = Kind::socks5h;
  std::string host;
  std::uint16_t port = 1080;
  std::string username;
  std::string password;
};

struct WebSocketSettings {
  std::string path = "/mqtt";                                ///< with its query
  std::vector<std::pair<std::string, std::string>> headers;  ///< extra request headers
  std::string origin;
};

/// SCRAM for the name and password that CONNECT then does not carry.
struct ScramSettings {
  std::string method;  ///< "SCRAM-SHA-256"
  std::string username;
  std::string password;
};

struct ConnectSettings {
  Transport transport = Transport::tcp;
  std::string host = "localhost";
  std::uint16_t port = 1883;
  std::string unix_path;     ///< a unix socket instead of host and port, where not empty
  std::string bind_address;  ///< the local address or interface address, where not empty
  bool no_delay = true;      ///< TCP_NODELAY
  transport::TlsClientOptions tls;
  WebSocketSettings websocket;
  std::optional<ProxySettings> proxy;
  std::optional<ScramSettings> scram;
  /// Called before each attempt: makes anew what grows old, a signed path or a token for a password.
  std::function<void(ConnectSettings& settings, session::ClientOptions& options)> refresh;
  /// For the way up to CONNACK, per attempt; zero: no bound.
  session::Duration connect_timeout = std::chrono::seconds(10);
};

}  // namespace net
