// What the encoder makes of any packet, the decoder takes apart into the same; and no mutilated packet does harm.
#include "wire/bytes.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/mqtt_packet_fields.h"
#include "wire/random_packet.h"

namespace {

base::Buffer encode_exactly(const wire::Packet& packet, wire::Version version) {
  base::Buffer buffer;
  const std::size_t size = wire::encoded_size(packet, version);
  REQUIRE(size >= 2);
  std::uint8_t* begin = buffer.reserve(size);
  const std::uint8_t* end = wire::encode(packet, version, begin);
  REQUIRE(static_cast<std::size_t>(end - begin) == size);
  buffer.commit(size);
  return buffer;
}

std::string text(base::Bytes bytes) { return base::to_hex(bytes); }

}  // namespace

TEST_CASE("random packets of all types and versions come back equal, also byte by byte") {
  RandomPacket random(20190307);
  for (int i = 0; i < 6000; ++i) {
    const wire::Version version = random.version();
    const wire::Packet packet = random.next(version);
    const base::Buffer buffer = encode_exactly(packet, version);
    INFO(wire::name(version) << " " << text(buffer.view()));
    const wire::Split split = split_slowly(buffer.view(), version);
    REQUIRE(split.kind == wire::Split::Kind::frame);
    REQUIRE(split.frame.packet.size() == buffer.size());
    const auto decoded = wire::decode(split.frame, {version, random.sender()});
    if (!decoded) FAIL(wire::row(decoded.error().clause).name << " @" << decoded.error().offset);
    REQUIRE(FieldsOf(version).of(*decoded) == FieldsOf(version).of(packet));
    REQUIRE(text(encode_exactly(*decoded, version).view()) == text(buffer.view()));
  }
}

TEST_CASE("packets with random bytes changed are decoded or refused, and a fault lies in the packet") {
  RandomPacket random(31101);
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const wire::Version version = random.version();
    const base::Buffer buffer = encode_exactly(random.next(version), version);
    const base::Bytes view = buffer.view();
    std::vector<std::uint8_t> packet(view.begin(), view.end());
    for (std::uint32_t left = 1 + random.below(3); left > 0; --left) {
      packet[random.below(static_cast<std::uint32_t>(packet.size()))] = static_cast<std::uint8_t>(random.below(256));
    }
    const wire::Split split = wire::split(packet, version);
    if (split.kind != wire::Split::Kind::frame) continue;
    const auto decoded = wire::decode(split.frame, {version, random.sender()});
    if (decoded) continue;
    ++refused;
    REQUIRE(decoded.error().offset <= packet.size());
  }
  CHECK(refused > 5000);
}

TEST_CASE("the sizes and bytes of a PUBLISH in each version") {
  wire::Publish publish{.topic = "a/b", .payload = base::as_bytes("hi")};
  const auto encoded = [&publish](wire::Version version) {
    base::Buffer buffer;
    REQUIRE(wire::append(buffer, publish, version));
    CHECK(buffer.size() == wire::encoded_size(wire::Packet(publish), version));
    return text(buffer.view());
  };
  CHECK(encoded(wire::Version::v3_1_1) == "30070003612f626869");
  CHECK(encoded(wire::Version::v5_0) == "30080003612f62006869");
  publish.qos = 2;
  publish.retain = true;
  publish.packet_identifier = 0x1234;
  CHECK(encoded(wire::Version::v3_1) == "35090003612f6212346869");
  CHECK(encoded(wire::Version::v5_0) == "350a0003612f621234006869");
}

TEST_CASE("a DUP flag is set in place") {
  std::uint8_t packet[] = {0x32, 0x05};
  wire::set_dup(packet);
  CHECK(packet[0] == 0x3A);
}

TEST_CASE("5.0 leaves out what says nothing") {
  const auto encoded = [](const wire::Packet& packet) {
    return text(encode_exactly(packet, wire::Version::v5_0).view());
  };
  wire::Acknowledgement puback{.type = wire::PacketType::puback, .packet_identifier = 7};
  CHECK(encoded(puback) == "40020007");
  puback.reason_code = wire::ReasonCode::no_matching_subscribers;
  CHECK(encoded(puback) == "4003000710");
  CHECK(encoded(wire::Disconnect{}) == "e000");
  CHECK(encoded(wire::Disconnect{wire::ReasonCode::disconnect_with_will_message}) == "e00104");
  CHECK(encoded(wire::Auth{}) == "f000");
}

TEST_CASE("what cannot be encoded has no size and is not appended") {
  const std::string topic(65'536, 'a');
  base::Buffer buffer;
  CHECK(wire::encoded_size(wire::Publish{.topic = topic, .payload = {}}, wire::Version::v5_0) == 0);
  CHECK_FALSE(wire::append(buffer, wire::Publish{.topic = topic, .payload = {}}, wire::Version::v5_0));
  const std::string longest(65'535, 'a');
  CHECK(wire::encoded_size(wire::Publish{.topic = longest, .payload = {}}, wire::Version::v3_1_1) == 65'541);
  wire::Connect connect;
  connect.client_identifier = topic;
  connect.username = topic;
  connect.password = base::as_bytes(topic);
  connect.will = wire::Will{topic, base::as_bytes(topic)};
  CHECK(wire::encoded_size(wire::Packet(connect), wire::Version::v3_1_1) == 0);
  // Sizes alone are looked at, so that nobody has to own 256 MiB here.
  const base::Bytes huge(reinterpret_cast<const std::uint8_t*>(topic.data()), 268'435'455);
  CHECK(wire::encoded_size(wire::Publish{.topic = "a", .payload = huge}, wire::Version::v3_1_1) == 0);
  CHECK(wire::encoded_size(wire::Publish{.topic = "a", .payload = huge.first(268'435'452)}, wire::Version::v3_1_1) ==
        wire::largest_packet);
  CHECK(buffer.empty());
}
