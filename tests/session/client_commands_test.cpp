// Acknowledgements and pings that the driver asks for.
#include "session/client_fixture.h"

TEST_CASE_METHOD(ClientFixture311, "messages are acknowledged when the driver says so") {
  options.acknowledge_by_command = true;
  connect("20020000");
  feed("3206000174000761");
  expect<session::Message>();
  feed("3406000174000862");
  expect<session::Message>();
  CHECK(sent().empty());
  client->acknowledge(1, 7);
  CHECK(sent() == "40020007");
  // The broker lost patience: it has not been told, and the message is not handed over twice.
  feed("3c06000174000862");
  CHECK(client->poll_event() == nullptr);
  CHECK(sent() == "50020008");
}

TEST_CASE_METHOD(ClientFixture311, "nothing is acknowledged without a connection") {
  options.acknowledge_by_command = true;
  connect("20020000");
  feed("3206000174000761");
  client->handle_closed(now);
  client->acknowledge(1, 7);
  CHECK(sent().empty());
}

TEST_CASE_METHOD(ClientFixture311, "a ping is answered once for each") {
  connect("20020000");
  client->ping(now);
  client->ping(now);
  CHECK(sent() == "c000 c000");
  CHECK(client->unanswered_pings() == 2);
  feed("d000");
  CHECK(client->unanswered_pings() == 1);
  feed("d000");
  CHECK(client->unanswered_pings() == 0);
  client->ping(now);
  CHECK(client->deadline() == now + 10s);
  now += 10s;
  sent();
  client->handle_timeout(now);
  CHECK(expect<session::TimedOut>().waiting == session::TimedOut::Waiting::pingresp);
}

namespace {

std::vector<base::Bytes> payloads(std::initializer_list<std::string_view> texts) {
  std::vector<base::Bytes> result;
  for (const std::string_view text : texts) result.push_back(base::as_bytes(text));
  return result;
}

}  // namespace

TEST_CASE_METHOD(ClientFixture311, "publishes that differ in their payload alone go out as one by one") {
  connect("20020000");
  CHECK(client->publish({.topic = "t", .payload = {}, .retain = true}, payloads({"a", "", "bc"})) == 3);
  CHECK(sent() == "310400017461 3103000174 31050001746263");
  CHECK(client->publish({.topic = "t", .payload = {}}, {}) == 0);
}

TEST_CASE_METHOD(ClientFixture, "publishes of one shape stop before what the broker does not take") {
  connect("20080000 05 2700 0000 0a");
  CHECK(client->publish({.topic = "t", .payload = {}}, payloads({"a", "bcdef", "g"})) == 1);
  CHECK(sent() == "30050001740061");
  CHECK(client->publish({.topic = "#", .payload = {}}, payloads({"a"})) == 0);
  CHECK(client->publish({.topic = "t", .payload = {}, .qos = 1}, payloads({"a"})) == 0);
  client->handle_closed(now);
  CHECK(client->publish({.topic = "t", .payload = {}}, payloads({"a"})) == 0);
  CHECK(sent().empty());
}

TEST_CASE_METHOD(ClientFixture, "publishes of one shape take an alias, and a caller's as it is") {
  connect("20060000 03 220001");
  wire::Properties alias;
  alias.add(PropertyId::topic_alias, 1);
  CHECK(client->publish({.topic = "t", .payload = {}, .properties = alias.view()}, payloads({"a", "b"})) == 2);
  CHECK(sent() == "30080001740323000161 30080001740323000162");
  client->set_use_topic_alias(true);
  reconnect("20060000 03 220001");
  CHECK(client->publish({.topic = "t", .payload = {}}, payloads({"a", "b"})) == 2);
  CHECK(sent() == "30080001740323000161 300700000323000162");
}

TEST_CASE_METHOD(ClientFixture311, "publishes of one shape go on in the next block") {
  connect("20020000");
  const std::string text(1000, 'x');
  const std::vector<base::Bytes> many(200, base::as_bytes(text));
  CHECK(client->publish({.topic = "t", .payload = {}}, many) == 200);
  CHECK(client->outbox().size() == 200 * 1006);
  std::size_t packets = 0;
  const auto all = drain(client->outbox());
  for (base::Bytes rest = all; !rest.empty(); ++packets) {
    const wire::Split split = wire::split(rest, wire::Version::v3_1_1);
    REQUIRE(split.kind == wire::Split::Kind::frame);
    REQUIRE(split.frame.packet.size() == 1006);
    rest = rest.subspan(1006);
  }
  CHECK(packets == 200);
}
