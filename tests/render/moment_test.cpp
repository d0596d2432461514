// Moments as RFC 3339, and as local time.
#include "render/moment.h"

#include <cstdlib>
#include <limits>

#include "catch.h"

using render::append_rfc3339;
using render::LocalTime;
using render::Moment;
using render::Precision;

namespace {

std::string rfc3339(std::int64_t nanoseconds, Precision precision) {
  base::Buffer out;
  append_rfc3339(out, Moment{nanoseconds}, precision);
  return std::string(out.text());
}

void set_time_zone(const char* name) {
  ::setenv("TZ", name, 1);
  ::tzset();
}

std::string local(LocalTime& time, char conversion, std::int64_t nanoseconds) {
  base::Buffer out;
  time.append_strftime(out, conversion, Moment{nanoseconds});
  return std::string(out.text());
}

}  // namespace

TEST_CASE("A moment is written in UTC with the precision asked for") {
  CHECK(rfc3339(0, Precision::microseconds) == "1970-01-01T00:00:00.000000Z");
  CHECK(rfc3339(1'795'231'879'283'660'553, Precision::nanoseconds) == "2026-11-21T03:31:19.283660553Z");
  CHECK(rfc3339(1'795'231'879'283'660'553, Precision::microseconds) == "2026-11-21T03:31:19.283660Z");
  CHECK(rfc3339(951'782'399'999'999'999, Precision::microseconds) == "2000-02-28T23:59:59.999999Z");
  CHECK(rfc3339(951'782'400'000'000'000, Precision::microseconds) == "2000-02-29T00:00:00.000000Z");
  CHECK(rfc3339(1'709'251'199'000'001'000, Precision::microseconds) == "2024-02-29T23:59:59.000001Z");
  CHECK(rfc3339(4'107'542'400'000'000'000, Precision::microseconds) == "2100-03-01T00:00:00.000000Z");
}

TEST_CASE("Moments before 1970 and at both ends of the range are dates too") {
  CHECK(rfc3339(-1, Precision::nanoseconds) == "1969-12-31T23:59:59.999999999Z");
  CHECK(rfc3339(-1'000'000'000, Precision::nanoseconds) == "1969-12-31T23:59:59.000000000Z");
  CHECK(rfc3339(std::numeric_limits<std::int64_t>::min(), Precision::nanoseconds) == "1677-09-21T00:12:43.145224192Z");
  CHECK(rfc3339(std::numeric_limits<std::int64_t>::max(), Precision::nanoseconds) == "2262-04-11T23:47:16.854775807Z");
}

TEST_CASE("Every day of four centuries agrees with the C library") {
  for (std::int64_t day = -100'000; day < 100'000; day += 1) {
    const std::time_t seconds = day * 86'400 + 45'296;
    std::tm calendar{};
    ::gmtime_r(&seconds, &calendar);
    char expected[40];
    std::strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.000000Z", &calendar);
    if (rfc3339(seconds * 1'000'000'000, Precision::microseconds) != expected) FAIL(expected);
  }
  SUCCEED();
}

TEST_CASE("tst is local time with microseconds and offset") {
  set_time_zone("CET-1");
  LocalTime time;
  base::Buffer out;
  time.append_tst(out, Moment{1'795'231'879'407'759'999});
  time.append_tst(out, Moment{1'795'231'879'000'001'000});
  time.append_tst(out, Moment{1'795'231'880'000'000'000});
  CHECK(out.text() ==
        "2026-11-21T04:31:19.407759+0100"
        "2026-11-21T04:31:19.000001+0100"
        "2026-11-21T04:31:20.000000+0100");
}

TEST_CASE("strftime conversions are those of the C library") {
  set_time_zone("CET-1");
  LocalTime time;
  CHECK(local(time, 'Y', 1'795'231'879'000'000'000) == "2026");
  CHECK(local(time, 'H', 1'795'231'879'000'000'000) == "04");
  CHECK(local(time, 's', 1'795'231'879'000'000'000) == "1795231879");
  CHECK(local(time, 'Z', 1'795'231'879'000'000'000) == "CET");
  CHECK(local(time, 'Q', 1'795'231'879'000'000'000) == "%Q");
}
