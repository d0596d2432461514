// TLS layers against each other: what agrees, what does not, and what each end says about it.
#include "transport/tls.h"

#include <algorithm>

#include "pair.h"
#include "tls_files.h"

using namespace transport;
using namespace transport_test;

namespace {

std::string both(const Pair& pair) { return text(pair.client.error) + " / " + text(pair.server.error); }

std::vector<std::uint8_t> secret() { return {0x12, 0x34, 0xab, 0xcd}; }

TlsServerOptions psk_server(const std::string& version) {
  TlsServerOptions options;
  options.version = version;
  options.psk = [](std::string_view identity) -> std::optional<std::vector<std::uint8_t>> {
    if (identity != "sensor") return std::nullopt;
    return secret();
  };
  return options;
}

TlsClientOptions psk_client(const std::string& version, const std::string& identity, const std::string& key) {
  TlsClientOptions options;
  options.version = version;
  options.psk_identity = identity;
  options.psk_hex = key;
  return options;
}

}  // namespace

TEST_CASE("TLS carries bytes both ways in any segmentation") {
  const auto version = GENERATE(as<std::string>(), "tlsv1.2", "tlsv1.3");
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1, 7, 1000);
  auto client = tls_client([&] {
    auto options = client_options();
    options.version = version;
    return options;
  }());
  const TlsLayer& layer = *client;
  Pair pair(layers(std::move(client)), layers(tls_server()), step);
  pair.start();
  REQUIRE(both(pair) == "none / none");
  REQUIRE(pair.client.stack.open());
  REQUIRE(pair.server.stack.open());
  CHECK(layer.session().version == (version == "tlsv1.2" ? "TLSv1.2" : "TLSv1.3"));
  CHECK(layer.session().peer_common_name == "localhost");

  const std::string large(100000, 'x');
  pair.client.send("");
  pair.client.send("hello");
  pair.client.send(large);
  pair.server.send("welcome");
  pair.run();
  CHECK(pair.server.received() == "hello" + large);
  CHECK(pair.client.received() == "welcome");

  CHECK_FALSE(pair.server.stack.closed());
  pair.client.close();
  pair.run();
  CHECK(pair.server.stack.closed());
  CHECK(text(pair.server.stack.cut()) == "read, peer_closed: the peer closed the TLS connection");
  CHECK(both(pair) == "none / none");
}

TEST_CASE("payload that comes with the end of the handshake is delivered") {
  Pair pair(layers(tls_client(client_options())), layers(tls_server()));
  pair.client.start();
  pair.carry(pair.client, pair.server);
  pair.carry(pair.server, pair.client);
  REQUIRE(pair.client.stack.open());
  pair.client.send("at once");
  pair.run();
  CHECK(pair.server.received() == "at once");
}

TEST_CASE("the host is verified, as a name or as an address") {
  const auto [host, expected] = GENERATE(table<std::string, std::string>({
      {"localhost", "none / none"},
      {"LOCALHOST.", "none / none"},
      {"127.0.0.1", "none / none"},
      {"::1", "none / none"},
      {"broker.example.org", "none / none"},
      {"a.b.example.org",
       "tls, certificate_host_mismatch: the certificate is for localhost, *.example.org, 127.0.0.1, ::1, "
       "not "
       "for a.b.example.org / tls, certificate_refused: the peer answered with the TLS alert 'bad certificate' (42)"},
      {"127.0.0.2",
       "tls, certificate_host_mismatch: the certificate is for localhost, *.example.org, 127.0.0.1, ::1, "
       "not "
       "for 127.0.0.2 / tls, certificate_refused: the peer answered with the TLS alert 'bad certificate' (42)"},
  }));
  Pair pair(layers(tls_client(client_options(), host)), layers(tls_server()));
  pair.start();
  CHECK(both(pair) == expected);
}

TEST_CASE("without verification of the name the chain is verified still") {
  auto options = client_options();
  options.verify_host_name = false;
  Pair pair(layers(tls_client(options, "elsewhere")), layers(tls_server()));
  pair.start();
  CHECK(both(pair) == "none / none");

  options = client_options(stranger());
  options.verify_host_name = false;
  Pair other(layers(tls_client(options, "elsewhere")), layers(tls_server()));
  other.start();
  REQUIRE(other.client.error);
  CHECK(other.client.error->kind == Kind::certificate_untrusted);
}

TEST_CASE("server_name stands in for the host") {
  auto options = client_options();
  options.server_name = "localhost";
  Pair pair(layers(tls_client(options, "10.0.0.1")), layers(tls_server()));
  pair.start();
  CHECK(both(pair) == "none / none");
}

