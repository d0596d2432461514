#include "stats/figure.h"

#include "catch.h"

using stats::Figure;
using stats::Unit;

namespace {

std::string error_of(std::string_view text) {
  const auto requirement = stats::read_requirement(text);
  return requirement ? "" : requirement.error();
}

std::optional<std::string> checked(std::string_view text) {
  const std::vector<Figure> figures{
      {"p99", 0.0315, Unit::seconds}, {"lost", 0, Unit::none}, {"rate", 50'000, Unit::per_second}};
  return stats::check(*stats::read_requirement(text), figures);
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
  CHECK(error_of("p99<5 parsecs") == "the units are ns, us, ms, s, m and h, KiB and MiB");
}

TEST_CASE("what is or is not so") {
  const std::vector<Figure> figures{{"retain", 1, Unit::flag}, {"sys", 0, Unit::flag}, {"size", 2048, Unit::bytes}};
  const auto found = [&](std::string_view text) { return stats::check(*stats::read_requirement(text, true), figures); };
  for (const auto text :
       {"retain", "retain==yes", "sys == no", "sys!=yes", "retain>0", "size", "size>=2KiB", "size<1MiB"}) {
    CAPTURE(text);
    CHECK(found(text) == std::nullopt);
  }
  CHECK(found("sys") == "sys is no");
  CHECK(found("retain==no") == "retain is yes");
  CHECK(found("size>2KiB") == "size is 2.00 KiB");
}

TEST_CASE("figures for people") {
  CHECK(stats::show(0, Unit::seconds) == "0 s");
  CHECK(stats::show(0.000'000'5, Unit::seconds) == "0.50 us");
  CHECK(stats::show(0.012, Unit::seconds) == "12.0 ms");
  CHECK(stats::show(90, Unit::seconds) == "90.0 s");
  CHECK(stats::show(1234567, Unit::none) == "1,234,567");
  CHECK(stats::show(999, Unit::per_second) == "999/s");
  CHECK(stats::show(1536, Unit::bytes) == "1.50 KiB");
  CHECK(stats::show(12, Unit::bytes) == "12 bytes");
  CHECK(stats::show(1, Unit::flag) == "yes");
  CHECK(stats::show(0, Unit::flag) == "no");
}
