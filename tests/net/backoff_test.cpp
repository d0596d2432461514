// The waits between attempts: doubling, bounded, never less than half of what they could be.
#include "net/backoff.h"

#include "catch.h"

TEST_CASE("each wait is between a half and the whole of a doubling bound") {
  using std::chrono::milliseconds;
  net::Backoff backoff({milliseconds(100), milliseconds(1000)});
  for (const milliseconds whole : {milliseconds(100), milliseconds(200), milliseconds(400), milliseconds(800),
                                   milliseconds(1000), milliseconds(1000)}) {
    const auto wait = backoff.next();
    CHECK(wait >= whole / 2);
    CHECK(wait <= whole);
  }
  backoff.reset();
  CHECK(backoff.next() <= milliseconds(100));
}

TEST_CASE("a very long series stays at the bound") {
  net::Backoff backoff;
  for (int i = 0; i < 100; ++i) CHECK(backoff.next() <= std::chrono::seconds(30));
}