TEST_CASE("an unknown authority is named") {
  auto options = client_options(stranger());
  Pair pair(layers(tls_client(options)), layers(tls_server()), 1);
  pair.start();
  REQUIRE(pair.client.error);
  CHECK(pair.client.error->kind == Kind::certificate_untrusted);
  CHECK(pair.client.error->message.starts_with(
      "unable to get local issuer certificate (subject CN=localhost, issuer CN=mqtt test authority "));
  CHECK(text(pair.server.error) == "tls, certificate_refused: the peer answered with the TLS alert 'unknown CA' (48)");
}

TEST_CASE("the system's authorities do not know a certificate of ours") {
  Pair pair(layers(tls_client({})), layers(tls_server()));
  pair.start();
  REQUIRE(pair.client.error);
  CHECK(pair.client.error->kind == Kind::certificate_untrusted);
}

TEST_CASE("an expired certificate is named") {
  const auto expired = make_self_signed({"localhost"}, -1);
  REQUIRE(expired);
  // The authority has expired as well: the last link of the chain is judged first.
  Pair pair(layers(tls_client(client_options(*expired))), layers(tls_server(server_options(*expired))));
  pair.start();
  REQUIRE(pair.client.error);
  CHECK(pair.client.error->kind == Kind::certificate_expired);
  CHECK(pair.client.error->message.starts_with("the certificate expired on 20"));
  CHECK(text(pair.server.error) ==
        "tls, certificate_refused: the peer answered with the TLS alert 'certificate expired' (45)");
}

TEST_CASE("bytes that are not TLS are recognised by either end") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1);
  Fed client(tls_client(client_options()));
  client.receive("HTTP/1.1 400 Bad \x1bRequest\r\n", step);
  CHECK(text(client.error) == "tls, plain_on_tls: the peer does not speak TLS: it sent '" +
                                  std::string(step == 1 ? "H'" : "HTTP/1.1 400 Bad \\x1bRequest\\r\\n'"));
  Fed server(tls_server());
  server.receive("\x10\x0c");
  CHECK(text(server.error) == "tls, plain_on_tls: the peer does not speak TLS: it sent '\\x10\\x0c'");
}

TEST_CASE("a handshake that is cut off is an error of its stage") {
  Fed client(tls_client(client_options()));
  CHECK(text(client.layer->cut()) == "tls, peer_closed: the peer closed the connection during the TLS handshake");
  Pair pair(layers(tls_client(client_options())), layers(tls_server()));
  pair.start();
  CHECK(text(pair.client.stack.cut()) == "read, peer_closed: the peer closed the connection without ending TLS");
}

TEST_CASE("no common version, no common cipher") {
  auto client = client_options();
  client.version = "tlsv1.2";
  auto server = server_options();
  server.version = "tlsv1.3";
  Pair versions(layers(tls_client(client)), layers(tls_server(server)));
  versions.start();
  CHECK(both(versions) ==
        "tls, handshake: the peer answered with the TLS alert 'protocol version' (70) / tls, handshake: "
        "unsupported protocol");

  client.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  server.version = "tlsv1.2";
  server.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384";
  Pair ciphers(layers(tls_client(client)), layers(tls_server(server)));
  ciphers.start();
  CHECK(both(ciphers) ==
        "tls, handshake: the peer answered with the TLS alert 'handshake failure' (40) / tls, handshake: no "
        "shared cipher");
}

TEST_CASE("ciphers are chosen from those named") {
  auto options = client_options();
  options.ciphersuites = "TLS_CHACHA20_POLY1305_SHA256";
  auto client = tls_client(options);
  const TlsLayer& layer = *client;
  Pair pair(layers(std::move(client)), layers(tls_server()));
  pair.start();
  CHECK(layer.session().cipher == "TLS_CHACHA20_POLY1305_SHA256");
}

TEST_CASE("a client certificate is asked for and verified") {
  const Folder folder;
  const auto version = GENERATE(as<std::string>(), "tlsv1.2", "tlsv1.3");
  auto server = server_options();
  server.version = version;
  server.ca_pem = localhost().ca_pem;
  server.require_certificate = true;
  auto client = client_options();

  SECTION("ours") {
    client.cert = folder.write("cert.pem", localhost().cert_pem);
    client.key = folder.write("key.pem", localhost().key_pem);
    auto server_layer = tls_server(server);
    const TlsLayer& layer = *server_layer;
    Pair pair(layers(tls_client(client)), layers(std::move(server_layer)));
    pair.start();
    CHECK(both(pair) == "none / none");
    CHECK(layer.session().peer_common_name == "localhost");
  }
  SECTION("none") {
    Pair pair(layers(tls_client(client)), layers(tls_server(server)));
    pair.start();
    CHECK(both(pair) ==
          (version == "tlsv1.3"
               ? "tls, certificate_required: the peer answered with the TLS alert 'certificate required' (116) / tls, "
                 "certificate_required: the peer sent no certificate"
               : "tls, certificate_required: the peer asked for a certificate of ours: the peer answered with the TLS "
                 "alert 'handshake failure' (40) / tls, certificate_required: the peer sent no certificate"));
  }
  SECTION("a stranger's") {
    client.cert = folder.write("cert.pem", stranger().cert_pem);
    client.key = folder.write("key.pem", stranger().key_pem);
    Pair pair(layers(tls_client(client)), layers(tls_server(server)));
    pair.start();
    REQUIRE(pair.client.error);
    CHECK(text(pair.client.error) ==
          "tls, certificate_refused: the peer answered with the TLS alert 'unknown CA' (48)");
    REQUIRE(pair.server.error);
    CHECK(pair.server.error->kind == Kind::certificate_untrusted);
  }
}

