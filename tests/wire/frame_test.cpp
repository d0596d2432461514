// Cutting a stream into packets.
#include "wire/frame.h"

#include "wire/bytes.h"

using wire::Clause;
using wire::Split;
using wire::Version;

namespace {

Split split(std::string_view text, Version version = Version::v3_1_1, std::uint32_t maximum = wire::largest_packet) {
  static std::vector<std::uint8_t> packet;
  packet = bytes(text);
  return wire::split(packet, version, maximum);
}

std::vector<std::uint8_t> packet_of(std::uint32_t body, std::string_view header) {
  auto packet = bytes(header);
  packet.resize(packet.size() + body);
  return packet;
}

}  // namespace

TEST_CASE("a whole packet at the front is cut off") {
  const Split found = split("30 03 00 01 61 c0 00");
  REQUIRE(found.kind == Split::Kind::frame);
  CHECK(found.frame.packet.size() == 5);
  CHECK(found.frame.header_length == 2);
  CHECK(found.frame.type() == wire::PacketType::publish);
  CHECK(found.frame.body().size() == 3);
}

TEST_CASE("Remaining Lengths at the borders of their encodings") {
  struct Row {
    std::uint32_t length;
    std::string_view header;
  };
  const Row rows[] = {{0, "c0 00"},
                      {127, "30 7f"},
                      {128, "30 80 01"},
                      {16'383, "30 ff 7f"},
                      {16'384, "30 80 80 01"},
                      {2'097'151, "30 ff ff 7f"},
                      {2'097'152, "30 80 80 80 01"}};
  for (const Row& row : rows) {
    INFO(row.header);
    const auto packet = packet_of(row.length, row.header);
    const Split found = wire::split(packet, Version::v5_0);
    REQUIRE(found.kind == Split::Kind::frame);
    CHECK(found.frame.packet.size() == packet.size());
    CHECK(found.frame.body().size() == row.length);
    const Split cut = wire::split(base::Bytes(packet).first(packet.size() - 1), Version::v5_0);
    CHECK(cut.kind == Split::Kind::incomplete);
    CHECK(cut.needed == packet.size());
  }
}

TEST_CASE("what is needed is exact once the length is known") {
  CHECK(split("").needed == 2);
  CHECK(split("30").needed == 2);
  CHECK(split("30 80").needed == 3);
  CHECK(split("30 80 80").needed == 4);
  CHECK(split("30 ff ff ff").needed == 5);
  CHECK(split("30 ff ff ff 7f").needed == wire::largest_packet);
  CHECK(split("30 0a").needed == 12);
}

TEST_CASE("a length that is not minimal is a fault in 5.0 only") {
  CHECK(split("c0 80 00", Version::v5_0).fault == wire::Fault{Clause::remaining_length_not_minimal, 1});
  const Split found = split("c0 80 80 00", Version::v3_1_1);
  REQUIRE(found.kind == Split::Kind::frame);
  CHECK(found.frame.header_length == 4);
  CHECK(found.frame.body().empty());
}

TEST_CASE("a packet over the maximum is refused before it has arrived") {
  CHECK(split("30 09", Version::v5_0, 10).fault == wire::Fault{Clause::packet_too_large, 1});
  CHECK(split("30 08", Version::v5_0, 10).kind == Split::Kind::incomplete);
  CHECK(split("30 ff ff ff 7f", Version::v5_0, 1'000'000).fault == wire::Fault{Clause::packet_too_large, 1});
}
