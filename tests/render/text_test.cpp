// One line for each packet type, safe to look at.
#include "render/text.h"

#include <string>

#include "catch.h"

using namespace std::string_literals;
using wire::PropertyId;
using wire::Version;

namespace {

std::string summary(const wire::Packet& packet, Version version = Version::v5_0) {
  base::Buffer out;
  render::append_summary(out, packet, version);
  return std::string(out.text());
}

}  // namespace

TEST_CASE("PUBLISH in one line") {
  wire::Publish publish{.topic = "plant/1", .payload = base::as_bytes("24 bytes of payload, say")};
  publish.qos = 1;
  publish.packet_identifier = 7;
  CHECK(summary(publish) == R"(PUBLISH q1 r0 d0 id 7 topic "plant/1" 24 bytes)");
  wire::Properties properties;
  properties.add(PropertyId::content_type, "a\x1b\"");
  properties.add_user_property("k", "v");
  properties.add(PropertyId::correlation_data, "cd");
  publish = {
      .topic = "a\nb", .payload = base::as_bytes("x"), .properties = properties.view(), .retain = true, .dup = true};
  CHECK(
      summary(publish) ==
      R"(PUBLISH q0 r1 d1 topic "a\nb" 1 byte content_type="a\u001b\"" user_property="k":"v" correlation_data=0x6364)");
}

TEST_CASE("Long binary data is cut, empty data counted") {
  wire::Properties properties;
  properties.add(PropertyId::correlation_data, std::string(33, 'a'));
  const wire::Publish long_one{.topic = "t", .payload = {}, .properties = properties.view()};
  std::string hex;
  for (int i = 0; i < 32; ++i) hex += "61";
  CHECK(summary(long_one) == "PUBLISH q0 r0 d0 topic \"t\" 0 bytes correlation_data=0x" + hex + "...(33 bytes)");
  wire::Properties empty;
  empty.add(PropertyId::correlation_data, ""s);
  const wire::Publish short_one{.topic = "t", .payload = {}, .properties = empty.view()};
  CHECK(summary(short_one) == "PUBLISH q0 r0 d0 topic \"t\" 0 bytes correlation_data=(0 bytes)");
}

TEST_CASE("CONNECT never shows what authenticates") {
  wire::Properties properties;
  properties.add(PropertyId::authentication_method, "m");
  properties.add(PropertyId::authentication_data, "geheim");
  wire::Connect connect{.version = Version::v5_0, .keep_alive = 60, .client_identifier = "c"};
  connect.username = "u";
  connect.password = base::as_bytes("password");
  connect.properties = properties.view();
  wire::Properties will_properties;
  will_properties.add(PropertyId::will_delay_interval, 5);
  connect.will = wire::Will{
      .topic = "w", .payload = base::as_bytes("bye"), .qos = 1, .retain = true, .properties = will_properties.view()};
  CHECK(summary(connect, Version::v3_1_1) ==
        R"(CONNECT MQTT 5.0 clean_start=1 keep_alive=60 client_identifier "c" username "u" password (8 bytes))"
        R"( will { q1 r1 topic "w" 3 bytes will_delay_interval=5 } authentication_method="m")"
        R"( authentication_data=(6 bytes))");
  CHECK(summary(wire::Connect{.version = Version::v3_1, .clean_start = false}) ==
        R"(CONNECT MQIsdp 3.1 clean_session=0 keep_alive=0 client_identifier "")");
  CHECK(summary(wire::Connect{.bridge = true}) ==
        R"(CONNECT MQTT 3.1.1 bridge clean_session=1 keep_alive=0 client_identifier "")");
}

TEST_CASE("Answers have their reason in words") {
  wire::Properties properties;
  properties.add(PropertyId::receive_maximum, 20);
  CHECK(summary(wire::Connack{.properties = properties.view()}) ==
        "CONNACK 0x00 Success session_present=0 receive_maximum=20");
  CHECK(summary(wire::Acknowledgement{.type = wire::PacketType::puback, .packet_identifier = 7}, Version::v3_1_1) ==
        "PUBACK id 7");
  CHECK(summary(wire::Acknowledgement{.type = wire::PacketType::pubrel,
                                      .packet_identifier = 7,
                                      .reason_code = wire::ReasonCode::packet_identifier_not_found}) ==
        "PUBREL id 7 0x92 Packet Identifier not found");
  const std::uint8_t codes[] = {1, 0x87};
  CHECK(summary(wire::Suback{.packet_identifier = 1, .reason_codes = codes}) ==
        "SUBACK id 1 0x01 Granted QoS 1, 0x87 Not authorized");
  const std::uint8_t unknown[] = {0x7F};
  CHECK(summary(wire::Suback{.packet_identifier = 1, .reason_codes = unknown}) == "SUBACK id 1 0x7f");
  CHECK(summary(wire::Unsuback{.packet_identifier = 1}, Version::v3_1_1) == "UNSUBACK id 1");
  CHECK(summary(wire::Disconnect{}) == "DISCONNECT 0x00 Normal disconnection");
  CHECK(summary(wire::Disconnect{}, Version::v3_1) == "DISCONNECT");
  CHECK(summary(wire::Auth{.reason_code = wire::ReasonCode::re_authenticate}) == "AUTH 0x19 Re-authenticate");
  CHECK(summary(wire::Pingreq{}) == "PINGREQ");
  CHECK(summary(wire::Pingresp{}) == "PINGRESP");
}

TEST_CASE("SUBSCRIBE and UNSUBSCRIBE list their filters") {
  wire::Subscriptions subscriptions;
  subscriptions.add({.topic_filter = "a/#", .qos = 1});
  subscriptions.add({.topic_filter = "b",
                     .qos = 2,
                     .no_local = true,
                     .retain_as_published = true,
                     .retain_handling = wire::RetainHandling::send_if_new});
  wire::Properties properties;
  properties.add(PropertyId::subscription_identifier, 3);
  CHECK(summary(wire::Subscribe{
            .packet_identifier = 1, .subscriptions = subscriptions.view(), .properties = properties.view()}) ==
        R"(SUBSCRIBE id 1 "a/#" q1, "b" q2 no_local retain_as_published retain_handling=1 subscription_identifier=3)");
  wire::TopicFilters filters;
  filters.add("a");
  filters.add("b");
  CHECK(summary(wire::Unsubscribe{.packet_identifier = 2, .topic_filters = filters.view()}) ==
        R"(UNSUBSCRIBE id 2 "a", "b")");
}
