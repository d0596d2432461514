// Greetings of proxies, byte for byte, and their refusals in words.
#include "transport/proxy.h"

#include "base/hex.h"
#include "pair.h"

using namespace transport;
using namespace transport_test;

namespace {

std::string bytes(std::string_view hex) { return base::from_hex(hex).value(); }
std::string hex(const std::string& text) { return base::to_hex(base::as_bytes(text)); }

const std::string refused = "proxy, proxy_refused: ";
const std::string broken = "proxy, protocol: ";

}  // namespace

TEST_CASE("SOCKS5 asks for a host by name or by address") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1);
  const auto [host, request] = GENERATE(table<std::string, std::string>({
      {"broker", "050100030662726f6b6572075b"},
      {"127.0.0.1", "050100017f000001075b"},
      {"::1", "0501000400000000000000000000000000000001075b"},
  }));
  Fed fed(make_socks5({host, 1883, "", ""}));
  CHECK(hex(fed.sent()) == "050100");
  fed.receive(bytes("0500"), step);
  CHECK(hex(fed.sent()) == request);
  CHECK_FALSE(fed.layer->open());
  fed.receive(bytes("050000010000000000002002"), step);
  CHECK(text(fed.error) == "none");
  CHECK(fed.layer->open());
  CHECK(hex(std::string(fed.up.text())) == "2002");
  fed.keep(fed.layer->send(base::as_bytes(std::string_view("up")), fed.down));
  CHECK(fed.sent() == "up");
  CHECK(text(fed.layer->cut()) == "read, peer_closed: the peer closed the connection");
}

TEST_CASE("SOCKS5 answers have addresses of any type") {
  const std::string address =
      GENERATE(as<std::string>(), "0100000000", "0400000000000000000000000000000000", "0300", "030461626364");
  Fed fed(make_socks5({"broker", 1883, "", ""}));
  fed.receive(bytes("0500050000" + address + "1234") + "rest", 1);
  CHECK(text(fed.error) == "none");
  CHECK(fed.layer->open());
  CHECK(fed.up.text() == "rest");
}

TEST_CASE("SOCKS5 authenticates when it is asked to") {
  Fed fed(make_socks5({"broker", 1883, "user", "pw"}));
  CHECK(hex(fed.sent()) == "05020002");
  fed.receive(bytes("0502"));
  CHECK(hex(fed.sent()) == "010475736572027077");
  SECTION("right") {
    fed.receive(bytes("0100"));
    CHECK(hex(fed.sent()) == "050100030662726f6b6572075b");
  }
  SECTION("wrong") {
    fed.receive(bytes("0101"));
    CHECK(text(fed.error) == refused + "the proxy refused the user or the password");
  }
}

TEST_CASE("SOCKS5 refusals are put into words") {
  const auto error_of = [](const std::string& answer, const ProxyOptions& options = {"broker", 1883, "", ""}) {
    Fed fed(make_socks5(options));
    fed.receive(answer, 1);
    return text(fed.error);
  };
  CHECK(error_of(bytes("05ff")) == refused + "the proxy asks for a user and a password");
  CHECK(error_of(bytes("05ff"), {"broker", 1883, "u", "p"}) ==
        refused + "the proxy accepts neither a password nor none");
  CHECK(error_of(bytes("0502")) == refused + "the proxy asks for a user and a password");
  CHECK(error_of(bytes("0501")) == broken + "the proxy chose authentication 1, which was not offered");
  CHECK(error_of(bytes("05000501")) == refused + "the proxy cannot connect to broker: general failure");
  CHECK(error_of(bytes("05000502")) == refused + "the proxy cannot connect to broker: not allowed by its rules");
  CHECK(error_of(bytes("05000503")) == refused + "the proxy cannot connect to broker: network unreachable");
  CHECK(error_of(bytes("05000504")) == refused + "the proxy cannot connect to broker: host unreachable");
  CHECK(error_of(bytes("05000505")) == refused + "the proxy cannot connect to broker: connection refused");
  CHECK(error_of(bytes("05000506")) == refused + "the proxy cannot connect to broker: time to live expired");
  CHECK(error_of(bytes("05000507")) == refused + "the proxy cannot connect to broker: command not supported");
  CHECK(error_of(bytes("05000508")) == refused + "the proxy cannot connect to broker: address type not supported");
  CHECK(error_of(bytes("05000509")) == refused + "the proxy cannot connect to broker: reply 9");
  CHECK(error_of("HTTP/1.1") == broken + "the proxy does not speak SOCKS5: it sent 'H'");
}

