// The client driver against a scripted peer on loopback: what it sends, how it ends, when it tries again.
#include "net/client.h"

#include <asio/read.hpp>
#include <asio/write.hpp>
#include <string>
#include <vector>

#include "base/hex.h"
#include "catch.h"
#include "net/greeting.h"
#include "net/listener.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

/// Accepts one connection after the other; each gets the next script: bytes to answer with, byte by byte, once
/// something came in, and whether to close behind them.
class Peer {
 public:
  struct Script {
    std::string answer;
    bool close = false;
  };

  Peer(net::Worker& worker, std::vector<Script> scripts)
      : scripts_(std::move(scripts)), listener_(worker, [this](net::Socket socket) { accepted(std::move(socket)); }) {
    REQUIRE(listener_.listen("127.0.0.1", 0));
  }
  std::uint16_t port() const { return listener_.port(); }
  /// What each connection received, as hexadecimal digits.
  std::vector<std::string> received;

 private:
  void accepted(net::Socket socket) {
    auto held = std::make_shared<net::Socket>(std::move(socket));
    received.emplace_back();
    const Script script = scripts_.at(received.size() - 1);
    read(held, received.size() - 1, std::make_shared<Script>(script), std::make_shared<Bytes>(1024));
  }

  void read(std::shared_ptr<net::Socket> socket, std::size_t index, std::shared_ptr<Script> script,
            std::shared_ptr<Bytes> room) {
    socket->async_receive(asio::buffer(*room), [=, this](asio::error_code error, std::size_t count) {
      if (error) return;
      received[index] += base::to_hex({room->data(), count});
      for (const char byte : script->answer) {
        asio::error_code ignored;
        asio::write(*socket, asio::buffer(&byte, 1), ignored);
      }
      script->answer.clear();
      if (script->close) return socket->close();
      read(socket, index, script, room);
    });
  }

  std::vector<Script> scripts_;
  net::Listener listener_;
};

/// Keeps what the client reports; does what `when_connected` says.
struct Listening : net::ClientHandler {
  void on_connected(const wire::Connack&) override {
    ++connections;
    if (when_connected) when_connected();
  }
  void on_event(const session::Event& event) override {
    if (const auto* message = std::get_if<session::Message>(&event)) {
      messages.emplace_back(std::string(message->publish.topic) + "=" +
                            std::string(base::as_text(message->publish.payload)));
    }
    if (when_event) when_event(event);
  }
  bool on_ended(const net::Ending& ending) override {
    endings.push_back(ending.kind);
    last_error = ending.error;
    progress.push_back(ending.progress);
    after_connack.push_back(ending.after_connack);
    last_reason = ending.reason_code;
    return static_cast<int>(endings.size()) <= retries;
  }

  std::function<void()> when_connected;
  std::function<void(const session::Event&)> when_event;
  int connections = 0;
  int retries = 0;
  std::vector<std::string> messages;
  std::vector<net::Ending::Kind> endings;
  std::vector<bool> progress;
  std::vector<bool> after_connack;
  transport::Error last_error{};
  wire::ReasonCode last_reason{};
};

std::string bytes(std::string_view hex) { return *base::from_hex(hex); }

net::ConnectSettings to_port(std::uint16_t port) {
  net::ConnectSettings settings;
  settings.host = "127.0.0.1";
  settings.port = port;
  return settings;
}

session::ClientOptions named(std::string identifier) {
  session::ClientOptions options;
  options.client_identifier = std::move(identifier);
  return options;
}

constexpr net::BackoffLimits impatient{std::chrono::milliseconds(1), std::chrono::milliseconds(2)};

}  // namespace

TEST_CASE("packets that arrive byte by byte are whole messages, and the end is in order") {
  net::Worker worker;
  // CONNACK, then PUBLISH "a" = "hi" twice.
  Peer peer(worker, {{bytes("20020000") + bytes("300500016168693005000161") + "ho", false}});
  Listening handler;
  net::Client client(worker, to_port(peer.port()), named("c"), handler);
  std::optional<transport::Error> error;
  handler.when_event = [&](const session::Event&) {
    if (handler.messages.size() != 2) return;
    client.disconnect(wire::ReasonCode::normal_disconnection, {}, [&](std::optional<transport::Error> result) {
      error = std::move(result);
      worker.io().stop();
    });
  };
  client.start();
  worker.io().run();
  CHECK(handler.messages == std::vector<std::string>{"a=hi", "a=ho"});
  CHECK_FALSE(error);
  worker.io().restart();
  worker.io().poll();
  CHECK(peer.received == std::vector<std::string>{"100d00044d5154540402003c000163e000"});
  CHECK(handler.endings.empty());
}

TEST_CASE("a refused CONNECT ends with its return code") {
  net::Worker worker;
  Peer peer(worker, {{bytes("20020005"), false}});
  Listening handler;
  net::Client client(worker, to_port(peer.port()), named("c"), handler);
  client.start();
  while (handler.endings.empty()) worker.io().run_one();
  CHECK(handler.endings == std::vector<net::Ending::Kind>{net::Ending::Kind::refused});
  CHECK(handler.last_reason == static_cast<wire::ReasonCode>(5));
}

