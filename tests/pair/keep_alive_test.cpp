// Keep alive between the two machines in simulated time.
#include "catch.h"
#include "session/client.h"
#include "session/hex.h"
#include "session/server.h"

using namespace std::chrono_literals;
using session::Time;

namespace {

struct Pair {
  base::Pool pool;
  session::ServerOptions server_options;
  session::SessionState session;
  Time now{1h};
  session::Client client;
  session::Server server{server_options, pool, now};
  std::uint32_t pings = 0;
  bool expired = false;
  bool timed_out = false;
  bool server_answers = true;
  bool client_reaches_server = true;

  static session::ClientOptions options(std::uint16_t keep_alive) {
    session::ClientOptions options;
    options.client_identifier = "c";
    options.keep_alive = keep_alive;
    return options;
  }

  explicit Pair(std::uint16_t keep_alive) : client(options(keep_alive), pool) {
    client.connect(now);
    exchange();
    REQUIRE(client.state() == session::Client::State::connected);
  }

  void exchange() {
    while (!client.outbox().empty() || !server.outbox().empty()) {
      const std::vector<std::uint8_t> to_server = drain(client.outbox());
      if (client_reaches_server) hand(server, to_server);
      while (const auto* event = server.poll_event()) {
        if (std::holds_alternative<session::ConnectRequested>(*event)) server.accept(session, false);
      }
      const std::vector<std::uint8_t> to_client = drain(server.outbox());
      if (server_answers) hand(client, to_client);
      while (client.poll_event() != nullptr) {
      }
    }
  }

  template <class Machine>
  void hand(Machine& machine, base::Bytes bytes) {
    while (!bytes.empty()) {
      const wire::Split split = wire::split(bytes, wire::Version::v3_1_1);
      REQUIRE(split.kind == wire::Split::Kind::frame);
      if (split.frame.type() == wire::PacketType::pingreq) ++pings;
      machine.handle_frame(now, split.frame);
      bytes = bytes.subspan(split.frame.packet.size());
    }
  }

  /// Lets time pass from deadline to deadline.
  void pass(session::Duration duration) {
    const Time end = now + duration;
    while (!expired && !timed_out) {
      const Time next = std::min(client.deadline(), server.deadline());
      if (next > end) break;
      now = next;
      if (client.deadline() <= now) client.handle_timeout(now);
      while (const auto* event = client.poll_event()) timed_out |= std::holds_alternative<session::TimedOut>(*event);
      exchange();
      if (server.deadline() <= now) server.handle_timeout(now);
      while (const auto* event = server.poll_event()) {
        expired |= std::holds_alternative<session::KeepAliveExpired>(*event);
      }
    }
    if (!expired && !timed_out) now = end;
  }
};

}  // namespace

TEST_CASE("an idle hour is one PINGREQ each interval") {
  Pair pair(60);
  pair.pass(1h);
  CHECK(pair.pings == 60);
  CHECK_FALSE(pair.expired);
  CHECK_FALSE(pair.timed_out);
}

TEST_CASE("without keep alive an idle hour is silent") {
  Pair pair(0);
  pair.pass(1h);
  CHECK(pair.pings == 0);
  CHECK(pair.client.state() == session::Client::State::connected);
  CHECK(pair.server.state() == session::Server::State::connected);
}

TEST_CASE("a server that does not answer is noticed after the response timeout") {
  Pair pair(60);
  pair.server_answers = false;
  const Time start = pair.now;
  pair.pass(1h);
  CHECK(pair.timed_out);
  CHECK(pair.now == start + 70s);
}

TEST_CASE("a client that is not heard is given up after one and a half intervals") {
  Pair pair(4);
  pair.client_reaches_server = false;
  const Time start = pair.now;
  pair.pass(1h);
  CHECK(pair.expired);
  CHECK(pair.now == start + 6s);
}

TEST_CASE("what the client publishes stands in for PINGREQ") {
  Pair pair(60);
  for (int i = 0; i < 60; ++i) {
    pair.pass(30s);
    pair.client.handle_timeout(pair.now);  // tells the time only
    REQUIRE(pair.client.publish({"t", {}}));
    pair.exchange();
  }
  CHECK(pair.pings == 0);
  CHECK_FALSE(pair.expired);
}
