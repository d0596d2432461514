// Values of options: what is understood, and how what is not is answered.
#include "values.h"

#include "catch.h"

namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("numbers are whole, decimal and in their range") {
  CHECK(cmd::read_number("0", 0, 10) == 0U);
  CHECK(cmd::read_number("18446744073709551615", 1, UINT64_MAX) == UINT64_MAX);
  for (const char* text : {"", "-1", "+1", "0x1", "1 ", "1.0", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK(cmd::read_number(text, 0, UINT64_MAX).error() == '"' + std::string(text) + "\" is not a number of 0 or more");
  }
  CHECK(cmd::read_number("11", 5, 10).error() == "\"11\" is not a number from 5 to 10");
}

TEST_CASE("seconds may have fractions and an end") {
  CHECK(cmd::read_seconds("1", false) == 1s);
  CHECK(cmd::read_seconds("0.25", false) == 250ms);
  CHECK(cmd::read_seconds("0", true) == 0s);
  CHECK(cmd::read_seconds("1e-12", false) == session::Duration(1));
  for (const char* text : {"", "0", "-1", "nan", "inf", "1e300", "1s"}) {
    CAPTURE(text);
    CHECK(cmd::read_seconds(text, false).error() == '"' + std::string(text) + "\" is not a number of seconds above 0");
  }
}

TEST_CASE("versions have many spellings") {
  for (const char* text : {"5", "5.0", "v5", "mqttv5"}) CHECK(cmd::read_version(text) == wire::Version::v5_0);
  for (const char* text : {"311", "3.1.1", "mqttv311"}) CHECK(cmd::read_version(text) == wire::Version::v3_1_1);
  for (const char* text : {"31", "3.1", "mqttv31"}) CHECK(cmd::read_version(text) == wire::Version::v3_1);
  for (const char* text : {"", "4", "mqtt", "mqttv"}) CHECK_FALSE(cmd::read_version(text));
}

TEST_CASE("bytes come as hexadecimal, base64, from a file, or as they are") {
  CHECK(cmd::read_hex("00:ff 41") == std::string("\0\xff"
                                                 "A",
                                                 3));
  CHECK(cmd::read_hex("") == "");
  CHECK(cmd::read_hex("0").error() == "\"0\" is not pairs of hexadecimal digits");
  CHECK(cmd::read_base64("aGk=") == "hi");
  CHECK(cmd::read_base64("aGk").error() == "\"aGk\" is not base64");
  CHECK(cmd::read_binary("hex:6869") == "hi");
  CHECK(cmd::read_binary("base64:aGk=") == "hi");
  CHECK(cmd::read_binary("plain") == "plain");
  CHECK(cmd::read_binary("@/nowhere").error() == "/nowhere: No such file or directory");
}

TEST_CASE("a value is quoted short and harmless") {
  CHECK(cmd::is_not("a\x1b\nb", "x") == "\"a??b\" is not x");
  CHECK(cmd::is_not(std::string(100, 'a'), "x") == '"' + std::string(60, 'a') + "...\" is not x");
}

TEST_CASE("a time is RFC 3339 in whole or in part, seconds, or an offset, as long as it fits nanoseconds") {
  const auto read = [](std::string_view text) {
    const auto bound = cmd::read_time_bound(text);
    return bound ? std::to_string(bound->nanoseconds) + (bound->relative ? " relative" : "") : bound.error();
  };
  CHECK(read("1970-01-02") == "86400000000000");
  CHECK(read("1970-01-01T01:00:00.5+01:00") == "500000000");
  CHECK(read("1.25") == "1250000000");
  CHECK(read("+2") == "2000000000 relative");
  for (const char* text : {"9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01", "9000000001", "+9000000001"}) {
    CAPTURE(text);
    CHECK(read(text) ==
          '"' + std::string(text) + "\" is not a time as 2026-11-21T03:33:28Z, seconds since 1970, or +SECONDS");
  }
}
