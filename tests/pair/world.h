// A client and a broker of the session machines, joined by a simulated network and clock.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <random>

#include "catch.h"
#include "session/client.h"
#include "session/hex.h"
#include "session/server.h"

namespace pair {

using namespace std::chrono_literals;
using session::Duration;
using session::Time;

using Random = std::mt19937;

/// One direction of a network connection: bytes arrive late and in other pieces than they were sent.
class Pipe {
 public:
  void send(Time now, Random& random, base::Bytes bytes, Duration longest_delay) {
    while (!bytes.empty()) {
      const std::size_t size = std::min<std::size_t>(bytes.size(), 1 + random() % 200);
      const Duration delay = longest_delay.count() == 0
                                 ? Duration()
                                 : Duration(static_cast<Duration::rep>(random()) % longest_delay.count());
      last_ = std::max(last_, now + delay);
      chunks_.push_back({last_, {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}});
      bytes = bytes.subspan(size);
    }
  }
  bool due(Time now) const { return !chunks_.empty() && chunks_.front().arrival <= now; }
  void receive(std::vector<std::uint8_t>& into) {
    const auto& bytes = chunks_.front().bytes;
    into.insert(into.end(), bytes.begin(), bytes.end());
    chunks_.pop_front();
  }

 private:
  struct Chunk {
    Time arrival;
    std::vector<std::uint8_t> bytes;
  };
  std::deque<Chunk> chunks_;
  Time last_{};
};

/// What one side has sent that the other has not acknowledged, seen from the wire: the measure of Receive Maximum.
class Unacknowledged {
 public:
  void sent(base::Bytes bytes) {
    each(bytes, [this](const wire::Frame& frame) {
      if (frame.type() == wire::PacketType::publish && (frame.flags() & 6) != 0) ++count_;
    });
    most_ = std::max(most_, count_);
  }
  void received(const wire::Frame& frame) {
    const bool refused = frame.type() == wire::PacketType::pubrec && frame.body().size() > 2 && frame.body()[2] >= 0x80;
    const bool ends = frame.type() == wire::PacketType::puback || frame.type() == wire::PacketType::pubcomp || refused;
    // PUBCOMP may end a flow whose PUBLISH went over an earlier connection.
    if (ends && count_ != 0) --count_;
  }
  std::uint32_t most() const { return most_; }

  template <class Each>
  static void each(base::Bytes bytes, Each&& each) {
    while (!bytes.empty()) {
      const wire::Split split = wire::split(bytes, wire::Version::v5_0);
      REQUIRE(split.kind == wire::Split::Kind::frame);
      each(split.frame);
      bytes = bytes.subspan(split.frame.packet.size());
    }
  }

 private:
  std::uint32_t count_ = 0;
  std::uint32_t most_ = 0;
};

/// One machine with what it has received in part.
template <class Machine>
struct End {
  Machine machine;
  std::vector<std::uint8_t> received;
  Unacknowledged unacknowledged;
  std::function<void(bool received, const wire::Frame&)> tap;  ///< sees each packet, where it is set

  template <class... Arguments>
  explicit End(Arguments&&... arguments) : machine(std::forward<Arguments>(arguments)...) {}

  void sent(base::Bytes bytes) {
    unacknowledged.sent(bytes);
    if (tap) Unacknowledged::each(bytes, [this](const wire::Frame& frame) { tap(false, frame); });
  }

  /// Hands over every whole packet; `events` drains the machine after each.
  template <class Events>
  void take(Time now, wire::Version version, Events&& events) {
    std::size_t used = 0;
    for (;;) {
      const wire::Split split = wire::split(base::Bytes(received).subspan(used), version);
      if (split.kind != wire::Split::Kind::frame) {
        REQUIRE(split.kind == wire::Split::Kind::incomplete);
        break;
      }
      unacknowledged.received(split.frame);
      if (tap) tap(true, split.frame);
      machine.handle_frame(now, split.frame);
      used += split.frame.packet.size();
      events();
    }
    received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(used));
  }
};

/// Numbers that were published to one side, each as the payload of a message.
struct Log {
  std::vector<std::uint32_t> numbers;

  void add(const wire::Publish& publish) {
    REQUIRE(publish.payload.size() == 4);
    numbers.push_back(base::Cursor(publish.payload).u32());
  }
};

