// The broker on real sockets of the loopback: ports, packets, the orderly end, and the bound on sockets.
#include "broker/serve.h"

#include <arpa/inet.h>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

#include "catch.h"
#include "wire/encode.h"
#include "world.h"

using namespace test;

namespace {

/// A client's socket, read without blocking while the broker's loop runs in between.
class Socket {
 public:
  Socket(net::Worker& worker, const std::string& address) : worker_(worker) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(socket_); }

  void send(const wire::Packet& packet) {
    base::Buffer bytes;
    wire::append(bytes, packet, Version::v5_0);
    REQUIRE(::send(socket_, bytes.view().data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  /// The next packet's description, or "closed".
  std::string receive() {
    for (;;) {
      const auto front = wire::split(received_.view(), Version::v5_0);
      if (front.kind == wire::Split::Kind::frame) {
        const std::string text = describe(front.frame, Version::v5_0);
        received_.consume(front.frame.packet.size());
        return text;
      }
      const ssize_t count = ::recv(socket_, received_.reserve(4096), 4096, MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno == ECONNRESET)) return "closed";
      if (count > 0) received_.commit(static_cast<std::size_t>(count));
      if (count < 0) worker_.io().run_one();
    }
  }

 private:
  net::Worker& worker_;
  int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  base::Buffer received_;
};

broker::ServeOptions options() {
  broker::ServeOptions made;
  made.hub = World::quiet();
  made.listeners.push_back({net::Transport::tcp, "127.0.0.1", 0});
  return made;
}

wire::Connect connect(std::string_view client_identifier) {
  return {.version = Version::v5_0, .client_identifier = client_identifier};
}

}  // namespace

TEST_CASE("a message crosses the loopback, and the end is in order") {
  net::Worker worker;
  broker::Serve serve(worker, options());
  REQUIRE(serve.listen().has_value());
  REQUIRE(serve.bound().size() == 1);
  CHECK(serve.bound()[0].transport == net::Transport::tcp);
  Socket subscriber(worker, serve.bound()[0].address), publisher(worker, serve.bound()[0].address);
  subscriber.send(connect("s"));
  CHECK(subscriber.receive() == "CONNACK 00");
  wire::Subscriptions subscriptions;
  subscriptions.add({"a/#", 1});
  subscriber.send(wire::Subscribe{7, subscriptions.view()});
  CHECK(subscriber.receive() == "SUBACK #7 01");
  publisher.send(connect("p"));
  CHECK(publisher.receive() == "CONNACK 00");

  const std::string large(300'000, 'x');  // more than a read and a block take at once
  for (const std::string& payload : {std::string("hello"), large}) {
    wire::Publish publish{.topic = "a/b", .payload = base::as_bytes(payload), .packet_identifier = 1, .qos = 1};
    publisher.send(publish);
    CHECK(publisher.receive() == "PUBACK #1 00");
    CHECK(subscriber.receive() == base::format("PUBLISH a/b \"{}\" q1 #{}", payload, payload == large ? 2 : 1));
  }
  publisher.send(wire::Disconnect{});
  CHECK(publisher.receive() == "closed");
  CHECK(serve.hub().connections() == 1);

  bool done = false;
  serve.shut_down([&] { done = true; });
  CHECK(subscriber.receive() == "DISCONNECT 8b");
  CHECK(subscriber.receive() == "closed");
  while (!done) worker.io().run_one();
  CHECK(serve.hub().connections() == 0);
}

TEST_CASE("a client that says nothing is let go, a port that is taken is named") {
  net::Worker worker;
  auto impatient = options();
  impatient.hub.server.connect_timeout = std::chrono::milliseconds(20);
  broker::Serve serve(worker, std::move(impatient));
  REQUIRE(serve.listen().has_value());
  const std::string address = serve.bound()[0].address;
  Socket mute(worker, address);
  CHECK(mute.receive() == "closed");

  auto same_port = options();
  same_port.listeners[0].port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  broker::Serve second(worker, std::move(same_port));
  const auto listening = second.listen();
  REQUIRE_FALSE(listening.has_value());
  CHECK(listening.error().code == std::errc::address_in_use);
  CHECK(listening.error().listener.host == "127.0.0.1");
}

TEST_CASE("sockets are bounded whether or not they speak MQTT") {
  net::Worker worker;
  auto few = options();
  few.hub.maximum_connections = 1;
  few.sockets_besides = 1;
  broker::Serve serve(worker, std::move(few));
  REQUIRE(serve.listen().has_value());
  const std::string address = serve.bound()[0].address;
  Socket one(worker, address), two(worker, address), three(worker, address);
  CHECK(three.receive() == "closed");
  one.send(connect("one"));
  CHECK(one.receive() == "CONNACK 00");
  two.send(connect("two"));
  CHECK(two.receive() == "CONNACK 89");
  CHECK(two.receive() == "closed");
}
