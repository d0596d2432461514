// MQTT over TLS is named without a keylog and read with one, in both versions and all ciphers.
#include <array>
#include <unistd.h>

#include "../transport/pair.h"
#include "../transport/tls_files.h"
#include "capture/keylog.h"
#include "catch.h"
#include "listing.h"
#include "writer.h"

using capture::Note;
using namespace writer;
using namespace transport_test;

namespace {

using Strings = std::vector<std::string>;

const std::string large = publish("a/b", std::string(40'000, 'x'));

/// Two TLS layers, with what passes between them captured.
struct Session {
  explicit Session(const std::string& version, const std::string& cipher, std::size_t cut = 1400)
      : connection(file, {1, 40'000}, {2, 8883}), step(cut) {
    transport::TlsClientOptions options;
    options.ca_pem = localhost().ca_pem;
    options.version = version;
    (version == "tlsv1.2" ? options.ciphers : options.ciphersuites) = cipher;
    options.keylog_file = folder.path("keys");
    const auto client = transport::TlsContext::client(options);
    const auto server = transport::TlsContext::server(server_options());
    REQUIRE(client);
    REQUIRE(server);
    pair.emplace(layers(transport::make_tls_client(*client, "localhost")), layers(transport::make_tls_server(*server)));
    connection.open();
    pair->client.start();
    pair->server.start();
    run();
    REQUIRE(pair->client.stack.open());
  }

  void run() {
    while (!pair->client.down.empty() || !pair->server.down.empty()) {
      record(0, pair->client);
      pair->carry(pair->client, pair->server);
      record(1, pair->server);
      pair->carry(pair->server, pair->client);
    }
  }
  void record(unsigned side, const transport_test::End& end) {
    const std::string_view bytes = end.down.text();
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      if (losing) {
        connection.lose(side, bytes.substr(at, step));
      } else {
        connection.send(side, bytes.substr(at, step));
      }
    }
  }
  void send(unsigned side, std::string_view text) {
    (side == 0 ? pair->client : pair->server).send(text);
    run();
  }

  listing::Listing read() {
    auto keylog = capture::Keylog::open(folder.path("keys"));
    REQUIRE(keylog);
    capture::Options options;
    options.keylog = &*keylog;
    return listing::read(file.bytes, options);
  }

  Folder folder;
  File file;
  Connection connection;
  std::optional<Pair> pair;
  std::size_t step;
  bool losing = false;
};

}  // namespace

TEST_CASE("TLS is decrypted with the keylog, in any segmentation") {
  const auto [version, cipher] = GENERATE(table<std::string, std::string>({
      {"tlsv1.3", "TLS_AES_128_GCM_SHA256"},
      {"tlsv1.3", "TLS_AES_256_GCM_SHA384"},
      {"tlsv1.3", "TLS_CHACHA20_POLY1305_SHA256"},
      {"tlsv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"},
      {"tlsv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"},
      {"tlsv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305"},
  }));
  const std::size_t step = GENERATE(as<std::size_t>(), 3, 1400, 100'000);
  INFO(cipher << ", " << step);
  Session session(version, cipher, step);
  session.send(0, connect_v5);
  session.send(1, connack_v5);
  session.send(0, large + pingreq);
  session.send(1, pingresp);
  session.pair->client.close();
  session.run();
  const auto found = session.read();
  CHECK(found.bytes() == Strings{connect_v5, connack_v5, large, pingreq, pingresp});
  CHECK(found.faults.empty());
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes[0].kind == Note::tls_decrypted);
  CHECK(found.packets[3].where.offset == connect_v5.size() + large.size());
  CHECK(found.packets[4].where.sender == wire::Sender::server);
  CHECK(found.packets[4].version == wire::Version::v5_0);
}

TEST_CASE("after a loss of records the connection is decrypted on") {
  const std::string version = GENERATE("tlsv1.2", "tlsv1.3");
  Session session(version, version == "tlsv1.2" ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "TLS_AES_128_GCM_SHA256");
  session.send(0, connect_v5);
  session.losing = true;
  session.send(0, pingreq);
  session.send(0, large);
  session.losing = false;
  session.send(0, pingreq);
  session.send(0, disconnect);
  const auto found = session.read();
  CHECK(found.bytes() == Strings{connect_v5, pingreq, disconnect});
  CHECK(found.count(Note::gap) == 1);
}

TEST_CASE("TLS is named where it is not decrypted, and why") {
  Session session("tlsv1.3", "TLS_AES_128_GCM_SHA256");
  session.send(0, connect_v5);
  const auto without = listing::read(session.file.bytes);
  CHECK(without.packets.empty());
  CHECK(without.summary.encrypted == 1);
  REQUIRE(without.notes.size() == 1);
  CHECK(without.notes[0].text == "encrypted with TLS and not decrypted: no keylog was given");

  capture::Keylog empty = capture::Keylog::parse("# nothing\nCLIENT_RANDOM 00 11\nCLIENT_RANDOM\n\n");
  CHECK(empty.size() == 0);
  capture::Options options;
  options.keylog = &empty;
  const auto lacking = listing::read(session.file.bytes, options);
  REQUIRE(lacking.notes.size() == 1);
  CHECK(lacking.notes[0].text == "encrypted with TLS and not decrypted: the keylog has no secrets for it");
}

TEST_CASE("a keylog that is still being written is read on") {
  const Folder folder;
  const std::string random(64, 'a');
  const std::string line = "CLIENT_RANDOM " + random + " " + std::string(96, 'b') + "\n";
  const std::string path = folder.write("keys", "# begins\n" + line.substr(0, 30));
  auto keylog = capture::Keylog::open(path);
  REQUIRE(keylog);
  const std::string key(32, '\xAA');
  CHECK(keylog->find(base::as_bytes(key)) == nullptr);
  folder.write("keys", "# begins\n" + line);
  const capture::Secrets* found = keylog->find(base::as_bytes(key));
  REQUIRE(found != nullptr);
  CHECK(base::as_text(found->master.view()) == std::string(48, '\xBB'));
  CHECK_FALSE(capture::Keylog::open(folder.path("absent")));
}

TEST_CASE("the last line of a keylog needs no end") {
  const Folder folder;
  const std::string line = "CLIENT_RANDOM " + std::string(64, 'a') + " " + std::string(96, 'b');
  auto keylog = capture::Keylog::open(folder.write("keys", line));
  REQUIRE(keylog);
  CHECK(keylog->find(base::as_bytes(std::string(32, '\xAA'))) != nullptr);
}

TEST_CASE("a keylog may come from a pipe") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const std::string line = "CLIENT_RANDOM " + std::string(64, 'a') + " " + std::string(96, 'b') + "\n";
  REQUIRE(::write(ends[1], line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  ::close(ends[1]);
  auto keylog = capture::Keylog::open("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  REQUIRE(keylog);
  CHECK(keylog->find(base::as_bytes(std::string(32, '\xAA'))) != nullptr);
  CHECK(keylog->find(base::as_bytes(std::string(32, '\xBB'))) == nullptr);
}