TEST_CASE("after a loss the client comes back when its handler wants it to") {
  net::Worker worker;
  Peer peer(worker, {{bytes("20020000"), true}, {bytes("20020000"), true}, {bytes("20020000"), false}});
  Listening handler;
  handler.retries = 2;
  net::Client client(worker, to_port(peer.port()), named("c"), handler, impatient);
  client.start();
  while (handler.connections < 3) worker.io().run_one();
  CHECK(handler.endings == std::vector<net::Ending::Kind>(2, net::Ending::Kind::transport));
  CHECK(handler.last_error.kind == transport::Kind::peer_closed);
  CHECK(handler.last_error.stage == transport::Stage::read);
  CHECK(peer.received == std::vector<std::string>(3, "100d00044d5154540402003c000163"));
}

TEST_CASE("an ending says whether the connection served its purpose") {
  struct Case {
    std::string answer;
    bool after_connack;
    bool progress;
  };
  const Case cases[] = {
      {"", false, false},
      {"20020000", true, false},
      {"20020000 9003000100", true, false},        // SUBACK
      {"20020000 d000", true, false},              // PINGRESP
      {"20020000 310400016178", true, false},      // a retained message
      {"20020000 300400016178", true, true},       // a message
      {"20020000 3a060001610001 78", true, true},  // one that came before
      {"20020000 62020001", true, true},           // PUBREL
      {"20020000 310400016178 30", true, false},
      {"20020000 300400016178 00", true, true},  // then a violation
  };
  for (const Case& one : cases) {
    CAPTURE(one.answer);
    std::string digits = one.answer;
    std::erase(digits, ' ');
    net::Worker worker;
    Peer peer(worker, {{bytes(digits), true}});
    Listening handler;
    net::Client client(worker, to_port(peer.port()), named("c"), handler);
    client.start();
    while (handler.endings.empty()) worker.io().run_one();
    CHECK(handler.after_connack == std::vector<bool>{one.after_connack});
    CHECK(handler.progress == std::vector<bool>{one.progress});
  }
}

TEST_CASE("what is not MQTT is a violation, named by its clause") {
  net::Worker worker;
  Peer peer(worker, {{bytes("5302"), false}});
  Listening handler;
  net::Client client(worker, to_port(peer.port()), named("c"), handler);
  client.start();
  while (handler.endings.empty()) worker.io().run_one();
  CHECK(handler.endings == std::vector<net::Ending::Kind>{net::Ending::Kind::violation});
}

TEST_CASE("the answer of another protocol is named before its bytes are read as a packet") {
  struct Case {
    std::string answer;
    transport::Kind kind;
    std::string message;
  };
  const Case cases[] = {
      {"SSH-2.0-OpenSSH_9.2\r\n", transport::Kind::protocol, "the answer is that of an SSH server"},
      {"HTTP/1.1 400 Bad Request\r\n\r\n", transport::Kind::http_status, "HTTP/1.1 400 Bad Request"},
      {bytes("15030100020246"), transport::Kind::tls_on_plain, "the answer is TLS, not MQTT"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.answer);
    const auto* first = reinterpret_cast<const std::uint8_t*>(one.answer.data());
    const auto error = net::recognise_greeting({first, one.answer.size()});
    REQUIRE(error);
    CHECK(error->kind == one.kind);
    CHECK(error->message == one.message);
  }
  CHECK_FALSE(net::recognise_greeting(std::vector<std::uint8_t>{0x30}));
}

TEST_CASE("nobody at the port is an error of the connect stage") {
  net::Worker worker;
  std::uint16_t port = 0;
  {
    net::Listener listener(worker, [](net::Socket) {});
    REQUIRE(listener.listen("127.0.0.1", 0));
    port = listener.port();
  }
  Listening handler;
  net::Client client(worker, to_port(port), named("c"), handler);
  client.start();
  while (handler.endings.empty()) worker.io().run_one();
  CHECK(handler.last_error.stage == transport::Stage::connect);
  CHECK(handler.last_error.code == std::errc::connection_refused);
}

TEST_CASE("localhost reaches a listener on either family") {
  for (const char* host : {"127.0.0.1", "::1"}) {
    net::Worker worker;
    int accepted = 0;
    net::Listener listener(worker, [&](net::Socket) { ++accepted; });
    if (!listener.listen(host, 0)) continue;  // a machine without IPv6
    net::ConnectSettings settings = to_port(listener.port());
    settings.host = "localhost";
    bool connected = false;
    const auto dialling = net::dial(
        worker, settings, [&](base::Result<net::Socket, transport::Error> socket) { connected = socket.has_value(); });
    while (!connected || accepted == 0) worker.io().run_one();
    CHECK(accepted == 1);
  }
}

TEST_CASE("a step that is never answered ends in a timeout of its stage") {
  net::Worker worker;
  Peer peer(worker, {{"", false}});
  Listening handler;
  net::ConnectSettings settings = to_port(peer.port());
  settings.connect_timeout = std::chrono::milliseconds(20);
  net::Client client(worker, settings, named("c"), handler);
  client.start();
  while (handler.endings.empty()) worker.io().run_one();
  CHECK(handler.last_error.kind == transport::Kind::timeout);
  CHECK(handler.last_error.stage == transport::Stage::connack);
}
