// The HTTP upgrade that opens a WebSocket (RFC 6455, section 4), both sides of it as text.
#pragma once

#include "transport/http_head.h"

namespace transport {

struct WsClientOptions {
  std::string host;               ///< of the Host header, with a port that is not the scheme's own
  std::string target = "/mqtt";   ///< path and query
  std::string protocol = "mqtt";  ///< or "mqttv3.1"
  std::string origin;             ///< empty: no such header
  std::string user;               ///< for basic authorization; user and password empty: none
  std::string password;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct WsServerOptions {
  std::vector<std::string> paths;  ///< without query; empty: any
  std::vector<std::string> protocols = {"mqtt", "mqttv3.1"};
};

/// `key` is the Sec-WebSocket-Key. Options that would break out of their line are refused.
base::Result<std::string, Error> make_upgrade_request(const WsClientOptions& options, std::string_view key);
/// The Sec-WebSocket-Accept that belongs to a key.
std::string accept_for(std::string_view key);
/// `text` is the head that came back.
base::Result<void, Error> check_upgrade_response(std::string_view text, std::string_view key,
                                                 std::string_view protocol);

/// What a server says to a request, and why it refuses, if so.
struct UpgradeAnswer {
  std::string response;
  std::optional<Error> refusal;
  std::string target;    ///< as requested
  std::string protocol;  ///< as agreed
};
UpgradeAnswer answer_upgrade(std::string_view text, const WsServerOptions& options);
/// For bytes that do not become a request.
std::string bad_request(std::string_view why);

}  // namespace transport
