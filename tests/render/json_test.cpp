// JSON lines of messages, of every packet type, and of packets that break a rule.
#include "render/json.h"

#include <string>

#include "catch.h"

using namespace std::string_literals;
using render::FrameInfo;
using render::Precision;
using wire::PropertyId;
using wire::Version;

namespace {

constexpr render::Moment moment{1'795'231'879'407'759'021};

std::string message(const wire::Publish& publish, Precision precision = Precision::microseconds) {
  base::Buffer out;
  render::append_message(out, publish, moment, precision);
  return std::string(out.text());
}

std::string packet(const wire::Packet& packet, Version version = Version::v5_0) {
  base::Buffer out;
  render::append_packet(out, packet, version);
  return std::string(out.text());
}

wire::Publish publish(std::string_view topic, std::string_view payload) {
  return {.topic = topic, .payload = base::as_bytes(payload)};
}

}  // namespace

TEST_CASE("A message is one line in the order of the schema") {
  CHECK(message(publish("plant/1", "hello")) ==
        R"({"time":"2026-11-21T03:31:19.407759Z","topic":"plant/1","qos":0,"retain":false,"dup":false,)"
        R"("payload":"hello"})"
        "\n");
  wire::Properties properties;
  properties.add_user_property("a", "1");
  properties.add(PropertyId::content_type, "text/x");
  properties.add(PropertyId::correlation_data, "\0\xFF"s);
  properties.add_user_property("a", "2");
  properties.add(PropertyId::subscription_identifier, 7);
  properties.add(PropertyId::payload_format_indicator, 1);
  properties.add(PropertyId::subscription_identifier, 8);
  wire::Publish full = publish("t\"x", "");
  full.qos = 2;
  full.packet_identifier = 65535;
  full.retain = full.dup = true;
  full.properties = properties.view();
  CHECK(
      message(full, Precision::nanoseconds) ==
      R"({"time":"2026-11-21T03:31:19.407759021Z","topic":"t\"x","qos":2,"retain":true,"dup":true,)"
      R"("packet_identifier":65535,"properties":{"user_property":[["a","1"],["a","2"]],"content_type":"text/x",)"
      R"("correlation_data_base64":"AP8=","subscription_identifier":[7,8],"payload_format_indicator":1},"payload":""})"
      "\n");
}