TEST_CASE("SOCKS5 has no room for long names") {
  CHECK(text(Fed(make_socks5({std::string(256, 'h'), 1, "", ""})).error) ==
        "proxy, configuration: a host name for a SOCKS5 proxy has 1 to 255 bytes");
  CHECK(text(Fed(make_socks5({"", 1, "", ""})).error) ==
        "proxy, configuration: a host name for a SOCKS5 proxy has 1 to 255 bytes");
  CHECK(text(Fed(make_socks5({"broker", 1, std::string(256, 'u'), ""})).error) ==
        "proxy, configuration: user and password for a SOCKS5 proxy have at most 255 bytes each");
}

TEST_CASE("HTTP CONNECT") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1);
  Fed fed(make_http_connect({"::1", 8883, "Aladdin", "open sesame"}));
  CHECK(fed.sent() ==
        "CONNECT [::1]:8883 HTTP/1.1\r\nHost: [::1]:8883\r\nProxy-Authorization: Basic "
        "QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
  CHECK(text(fed.layer->cut()) == "proxy, peer_closed: the proxy closed the connection before it answered");
  fed.receive("HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\nrest", step);
  CHECK(text(fed.error) == "none");
  CHECK(fed.layer->open());
  CHECK(fed.up.text() == "rest");
}

TEST_CASE("HTTP CONNECT refusals") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1);
  const auto error_of = [&](const std::string& answer, const std::string& user = "") {
    Fed fed(make_http_connect({"broker", 1883, user, ""}));
    CHECK(fed.sent().starts_with("CONNECT broker:1883 HTTP/1.1\r\nHost: broker:1883\r\n"));
    fed.receive(answer, step);
    return text(fed.error);
  };
  CHECK(error_of("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n") ==
        refused + "the proxy asks for a user and a password: HTTP/1.1 407 Proxy Authentication Required");
  CHECK(error_of("HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: basic realm=\"x\"\r\n\r\n", "me") ==
        refused + "the proxy refused the user or the password: HTTP/1.0 401 Unauthorized");
  CHECK(error_of("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n") ==
        refused + "the proxy asks for a user and a password: HTTP/1.1 407 No");
  CHECK(error_of("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\x1b\r\n\r\n", "me") ==
        refused + "the proxy wants a login by NTLM\\x1b, which we do not know: HTTP/1.1 407 No");
  CHECK(error_of("HTTP/1.1 403 Forbidden\r\n\r\n") == refused + "HTTP/1.1 403 Forbidden");
  CHECK(error_of("HTTP/1.1 302 Found\r\nLocation: http://login\x1b/\r\n\r\n") ==
        refused + "HTTP/1.1 302 Found to http://login\\x1b/");
  CHECK(error_of("GET / HTTP/1.1\r\n\r\n") ==
        broken + "the proxy does not speak HTTP: it sent 'GET / HTTP/1.1\\r\\n\\r\\n'");
  CHECK(error_of(std::string("\x05\x00", 2)).starts_with(broken + "the proxy does not speak HTTP: it sent '\\x05"));
  CHECK(text(Fed(make_http_connect({"a b", 1, "", ""})).error) == "proxy, configuration: 'a b' is no host name");
  CHECK(text(Fed(make_http_connect({"a\r\nX: y", 1, "", ""})).error) ==
        "proxy, configuration: 'a\\r\\nX: y' is no host name");
}
