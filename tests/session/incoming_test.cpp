// What the peer publishes: once, within the quota, under its full topic.
#include "session/incoming.h"

#include "catch.h"
#include "session/hex.h"

using session::Incoming;
using wire::Clause;
using wire::Sender;
using wire::Version;

namespace {

struct Fixture {
  base::Pool pool;
  base::Outbox outbox{pool};
  Incoming incoming;
  wire::Context context{Version::v5_0, Sender::server};
  std::string topic;  ///< as the last one was resolved

  Fixture() { incoming.start_connection(2, 2); }

  /// "deliver", "repeated" or the name of the clause broken.
  std::string handle(std::uint8_t qos, std::uint16_t identifier, std::string_view name = "t", std::uint32_t alias = 0) {
    wire::Properties properties;
    if (alias != 0) properties.add(wire::PropertyId::topic_alias, alias);
    wire::Publish publish{name, {}, properties.view(), identifier, qos};
    const auto verdict = incoming.handle(publish, context, outbox);
    topic = publish.topic;
    if (!verdict) return std::string(wire::row(verdict.error().clause).name);
    return *verdict == Incoming::Verdict::deliver ? "deliver" : "repeated";
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "each QoS has its answer") {
  CHECK(handle(0, 0) == "deliver");
  CHECK(sent(outbox).empty());
  CHECK(handle(1, 5) == "deliver");
  CHECK(sent(outbox) == "40020005");
  CHECK(handle(1, 5) == "deliver");
  CHECK(sent(outbox) == "40020005");
  CHECK(handle(2, 5) == "deliver");
  CHECK(sent(outbox) == "50020005");
  CHECK(handle(2, 5) == "repeated");
  CHECK(sent(outbox) == "50020005");
  incoming.handle_release(5, Version::v5_0, outbox);
  CHECK(sent(outbox) == "70020005");
  CHECK(handle(2, 5) == "deliver");
}

TEST_CASE_METHOD(Fixture, "PUBREL of nothing is answered, in 5.0 with the reason") {
  incoming.handle_release(5, Version::v5_0, outbox);
  CHECK(sent(outbox) == "7003000592");
  incoming.handle_release(5, Version::v3_1_1, outbox);
  CHECK(sent(outbox) == "70020005");
}

TEST_CASE_METHOD(Fixture, "the Receive Maximum is kept") {
  CHECK(handle(2, 1) == "deliver");
  CHECK(handle(2, 2) == "deliver");
  CHECK(handle(2, 2) == "repeated");
  CHECK(handle(0, 0) == "deliver");
  CHECK(handle(1, 3) == "server_receive_maximum_exceeded");
  context.sender = Sender::client;
  CHECK(handle(2, 3) == "receive_maximum_exceeded");
  incoming.handle_release(1, Version::v5_0, outbox);
  CHECK(handle(2, 3) == "deliver");
}

TEST_CASE_METHOD(Fixture, "identifiers outlive a connection, the quota and the aliases do not") {
  CHECK(handle(2, 1, "t", 1) == "deliver");
  CHECK(handle(2, 2) == "deliver");
  incoming.end_connection();
  incoming.start_connection(2, 2);
  CHECK(incoming.unreleased() == 2);
  CHECK(handle(2, 1) == "repeated");
  CHECK(handle(2, 3) == "deliver");
  CHECK(handle(0, 0, "", 1) == "topic_alias_unknown");
  incoming.forget();
  CHECK(incoming.unreleased() == 0);
}

TEST_CASE_METHOD(Fixture, "aliases are set, used, changed and refused") {
  CHECK(handle(0, 0, "long/topic", 1) == "deliver");
  CHECK(topic == "long/topic");
  CHECK(handle(0, 0, "", 1) == "deliver");
  CHECK(topic == "long/topic");
  CHECK(handle(0, 0, "other", 1) == "deliver");
  CHECK(handle(0, 0, "", 1) == "deliver");
  CHECK(topic == "other");
  CHECK(handle(0, 0, "", 2) == "topic_alias_unknown");
  CHECK(handle(0, 0, "t", 3) == "server_topic_alias_exceeds_maximum");
  incoming.start_connection(2, 0);
  CHECK(handle(0, 0, "t", 1) == "server_topic_alias_not_supported");
  context.sender = Sender::client;
  CHECK(handle(0, 0, "t", 1) == "topic_alias_not_supported");
}

TEST_CASE_METHOD(Fixture, "a refusal ends a QoS 2 flow in 5.0, where it can be said") {
  wire::Publish publish{"t", {}, {}, 5, 2};
  REQUIRE(incoming.receive(publish, context) == Incoming::Verdict::deliver);
  SECTION("in 5.0") {
    incoming.acknowledge(publish, wire::ReasonCode::quota_exceeded, Version::v5_0, outbox);
    CHECK(sent(outbox) == "5003000597");
    CHECK(incoming.unreleased() == 0);
  }
  SECTION("not in 3.1.1") {
    incoming.acknowledge(publish, wire::ReasonCode::quota_exceeded, Version::v3_1_1, outbox);
    CHECK(sent(outbox) == "50020005");
    CHECK(incoming.unreleased() == 1);
  }
}