TEST_CASE("A payload that is not UTF-8 is written in Base64") {
  const std::string head = R"({"time":"2026-11-21T03:31:19.407759Z","topic":"t","qos":0,"retain":false,"dup":false,)";
  CHECK(message(publish("t", "\xFF\xFE\xFD")) == head + R"("payload_base64":"//79"})" + "\n");
  CHECK(message(publish("t", "\xC3")) == head + R"("payload_base64":"ww=="})" + "\n");
  CHECK(message(publish("t", "a\0b"s)) == head + R"("payload":"a\u0000b"})" + "\n");
  CHECK(message(publish("t", "grün")) == head + R"("payload":"grün"})" + "\n");
}

TEST_CASE("The frame stands in front of the packet, as far as it is known") {
  base::Buffer out;
  const FrameInfo frame{.time = moment,
                        .precision = Precision::nanoseconds,
                        .has_time = true,
                        .has_sender = true,
                        .sender = wire::Sender::server,
                        .connection = 1,
                        .from = "[::1]:1883",
                        .to = "[::1]:50000",
                        .offset = 0,
                        .length = 2};
  render::append_packet(out, wire::Pingresp{}, Version::v3_1_1, frame);
  CHECK(out.text() ==
        R"({"time":"2026-11-21T03:31:19.407759021Z","connection":1,"from":"[::1]:1883","to":"[::1]:50000",)"
        R"("sender":"server","offset":0,"length":2,"type":"PINGRESP","version":"3.1.1"})"
        "\n");
  out.clear();
  render::append_packet(out, wire::Pingreq{}, Version::v3_1_1, {}, render::VersionIs::assumed);
  CHECK(out.text() == "{\"type\":\"PINGREQ\"}\n");
}

TEST_CASE("CONNECT") {
  wire::Connect connect{.version = Version::v3_1, .clean_start = false, .keep_alive = 60, .client_identifier = "c"};
  CHECK(packet(connect) ==
        R"({"type":"CONNECT","version":"3.1","protocol_name":"MQIsdp","protocol_level":3,"clean_session":false,)"
        R"("keep_alive":60,"client_identifier":"c"})"
        "\n");
  wire::Properties will_properties;
  will_properties.add(PropertyId::will_delay_interval, 5);
  wire::Properties properties;
  properties.add(PropertyId::receive_maximum, 20);
  properties.add(PropertyId::request_problem_information, 0);
  properties.add(PropertyId::authentication_data, "\xFF"s);
  connect = {.version = Version::v5_0, .client_identifier = "", .username = "u", .password = base::as_bytes("secret")};
  connect.will = wire::Will{
      .topic = "w", .payload = base::as_bytes("\xFF"), .qos = 1, .retain = true, .properties = will_properties.view()};
  connect.properties = properties.view();
  CHECK(
      packet(connect, Version::v3_1_1) ==
      R"({"type":"CONNECT","version":"5.0","protocol_name":"MQTT","protocol_level":5,"clean_start":true,)"
      R"("keep_alive":0,"client_identifier":"","username":"u","password_base64":"c2VjcmV0",)"
      R"("will":{"topic":"w","qos":1,"retain":true,"payload_base64":"/w==","properties":{"will_delay_interval":5}},)"
      R"("properties":{"receive_maximum":20,"request_problem_information":false,"authentication_data_base64":"/w=="}})"
      "\n");
  CHECK(packet(wire::Connect{.bridge = true}) ==
        R"({"type":"CONNECT","version":"3.1.1","protocol_name":"MQTT","protocol_level":132,"clean_session":true,)"
        R"("keep_alive":0,"client_identifier":""})"
        "\n");
}

TEST_CASE("CONNACK") {
  wire::Properties properties;
  properties.add(PropertyId::retain_available, 1);
  properties.add(PropertyId::maximum_qos, 1);
  CHECK(packet(wire::Connack{.session_present = true, .properties = properties.view()}) ==
        R"({"type":"CONNACK","version":"5.0","session_present":true,"reason_code":0,"reason":"Success",)"
        R"("properties":{"retain_available":true,"maximum_qos":1}})"
        "\n");
  const std::string words(wire::describe(static_cast<wire::ReasonCode>(5), wire::PacketType::connack, Version::v3_1_1));
  REQUIRE_FALSE(words.empty());
  CHECK(packet(wire::Connack{.reason_code = static_cast<wire::ReasonCode>(5)}, Version::v3_1_1) ==
        R"({"type":"CONNACK","version":"3.1.1","session_present":false,"reason_code":5,"reason":")" + words + "\"}\n");
}

TEST_CASE("PUBLISH and its acknowledgements") {
  wire::Publish one = publish("a/b", "x");
  one.qos = 1;
  one.packet_identifier = 7;
  one.dup = true;
  CHECK(packet(one, Version::v3_1) ==
        R"({"type":"PUBLISH","version":"3.1","dup":true,"qos":1,"retain":false,"topic":"a/b","packet_identifier":7,)"
        R"("payload":"x"})"
        "\n");
  CHECK(
      packet(publish("a/b", "\xFF"), Version::v3_1_1) ==
      R"({"type":"PUBLISH","version":"3.1.1","dup":false,"qos":0,"retain":false,"topic":"a/b","payload_base64":"/w=="})"
      "\n");
  CHECK(packet(wire::Acknowledgement{.type = wire::PacketType::pubrec, .packet_identifier = 7}, Version::v3_1_1) ==
        "{\"type\":\"PUBREC\",\"version\":\"3.1.1\",\"packet_identifier\":7}\n");
  wire::Properties properties;
  properties.add(PropertyId::reason_string, "no");
  CHECK(packet(wire::Acknowledgement{.type = wire::PacketType::puback,
                                     .packet_identifier = 7,
                                     .reason_code = wire::ReasonCode::not_authorized,
                                     .properties = properties.view()}) ==
        R"({"type":"PUBACK","version":"5.0","packet_identifier":7,"reason_code":135,"reason":"Not authorized",)"
        R"("properties":{"reason_string":"no"}})"
        "\n");
}

