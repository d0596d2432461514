// Whatever our encoder makes comes back equal, cut into any segments, in any order, in any link type.
#include <algorithm>

#include "../wire/random_packet.h"
#include "catch.h"
#include "listing.h"
#include "wire/encode.h"
#include "writer.h"

namespace {

using namespace writer;

std::string encode(const wire::Packet& packet, wire::Version version) {
  base::Buffer buffer;
  REQUIRE(std::visit([&](const auto& any) { return wire::append(buffer, any, version); }, packet));
  return std::string(buffer.text());
}

/// A CONNECT and some packets.
std::vector<std::string> packets(RandomPacket& random, wire::Version version) {
  std::vector<std::string> all;
  wire::Connect connect{.version = version, .client_identifier = "a"};
  all.push_back(encode(connect, version));
  for (std::uint32_t left = 1 + random.below(30); left > 0; --left) {
    const wire::Packet packet = random.next(version);
    if (wire::type_of(packet) == wire::PacketType::connect) continue;
    all.push_back(encode(packet, version));
  }
  return all;
}

/// Cut, with parts that overlap, twice, and out of order by a few places.
std::vector<Segment> segments(RandomPacket& random, const std::string& stream, Connection& connection) {
  std::vector<Segment> all;
  const std::uint32_t first = connection.next[0];
  const std::uint32_t most = 1 + random.below(random.below(2) == 0 ? 20 : 1400);
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t size = 1 + random.below(most);
    const std::size_t before = random.below(4) == 0 ? std::min<std::size_t>(at, random.below(10)) : 0;
    Segment segment = connection.segment(0, "");
    segment.sequence = first + static_cast<std::uint32_t>(at - before);
    segment.payload = stream.substr(at - before, before + size);
    all.push_back(segment);
    if (random.below(6) == 0) all.push_back(segment);
    at += size;
  }
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (random.below(4) == 0)
      std::swap(all[i],
                all[i + 1 + random.below(std::min<std::uint32_t>(5, static_cast<std::uint32_t>(all.size() - i - 1)))]);
  }
  return all;
}

}  // namespace

TEST_CASE("packets survive segmentation, reordering, duplication and overlap in all link types") {
  constexpr std::uint32_t rounds = 300;
  for (std::uint32_t seed = 0; seed < rounds; ++seed) {
    RandomPacket random(seed);
    const Link& link = links()[seed % links().size()];
    const bool v6 = random.below(2) == 0;
    INFO("seed " << seed << ", " << link.name << (v6 ? ", IPv6" : ", IPv4"));
    const wire::Version version = random.version();
    File file(link, v6);
    Connection connection(file, {1, 50'000}, {2, static_cast<std::uint16_t>(random.below(2) == 0 ? 1883 : 4242)},
                          random.below(2) == 0 ? 0xFFFF'FF00 : 5);
    connection.open();
    const std::vector<std::string> wanted = packets(random, version);
    std::string stream;
    for (const std::string& packet : wanted) stream += packet;
    for (const Segment& segment : segments(random, stream, connection)) file.add(segment);
    const auto found = listing::read(file.bytes);
    REQUIRE(found.bytes() == wanted);
    REQUIRE(found.faults.empty());
    REQUIRE(found.notes.empty());
    std::uint64_t offset = 0;
    for (const auto& packet : found.packets) {
      REQUIRE(packet.where.offset == offset);
      REQUIRE(packet.version == version);
      offset += packet.bytes.size();
    }
  }
}
