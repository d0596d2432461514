#include "shell_words.h"

#include "catch.h"

using cmd::split_words;
using Words = std::vector<std::string>;

TEST_CASE("a line is cut into words as a shell cuts it") {
  CHECK(*split_words("", true) == Words{});
  CHECK(*split_words(" \t ", true) == Words{});
  CHECK(*split_words("a  b\tc ", true) == Words{"a", "b", "c"});
  CHECK(*split_words("-t 'a b' \"c d\"", true) == Words{"-t", "a b", "c d"});
  CHECK(*split_words("a'b'\"c\"d", true) == Words{"abcd"});
  CHECK(*split_words("'' \"\"", true) == Words{"", ""});
  CHECK(*split_words("a\\ b 'a\\b' \"a\\\"b\"", true) == Words{"a b", "a\\b", "a\"b"});
  CHECK(*split_words("\"it's\" 'say \"so\"'", true) == Words{"it's", "say \"so\""});
}

TEST_CASE("comments begin a word") {
  CHECK(*split_words("a # b 'c", true) == Words{"a"});
  CHECK(*split_words("a/# '#' \"# b\" \\#", true) == Words{"a/#", "#", "# b", "#"});
  CHECK(*split_words("a # b", false) == Words{"a", "#", "b"});
}

TEST_CASE("a quote that is not closed") {
  for (const auto* line : {"'", "a \"b", "'a\"", "\"a\\\""}) {
    const auto words = split_words(line, true);
    REQUIRE_FALSE(words);
    CHECK(words.error() == "a quote is open");
  }
}
