// Reason codes: their words, their packets and their senders.
#include "wire/reason_codes.h"

#include <set>

#include "catch.h"

using wire::describe;
using wire::PacketType;
using wire::ReasonCode;
using wire::Sender;
using wire::Version;

namespace {

std::set<int> codes(PacketType type, Version version, Sender sender) {
  std::set<int> result;
  for (int code = 0; code < 256; ++code) {
    const bool is_allowed = wire::allowed(static_cast<ReasonCode>(code), type, version, sender);
    if (is_allowed) result.insert(code);
    if (is_allowed) CHECK_FALSE(describe(static_cast<ReasonCode>(code), type, version).empty());
  }
  return result;
}

}  // namespace

TEST_CASE("each packet carries the codes of its table in 5.0") {
  const auto of = [](PacketType type, Sender sender) { return codes(type, Version::v5_0, sender); };
  CHECK(of(PacketType::connack, Sender::server) == std::set<int>{0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86,
                                                                 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97,
                                                                 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F});
  const std::set<int> puback{0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99};
  CHECK(of(PacketType::puback, Sender::client) == puback);
  CHECK(of(PacketType::pubrec, Sender::server) == puback);
  CHECK(of(PacketType::pubrel, Sender::client) == std::set<int>{0x00, 0x92});
  CHECK(of(PacketType::pubcomp, Sender::client) == std::set<int>{0x00, 0x92});
  CHECK(of(PacketType::suback, Sender::server) ==
        std::set<int>{0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2});
  CHECK(of(PacketType::unsuback, Sender::server) == std::set<int>{0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91});
  CHECK(of(PacketType::auth, Sender::client) == std::set<int>{0x18, 0x19});
  CHECK(of(PacketType::auth, Sender::server) == std::set<int>{0x00, 0x18});
  CHECK(of(PacketType::publish, Sender::client).empty());
}

TEST_CASE("the two sides have different codes for DISCONNECT") {
  CHECK(codes(PacketType::disconnect, Version::v5_0, Sender::client) ==
        std::set<int>{0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99});
  const auto server = codes(PacketType::disconnect, Version::v5_0, Sender::server);
  CHECK_FALSE(server.contains(0x04));
  for (const int code :
       {0x00, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2})
    CHECK(server.contains(code));
}

TEST_CASE("3.x has return codes in CONNACK and SUBACK alone") {
  for (const auto version : {Version::v3_1, Version::v3_1_1}) {
    CHECK(codes(PacketType::connack, version, Sender::server) == std::set<int>{0, 1, 2, 3, 4, 5});
    CHECK(codes(PacketType::suback, version, Sender::server) == std::set<int>{0, 1, 2, 0x80});
    CHECK(codes(PacketType::puback, version, Sender::server).empty());
  }
}

TEST_CASE("words depend on the packet and the version") {
  CHECK(describe(ReasonCode{0}, PacketType::puback, Version::v5_0) == "Success");
  CHECK(describe(ReasonCode{0}, PacketType::disconnect, Version::v5_0) == "Normal disconnection");
  CHECK(describe(ReasonCode{0}, PacketType::suback, Version::v5_0) == "Granted QoS 0");
  CHECK(describe(ReasonCode{5}, PacketType::connack, Version::v3_1_1) == "Connection Refused, not authorized");
  CHECK(describe(ReasonCode{0x80}, PacketType::suback, Version::v3_1_1) == "Failure");
  CHECK(describe(ReasonCode::session_taken_over, PacketType::disconnect, Version::v5_0) == "Session taken over");
  CHECK(describe(ReasonCode::session_taken_over, PacketType::connack, Version::v5_0).empty());
}
