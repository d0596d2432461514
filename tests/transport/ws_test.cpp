// WebSocket layers against each other and against peers that break the rules.
#include "transport/ws.h"

#include <algorithm>

#include "base/hex.h"
#include "pair.h"
#include "transport/ws_frame.h"

using namespace transport;
using namespace transport_test;

namespace {

WsClientOptions client_options() {
  WsClientOptions options;
  options.host = "broker.example.org:8080";
  return options;
}

std::unique_ptr<Layer> client(WsClientOptions options = client_options()) { return make_ws_client(std::move(options)); }
std::unique_ptr<Layer> server(WsServerOptions options = {}) {
  return make_ws_server(std::make_shared<WsServerOptions>(std::move(options)));
}

/// A client whose upgrade is through; what it sent for that is gone.
Fed open_client() {
  Fed fed(client());
  const std::string request = fed.sent();
  const auto head = parse_http_head(request);
  REQUIRE(head);
  fed.receive(answer_upgrade(request, {}).response);
  REQUIRE(text(fed.error) == "none");
  REQUIRE(fed.layer->open());
  return fed;
}

/// The key that RFC 6455 takes as its example, 1.3.
const std::string request =
    "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";

Fed open_server() {
  Fed fed(server());
  fed.receive(request);
  REQUIRE(fed.layer->open());
  fed.sent();
  return fed;
}

std::string masked(WsOpcode opcode, std::string_view payload) {
  const WsMask mask{1, 2, 3, 4};
  base::Buffer frame;
  append_ws_frame(frame, opcode, base::as_bytes(payload), &mask);
  return std::string(frame.text());
}

/// The frames of a text, as a peer of the sender reads them: "8:03e8 " and so on.
std::string frames(WsSender sender, const std::string& wire) {
  WsDecoder decoder(sender);
  base::Bytes rest = base::as_bytes(wire);
  std::string out;
  WsPart part;
  base::Buffer payload;
  while (decoder.next(rest, part)) {
    CHECK(part.broken == WsRule::none);
    payload.clear();
    part.append_to(payload);
    out += std::to_string(static_cast<int>(part.opcode)) + ":" + base::to_hex(payload.view()) + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("payload crosses a WebSocket, in any segmentation") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1, 13);
  Pair pair(layers(client()), layers(server()), step);
  pair.start();
  REQUIRE(text(pair.client.error) == "none");
  REQUIRE(text(pair.server.error) == "none");
  std::string all;
  for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 65535U, 65536U}) {
    const std::string payload(size, static_cast<char>('a' + size % 26));
    all += payload;
    pair.client.send(payload);
    pair.server.send(payload);
  }
  pair.run();
  CHECK(pair.server.received() == all);
  CHECK(pair.client.received() == all);
  pair.server.close();
  pair.run();
  CHECK(pair.client.stack.closed());
  CHECK(pair.server.stack.closed());
  CHECK(text(pair.client.stack.cut()) == "read, peer_closed: the peer closed the WebSocket with 1000 normal closure");
}

