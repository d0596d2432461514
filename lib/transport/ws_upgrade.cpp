// The HTTP upgrade that opens a WebSocket (RFC 6455, section 4), both sides of it as text.
#include "transport/ws_upgrade.h"

#include <algorithm>

#include "base/format.h"
#include "base/hex.h"
#include "transport/peer_bytes.h"
#include "transport/sha1.h"

namespace transport {
namespace {

base::unexpected<Error> misconfigured(std::string message) {
  return base::unexpected(Error{Stage::upgrade, Kind::configuration, {}, std::move(message)});
}

base::unexpected<Error> broken(std::string message) {
  return base::unexpected(Error{Stage::upgrade, Kind::protocol, {}, std::move(message)});
}

/// The characters of a header's name (RFC 9110, token).
bool is_token(std::string_view text) noexcept {
  constexpr std::string_view allowed = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_target(std::string_view text) noexcept {
  return !text.empty() && text.front() == '/' && text.find(' ') == std::string_view::npos && fits_http_line(text);
}

base::Result<void, Error> check(const WsClientOptions& options) {
  if (!is_target(options.target)) {
    return misconfigured(
        base::format("'{}' is no path for a WebSocket: it begins with / and has no spaces", escaped(options.target)));
  }
  if (options.host.empty() || !fits_http_line(options.host)) {
    return misconfigured(base::format("'{}' is no host for an HTTP header", escaped(options.host)));
  }
  if (!is_token(options.protocol)) {
    return misconfigured(base::format("'{}' is no sub-protocol", escaped(options.protocol)));
  }
  if (!fits_http_line(options.origin)) return misconfigured("the origin has a line break in it");
  for (const auto& [name, value] : options.headers) {
    if (!is_token(name)) return misconfigured(base::format("'{}' is no name of an HTTP header", escaped(name)));
    if (!fits_http_line(value)) return misconfigured(base::format("the HTTP header {} has a line break in it", name));
  }
  return {};
}

std::string response(std::string_view status, std::string_view headers, std::string_view body) {
  return base::format(
      "HTTP/1.1 {}\r\n{}Content-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}\n", status,
      headers, body.size() + 1, body);
}

UpgradeAnswer refuse(std::string_view status, std::string why, std::string_view headers = {}) {
  UpgradeAnswer answer;
  answer.response = response(status, headers, why);
  answer.refusal = Error{Stage::upgrade, Kind::not_websocket, {}, std::move(why)};
  return answer;
}

/// The target of "GET target HTTP/1.1", empty when it is another method.
std::string_view requested_target(std::string_view start_line) noexcept {
  constexpr std::string_view method = "GET ";
  constexpr std::string_view version = " HTTP/1.1";
  if (!start_line.starts_with(method) || !start_line.ends_with(version)) return {};
  if (start_line.size() <= method.size() + version.size()) return {};
  return start_line.substr(method.size(), start_line.size() - method.size() - version.size());
}

}  // namespace

std::string accept_for(std::string_view key) {
  const std::string joined = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  return base::to_base64(sha1(base::as_bytes(joined)));
}

base::Result<std::string, Error> make_upgrade_request(const WsClientOptions& options, std::string_view key) {
  if (auto result = check(options); !result) return base::unexpected(result.error());
  std::string request = base::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {}\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {}\r\n",
      options.target, options.host, key, options.protocol);
  if (!options.origin.empty()) request += base::format("Origin: {}\r\n", options.origin);
  if (!options.user.empty() || !options.password.empty()) {
    request += base::format("Authorization: {}\r\n", basic_authorization(options.user, options.password));
  }
  for (const auto& [name, value] : options.headers) request += base::format("{}: {}\r\n", name, value);
  request += "\r\n";
  return request;
}

base::Result<void, Error> check_upgrade_response(std::string_view text, std::string_view key,
                                                 std::string_view protocol) {
  const auto head = parse_http_head(text);
  if (!head || head->status() == 0) {
    return base::unexpected(Error{Stage::upgrade,
                                  Kind::not_websocket,
                                  {},
                                  base::format("the peer answered the upgrade with '{}'", escaped(text, 40))});
  }
  if (head->status() != 101) return base::unexpected(http_refusal(*head, Stage::upgrade, Kind::http_status));
  if (!head->has_token("Upgrade", "websocket") || !head->has_token("Connection", "Upgrade")) {
    return broken("the peer switched protocols, but not to WebSocket");
  }
  if (head->find("Sec-WebSocket-Accept") != std::optional<std::string_view>(accept_for(key))) {
    return broken("the peer's Sec-WebSocket-Accept does not fit our key");
  }
  if (head->find("Sec-WebSocket-Extensions").value_or("") != "") {
    return broken("the peer chose a WebSocket extension that we did not offer");
  }
  const auto chosen = head->find("Sec-WebSocket-Protocol");
  if (!chosen) return broken(base::format("the peer chose no sub-protocol, not even '{}' [MQTT-6.0.0-4]", protocol));
  if (*chosen != protocol) {
    return broken(
        base::format("the peer chose the sub-protocol '{}', not '{}' [MQTT-6.0.0-4]", escaped(*chosen, 40), protocol));
  }
  return {};
}

std::string bad_request(std::string_view why) { return response("400 Bad Request", {}, why); }

UpgradeAnswer answer_upgrade(std::string_view text, const WsServerOptions& options) {
  const auto head = parse_http_head(text);
  if (!head) return refuse("400 Bad Request", "not an HTTP request");
  const std::string_view target = requested_target(head->start_line);
  if (target.empty()) return refuse("405 Method Not Allowed", "a WebSocket opens with GET", "Allow: GET\r\n");
  const std::string_view path = target.substr(0, target.find('?'));
  if (!options.paths.empty() && std::find(options.paths.begin(), options.paths.end(), path) == options.paths.end()) {
    return refuse("404 Not Found", base::format("there is no WebSocket at {}", escaped(path)));
  }
  if (!head->has_token("Upgrade", "websocket") || !head->has_token("Connection", "Upgrade")) {
    return refuse("426 Upgrade Required", "this is a WebSocket for MQTT", "Upgrade: websocket\r\n");
  }
  if (head->find("Sec-WebSocket-Version") != std::optional<std::string_view>("13")) {
    return refuse("426 Upgrade Required", "only version 13 of WebSocket is spoken here",
                  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
  }
  const auto key = head->find("Sec-WebSocket-Key");
  const auto nonce = base::from_base64(key.value_or(""));
  if (!nonce || nonce->size() != 16)
    return refuse("400 Bad Request", "the Sec-WebSocket-Key is not 16 bytes in Base64");
  if (!head->find("Host")) return refuse("400 Bad Request", "the request has no Host header");
  const auto protocol = std::find_if(options.protocols.begin(), options.protocols.end(), [&](const std::string& ours) {
    return head->has_token("Sec-WebSocket-Protocol", ours);
  });
  if (protocol == options.protocols.end()) {
    return refuse("400 Bad Request", "the client does not offer the sub-protocol mqtt [MQTT-6.0.0-3]");
  }
  UpgradeAnswer answer;
  answer.target = target;
  answer.protocol = *protocol;
  answer.response = base::format(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n"
      "Sec-WebSocket-Protocol: {}\r\n\r\n",
      accept_for(*key), *protocol);
  return answer;
}

}  // namespace transport