TEST_CASE("a pre-shared key takes the place of certificates") {
  const auto version = GENERATE(as<std::string>(), "tlsv1.2", "tlsv1.3");
  SECTION("known") {
    auto server = tls_server(psk_server(version));
    const TlsLayer& layer = *server;
    Pair pair(layers(tls_client(psk_client(version, "sensor", "1234ABcd"))), layers(std::move(server)), 1);
    pair.start();
    CHECK(both(pair) == "none / none");
    pair.client.send("secretly");
    pair.run();
    CHECK(pair.server.received() == "secretly");
    CHECK(layer.session().psk_identity == "sensor");
  }
  SECTION("another key") {
    Pair pair(layers(tls_client(psk_client(version, "sensor", "00"))), layers(tls_server(psk_server(version))));
    pair.start();
    REQUIRE(pair.client.error);
    CHECK(pair.client.error->kind == Kind::handshake);
    CHECK_FALSE(pair.server.stack.open());
  }
  SECTION("another identity") {
    Pair pair(layers(tls_client(psk_client(version, "nobody", "1234abcd"))), layers(tls_server(psk_server(version))));
    pair.start();
    REQUIRE(pair.client.error);
    CHECK(pair.client.error->kind == Kind::handshake);
    CHECK_FALSE(pair.server.stack.open());
  }
}

TEST_CASE("ALPN picks the server's first that the client offers, or none") {
  auto server = server_options();
  server.alpn = {"x-amzn-mqtt-ca", "mqtt"};
  auto options = client_options();
  const auto agreed = [&](std::vector<std::string> offered) {
    options.alpn = std::move(offered);
    auto client = tls_client(options);
    const TlsLayer& layer = *client;
    Pair pair(layers(std::move(client)), layers(tls_server(server)));
    pair.start();
    CHECK(both(pair) == "none / none");
    return layer.session().alpn;
  };
  CHECK(agreed({"mqtt"}) == "mqtt");
  CHECK(agreed({"h2", "mqtt", "x-amzn-mqtt-ca"}) == "x-amzn-mqtt-ca");
  CHECK(agreed({"h2"}) == "");
  CHECK(agreed({}) == "");
}

TEST_CASE("secrets are appended to the key log, in a file for the user alone") {
  const Folder folder;
  const std::string file = folder.write("before", "");
  std::filesystem::remove(file);
  auto options = client_options();
  options.keylog_file = file;
  for (const std::string version : {"tlsv1.2", "tlsv1.3"}) {
    options.version = version;
    Pair pair(layers(tls_client(options)), layers(tls_server()));
    pair.start();
    CHECK(both(pair) == "none / none");
  }
  const auto mode = std::filesystem::status(file).permissions();
  CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  std::istringstream lines(read_file(file));
  std::vector<std::string> labels;
  for (std::string label, random, value; lines >> label >> random >> value;) {
    labels.push_back(label);
    CHECK(random.size() == 64);
    CHECK(value.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos);
  }
  CHECK(labels.size() == 6);
  CHECK(labels.front() == "CLIENT_RANDOM");
  CHECK(std::count(labels.begin(), labels.end(), "CLIENT_TRAFFIC_SECRET_0") == 1);
}

TEST_CASE("TLS that is damaged on the way ends in an error") {
  Pair pair(layers(tls_client(client_options())), layers(tls_server()));
  pair.start();
  pair.client.send("hello");
  std::string bytes(pair.client.down.text());
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  pair.client.down.clear();
  pair.client.down.append(bytes);
  pair.run();
  CHECK(pair.server.received() == "");
  CHECK(text(pair.server.error) == "read, protocol: TLS failed: decryption failed or bad record mac");
  CHECK(text(pair.client.error) == "read, protocol: the peer answered with the TLS alert 'bad record mac' (20)");
}