TEST_CASE("frames that come with the answer to the upgrade are delivered") {
  Fed fed(server());
  fed.receive(request + masked(WsOpcode::binary, "early"));
  CHECK(text(fed.error) == "none");
  CHECK(fed.up.text() == "early");
  CHECK(fed.sent() ==
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n");
}

TEST_CASE("each frame of a client has a mask of its own") {
  Fed fed = open_client();
  std::vector<std::string> masks;
  for (int i = 0; i < 100; ++i) {
    fed.keep(fed.layer->send(base::as_bytes(std::string_view("same")), fed.down));
    const std::string frame = fed.sent();
    REQUIRE(frames(WsSender::client, frame) == "2:73616d65 ");
    masks.push_back(frame.substr(2, 4));
  }
  std::sort(masks.begin(), masks.end());
  // 100 of 2^32: that two are the same has a chance of one in a million.
  CHECK(std::unique(masks.begin(), masks.end()) - masks.begin() >= 99);
}

TEST_CASE("a ping is answered with its payload, a pong is not answered") {
  Fed fed = open_client();
  fed.receive(std::string("\x89\x02hi\x8a\x02ho\x82\x01!", 11));
  CHECK(frames(WsSender::client, fed.sent()) == "10:6869 ");
  CHECK(fed.up.text() == "!");
}

TEST_CASE("control frames come between fragments") {
  Fed fed = open_client();
  fed.receive(std::string("\x02\x01\x61\x89\x00\x00\x01\x62\x80\x01\x63", 11), 1);
  CHECK(text(fed.error) == "none");
  CHECK(fed.up.text() == "abc");
  CHECK(frames(WsSender::client, fed.sent()) == "10: ");
}

TEST_CASE("the closing handshake echoes the code, once, and nothing follows") {
  SECTION("the peer begins") {
    Fed fed = open_client();
    fed.receive(std::string("\x88\x0c\x03\xf0no \x1b[2Jway", 14) + std::string("\x82\x01!", 3));
    CHECK(fed.layer->closed());
    CHECK(frames(WsSender::client, fed.sent()) == "8:03f0 ");
    CHECK(text(fed.layer->cut()) ==
          "read, peer_closed: the peer closed the WebSocket with 1008 policy violation: no \\x1b[2Jway");
    fed.layer->close(fed.down);
    fed.keep(fed.layer->send(base::as_bytes(std::string_view("late")), fed.down));
    CHECK(fed.sent() == "");
    CHECK(fed.up.text() == "");
  }
  SECTION("without a code") {
    Fed fed = open_server();
    fed.receive(masked(WsOpcode::close, ""));
    CHECK(frames(WsSender::server, fed.sent()) == "8:03e8 ");
    CHECK(text(fed.layer->cut()) == "read, peer_closed: the peer closed the WebSocket");
  }
  SECTION("we begin") {
    Fed fed = open_client();
    fed.layer->close(fed.down);
    CHECK(frames(WsSender::client, fed.sent()) == "8:03e8 ");
    fed.receive(std::string("\x82\x01!\x89\x00\x88\x02\x03\xe8", 9));
    CHECK(fed.up.text() == "!");
    CHECK(fed.sent() == "");
    CHECK(fed.layer->closed());
  }
  SECTION("nobody") {
    Fed fed = open_client();
    CHECK(text(fed.layer->cut()) == "read, peer_closed: the peer closed the connection without closing the WebSocket");
  }
}

TEST_CASE("a broken rule ends the connection with its code") {
  SECTION("text") {
    Fed fed = open_client();
    fed.receive(std::string("\x81\x01!", 3));
    CHECK(text(fed.error) == "read, protocol: a text frame came where MQTT asks for binary ones [MQTT-6.0.0-1]");
    CHECK(frames(WsSender::client, fed.sent()) == "8:03eb ");
    CHECK(fed.up.text() == "");
  }
  SECTION("a masked frame from a server") {
    Fed fed = open_client();
    fed.receive(masked(WsOpcode::binary, "!"));
    CHECK(text(fed.error) == "read, protocol: a frame from a server is masked [RFC 6455, 5.1]");
    CHECK(frames(WsSender::client, fed.sent()) == "8:03ea ");
  }
  SECTION("a bare frame from a client") {
    Fed fed = open_server();
    fed.receive(std::string("\x82\x01!", 3));
    CHECK(text(fed.error) == "read, protocol: a frame from a client is not masked [RFC 6455, 5.1]");
    CHECK(frames(WsSender::server, fed.sent()) == "8:03ea ");
  }
  SECTION("a reason that is not UTF-8") {
    Fed fed = open_server();
    fed.receive(masked(WsOpcode::close, "\x03\xe8\xff"));
    CHECK(text(fed.error) == "read, protocol: the reason of a close frame is not UTF-8 [RFC 6455, 5.5.1]");
    CHECK(frames(WsSender::server, fed.sent()) == "8:03ef ");
  }
}

TEST_CASE("what is no WebSocket is named") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1);
  const auto error_of = [&](std::string_view answer) {
    Fed fed(client());
    fed.receive(answer, step);
    return text(fed.error);
  };
  CHECK(error_of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") ==
        "upgrade, http_status: HTTP/1.1 404 Not Found");
  CHECK(error_of("HTTP/1.1 301 Moved\r\nlocation:  https://other.example.org/mqtt \r\n\r\n") ==
        "upgrade, http_status: HTTP/1.1 301 Moved to https://other.example.org/mqtt");
  CHECK(error_of("HTTP/1.0 503 \x1b[31mBusy\n\n") == "upgrade, http_status: HTTP/1.0 503 \\x1b[31mBusy");
  CHECK(error_of("SSH-2.0-OpenSSH\r\n") ==
        "upgrade, not_websocket: the peer does not speak HTTP: it sent 'SSH-2.0-OpenSSH\\r\\n'");
  CHECK(error_of(std::string("\x15\x03\x01\x00\x02\x02\x46", 7)) == "upgrade, tls_on_plain: the peer speaks TLS");
  CHECK(error_of("HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'x')) ==
        "upgrade, not_websocket: the HTTP head is larger than 16384 bytes");
  CHECK(error_of(std::string(20000, 'x')) == "upgrade, not_websocket: the HTTP head is larger than 16384 bytes");
}

TEST_CASE("a server tells a client of something else what is wrong") {
  Fed fed(server());
  fed.receive(std::string("\x10\x0c\x00\x04MQTT", 8));
  CHECK(text(fed.error) == "upgrade, not_websocket: the peer does not speak HTTP: it sent '\\x10\\x0c\\x00\\x04MQTT'");
  CHECK(fed.sent() ==
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 61\r\nConnection: close\r\n\r\n"
        "the peer does not speak HTTP: it sent '\\x10\\x0c\\x00\\x04MQTT'\n");
  Fed tls(server());
  tls.receive(std::string("\x16\x03\x01", 3), 1);
  CHECK(text(tls.error) == "upgrade, tls_on_plain: the peer speaks TLS");
}

TEST_CASE("options that would break out of their line are refused") {
  auto options = client_options();
  options.target = "/mqtt HTTP/1.1\r\nX: y";
  Fed fed(client(options));
  CHECK(text(fed.error) ==
        "upgrade, configuration: '/mqtt HTTP/1.1\\r\\nX: y' is no path for a WebSocket: it begins with / and has no "
        "spaces");
  CHECK(fed.sent() == "");
  Fed unopened(client());
  CHECK(text(unopened.layer->cut()) ==
        "upgrade, peer_closed: the peer closed the connection during the WebSocket upgrade");
}
