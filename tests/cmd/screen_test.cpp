// Text in columns, and round trip times in words.
#include "screen.h"

#include "catch.h"
#include "latency.h"

TEST_CASE("columns are counted in characters, not bytes") {
  CHECK(cmd::columns_of("") == 0);
  CHECK(cmd::columns_of("abc") == 3);
  CHECK(cmd::columns_of("küche") == 5);
  CHECK(cmd::first_columns("küche", 2) == "kü");
  CHECK(cmd::first_columns("küche", 9) == "küche");
  CHECK(cmd::first_columns("ü", 0).empty());
}

TEST_CASE("blanks are appended") {
  base::Buffer out;
  out.append("a");
  cmd::append_blanks(out, 3);
  cmd::append_blanks(out, 0);
  CHECK(out.text() == "a   ");
}

TEST_CASE("without a terminal the screen has the customary size") {
  const auto size = cmd::screen_size(-1);
  CHECK(size.rows == 24);
  CHECK(size.columns == 80);
}

TEST_CASE("latency is put as mosquitto_rr puts it") {
  using std::chrono::nanoseconds;
  CHECK(cmd::describe_latency(nanoseconds(830)) == "Latency: 830ns\n");
  CHECK(cmd::describe_latency(nanoseconds(12'345)) == "Latency: 12.345000µs\n");
  CHECK(cmd::describe_latency(nanoseconds(1'250'000)) == "Latency: 1.250000ms\n");
  CHECK(cmd::describe_latency(nanoseconds(2'000'000'001)) == "Latency: 2.000000001\n");
}
