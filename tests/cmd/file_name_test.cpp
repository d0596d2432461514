// Names of files for messages, above all for topics that would like to be paths.
#include "file_name.h"

#include "catch.h"

using cmd::file_name;
using cmd::number_of;

TEST_CASE("topics become names without slashes, controls and blanks") {
  CHECK(file_name(7, "plant/1") == "0000000007-plant%2F1");
  CHECK(file_name(1, "../../etc/passwd") == "0000000001-..%2F..%2Fetc%2Fpasswd");
  CHECK(file_name(1, "..") == "0000000001-..");
  CHECK(file_name(1, "a b\n\x1b[0m%$") == "0000000001-a%20b%0A%1B%5B0m%25%24");
  CHECK(file_name(1, "küche/温度") == "0000000001-küche%2F温度");
  CHECK(file_name(12'345'678'901, "x") == "12345678901-x");
}

TEST_CASE("names fit into a directory entry and end with a whole character") {
  CHECK(file_name(1, std::string(1000, 'a')) == "0000000001-" + std::string(200, 'a'));
  const std::string escaped = file_name(1, std::string(1000, '/'));
  CHECK(escaped.size() == 11 + 198);
  CHECK(escaped.substr(escaped.size() - 3) == "%2F");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "温";
  CHECK(file_name(1, wide) == "0000000001-" + wide.substr(0, 198));
}

TEST_CASE("the number of a name is read back, and other names have none") {
  CHECK(number_of(file_name(42, "a")) == 42U);
  CHECK(number_of(file_name(12'345'678'901, "a")) == 12'345'678'901U);
  for (const char* other :
       {"", "0000000042", "42-a", "notes", "-1000000000-a", ".unfinished-1-2", "99999999999999999999-a"}) {
    CHECK_FALSE(number_of(other));
  }
}
