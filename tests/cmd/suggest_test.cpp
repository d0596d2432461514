// What a mistyped word was meant to be.
#include "suggest.h"

#include "catch.h"

TEST_CASE("a word that is nearly right is recognised") {
  const std::vector<std::string_view> names{"retain", "retain-as-published", "topic", "host", "qos", "pub"};
  CHECK(cmd::nearest("retian", names) == "retain");
  CHECK(cmd::nearest("topics", names) == "topic");
  CHECK(cmd::nearest("hots", names) == "host");
  CHECK(cmd::nearest("pbu", names) == "pub");
  CHECK(cmd::nearest("retain-as", names) == "retain-as-published");
  CHECK(cmd::nearest("retained", names) == "retain");
  CHECK(cmd::nearest("top", names) == "topic");
  CHECK(cmd::did_you_mean("retian", names, "--") == "; did you mean --retain?");
}

TEST_CASE("a word that is nothing like any stays alone") {
  const std::vector<std::string_view> names{"retain", "topic", "host"};
  CHECK(cmd::nearest("nonsense", names).empty());
  CHECK(cmd::nearest("", names).empty());
  CHECK(cmd::nearest("h", names).empty());
  CHECK(cmd::nearest(std::string(1000, 'h'), names).empty());
  CHECK(cmd::nearest("host", {}).empty());
  CHECK(cmd::did_you_mean("nonsense", names).empty());
}
