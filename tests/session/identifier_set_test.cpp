// Packet identifiers in a set, few and many.
#include "session/identifier_set.h"

#include "catch.h"

TEST_CASE("a set of few identifiers") {
  session::IdentifierSet set;
  CHECK(set.insert(7));
  CHECK(set.insert(65535));
  CHECK_FALSE(set.insert(7));
  CHECK(set.size() == 2);
  CHECK(set.erase(7));
  CHECK_FALSE(set.erase(7));
  CHECK_FALSE(set.contains(7));
  CHECK(set.contains(65535));
  set.clear();
  CHECK(set.size() == 0);
  CHECK_FALSE(set.contains(65535));
}

TEST_CASE("a set of all identifiers") {
  session::IdentifierSet set;
  for (std::uint32_t identifier = 1; identifier <= 65535; ++identifier) {
    REQUIRE(set.insert(static_cast<std::uint16_t>(identifier)));
  }
  CHECK(set.size() == 65535);
  for (std::uint32_t identifier = 1; identifier <= 65535; identifier += 2) {
    REQUIRE(set.erase(static_cast<std::uint16_t>(identifier)));
  }
  CHECK(set.size() == 32767);
  CHECK_FALSE(set.contains(1));
  CHECK(set.contains(2));
  CHECK_FALSE(set.insert(65534));
  CHECK(set.insert(65535));
}
