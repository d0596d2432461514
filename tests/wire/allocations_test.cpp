// Decoding and encoding allocate nothing once the buffer has grown.
#include "allocations.h"

#include "catch.h"
#include "wire/decode.h"
#include "wire/encode.h"

TEST_CASE("a PUBLISH is encoded, cut off and decoded without an allocation") {
  wire::Properties properties;
  properties.add(wire::PropertyId::content_type, "text/plain");
  properties.add_user_property("k", "v");
  wire::Publish publish{.topic = "plant/1/温度", .payload = base::as_bytes("21.5"), .properties = properties.view()};
  publish.qos = 1;
  publish.packet_identifier = 1;
  base::Buffer buffer;
  REQUIRE(wire::append(buffer, publish, wire::Version::v5_0));
  std::size_t good = 0;
  const std::size_t before = allocations();
  const std::size_t capacity = buffer.capacity();
  for (int i = 0; i < 1000; ++i) {
    buffer.clear();
    wire::append(buffer, publish, wire::Version::v5_0);
    const wire::Split split = wire::split(buffer.view(), wire::Version::v5_0);
    const auto decoded = wire::decode_publish(split.frame, {wire::Version::v5_0, wire::Sender::client});
    const auto any = wire::decode(split.frame, {wire::Version::v5_0, wire::Sender::client});
    good += decoded && any && decoded->properties.text(wire::PropertyId::content_type) == "text/plain" ? 1 : 0;
  }
  const std::size_t after = allocations();
  CHECK(after == before);
  CHECK(buffer.capacity() == capacity);
  CHECK(good == 1000);
}

TEST_CASE("a refused packet allocates nothing") {
  const std::uint8_t packet[] = {0x30, 0x03, 0x00, 0x01, '#'};
  const std::size_t before = allocations();
  const wire::Split split = wire::split(packet, wire::Version::v3_1_1);
  const auto decoded = wire::decode(split.frame, {wire::Version::v3_1_1, wire::Sender::client});
  const std::size_t after = allocations();
  CHECK(after == before);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error() == wire::Fault{wire::Clause::publish_topic_wildcard, 4});
}
