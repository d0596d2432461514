#include "bench/payload.h"

#include "catch.h"

TEST_CASE("a stamp is read as it was written") {
  std::uint8_t bytes[bench::stamp_size];
  bench::write({0x1234, 0x89abcdef, 7, 0xffffffff, 0x0123456789abcdef, 42}, bytes);
  const auto stamp = bench::read(bytes);
  REQUIRE(stamp);
  CHECK(stamp->clock == 0x1234);
  CHECK(stamp->run == 0x89abcdef);
  CHECK(stamp->client == 7);
  CHECK(stamp->late == 0xffffffff);
  CHECK(stamp->sequence == 0x0123456789abcdef);
  CHECK(stamp->due == 42);
  CHECK_FALSE(bench::read(base::Bytes(bytes).first(31)));
  bytes[0] ^= 1;
  CHECK_FALSE(bench::read(bytes));
}

TEST_CASE("the clock of a machine has one name, and runs have many") {
  CHECK(bench::clock_of_this_machine() == bench::clock_of_this_machine());
  const std::uint32_t run = bench::random_run();
  CHECK((run != bench::random_run() || run != bench::random_run()));
}
