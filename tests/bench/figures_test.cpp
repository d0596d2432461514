#include "bench/figures.h"

#include "catch.h"

using bench::Figure;
using bench::Unit;

namespace {

std::string error_of(std::string_view text) {
  const auto requirement = bench::read_requirement(text);
  return requirement ? "" : requirement.error();
}

std::optional<std::string> checked(std::string_view text) {
  const std::vector<Figure> figures{
      {"p99", 0.0315, Unit::seconds}, {"lost", 0, Unit::none}, {"rate", 50'000, Unit::per_second}};
  return bench::check(*bench::read_requirement(text), figures);
}

}  // namespace

TEST_CASE("requirements that are met") {
  for (const auto text :
       {"p99<32ms", "p99 <= 0.0315s", "lost==0", "lost != 1", "rate>=50000", "rate > 1", "p99>31000us", "p99<1m"}) {
    CAPTURE(text);
    CHECK(checked(text) == std::nullopt);
  }
}

TEST_CASE("requirements that are not met say what was found") {
  CHECK(checked("p99<20ms") == "p99 is 31.5 ms");
  CHECK(checked("lost>0") == "lost is 0");
  CHECK(checked("rate<50000") == "rate is 50,000/s");
  CHECK(checked("p98<1s") == "there is no p98 in this run");
}

TEST_CASE("what is no requirement") {
  CHECK(error_of("p99") == "it compares nothing");
  CHECK(error_of("<5") == "it compares nothing");
  CHECK(error_of("p99=5") == "the signs are <, <=, ==, !=, >= and >");
  CHECK(error_of("p99<") == "a number is missing behind the sign");
  CHECK(error_of("p99<5 parsecs") == "the units are ns, us, ms, s, m and h");
}

TEST_CASE("figures for people") {
  CHECK(bench::show(0, Unit::seconds) == "0 s");
  CHECK(bench::show(0.000'000'5, Unit::seconds) == "0.50 us");
  CHECK(bench::show(0.012, Unit::seconds) == "12.0 ms");
  CHECK(bench::show(90, Unit::seconds) == "90.0 s");
  CHECK(bench::show(1234567, Unit::none) == "1,234,567");
  CHECK(bench::show(999, Unit::per_second) == "999/s");
  CHECK(bench::show(1536, Unit::bytes) == "1.50 KiB");
  CHECK(bench::show(12, Unit::bytes) == "12 bytes");
}
