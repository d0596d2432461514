// What the two HTTP heads of a WebSocket upgrade agreed on.
#include <algorithm>

#include "capture/websocket.h"
#include "transport/http_head.h"

namespace capture {
namespace {

constexpr std::size_t largest_head = 16U << 10;

/// The size of a head with the empty line that ends it; 0: not there yet.
std::size_t head_size(base::Bytes bytes) noexcept {
  const std::string_view text = base::as_text(bytes).substr(0, largest_head);
  const std::size_t end = text.find("\r\n\r\n");
  return end == std::string_view::npos ? 0 : end + 4;
}

std::string_view protocol(const transport::HttpHead& head) noexcept {
  return head.find("Sec-WebSocket-Protocol").value_or(std::string_view());
}

bool names_mqtt(std::string_view protocols) noexcept { return protocols.find("mqtt") != std::string_view::npos; }

/// MQTT 3.1, which knows no WebSocket, goes by the other name.
bool names_sub_protocol(const transport::HttpHead& head) noexcept {
  return head.has_token("Sec-WebSocket-Protocol", "mqtt") || head.has_token("Sec-WebSocket-Protocol", "mqttv3.1");
}

/// What the response, and the request where it was captured, come to.
Upgrade judge(const transport::HttpHead* request, const transport::HttpHead& response) {
  Upgrade upgrade;
  upgrade.kind = Upgrade::Kind::none;
  const std::string_view agreed = protocol(response);
  if (!names_mqtt(agreed) && !(request != nullptr && names_mqtt(protocol(*request)))) return upgrade;
  if (response.status() != 101 || !response.has_token("Upgrade", "websocket")) {
    upgrade.kind = Upgrade::Kind::refused;
    upgrade.text = "the upgrade to WebSocket was refused: " + std::string(response.start_line);
    return upgrade;
  }
  upgrade.kind = Upgrade::Kind::agreed;
  const std::string_view extensions = response.find("Sec-WebSocket-Extensions").value_or(std::string_view());
  upgrade.compressed = extensions.find("permessage-deflate") != std::string_view::npos;
  upgrade.text = "MQTT over WebSocket";
  if (request != nullptr) upgrade.text += ", opened by " + std::string(request->start_line);
  if (upgrade.compressed) upgrade.text += ", compressed";
  upgrade.offered = request == nullptr || names_sub_protocol(*request);
  upgrade.selected = names_sub_protocol(response);
  return upgrade;
}

}  // namespace

Upgrade read_upgrade(const std::array<base::Bytes, 2>& heads) {
  Upgrade none;
  none.kind = Upgrade::Kind::none;
  const Side client =
      base::as_text(heads[0]).starts_with("HTTP") || base::as_text(heads[1]).starts_with("GET ") ? 1 : 0;
  const Side server = other(client);
  const std::array<std::size_t, 2> sizes{head_size(heads[0]), head_size(heads[1])};
  for (const Side side : {0U, 1U}) {
    if (sizes[side] == 0 && heads[side].size() >= largest_head) return none;
  }
  std::optional<transport::HttpHead> request;
  if (sizes[client] != 0) {
    request = transport::parse_http_head(base::as_text(heads[client].first(sizes[client])));
    if (!request || !request->has_token("Upgrade", "websocket") || !names_mqtt(protocol(*request))) return none;
  }
  if (sizes[server] == 0) return {};
  const auto response = transport::parse_http_head(base::as_text(heads[server].first(sizes[server])));
  if (!response) return none;
  Upgrade upgrade = judge(request ? &*request : nullptr, *response);
  upgrade.client = client;
  upgrade.heads = sizes;
  return upgrade;
}

}  // namespace capture
