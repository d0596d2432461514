// WebSocket and proxies under hostile bytes: no crash, no growth, and the same outcome whole and one byte at a time.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "transport/proxy.h"
#include "transport/ws.h"
#include "transport/ws_frame.h"

namespace {

using transport::Layer;

/// What a decoder told, with the parts of each frame joined.
std::string frames(transport::WsSender sender, base::Bytes bytes, std::size_t step) {
  transport::WsDecoder decoder(sender);
  base::Buffer told;
  transport::WsPart part;
  while (!bytes.empty()) {
    base::Bytes cut = bytes.first(std::min(step, bytes.size()));
    bytes = bytes.subspan(cut.size());
    while (decoder.next(cut, part)) {
      if (part.first) told.append(part.final ? "F" : "f");
      if (part.broken != transport::WsRule::none) told.append(row(part.broken).sentence);
      part.append_to(told);
    }
    if (!cut.empty()) std::abort();
  }
  return std::string(told.text());
}

/// How a layer took the bytes: its payload, its answers, its error.
std::string outcome(std::unique_ptr<Layer> layer, base::Bytes bytes, std::size_t step) {
  base::Buffer up;
  base::Buffer down;
  std::string error;
  (void)layer->start(down);
  down.clear();
  while (!bytes.empty() && error.empty() && !layer->closed()) {
    const base::Bytes cut = bytes.first(std::min(step, bytes.size()));
    bytes = bytes.subspan(cut.size());
    if (auto result = layer->receive(cut, up, down); !result) error = name(result.error().kind);
  }
  (void)layer->cut();
  return std::string(up.text()) + "/" + std::string(down.text().substr(0, 1)) + "/" + error;
}

void same(const std::string& whole, const std::string& cut) {
  if (whole != cut) std::abort();
}

const std::string upgrade =
    "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const base::Bytes bytes(data + 2, size - 2);
  const std::size_t step = std::size_t{data[1]} + 1;
  const auto server_options = std::make_shared<const transport::WsServerOptions>();
  const auto both = [&](auto make) { same(outcome(make(), bytes, bytes.size()), outcome(make(), bytes, step)); };
  switch (data[0] % 8) {
    case 0:
    case 1:
    case 2: {
      const auto sender = static_cast<transport::WsSender>(data[0] % 8);
      same(frames(sender, bytes, bytes.size()), frames(sender, bytes, step));
      break;
    }
    case 3:
      both([&] { return transport::make_ws_server(server_options); });
      break;
    case 4: {
      const std::string all = upgrade + std::string(base::as_text(bytes));
      const auto server = [&] { return transport::make_ws_server(server_options); };
      same(outcome(server(), base::as_bytes(all), all.size()), outcome(server(), base::as_bytes(all), step));
      break;
    }
    case 5: {
      (void)transport::check_upgrade_response(base::as_text(bytes), "dGhlIHNhbXBsZSBub25jZQ==", "mqtt");
      (void)transport::answer_upgrade(base::as_text(bytes), *server_options);
      break;
    }
    case 6:
      both([] { return transport::make_socks5({"broker", 1883, "user", "password"}); });
      break;
    default:
      both([] { return transport::make_http_connect({"broker", 1883, "", ""}); });
  }
  return 0;
}
