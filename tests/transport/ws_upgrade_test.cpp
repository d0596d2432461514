// The HTTP of a WebSocket's opening: what is asked, what is answered, what is refused.
#include "transport/ws_upgrade.h"

#include "base/hex.h"
#include "pair.h"
#include "transport/sha1.h"

using namespace transport;
using namespace transport_test;

namespace {

const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";

WsClientOptions options() {
  WsClientOptions made;
  made.host = "localhost";
  return made;
}

/// A request line by line, with one of them changed.
std::string request(const std::string& from = "", const std::string& to = "") {
  std::string text =
      "GET /mqtt?a=b HTTP/1.1\r\nHost: localhost\r\nupgrade: h2c, WebSocket\r\nConnection: keep-alive, upgrade\r\n"
      "sec-websocket-key:  " +
      key + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, mqtt\r\n\r\n";
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find("\r\n")); }

std::string refusal(const std::string& from, const std::string& to, const WsServerOptions& server = {}) {
  const auto answer = answer_upgrade(request(from, to), server);
  return first_line(answer.response) + ": " + (answer.refusal ? answer.refusal->message : "");
}

std::string response_error(const std::string& from, const std::string& to) {
  std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
      "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
  const std::size_t at = head.find(from);
  REQUIRE(at != std::string::npos);
  const auto result = check_upgrade_response(head.replace(at, from.size(), to), key, "mqtt");
  return result ? "none" : text(result.error());
}

}  // namespace

