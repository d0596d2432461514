// The steady state of both machines allocates nothing: operator new is counted while messages flow.
#include <cstdlib>
#include <new>

#include "catch.h"
#include "session/client.h"
#include "session/server.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

namespace {

std::size_t allocations = 0;

}  // namespace

// The sanitizers have an operator new of their own, which does not go with a foreign delete.
#ifndef SANITIZED
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace {

using session::Client;
using session::Server;
using session::Time;

/// Both machines with nothing in between; the server sends each message back.
struct Echo {
  base::Pool pool;
  session::ServerOptions server_options{.limits = {.topic_alias_maximum = 10}};
  session::SessionState session;
  Time now{std::chrono::hours(1)};
  Client client;
  Server server{server_options, pool, now};
  std::uint64_t returned = 0;

  explicit Echo(session::ClientOptions options, bool aliases) : client(std::move(options), pool) {
    client.set_use_topic_alias(aliases);
    client.connect(now);
    exchange();
    REQUIRE(client.state() == Client::State::connected);
  }

  template <class Machine>
  void move(base::Outbox& from, Machine& to) {
    base::Bytes views[4];
    while (from.gather(views) != 0) {
      base::Bytes bytes = views[0];
      while (!bytes.empty()) {
        const wire::Split split = wire::split(bytes, client.options().version);
        if (split.kind != wire::Split::Kind::frame) FAIL("not a frame");
        to.handle_frame(now, split.frame);
        bytes = bytes.subspan(split.frame.packet.size());
        handle(to);
      }
      from.consume(views[0].size());
    }
  }

  void handle(Server& machine) {
    while (const auto* event = machine.poll_event()) {
      if (const auto* message = std::get_if<session::Message>(event)) {
        if (!machine.deliver(message->publish)) FAIL("not delivered");
      }
      if (std::holds_alternative<session::ConnectRequested>(*event)) machine.accept(session, false);
    }
  }
  void handle(Client& machine) {
    while (const auto* event = machine.poll_event()) returned += std::holds_alternative<session::Message>(*event);
  }

  void exchange() {
    while (!client.outbox().empty() || !server.outbox().empty()) {
      move(client.outbox(), server);
      move(server.outbox(), client);
    }
  }

  void publish(std::uint8_t qos, int count) {
    for (int i = 0; i < count; ++i) {
      if (!client.publish({"sensors/kitchen/temperature", base::as_bytes("21.5"), {}, 0, qos})) FAIL("refused");
    }
    exchange();
  }
};

}  // namespace

TEST_CASE("messages flow without allocation") {
  session::ClientOptions options;
  options.version = GENERATE(wire::Version::v3_1_1, wire::Version::v5_0);
  const bool aliases = GENERATE(false, true);
  options.client_identifier.push_back('c');
  options.properties.add(wire::PropertyId::topic_alias_maximum, 10);
  Echo echo(std::move(options), aliases);
  const auto run = [&] {
    for (int round = 0; round < 100; ++round) {
      echo.publish(0, 50);
      echo.publish(1, 50);
      echo.publish(2, 50);
    }
  };
  run();
  const std::uint64_t returned = echo.returned;
  REQUIRE(returned == 15'000);
  const std::size_t before = allocations;
  run();
  const std::size_t after = allocations;
  CHECK(after - before == 0);
  CHECK(echo.returned == 2 * returned);
#ifndef SANITIZED
  CHECK(before > 0);
#endif
}
