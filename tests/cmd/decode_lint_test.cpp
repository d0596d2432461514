// What --lint keeps of connections: where they begin, which session they continue, and how much it is.
#include "decode_lint.h"

#include "catch.h"
#include "wire/encode.h"

namespace {

using wire::Sender;
using wire::Version;
using Names = std::vector<std::string>;

/// Plays packets to a book and gives back the names of what is broken.
struct Player {
  explicit Player(std::size_t bound = cmd::LintBook::usual_bound) : book(bound) {}

  capture::Where at(std::uint64_t connection, Sender sender, std::uint64_t offset) const {
    capture::Where where;
    where.connection = connection;
    where.sender_known = where.has_addresses = where.has_time = true;
    where.time_ns = seconds * 1'000'000'000;
    where.sender = sender;
    where.from_start = from_start;
    where.offset = offset;
    (sender == Sender::client ? where.to : where.from).port = broker;
    return where;
  }

  Names packet(std::uint64_t connection, Sender sender, const wire::Packet& packet, std::uint64_t offset = 0) {
    base::Buffer bytes;
    REQUIRE(wire::append(bytes, packet, Version::v3_1_1));
    const wire::Split split = wire::split(bytes.view(), Version::v3_1_1);
    const auto decoded = wire::decode(split.frame, {Version::v3_1_1, sender});
    REQUIRE(decoded);
    return names(book.packet(at(connection, sender, offset), split.frame, *decoded, Version::v3_1_1));
  }
  Names connect(std::uint64_t connection, std::string_view client_identifier, bool clean = true) {
    wire::Connect connect{.version = Version::v3_1_1, .client_identifier = client_identifier};
    connect.clean_start = clean;
    return packet(connection, Sender::client, connect);
  }
  Names connack(std::uint64_t connection, bool session_present = false) {
    return packet(connection, Sender::server, wire::Connack{session_present, wire::ReasonCode::success, {}});
  }
  Names close(std::uint64_t connection) {
    return names(book.closed(at(connection, Sender::client, 0), capture::Closed::reset));
  }

  static Names names(const session::Findings& findings) {
    Names all;
    for (const session::Finding& finding : findings) all.emplace_back(wire::row(finding.clause).name);
    return all;
  }

  cmd::LintBook book;
  std::int64_t seconds = 1'700'000'000;
  std::uint16_t broker = 1883;
  bool from_start = true;
};

const wire::Publish publish{.topic = "a", .payload = {}};

}  // namespace

TEST_CASE("the first packet must be CONNECT where the beginning was seen") {
  Player player;
  CHECK(player.packet(1, Sender::client, publish) == Names{"first_packet_not_connect"});
  player.from_start = false;
  CHECK(player.packet(2, Sender::client, publish) == Names{});
  player.from_start = true;
  CHECK(player.packet(3, Sender::client, publish, 20) == Names{});
}

TEST_CASE("where bytes are missing in front of the first packet, that is no beginning") {
  Player player;
  player.book.gap(player.at(1, Sender::client, 0));
  CHECK(player.packet(1, Sender::client, publish) == Names{});
}

TEST_CASE("a session goes on with the same client at the same broker only") {
  Player player;
  const auto begin = [&player](std::uint64_t connection) {
    player.connect(connection, "c", false);
    player.connack(connection);
    player.close(connection);
  };
  begin(1);
  player.connect(2, "c", false);
  CHECK(player.connack(2) == Names{"session_present_missing"});
  player.close(2);
  player.broker = 1884;
  player.connect(3, "c", false);
  CHECK(player.connack(3) == Names{});
}

TEST_CASE("a server that lets a client in again ends the older connection") {
  Player player;
  player.connect(1, "c");
  player.connack(1);
  player.connect(2, "c");
  player.connack(2);
  player.connect(3, "other");
  player.connack(3);
  player.seconds += 6;
  CHECK(player.packet(1, Sender::server, publish, 4) ==
        Names{"publish_not_subscribed", "existing_client_not_disconnected"});
  CHECK(player.packet(2, Sender::server, publish, 4) == Names{"publish_not_subscribed"});
}

TEST_CASE("what is kept of connections and sessions is bounded") {
  constexpr std::size_t bound = 1U << 20;
  Player player(bound);
  const std::string topic(30'000, 't');
  for (std::uint64_t connection = 1; connection <= 2000; ++connection) {
    player.connect(connection, "c" + std::to_string(connection), false);
    player.connack(connection);
    wire::Subscriptions subscriptions;
    subscriptions.add(wire::Subscription{.topic_filter = topic});
    player.packet(connection, Sender::client, wire::Subscribe{1, subscriptions.view(), {}}, 20);
    if (connection % 2 == 0) player.close(connection);
    REQUIRE(player.book.held() <= bound);
  }
  CHECK(player.book.forgot());
  CHECK(player.book.held() > bound / 2);
  // The first one was forgotten: nothing is said of what its session would have been.
  CHECK(player.packet(1, Sender::server, publish, 4) == Names{});
}
