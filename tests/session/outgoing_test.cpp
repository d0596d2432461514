// The window of packets in flight.
#include "session/outgoing.h"

#include <algorithm>
#include <tuple>

#include "catch.h"
#include "session/hex.h"

using session::Outgoing;
using Kind = Outgoing::Outcome::Kind;
using wire::PacketType;
using wire::Sender;

namespace {

struct Fixture {
  base::Pool pool;
  base::Outbox outbox{pool};
  Outgoing outgoing;

  Fixture() { outgoing.start_connection(65'535); }

  std::uint64_t publish(std::uint8_t qos) {
    const std::uint16_t identifier = outgoing.next_identifier();
    const std::uint8_t packet[] = {
        static_cast<std::uint8_t>(0x30 | qos << 1), 5, 0, 1, 't', static_cast<std::uint8_t>(identifier >> 8),
        static_cast<std::uint8_t>(identifier)};
    std::copy_n(packet, sizeof packet, outbox.reserve(sizeof packet));
    return outgoing.add_publish(outbox.commit_and_hold(sizeof packet), qos, wire::Version::v3_1_1);
  }

  Kind acknowledge(PacketType type, std::uint16_t identifier,
                   wire::ReasonCode reason_code = wire::ReasonCode::success) {
    return outgoing.handle({type, identifier, reason_code}, Sender::server).kind;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "acknowledgements move a flow on or do not fit") {
  CHECK(publish(1) == 1);
  CHECK(publish(2) == 2);
  CHECK(outgoing.publishes() == 2);
  CHECK(outgoing.bytes() == 14);

  CHECK(acknowledge(PacketType::puback, 3) == Kind::unknown);
  CHECK(acknowledge(PacketType::puback, 0) == Kind::unknown);
  CHECK(acknowledge(PacketType::pubrec, 1) == Kind::unexpected);
  CHECK(acknowledge(PacketType::pubcomp, 1) == Kind::unexpected);
  CHECK(acknowledge(PacketType::pubcomp, 2) == Kind::unexpected);

  CHECK(acknowledge(PacketType::pubrec, 2) == Kind::release);
  CHECK(acknowledge(PacketType::pubrec, 2) == Kind::release);
  CHECK(acknowledge(PacketType::puback, 2) == Kind::unexpected);
  CHECK(acknowledge(PacketType::pubcomp, 2) == Kind::finished);
  CHECK(acknowledge(PacketType::pubcomp, 2) == Kind::unknown);
  CHECK(acknowledge(PacketType::puback, 1) == Kind::finished);
  CHECK(outgoing.empty());
  CHECK(outgoing.bytes() == 0);
  CHECK(outgoing.quota_used() == 0);
}

TEST_CASE_METHOD(Fixture, "a refusal ends a QoS 2 flow at PUBREC") {
  publish(2);
  CHECK(acknowledge(PacketType::pubrec, 1, wire::ReasonCode::not_authorized) == Kind::finished);
  CHECK(outgoing.empty());
}

TEST_CASE_METHOD(Fixture, "a server may end a QoS 2 flow with PUBACK, a client may not") {
  publish(2);
  CHECK(outgoing.handle({PacketType::puback, 1}, Sender::client).kind == Kind::unexpected);
  const auto outcome = outgoing.handle({PacketType::puback, 1}, Sender::server);
  CHECK(outcome.kind == Kind::finished);
  CHECK(outcome.downgraded);
  CHECK(outcome.sequence == 1);
}

TEST_CASE_METHOD(Fixture, "requests share the identifiers and await their codes") {
  CHECK(outgoing.add_request(PacketType::subscribe, 2) == 1);
  CHECK(publish(1) == 2);
  CHECK(outgoing.handle_request(PacketType::unsubscribe, 1, 2).kind == Kind::unknown);
  CHECK(outgoing.handle_request(PacketType::subscribe, 2, 2).kind == Kind::unknown);
  CHECK(acknowledge(PacketType::puback, 1) == Kind::unknown);
  CHECK(outgoing.handle_request(PacketType::subscribe, 1, 1).kind == Kind::unexpected);
  CHECK(outgoing.handle_request(PacketType::subscribe, 1, 2).kind == Kind::finished);
  CHECK(outgoing.publishes() == 1);
}

TEST_CASE_METHOD(Fixture, "identifiers wrap past 65,535 and skip 0") {
  CHECK(Outgoing::identifier(65'535) == 65'535);
  CHECK(Outgoing::identifier(65'536) == 1);
  for (std::uint64_t sequence = 1; sequence <= 200'000; ++sequence) {
    REQUIRE(publish(1) == sequence);
    // The oldest of three is acknowledged, so that the window straddles the wrap.
    if (sequence > 2) REQUIRE(acknowledge(PacketType::puback, Outgoing::identifier(sequence - 2)) == Kind::finished);
    outbox.consume(outbox.size());
  }
  CHECK(outgoing.publishes() == 2);
}

TEST_CASE_METHOD(Fixture, "the window is never wider than there are identifiers") {
  for (int i = 0; i < 65'535; ++i) {
    REQUIRE(outgoing.has_identifier());
    publish(1);
  }
  CHECK_FALSE(outgoing.has_identifier());
  CHECK_FALSE(outgoing.has_room(100'000, 1 << 30));
  CHECK(acknowledge(PacketType::puback, 2) == Kind::finished);
  CHECK_FALSE(outgoing.has_identifier());
  CHECK(acknowledge(PacketType::puback, 1) == Kind::finished);
  CHECK(outgoing.has_identifier());
  CHECK(outgoing.next_identifier() == 1);
}

TEST_CASE_METHOD(Fixture, "room is bounded by quota, count and bytes") {
  outgoing.start_connection(3);
  CHECK(outgoing.has_room(1, 0));  // even one larger than the bytes allowed
  publish(1);
  CHECK_FALSE(outgoing.has_room(1, 100));
  CHECK_FALSE(outgoing.has_room(10, 7));
  CHECK(outgoing.has_room(10, 8));
  publish(2);
  publish(1);
  CHECK_FALSE(outgoing.has_room(10, 100));
  acknowledge(PacketType::pubrec, 2);
  CHECK_FALSE(outgoing.has_room(10, 100));
  acknowledge(PacketType::pubcomp, 2);
  CHECK(outgoing.has_room(10, 100));
}

TEST_CASE_METHOD(Fixture, "a new connection carries on in order, PUBLISH with DUP") {
  publish(1);
  publish(2);
  outgoing.add_request(PacketType::subscribe, 1);
  publish(2);
  acknowledge(PacketType::pubrec, 2);
  drain(outbox);

  outgoing.start_connection(65'535);
  CHECK_FALSE(outgoing.resent());
  CHECK_FALSE(outgoing.has_room(10, 100));
  outgoing.resend(outbox, wire::Version::v3_1_1);
  CHECK(sent(outbox) == "3a050001740001 62020002 3c050001740004");
  CHECK(outgoing.resent());
  CHECK(outgoing.quota_used() == 3);
}

TEST_CASE_METHOD(Fixture, "what exceeds the new quota is sent as the quota frees") {
  for (int i = 0; i < 4; ++i) publish(1);
  drain(outbox);
  outgoing.start_connection(2);
  outgoing.resend(outbox, wire::Version::v5_0);
  CHECK(sent(outbox) == "3a050001740001 3a050001740002");
  CHECK(acknowledge(PacketType::puback, 2) == Kind::finished);
  outgoing.resend(outbox, wire::Version::v5_0);
  CHECK(sent(outbox) == "3a050001740003");
  CHECK(acknowledge(PacketType::puback, 1) == Kind::finished);
  CHECK(acknowledge(PacketType::puback, 3) == Kind::finished);
  outgoing.resend(outbox, wire::Version::v5_0);
  CHECK(sent(outbox) == "3a050001740004");
  CHECK(outgoing.has_room(10, 100));
}

TEST_CASE_METHOD(Fixture, "sent again singly, each waits for the one before it") {
  for (int i = 0; i < 2; ++i) publish(1);
  publish(2);
  drain(outbox);
  outgoing.set_resend_singly(true);
  outgoing.start_connection(10);
  outgoing.resend(outbox, wire::Version::v3_1_1);
  CHECK(sent(outbox) == "3a050001740001");
  CHECK(acknowledge(PacketType::puback, 1) == Kind::finished);
  outgoing.resend(outbox, wire::Version::v3_1_1);
  CHECK(sent(outbox) == "3a050001740002");
  CHECK_FALSE(outgoing.has_room(10, 100));
  CHECK(acknowledge(PacketType::puback, 2) == Kind::finished);
  outgoing.resend(outbox, wire::Version::v3_1_1);
  CHECK(sent(outbox) == "3c050001740003");
  CHECK(outgoing.has_room(10, 100));
}

TEST_CASE_METHOD(Fixture, "the oldest packet without an answer is known, its bytes as long as they are held") {
  const auto oldest = [&] {
    const auto unanswered = outgoing.oldest_unanswered();
    return unanswered ? std::tuple(unanswered->type, unanswered->sequence, unanswered->packet.size())
                      : std::tuple(PacketType{}, std::uint64_t{0}, std::size_t{0});
  };
  using Row = std::tuple<PacketType, std::uint64_t, std::size_t>;
  CHECK(oldest() == Row{PacketType{}, 0, 0});
  publish(1);
  outgoing.add_request(PacketType::subscribe, 1);
  outgoing.add_request(PacketType::unsubscribe, 1);
  publish(2);
  CHECK(oldest() == Row{PacketType::publish, 1, 7});
  acknowledge(PacketType::puback, 1);
  CHECK(oldest() == Row{PacketType::subscribe, 2, 0});
  outgoing.handle_request(PacketType::subscribe, 2, 1);
  CHECK(oldest() == Row{PacketType::unsubscribe, 3, 0});
  outgoing.start_connection(10);
  CHECK(oldest() == Row{PacketType::publish, 4, 7});
  outgoing.set_keep_received(false);
  acknowledge(PacketType::pubrec, 4);
  CHECK(oldest() == Row{PacketType::publish, 4, 0});
}

TEST_CASE_METHOD(Fixture, "a lost session starts flows again or forgets them") {
  publish(1);
  publish(2);
  acknowledge(PacketType::pubrec, 2);
  drain(outbox);
  outgoing.start_connection(65'535);

  SECTION("again") {
    outgoing.restart_all();
    outgoing.resend(outbox, wire::Version::v3_1_1);
    CHECK(sent(outbox) == "3a050001740001 3c050001740002");
  }
  SECTION("forgotten") {
    std::vector<std::uint64_t> lost;
    outgoing.discard([&](std::uint64_t sequence, std::uint16_t identifier, int qos) {
      lost.insert(lost.end(), {sequence, identifier, static_cast<std::uint64_t>(qos)});
    });
    CHECK(lost == std::vector<std::uint64_t>{1, 1, 1, 2, 2, 2});
    CHECK(outgoing.empty());
    CHECK(outgoing.bytes() == 0);
    outgoing.resend(outbox, wire::Version::v3_1_1);
    CHECK(outbox.empty());
    CHECK(publish(1) == 3);
  }
}

TEST_CASE_METHOD(Fixture, "received packets are let go where nobody would send them again") {
  outgoing.set_keep_received(false);
  publish(2);
  acknowledge(PacketType::pubrec, 1);
  CHECK(outgoing.bytes() == 0);
  CHECK(outgoing.publishes() == 1);
  CHECK(acknowledge(PacketType::pubcomp, 1) == Kind::finished);
}

TEST_CASE_METHOD(Fixture, "a quota until the release counts QoS 2 alone, up to its PUBREL") {
  outgoing.start_connection(2, Outgoing::Counting::until_release);
  publish(1);
  publish(2);
  CHECK(outgoing.quota_used() == 1);
  publish(2);
  CHECK_FALSE(outgoing.has_room(10, 100));
  CHECK(acknowledge(PacketType::pubrec, 2) == Kind::release);
  CHECK(acknowledge(PacketType::pubrec, 2) == Kind::release);
  CHECK(outgoing.quota_used() == 1);
  CHECK(outgoing.has_room(10, 100));
  publish(2);
  CHECK_FALSE(outgoing.has_room(10, 100));
  CHECK(outgoing.publishes() == 4);
  CHECK(acknowledge(PacketType::pubcomp, 2) == Kind::finished);
  CHECK(outgoing.quota_used() == 2);
  drain(outbox);

  SECTION("also of what is sent again") {
    acknowledge(PacketType::pubrec, 3);
    publish(2);
    publish(1);
    outgoing.start_connection(1, Outgoing::Counting::until_release);
    drain(outbox);
    outgoing.resend(outbox, wire::Version::v3_1_1);
    CHECK(sent(outbox) == "3a050001740001 62020003 3c050001740004");
    acknowledge(PacketType::pubrec, 4);
    outgoing.resend(outbox, wire::Version::v3_1_1);
    CHECK(sent(outbox) == "3c050001740005 3a050001740006");
    acknowledge(PacketType::pubrec, 5);
    CHECK(outgoing.quota_used() == 0);
  }
}

TEST_CASE_METHOD(Fixture, "what the peer takes no more is lost, what it has is released") {
  publish(1);
  publish(2);
  publish(2);
  acknowledge(PacketType::pubrec, 2);
  drain(outbox);
  std::vector<std::uint64_t> lost;
  const auto lose = [&](std::uint64_t sequence, std::uint16_t identifier, std::uint8_t qos) {
    CHECK(sequence == identifier);
    lost.push_back(sequence * 10 + qos);
  };
  outgoing.start_connection(65'535);
  SECTION("all fits") {
    outgoing.fit({wire::Version::v3_1_1, 7}, pool, lose);
    CHECK(lost.empty());
    outgoing.resend(outbox, wire::Version::v3_1_1);
    CHECK(sent(outbox) == "3a050001740001 62020002 3c050001740003");
  }
  SECTION("too large") {
    outgoing.fit({wire::Version::v3_1_1, 6}, pool, lose);
    CHECK(lost == std::vector<std::uint64_t>{11, 32});
    outgoing.resend(outbox, wire::Version::v3_1_1);
    CHECK(sent(outbox) == "62020002");
    CHECK(outgoing.publishes() == 1);
    CHECK(outgoing.bytes() == 0);
  }
  SECTION("of too high a QoS") {
    outgoing.fit({.version = wire::Version::v3_1_1, .maximum_packet_size = 100, .maximum_qos = 1}, pool, lose);
    CHECK(lost == std::vector<std::uint64_t>{32});
    outgoing.resend(outbox, wire::Version::v3_1_1);
    CHECK(sent(outbox) == "3a050001740001 62020002");
  }
}

TEST_CASE_METHOD(Fixture, "a retained message is lost where none are taken any more") {
  const std::uint8_t packet[] = {0x33, 5, 0, 1, 't', 0, 1};
  std::copy_n(packet, sizeof packet, outbox.reserve(sizeof packet));
  outgoing.add_publish(outbox.commit_and_hold(sizeof packet), 1, wire::Version::v5_0);
  int lost = 0;
  outgoing.start_connection(10);
  outgoing.fit({.version = wire::Version::v3_1_1, .maximum_packet_size = 100, .retain_available = false}, pool,
               [&](auto...) { ++lost; });
  CHECK(lost == 1);
  CHECK(outgoing.empty());
}

TEST_CASE_METHOD(Fixture, "another version gets the packets in its own layout") {
  publish(1);
  publish(2);
  drain(outbox);
  const auto never = [](auto...) { FAIL("lost"); };
  outgoing.start_connection(65'535);
  outgoing.fit({wire::Version::v5_0, 100}, pool, never);
  CHECK(outgoing.bytes() == 16);
  outgoing.resend(outbox, wire::Version::v5_0);
  CHECK(sent(outbox) == "3a06000174000100 3c06000174000200");
  outgoing.start_connection(65'535);
  outgoing.fit({wire::Version::v3_1, 100}, pool, never);
  CHECK(outgoing.bytes() == 14);
  outgoing.resend(outbox, wire::Version::v3_1);
  CHECK(sent(outbox) == "3a050001740001 3c050001740002");
}
