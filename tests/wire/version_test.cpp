// The names of versions and packet types.
#include "wire/version.h"

#include "catch.h"

TEST_CASE("versions by name") {
  CHECK(wire::name(wire::Version::v3_1) == "3.1");
  CHECK(wire::name(wire::Version::v3_1_1) == "3.1.1");
  CHECK(wire::name(wire::Version::v5_0) == "5.0");
}

TEST_CASE("packet types by name") {
  std::string names;
  for (unsigned type = 0; type < 16; ++type) {
    names += std::string(wire::name(static_cast<wire::PacketType>(type))) + " ";
  }
  CHECK(names ==
        "RESERVED CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ "
        "PINGRESP DISCONNECT AUTH ");
}