TEST_CASE("SHA-1 of the examples of FIPS 180-4, and around the border of a block") {
  const auto digest = [](std::string_view text) { return base::to_hex(sha1(base::as_bytes(text))); };
  CHECK(digest("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(digest("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(digest(std::string(55, 'a')) == "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  CHECK(digest(std::string(56, 'a')) == "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  CHECK(digest(std::string(64, 'a')) == "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

TEST_CASE("the accept value of RFC 6455's example") { CHECK(accept_for(key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); }

TEST_CASE("a request as it goes out") {
  CHECK(make_upgrade_request(options(), key) ==
        "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " +
            key + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n");
  auto all = options();
  all.host = "[::1]:8080";
  all.target = "/ws?token=1";
  all.protocol = "mqttv3.1";
  all.origin = "https://example.org";
  all.user = "Aladdin";
  all.password = "open sesame";
  all.headers = {{"X-Tenant", "a b"}, {"Cookie", ""}};
  CHECK(make_upgrade_request(all, key) ==
        "GET /ws?token=1 HTTP/1.1\r\nHost: [::1]:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: " +
            key +
            "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqttv3.1\r\n"
            "Origin: https://example.org\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\nX-Tenant: a b\r\n"
            "Cookie: \r\n\r\n");
}

TEST_CASE("a request that would carry more than it should is refused") {
  const auto refused = [](auto change) {
    auto changed = options();
    change(changed);
    const auto result = make_upgrade_request(changed, key);
    return result ? "none" : text(result.error());
  };
  const std::string prefix = "upgrade, configuration: ";
  CHECK(refused([](auto& o) { o.target = ""; }) ==
        prefix + "'' is no path for a WebSocket: it begins with / and has no spaces");
  CHECK(refused([](auto& o) { o.target = "mqtt"; }) ==
        prefix + "'mqtt' is no path for a WebSocket: it begins with / and has no spaces");
  CHECK(refused([](auto& o) { o.host = ""; }) == prefix + "'' is no host for an HTTP header");
  CHECK(refused([](auto& o) { o.host = "a\nb"; }) == prefix + "'a\\nb' is no host for an HTTP header");
  CHECK(refused([](auto& o) { o.protocol = "a,b"; }) == prefix + "'a,b' is no sub-protocol");
  CHECK(refused([](auto& o) { o.origin = "a\rb"; }) == prefix + "the origin has a line break in it");
  CHECK(refused([](auto& o) { o.headers = {{"X: Y", "z"}}; }) == prefix + "'X: Y' is no name of an HTTP header");
  CHECK(refused([](auto& o) { o.headers = {{"", "z"}}; }) == prefix + "'' is no name of an HTTP header");
  CHECK(refused([](auto& o) {
          o.headers = {{"X", "y\r\nZ: 1"}};
        }) == prefix + "the HTTP header X has a line break in it");
}

TEST_CASE("a response is checked") {
  CHECK(response_error("", "") == "none");
  CHECK(response_error("Upgrade: websocket", "UPGRADE:WebSocket") == "none");
  const std::string prefix = "upgrade, protocol: ";
  CHECK(response_error("s3pP", "S3pP") == prefix + "the peer's Sec-WebSocket-Accept does not fit our key");
  CHECK(response_error("Sec-WebSocket-Accept", "X") == prefix + "the peer's Sec-WebSocket-Accept does not fit our key");
  CHECK(response_error("Upgrade: websocket", "Upgrade: h2c") ==
        prefix + "the peer switched protocols, but not to WebSocket");
  CHECK(response_error("Connection: Upgrade", "Connection: close") ==
        prefix + "the peer switched protocols, but not to WebSocket");
  CHECK(response_error("Sec-WebSocket-Protocol: mqtt\r\n", "") ==
        prefix + "the peer chose no sub-protocol, not even 'mqtt' [MQTT-6.0.0-4]");
  CHECK(response_error("Protocol: mqtt", "Protocol: ch\x07t") ==
        prefix + "the peer chose the sub-protocol 'ch\\x07t', not 'mqtt' [MQTT-6.0.0-4]");
  CHECK(response_error("Connection", "Sec-WebSocket-Extensions: permessage-deflate\r\nConnection") ==
        prefix + "the peer chose a WebSocket extension that we did not offer");
  CHECK(response_error("HTTP/1.1 101", "GET") ==
        "upgrade, not_websocket: the peer answered the upgrade with 'GET Switching "
        "Protocols\\r\\nUpgrade: websoc…'");
}

TEST_CASE("a request is answered") {
  const auto answer = answer_upgrade(request(), {});
  CHECK_FALSE(answer.refusal);
  CHECK(answer.target == "/mqtt?a=b");
  CHECK(answer.protocol == "mqtt");
  CHECK(answer_upgrade(request("chat, mqtt", "mqttv3.1"), {}).protocol == "mqttv3.1");
  CHECK(refusal("", "", {{"/ws", "/mqtt"}, {"mqtt"}}) == "HTTP/1.1 101 Switching Protocols: ");
}

TEST_CASE("a request that cannot become a WebSocket is refused with the status that fits") {
  CHECK(refusal("/mqtt", "/other", {{"/mqtt"}, {"mqtt"}}) == "HTTP/1.1 404 Not Found: there is no WebSocket at /other");
  CHECK(refusal("GET", "POST") == "HTTP/1.1 405 Method Not Allowed: a WebSocket opens with GET");
  CHECK(refusal("HTTP/1.1", "HTTP/1.0") == "HTTP/1.1 405 Method Not Allowed: a WebSocket opens with GET");
  CHECK(refusal("GET /mqtt?a=b HTTP/1.1", "hello") == "HTTP/1.1 400 Bad Request: not an HTTP request");
  CHECK(refusal("Host:", "Host") == "HTTP/1.1 400 Bad Request: not an HTTP request");
  CHECK(refusal("WebSocket", "h3") == "HTTP/1.1 426 Upgrade Required: this is a WebSocket for MQTT");
  CHECK(refusal("Version: 13", "Version: 8") ==
        "HTTP/1.1 426 Upgrade Required: only version 13 of WebSocket is spoken here");
  CHECK(refusal("dGhl", "") == "HTTP/1.1 400 Bad Request: the Sec-WebSocket-Key is not 16 bytes in Base64");
  CHECK(refusal("Host", "Ghost") == "HTTP/1.1 400 Bad Request: the request has no Host header");
  CHECK(refusal("chat, mqtt", "chat") ==
        "HTTP/1.1 400 Bad Request: the client does not offer the sub-protocol mqtt [MQTT-6.0.0-3]");
}

TEST_CASE("a head is collected up to its end and not beyond") {
  HttpHeadReader reader;
  const std::string text = "HTTP/1.1 200 OK\nA: b\r\n\r\nbody";
  base::Bytes bytes = base::as_bytes(text);
  CHECK(reader.take(bytes) == HttpHeadReader::State::complete);
  CHECK(reader.text() == "HTTP/1.1 200 OK\nA: b\r\n\r\n");
  CHECK(base::as_text(bytes) == "body");

  HttpHeadReader slow;
  for (std::size_t i = 0; i < reader.text().size(); ++i) {
    base::Bytes one = base::as_bytes(text).subspan(i, 1);
    const bool last = i + 1 == reader.text().size();
    CHECK(slow.take(one) == (last ? HttpHeadReader::State::complete : HttpHeadReader::State::incomplete));
  }

  HttpHeadReader bounded;
  const std::string line(HttpHeadReader::limit - 1, 'x');
  bytes = base::as_bytes(line);
  CHECK(bounded.take(bytes) == HttpHeadReader::State::incomplete);
  bytes = base::as_bytes(std::string_view("yz"));
  CHECK(bounded.take(bytes) == HttpHeadReader::State::too_large);
}
