#include "bench/inbox.h"

#include "catch.h"

using bench::Inbox;

TEST_CASE("an inbox tells publishers and runs apart") {
  Inbox inbox;
  bool fresh = false;
  CHECK(inbox.find(1, 2) == nullptr);
  inbox.of(1, 2, fresh).arrive(0);
  CHECK(fresh);
  inbox.of(2, 1, fresh).arrive(0);
  CHECK(fresh);
  inbox.of(1, 2, fresh).arrive(1);
  CHECK_FALSE(fresh);
  REQUIRE(inbox.find(1, 2) != nullptr);
  CHECK(inbox.find(1, 2)->distinct() == 2);
  CHECK(inbox.find(2, 1)->distinct() == 1);
  CHECK(inbox.find(2, 2) == nullptr);
}

TEST_CASE("an inbox keeps what it heard while it grows") {
  constexpr std::uint32_t publishers = 1000;
  Inbox inbox;
  bool fresh = false;
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (std::uint32_t publisher = 0; publisher < publishers; ++publisher) {
      inbox.of(7, publisher, fresh).arrive(round);
      REQUIRE(fresh == (round == 0));
    }
  }
  std::size_t used = 0;
  for (const auto& source : inbox.sources()) used += source.used ? 1 : 0;
  CHECK(used == publishers);
  for (std::uint32_t publisher = 0; publisher < publishers; ++publisher) {
    REQUIRE(inbox.find(7, publisher) != nullptr);
    REQUIRE(inbox.find(7, publisher)->distinct() == 3);
  }
}
