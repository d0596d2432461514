// The first topics get an alias, the others none.
#include "session/topic_alias.h"

#include "catch.h"

TEST_CASE("aliases are assigned up to the maximum") {
  session::TopicAliases aliases;
  const auto assigned = [&](std::string_view topic) {
    const auto alias = aliases.assign(topic);
    return std::pair<int, bool>(alias.number, alias.known);
  };
  CHECK(assigned("a") == std::pair(0, false));
  aliases.reset(2);
  CHECK(assigned("a") == std::pair(1, false));
  CHECK(assigned("b") == std::pair(2, false));
  CHECK(assigned("c") == std::pair(0, false));
  CHECK(assigned("a") == std::pair(1, true));
  aliases.reset(1);
  CHECK(assigned("b") == std::pair(1, false));
}
