// Topic names, topic filters and what matches what, by the examples of section 4.7 and beyond.
#include "wire/topic.h"

#include "catch.h"
#include "wire/primitives.h"

using wire::Clause;
using wire::Fault;
using wire::matches;

TEST_CASE("# matches any number of levels, the parent's too") {
  for (const auto* name :
       {"sport/tennis/player1", "sport/tennis/player1/ranking", "sport/tennis/player1/score/wimbledon"})
    CHECK(matches("sport/tennis/player1/#", name));
  CHECK(matches("sport/#", "sport"));
  CHECK(matches("sport/#", "sport/"));
  CHECK(matches("#", "a"));
  CHECK(matches("#", "/"));
  CHECK_FALSE(matches("sport/#", "sports"));
  CHECK_FALSE(matches("sport/tennis/#", "sport"));
}

TEST_CASE("+ matches one level") {
  CHECK(matches("sport/tennis/+", "sport/tennis/player1"));
  CHECK(matches("sport/tennis/+", "sport/tennis/player2"));
  CHECK_FALSE(matches("sport/tennis/+", "sport/tennis/player1/ranking"));
  CHECK_FALSE(matches("sport/+", "sport"));
  CHECK(matches("sport/+", "sport/"));
  CHECK(matches("+/tennis/#", "sport/tennis"));
  CHECK(matches("sport/+/player1", "sport//player1"));
  CHECK(matches("+/+", "/finance"));
  CHECK(matches("/+", "/finance"));
  CHECK_FALSE(matches("+", "/finance"));
  CHECK(matches("+/#", "a"));
}

TEST_CASE("levels are compared character by character") {
  CHECK(matches("ACCOUNTS", "ACCOUNTS"));
  CHECK_FALSE(matches("ACCOUNTS", "Accounts"));
  CHECK_FALSE(matches("/finance", "finance"));
  CHECK_FALSE(matches("a", "a/"));
  CHECK_FALSE(matches("a/", "a"));
  CHECK(matches("a//b", "a//b"));
  CHECK_FALSE(matches("a/b", "a/bc"));
  CHECK_FALSE(matches("a/bc", "a/b"));
}

TEST_CASE("a filter that starts with a wildcard does not match a topic that starts with $") {
  CHECK_FALSE(matches("#", "$SYS/monitor"));
  CHECK_FALSE(matches("+/monitor/Clients", "$SYS/monitor/Clients"));
  CHECK(matches("$SYS/#", "$SYS/monitor"));
  CHECK(matches("$SYS/monitor/+", "$SYS/monitor/Clients"));
  CHECK(matches("a/+", "a/$b"));
}

TEST_CASE("a shared filter matches what the filter inside does") {
  CHECK(matches("$share/group/a/+", "a/b"));
  CHECK(matches("$share/group//finance", "/finance"));
  CHECK_FALSE(matches("$share/group/#", "$SYS/x"));
  CHECK_FALSE(matches("$share/group/a", "$share/group/a"));
  const auto shared = wire::shared_filter("$share/group/a/b");
  REQUIRE(shared);
  CHECK(shared->group == "group");
  CHECK(shared->topic_filter == "a/b");
  CHECK_FALSE(wire::shared_filter("$share/group"));
  CHECK_FALSE(wire::shared_filter("$shared/group/a"));
  CHECK_FALSE(wire::shared_filter("a/$share/g/b"));
}

TEST_CASE("an empty name or filter matches nothing") {
  CHECK_FALSE(matches("", "a"));
  CHECK_FALSE(matches("#", ""));
}

TEST_CASE("valid topic names") {
  for (const std::string_view name :
       {"a", "/", "//", "a b", "$SYS/x", "\xE6\xB8\xA9\xE5\xBA\xA6", "a\x01\x7F", "\xF4\x8F\xBF\xBF"})
    CHECK_FALSE(wire::check_topic_name(name));
}

