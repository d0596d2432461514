// URLs of brokers and proxies: what each becomes, and what is said about those that become nothing.
#include "net/url.h"

#include "catch.h"

namespace {

using net::Transport;

struct Row {
  const char* text;
  Transport transport;
  const char* host;
  std::uint16_t port;
  const char* topic = "";
  const char* path = "";
};

}  // namespace

TEST_CASE("broker URLs name transport, host, port, topic and path") {
  const Row rows[] = {
      {"mqtt://broker", Transport::tcp, "broker", 1883},
      {"MQTT://Broker:1884", Transport::tcp, "Broker", 1884},
      {"tcp://10.0.0.1/a/b", Transport::tcp, "10.0.0.1", 1883, "a/b"},
      {"mqtt://broker//a", Transport::tcp, "broker", 1883, "/a"},
      {"mqtt://broker/a/%23?x", Transport::tcp, "broker", 1883, "a/#?x"},
      {"mqtt://broker/a/#", Transport::tcp, "broker", 1883, "a/#"},
      {"mqtts://broker", Transport::tls, "broker", 8883},
      {"tls://broker:1", Transport::tls, "broker", 1},
      {"ssl://broker:/t", Transport::tls, "broker", 8883, "t"},
      {"mqtt://[::1]:1885/t", Transport::tcp, "::1", 1885, "t"},
      {"mqtt://[fe80::1%lo]", Transport::tcp, "fe80::1%lo", 1883},
      {"ws://broker", Transport::ws, "broker", 80},
      {"ws://broker:15675/ws", Transport::ws, "broker", 15675, "", "/ws"},
      {"wss://broker/mqtt?token=a%20b#part", Transport::wss, "broker", 443, "", "/mqtt?token=a%20b"},
      {"wss://broker?token=1", Transport::wss, "broker", 443, "", "/?token=1"},
      {"wss://broker/", Transport::wss, "broker", 443, "", "/"},
      {"wxs://broker/mqtt", Transport::wss, "broker", 443, "", "/mqtt"},
      {"alis://broker:8084/mqtt", Transport::wss, "broker", 8084, "", "/mqtt"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto url = net::parse_url(row.text);
    REQUIRE(url);
    CHECK(url->transport == row.transport);
    CHECK(url->host == row.host);
    CHECK(url->port == row.port);
    CHECK(url->topic == row.topic);
    CHECK(url->path == row.path);
    CHECK_FALSE(url->username);
    CHECK_FALSE(url->password);
    CHECK(url->unix_path.empty());
  }
}

TEST_CASE("user and password are percent-decoded, and either may be empty") {
  const auto both = net::parse_url("mqtt://us%40er:p%3Aa%2Fs@s@broker:1884/t");
  REQUIRE(both);
  CHECK(both->username == "us@er");
  CHECK(both->password == "p:a/s@s");
  CHECK(both->host == "broker");
  const auto user = net::parse_url("mqtt://user@broker");
  REQUIRE(user);
  CHECK(user->username == "user");
  CHECK_FALSE(user->password);
  const auto token = net::parse_url("mqtt://:secret@broker");
  REQUIRE(token);
  CHECK(token->username == "");
  CHECK(token->password == "secret");
}

TEST_CASE("a unix socket has a path and nothing else") {
  const auto url = net::parse_url("unix:///run/mos%20quitto.sock");
  REQUIRE(url);
  CHECK(url->unix_path == "/run/mos quitto.sock");
  CHECK(url->host.empty());
}

TEST_CASE("a bad URL is answered by what is wrong with it, without its password") {
  const std::pair<const char*, const char*> rows[] = {
      {"broker:1883", "it has no scheme, as in mqtt://host"},
      {"", "it has no scheme, as in mqtt://host"},
      {"http://broker", "its scheme \"http\" is not one of mqtt, mqtts, tcp, tls, ssl, ws, wss, wxs, alis, unix"},
      {"mqtt://", "it has no host"},
      {"mqtt://user:pass@/t", "it has no host"},
      {"mqtt://broker:65536", "its port \"65536\" is not a number from 1 to 65535"},
      {"mqtt://broker:0", "its port \"0\" is not a number from 1 to 65535"},
      {"mqtt://broker:1x", "its port \"1x\" is not a number from 1 to 65535"},
      {"mqtt://::1/t", "an IPv6 address in it needs brackets, as in mqtt://[::1]:1883"},
      {"mqtt://[::1", "the '[' of its address has no ']'"},
      {"mqtt://[::1]x", "only a port can follow the ']' of its address"},
      {"mqtt://u:100%@h", "its password has a '%' without two hexadecimal digits (write %25)"},
      {"mqtt://%zz:p@h", "its user name has a '%' without two hexadecimal digits (write %25)"},
      {"mqtt://h/%4", "its topic has a '%' without two hexadecimal digits (write %25)"},
      {"mqtt://h%00x/t", "its host is not a name"},
      {"ws://h/a b", "its path has a blank or control character (write %20)"},
      {"ws://h/a\r\nX: y", "its path has a blank or control character (write %20)"},
      {"unix://", "it has no path, as in unix:///run/mosquitto.sock"},
  };
  for (const auto& [text, message] : rows) {
    CAPTURE(text);
    const auto url = net::parse_url(text);
    REQUIRE_FALSE(url);
    CHECK(url.error() == message);
  }
}

TEST_CASE("proxy URLs have their own schemes and ports") {
  using Kind = net::ProxySettings::Kind;
  const auto socks = net::parse_proxy_url("socks5h://me:se%25cret@proxy");
  REQUIRE(socks);
  CHECK(socks->kind == Kind::socks5h);
  CHECK(socks->host == "proxy");
  CHECK(socks->port == 1080);
  CHECK(socks->username == "me");
  CHECK(socks->password == "se%cret");
  const auto http = net::parse_proxy_url("http://[::1]:3128/");
  REQUIRE(http);
  CHECK(http->kind == Kind::http);
  CHECK(http->host == "::1");
  CHECK(http->port == 3128);
  CHECK(net::parse_proxy_url("http://proxy")->port == 8080);
  CHECK(net::parse_proxy_url("socks5://proxy")->kind == Kind::socks5);
  CHECK(net::parse_proxy_url("socks4://proxy").error() == "its scheme \"socks4\" is not one of socks5h, socks5, http");
  CHECK(net::parse_proxy_url("http://proxy/x").error() == "a proxy has no path");
  CHECK(net::parse_proxy_url("proxy:8080").error() ==
        "it has no scheme, as in socks5h://host:1080 or http://host:8080");
}

TEST_CASE("percent_decode wants two hexadecimal digits") {
  CHECK(net::percent_decode("%41%2f%00") == std::string("A/\0", 3));
  CHECK_FALSE(net::percent_decode("%4"));
  CHECK_FALSE(net::percent_decode("%"));
  CHECK_FALSE(net::percent_decode("%-1"));
}