/// The payload of the message with that number; lives until the next call.
inline base::Bytes payload(std::uint32_t number) {
  static thread_local std::array<std::uint8_t, 4> bytes;
  bytes = {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
           static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  return bytes;
}

struct Plan {
  wire::Version version = wire::Version::v5_0;
  std::uint8_t qos = 1;
  std::uint32_t messages = 1000;  ///< in each direction
  std::uint32_t cuts = 0;
  std::uint16_t receive_maximum = 20;
  bool forgetful = false;  ///< the broker loses the session at each cut; the client publishes again
  Duration longest_delay = 5ms;
  std::uint32_t seed = 1;
};

/// One client that publishes to the broker while the broker publishes to it, through cuts of the network; after some of
/// them the broker has not noticed the end of the old connection when the new one comes.
class World {
 public:
  explicit World(const Plan& plan) : plan_(plan), random_(plan.seed) {
    server_options_.limits.receive_maximum = plan.receive_maximum;
    session::ClientOptions options;
    options.version = plan.version;
    options.client_identifier = "client";
    options.clean_start = false;
    if (plan.version == wire::Version::v5_0) {
      options.properties.add(wire::PropertyId::session_expiry_interval, 0xFFFFFFFF);
      options.properties.add(wire::PropertyId::receive_maximum, plan.receive_maximum);
    }
    client_ = std::make_unique<End<session::Client>>(std::move(options), pool_);
    client_->machine.set_republish(plan.forgetful);
  }

  /// Runs until all messages are acknowledged both ways; fails when that takes longer than it may.
  void run() {
    const std::uint32_t apart = plan_.cuts == 0 ? 0 : 2 * plan_.messages / (plan_.cuts + 1);
    std::uint32_t next_cut = apart;
    connect();
    for (std::uint32_t steps = 0; !done(); ++steps) {
      REQUIRE(steps < 5'000'000);
      now_ += 1ms;
      step();
      if (apart != 0 && to_broker_ + to_client_ >= next_cut && cuts_ < plan_.cuts) {
        next_cut += apart;
        ++cuts_;
        cut();
      }
    }
  }

  /// What a capture beside the client or the broker would see: the number of the connection, who sends, and the packet.
  using Capture = std::function<void(std::uint32_t connection, wire::Sender, Time, const wire::Frame&)>;
  void capture(wire::Sender beside, Capture capture) {
    beside_ = beside;
    capture_ = std::move(capture);
  }

  const Log& at_broker() const { return at_broker_; }
  const Log& at_client() const { return at_client_; }
  std::uint32_t cuts() const { return cuts_; }
  std::uint32_t most_unacknowledged() const { return most_; }

 private:
  struct Connection {
    End<session::Server> server;
    Pipe to_server;
    Pipe to_client;
    bool cut = false;  ///< the client is gone; the server learns it later
    Time learns{};

    Connection(const session::ServerOptions& options, base::Pool& pool, Time now) : server(options, pool, now) {}
  };

  bool done() const {
    return to_broker_ == plan_.messages && to_client_ == plan_.messages && client_->machine.inflight() == 0 &&
           session_.outgoing.empty() && client_->machine.state() == session::Client::State::connected;
  }

  void connect() {
    connections_.push_back(std::make_unique<Connection>(server_options_, pool_, now_));
    client_->received.clear();
    client_->unacknowledged = {};
    ++connected_;
    if (capture_) tap();
    client_->machine.connect(now_);
  }

  void tap() {
    const auto seen = [this, connection = connected_](bool received, const wire::Frame& frame) {
      const bool by_client = received == (beside_ == wire::Sender::server);
      capture_(connection, by_client ? wire::Sender::client : wire::Sender::server, now_, frame);
    };
    if (beside_ == wire::Sender::client) client_->tap = seen;
    if (beside_ == wire::Sender::server) connections_.back()->server.tap = seen;
  }

  void cut() {
    client_->machine.handle_closed(now_);
    Connection& old = *connections_.back();
    old.cut = true;
    // What the client had sent is lost or may still arrive; what the server sends from now on is lost.
    old.learns = random_() % 2 == 0 ? now_ : now_ + std::chrono::milliseconds(random_() % 100);
    reconnect_at_ = now_ + std::chrono::milliseconds(random_() % 60);
  }

  void step() {
    if (client_->machine.state() == session::Client::State::disconnected && now_ >= reconnect_at_) connect();
    for (std::size_t i = 0; i < connections_.size(); ++i) serve(*connections_[i]);
    while (connections_.size() > 1 && connections_.front()->cut && now_ >= connections_.front()->learns) {
      connections_.erase(connections_.begin());
    }
    receive();
    // A CONNECT of an older connection that came late has taken the session: the broker closes this one.
    Connection& newest = *connections_.back();
    if (!newest.cut && newest.server.machine.state() == session::Server::State::disconnected) cut();
    publish();
    transmit();
  }

  void serve(Connection& connection) {
    auto& server = connection.server;
    while (connection.to_server.due(now_)) {
      connection.to_server.receive(server.received);
      server.take(now_, server.machine.version(), [&] { drain(connection); });
    }
    if (connection.cut && now_ >= connection.learns) server.machine.handle_closed(now_);
  }

  void drain(Connection& connection) {
    session::Server& server = connection.server.machine;
    while (const session::ServerEvent* event = server.poll_event()) {
      if (const auto* message = std::get_if<session::Message>(event)) at_broker_.add(message->publish);
      if (std::holds_alternative<session::ConnectRequested>(*event)) {
        for (const auto& other : connections_) {
          if (&other->server.machine != &server) other->server.machine.disconnect(wire::ReasonCode::session_taken_over);
        }
        server.accept(session_, known_ && !plan_.forgetful);
        known_ = true;
      }
      check(*event);
      REQUIRE_FALSE(std::holds_alternative<session::KeepAliveExpired>(*event));
    }
  }

  template <class Event>
  static void check(const Event& event) {
    if (const auto* violation = std::get_if<session::Violation>(&event)) FAIL(wire::row(violation->fault.clause).name);
  }

  void receive() {
    Connection& connection = *connections_.back();
    if (connection.cut) return;
    while (connection.to_client.due(now_)) {
      connection.to_client.receive(client_->received);
      client_->take(now_, plan_.version, [this] {
        while (const session::Event* event = client_->machine.poll_event()) {
          if (const auto* message = std::get_if<session::Message>(event)) at_client_.add(message->publish);
          if (const auto* published = std::get_if<session::Published>(event)) REQUIRE_FALSE(published->lost);
          check(*event);
        }
      });
    }
  }

  void publish() {
    while (to_broker_ < plan_.messages && client_->machine.can_publish() && random_() % 4 != 0) {
      REQUIRE(client_->machine.publish({"up", payload(to_broker_), {}, 0, plan_.qos}));
      ++to_broker_;
    }
    session::Server& server = connections_.back()->server.machine;
    while (to_client_ < plan_.messages && server.can_deliver() && random_() % 4 != 0) {
      REQUIRE(server.deliver({"down", payload(to_client_), {}, 0, plan_.qos}));
      ++to_client_;
    }
  }

  void transmit() {
    for (const auto& connection : connections_) {
      const std::vector<std::uint8_t> bytes = ::drain(connection->server.machine.outbox());
      connection->server.sent(bytes);
      most_ = std::max(most_, connection->server.unacknowledged.most());
      if (!connection->cut) connection->to_client.send(now_, random_, bytes, plan_.longest_delay);
    }
    if (connections_.back()->cut) return;
    const std::vector<std::uint8_t> bytes = ::drain(client_->machine.outbox());
    client_->sent(bytes);
    most_ = std::max(most_, client_->unacknowledged.most());
    connections_.back()->to_server.send(now_, random_, bytes, plan_.longest_delay);
  }

  Plan plan_;
  Random random_;
  base::Pool pool_;
  Time now_{1h};
  session::ServerOptions server_options_;
  session::SessionState session_;
  bool known_ = false;
  std::vector<std::unique_ptr<Connection>> connections_;  ///< the newest last
  std::unique_ptr<End<session::Client>> client_;
  Time reconnect_at_{};
  Log at_broker_;
  Log at_client_;
  std::uint32_t to_broker_ = 0;
  std::uint32_t to_client_ = 0;
  std::uint32_t cuts_ = 0;
  std::uint32_t most_ = 0;
  std::uint32_t connected_ = 0;
  wire::Sender beside_ = wire::Sender::client;
  Capture capture_;
};

}  // namespace pair