TEST_CASE("what is wrong with a topic name, and where") {
  CHECK(wire::check_topic_name("") == Fault{Clause::topic_empty, 0});
  CHECK(wire::check_topic_name("a/+") == Fault{Clause::topic_name_wildcard, 2});
  CHECK(wire::check_topic_name("a#b") == Fault{Clause::topic_name_wildcard, 1});
  CHECK(wire::check_topic_name(std::string_view("ab\0", 3)) == Fault{Clause::topic_null_character, 2});
  CHECK(wire::check_topic_name("ab\xED\xA0\x80") == Fault{Clause::string_ill_formed, 2});
  CHECK(wire::check_topic_name("\xFF+") == Fault{Clause::string_ill_formed, 0});
  CHECK(wire::check_topic_name("+\xFF") == Fault{Clause::topic_name_wildcard, 0});
  CHECK_FALSE(wire::check_topic_name(std::string(65'535, 'a')));
  CHECK(wire::check_topic_name(std::string(65'536, 'a')) == Fault{Clause::topic_too_long, 65'535});
}

TEST_CASE("valid topic filters") {
  for (const std::string_view filter : {"#", "+", "/", "a/#", "+/+", "+/tennis/#", "sport/+/player1", "/+", "$share",
                                        "$share/g/#", "$share/g//a", "a/$share/+"})
    CHECK_FALSE(wire::check_topic_filter(filter));
}

TEST_CASE("what is wrong with a topic filter, and where") {
  CHECK(wire::check_topic_filter("") == Fault{Clause::topic_empty, 0});
  CHECK(wire::check_topic_filter("sport/tennis#") == Fault{Clause::multi_level_wildcard_misplaced, 12});
  CHECK(wire::check_topic_filter("sport/#/ranking") == Fault{Clause::multi_level_wildcard_misplaced, 6});
  CHECK(wire::check_topic_filter("##") == Fault{Clause::multi_level_wildcard_misplaced, 0});
  CHECK(wire::check_topic_filter("sport+") == Fault{Clause::single_level_wildcard_misplaced, 5});
  CHECK(wire::check_topic_filter("+a/b") == Fault{Clause::single_level_wildcard_misplaced, 0});
  CHECK(wire::check_topic_filter("a/++") == Fault{Clause::single_level_wildcard_misplaced, 2});
  CHECK(wire::check_topic_filter(std::string_view("\0", 1)) == Fault{Clause::topic_null_character, 0});
}

TEST_CASE("share names are checked for 5.0 only") {
  CHECK(wire::check_topic_filter("$share//a") == Fault{Clause::share_name_empty, 7});
  CHECK(wire::check_topic_filter("$share/") == Fault{Clause::share_name_empty, 7});
  CHECK(wire::check_topic_filter("$share/g") == Fault{Clause::share_name_invalid, 8});
  CHECK(wire::check_topic_filter("$share/g/") == Fault{Clause::share_name_invalid, 9});
  CHECK(wire::check_topic_filter("$share/+/a") == Fault{Clause::share_name_invalid, 7});
  CHECK(wire::check_topic_filter("$share/g#/a") == Fault{Clause::share_name_invalid, 8});
  CHECK(wire::check_topic_filter("$share/g/a#") == Fault{Clause::multi_level_wildcard_misplaced, 10});
  for (const std::string_view filter : {"$share//a", "$share/g", "$share/+/a"})
    CHECK_FALSE(wire::check_topic_filter(filter, wire::Version::v3_1_1));
}

TEST_CASE("the fast look at a topic agrees with the thorough one for every byte at every place") {
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'a');
        text[place] = static_cast<char>(byte);
        const bool thorough = byte < 0x80 && wire::scan_text(text, true).kind == wire::TextFault::Kind::none;
        if (wire::is_plain_topic(text) != thorough) FAIL(size << " " << place << " " << byte);
      }
    }
  }
  CHECK_FALSE(wire::is_plain_topic(""));
}
