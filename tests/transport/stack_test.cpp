// Layers as a whole: their order, their openings one after the other, and what is left when they are open.
#include "transport/stack.h"

#include "pair.h"
#include "tls_files.h"
#include "transport/proxy.h"
#include "transport/ws.h"

using namespace transport;
using namespace transport_test;

namespace {

WsClientOptions ws_options() {
  WsClientOptions options;
  options.host = "localhost";
  return options;
}

}  // namespace

TEST_CASE("a stack without layers is plain TCP") {
  End end({});
  CHECK(end.stack.open());
  CHECK(end.stack.identity());
  CHECK_FALSE(end.stack.closed());
  CHECK(end.stack.stage() == Stage::connack);
  end.start();
  end.send("up and");
  end.keep(end.stack.receive(base::as_bytes(std::string_view("down")), end.up, end.down));
  end.close();
  CHECK(end.down.text() == "up and");
  CHECK(end.received() == "down");
  CHECK(text(end.error) == "none");
  CHECK(text(end.stack.cut()) == "read, peer_closed: the peer closed the connection");
}

TEST_CASE("WebSocket over TLS, in any segmentation") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1, 100);
  Pair pair(layers<Layer, Layer>(tls_client(client_options()), make_ws_client(ws_options())),
            layers<Layer, Layer>(tls_server(), make_ws_server(std::make_shared<WsServerOptions>())), step);
  CHECK(pair.client.stack.stage() == Stage::tls);
  pair.start();
  REQUIRE(text(pair.client.error) == "none");
  REQUIRE(text(pair.server.error) == "none");
  REQUIRE(pair.client.stack.open());
  REQUIRE(pair.server.stack.open());
  CHECK_FALSE(pair.client.stack.identity());
  CHECK(pair.client.stack.stage() == Stage::connack);
  const std::string large(70000, 'x');
  pair.client.send("ping");
  pair.client.send(large);
  pair.server.send("pong");
  pair.run();
  CHECK(pair.server.received() == "ping" + large);
  CHECK(pair.client.received() == "pong");
  pair.client.close();
  pair.run();
  CHECK(pair.server.stack.closed());
  CHECK(text(pair.server.error) == "none");
  CHECK(text(pair.server.stack.cut()) == "read, peer_closed: the peer closed the WebSocket with 1000 normal closure");
}

TEST_CASE("a proxy that is done leaves plain TCP") {
  End end(layers(make_http_connect({"broker", 1883, "", ""})));
  end.start();
  CHECK(end.stack.stage() == Stage::proxy);
  CHECK_FALSE(end.stack.identity());
  end.keep(end.stack.receive(base::as_bytes(std::string_view("HTTP/1.1 200 OK\r\n\r\nearly")), end.up, end.down));
  CHECK(text(end.error) == "none");
  CHECK(end.stack.open());
  CHECK(end.stack.identity());
  CHECK(end.received() == "early");
}

TEST_CASE("TLS through a proxy starts when the proxy is open") {
  Pair pair(layers<Layer, Layer>(make_socks5({"localhost", 8883, "", ""}), tls_client(client_options())),
            layers(tls_server()), 1);
  pair.client.start();
  pair.client.down.clear();
  const std::string answer("\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x22\xb3", 12);
  for (const char byte : answer) {
    pair.client.keep(
        pair.client.stack.receive(base::as_bytes(std::string_view(&byte, 1)), pair.client.up, pair.client.down));
    if (pair.client.stack.stage() == Stage::proxy) pair.client.down.clear();
  }
  CHECK(pair.client.stack.stage() == Stage::tls);
  pair.run();
  REQUIRE(text(pair.client.error) == "none");
  CHECK(pair.client.stack.open());
  pair.client.send("through");
  pair.run();
  CHECK(pair.server.received() == "through");
}

TEST_CASE("the lowest layer that is not open tells what a cut means") {
  End end(layers<Layer, Layer>(tls_client(client_options()), make_ws_client(ws_options())));
  end.start();
  CHECK(text(end.stack.cut()) == "tls, peer_closed: the peer closed the connection during the TLS handshake");
}

TEST_CASE("the answer to a broken rule goes through the layers below") {
  Pair pair(
      layers<Layer, Layer>(tls_client(client_options()), make_ws_client(ws_options())),
      layers<Layer, Layer>(tls_server(),
                           make_ws_server(std::make_shared<WsServerOptions>(WsServerOptions{{"/other"}, {"mqtt"}}))));
  pair.start();
  CHECK(text(pair.server.error) == "upgrade, not_websocket: there is no WebSocket at /mqtt");
  CHECK(text(pair.client.error) == "upgrade, http_status: HTTP/1.1 404 Not Found");
}