TEST_CASE("SUBSCRIBE, UNSUBSCRIBE and their answers") {
  wire::Subscriptions subscriptions;
  subscriptions.add({.topic_filter = "a/#", .qos = 1, .no_local = true});
  subscriptions.add({.topic_filter = "+",
                     .qos = 0,
                     .retain_as_published = true,
                     .retain_handling = wire::RetainHandling::do_not_send});
  CHECK(packet(wire::Subscribe{.packet_identifier = 1, .subscriptions = subscriptions.view()}) ==
        R"({"type":"SUBSCRIBE","version":"5.0","packet_identifier":1,"subscriptions":[)"
        R"({"topic_filter":"a/#","qos":1,"no_local":true,"retain_as_published":false,"retain_handling":0},)"
        R"({"topic_filter":"+","qos":0,"no_local":false,"retain_as_published":true,"retain_handling":2}]})"
        "\n");
  wire::Subscriptions plain;
  plain.add({.topic_filter = "a", .qos = 2});
  CHECK(packet(wire::Subscribe{.packet_identifier = 1, .subscriptions = plain.view()}, Version::v3_1_1) ==
        R"({"type":"SUBSCRIBE","version":"3.1.1","packet_identifier":1,"subscriptions":[{"topic_filter":"a","qos":2}]})"
        "\n");
  const std::uint8_t codes[] = {0, 1, 0x80};
  CHECK(packet(wire::Suback{.packet_identifier = 1, .reason_codes = codes}, Version::v3_1_1) ==
        "{\"type\":\"SUBACK\",\"version\":\"3.1.1\",\"packet_identifier\":1,\"reason_codes\":[0,1,128]}\n");
  wire::TopicFilters filters;
  filters.add("a");
  filters.add("b/+");
  CHECK(packet(wire::Unsubscribe{.packet_identifier = 2, .topic_filters = filters.view()}) ==
        "{\"type\":\"UNSUBSCRIBE\",\"version\":\"5.0\",\"packet_identifier\":2,\"topic_filters\":[\"a\",\"b/+\"]}\n");
  CHECK(packet(wire::Unsuback{.packet_identifier = 2, .reason_codes = codes}) ==
        "{\"type\":\"UNSUBACK\",\"version\":\"5.0\",\"packet_identifier\":2,\"reason_codes\":[0,1,128]}\n");
  CHECK(packet(wire::Unsuback{.packet_identifier = 2}, Version::v3_1_1) ==
        "{\"type\":\"UNSUBACK\",\"version\":\"3.1.1\",\"packet_identifier\":2}\n");
}

TEST_CASE("DISCONNECT and AUTH") {
  CHECK(packet(wire::Disconnect{}, Version::v3_1_1) == "{\"type\":\"DISCONNECT\",\"version\":\"3.1.1\"}\n");
  CHECK(packet(wire::Disconnect{.reason_code = wire::ReasonCode::session_taken_over}) ==
        R"({"type":"DISCONNECT","version":"5.0","reason_code":142,"reason":"Session taken over"})"
        "\n");
  wire::Properties properties;
  properties.add(PropertyId::authentication_method, "m");
  CHECK(packet(wire::Auth{.reason_code = wire::ReasonCode::continue_authentication, .properties = properties.view()}) ==
        R"({"type":"AUTH","version":"5.0","reason_code":24,"reason":"Continue authentication",)"
        R"("properties":{"authentication_method":"m"}})"
        "\n");
}

TEST_CASE("A violation names its clause and shows its bytes") {
  const wire::ClauseRow& row = wire::clauses().front();
  const std::string error = R"("error":{"clause":")" + std::string(identifier(row.clause, Version::v5_0)) +
                            R"(","offset":1,"message":")" + std::string(row.sentence) + R"("})";
  const std::uint8_t bytes[] = {0x30, 0x00};
  base::Buffer out;
  render::append_violation(out, bytes, {row.clause, 1}, Version::v5_0, {.offset = 5, .length = 2});
  CHECK(out.text() == R"({"offset":5,"length":2,"type":"PUBLISH","version":"5.0","dup":false,"qos":0,"retain":false,)" +
                          error + ",\"hex\":\"3000\"}\n");

  const std::string long_packet(4097, '\x10');
  out.clear();
  render::append_violation(out, base::as_bytes(long_packet), {row.clause, 1}, Version::v5_0, {},
                           render::VersionIs::assumed);
  std::string hex;
  for (int i = 0; i < 4096; ++i) hex += "10";
  CHECK(out.text() == R"({"type":"CONNECT",)" + error + ",\"hex\":\"" + hex + "\",\"truncated\":true}\n");

  out.clear();
  render::append_violation(out, {}, {row.clause, 1}, Version::v5_0, {});
  CHECK(out.text() == R"({"version":"5.0",)" + error + ",\"hex\":\"\"}\n");
}
