// %j and %J: mosquitto's object around a message, compact and indented.
#include "render/message_json.h"

#include <cstdlib>
#include <string>

#include "catch.h"

using namespace std::string_literals;
using render::Format;
using render::PayloadAs;
using wire::PropertyId;

namespace {

constexpr render::Moment arrival{1'795'231'879'407'759'021};
const std::string head =
    R"({"tst":"2026-11-21T04:31:19.407759+0100","topic":"plant/1","qos":0,"retain":false,"payloadlen":)";

std::string object(const wire::Publish& publish, PayloadAs payload_as = PayloadAs::string, bool pretty = false) {
  ::setenv("TZ", "CET-1", 1);
  ::tzset();
  base::Buffer out;
  render::JsonWriter writer(out, pretty);
  render::LocalTime local_time;
  const render::MessageContext message{publish, arrival, wire::Version::v5_0};
  if (!render::append_message_json(writer, message, local_time, payload_as)) return "refused";
  return std::string(out.text());
}

wire::Publish message(std::string_view payload) { return {.topic = "plant/1", .payload = base::as_bytes(payload)}; }

}  // namespace

TEST_CASE("%j quotes the whole payload, whatever its bytes") {
  CHECK(object(message("hello")) == head + R"(5,"payload":"hello"})");
  CHECK(object(message("")) == head + R"(0,"payload":null})");
  CHECK(object(message("a\0b"s)) == head + R"(3,"payload":"a\u0000b"})");
  CHECK(object(message("\x01\x1f\x7f\"\\/\b\f\n\r\t é \xFF z")) ==
        head + "18,\"payload\":\"\\u0001\\u001f\x7f\\\"\\\\/\\b\\f\\n\\r\\t é \xEF\xBF\xBD z\"}");
}

TEST_CASE("mid stands where there is one") {
  wire::Publish publish = message("hello");
  publish.qos = 1;
  publish.packet_identifier = 65535;
  publish.retain = true;
  CHECK(object(publish) ==
        R"({"tst":"2026-11-21T04:31:19.407759+0100","topic":"plant/1","qos":1,"retain":true,"payloadlen":5,)"
        R"("mid":65535,"payload":"hello"})");
}

TEST_CASE("Properties have mosquitto's names, user properties keep order and repetitions") {
  wire::Properties properties;
  properties.add(PropertyId::content_type, "text/x");
  properties.add(PropertyId::response_topic, "r/t");
  properties.add(PropertyId::correlation_data, "c\0\xFF"s);
  properties.add(PropertyId::payload_format_indicator, 1);
  properties.add_user_property("k", "v");
  properties.add(PropertyId::message_expiry_interval, 60);
  properties.add_user_property("k", "v\"2");
  properties.add(PropertyId::subscription_identifier, 7);
  wire::Publish publish = message("hello");
  publish.properties = properties.view();
  CHECK(object(publish) == head + R"(5,"properties":{"content-type":"text/x","response-topic":"r/t",)"
                                  "\"correlation-data\":\"c\\u0000\xEF\xBF\xBD\","
                                  R"("payload-format-indicator":1,"user-properties":[{"k":"v"},{"k":"v\"2"}],)"
                                  R"("message-expiry-interval":60,"subscription-identifier":7},"payload":"hello"})");
}

TEST_CASE("Several subscription identifiers are a list") {
  wire::Properties properties;
  properties.add(PropertyId::subscription_identifier, 7);
  properties.add(PropertyId::topic_alias, 2);
  properties.add(PropertyId::subscription_identifier, 268'435'455);
  wire::Publish publish = message("x");
  publish.properties = properties.view();
  CHECK(object(publish) ==
        head + R"(1,"properties":{"subscription-identifier":[7,268435455],"topic-alias":2},"payload":"x"})");
}

TEST_CASE("%J takes the payload as JSON") {
  CHECK(object(message(R"( { "t" : 27.0 , "u":1e3,"n":-0.1,"e":1E-7,"q":123456789012, "s":"\u00e9\/\n",)"
                       R"("b":[true,false,null] } )"),
               PayloadAs::json) ==
        head +
            "101,\"payload\":{\"t\":27,\"u\":1000,\"n\":-0.1,\"e\":1e-07,\"q\":123456789012,\"s\":\"é/\\n\","
            "\"b\":[true,false,null]}}");
  CHECK(object(message(""), PayloadAs::json) == head + R"(0,"payload":null})");
  CHECK(object(message("hello"), PayloadAs::json) == "refused");
}

TEST_CASE("A payload that is not JSON leaves a blank line and is reported") {
  auto format = Format::compile("%J");
  REQUIRE(format);
  base::Buffer out;
  const wire::Publish publish = message("[1,2");
  CHECK(format->render({publish, arrival, wire::Version::v5_0}, out) == render::Rendered::payload_is_not_json);
  CHECK(out.text() == "\n");
}

TEST_CASE("Option --pretty indents as mosquitto does") {
  CHECK(object(message("hello"), PayloadAs::string, true) ==
        "{\n\t\"tst\":\t\"2026-11-21T04:31:19.407759+0100\",\n\t\"topic\":\t\"plant/1\",\n\t\"qos\":\t0,\n"
        "\t\"retain\":\tfalse,\n\t\"payloadlen\":\t5,\n\t\"payload\":\t\"hello\"\n}");
  CHECK(
      object(message(R"({"a":{},"b":[],"c":[1,{"x":[{"y":1},2]},"s"],"d":{"e":{"f":null}}})"), PayloadAs::json, true) ==
      "{\n\t\"tst\":\t\"2026-11-21T04:31:19.407759+0100\",\n\t\"topic\":\t\"plant/1\",\n\t\"qos\":\t0,\n"
      "\t\"retain\":\tfalse,\n\t\"payloadlen\":\t66,\n\t\"payload\":\t{\n\t\t\"a\":\t{\n\t\t},\n\t\t\"b\":\t[],\n"
      "\t\t\"c\":\t[1, {\n\t\t\t\t\"x\":\t[{\n\t\t\t\t\t\t\"y\":\t1\n\t\t\t\t\t}, 2]\n\t\t\t}, \"s\"],\n"
      "\t\t\"d\":\t{\n\t\t\t\"e\":\t{\n\t\t\t\t\"f\":\tnull\n\t\t\t}\n\t\t}\n\t}\n}");
  CHECK(object(message("[{},{\"a\":[]}]"), PayloadAs::json, true) ==
        "{\n\t\"tst\":\t\"2026-11-21T04:31:19.407759+0100\",\n\t\"topic\":\t\"plant/1\",\n\t\"qos\":\t0,\n"
        "\t\"retain\":\tfalse,\n\t\"payloadlen\":\t13,\n\t\"payload\":\t[{\n\t\t}, {\n\t\t\t\"a\":\t[]\n\t\t}]\n}");
}

TEST_CASE("Indented properties nest one level deeper for each list and object") {
  wire::Properties properties;
  properties.add_user_property("k", "v");
  properties.add(PropertyId::content_type, "text/x");
  wire::Publish publish = message("x");
  publish.properties = properties.view();
  CHECK(object(publish, PayloadAs::string, true) ==
        "{\n\t\"tst\":\t\"2026-11-21T04:31:19.407759+0100\",\n\t\"topic\":\t\"plant/1\",\n\t\"qos\":\t0,\n"
        "\t\"retain\":\tfalse,\n\t\"payloadlen\":\t1,\n\t\"properties\":\t{\n"
        "\t\t\"user-properties\":\t[{\n\t\t\t\t\"k\":\t\"v\"\n\t\t\t}],\n\t\t\"content-type\":\t\"text/x\"\n\t},\n"
        "\t\"payload\":\t\"x\"\n}");
}
