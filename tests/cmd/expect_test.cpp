// What meets an expectation: topic, regular expression, places in JSON; and that hostile payloads are only text.
#include "expect.h"

#include "catch.h"

using cmd::Expectation;
using cmd::ExpectOptions;

namespace {

wire::Publish message(std::string_view topic, std::string_view payload) {
  wire::Publish publish;
  publish.topic = topic;
  publish.payload = base::as_bytes(payload);
  return publish;
}

bool meets(const ExpectOptions& options, std::string_view payload, std::string_view topic = "a/b") {
  return Expectation(options).met_by(message(topic, payload));
}

ExpectOptions pattern(std::string text) {
  ExpectOptions options;
  options.payload_regex = std::move(text);
  return options;
}

bool field(std::string pointer, std::string value, std::string_view payload) {
  ExpectOptions options;
  options.fields.push_back({std::move(pointer), std::move(value)});
  return meets(options, payload);
}

}  // namespace

TEST_CASE("an expectation of nothing in particular is met by every message") {
  CHECK(meets({}, ""));
  CHECK(Expectation(ExpectOptions{}).describe() == "a message");
}

TEST_CASE("a regular expression matches anywhere in the payload") {
  CHECK(meets(pattern("oot"), "booting"));
  CHECK_FALSE(meets(pattern("^oot"), "booting"));
  CHECK(meets(pattern("^$"), ""));
  CHECK(meets(pattern("b\\x00c"), std::string_view("ab\0c", 4)));
  CHECK(meets(pattern("é+"), "caféé"));
  CHECK(meets(pattern("ok"), "\xff\xfe ok"));
  CHECK_FALSE(meets(pattern("^.*$"), "\xff"));
}

TEST_CASE("a pattern that backtracking matchers choke on takes a long payload in its stride") {
  CHECK_FALSE(meets(pattern("^(a+)+$"), std::string(1'000'000, 'a') + "b"));
  CHECK(meets(pattern("(x|y|z)*end"), std::string(1'000'000, 'x') + "end"));
}

TEST_CASE("patterns that do not compile are named") {
  CHECK(cmd::pattern_error("^a|b$").empty());
  CHECK(cmd::pattern_error("(") == "missing ): (");
  CHECK(cmd::pattern_error("(?=a)") == "invalid perl operator: (?=");
}

TEST_CASE("a topic filter and a payload have to fit one and the same message") {
  ExpectOptions options = pattern("1");
  options.topic_filter = "+/b";
  CHECK(meets(options, "1", "a/b"));
  CHECK_FALSE(meets(options, "1", "a/c"));
  CHECK_FALSE(meets(options, "2", "a/b"));
}

TEST_CASE("places in JSON hold values or text") {
  constexpr std::string_view document = R"({"state": {"on": true, "n": 7, "list": [1, {"a/b": null, "m~n": "x"}]}})";
  CHECK(field("/state/on", "true", document));
  CHECK_FALSE(field("/state/on", "false", document));
  CHECK_FALSE(field("/state/on", "\"true\"", document));
  CHECK(field("/state/n", "7.0", document));
  CHECK(field("/state/list/0", "1", document));
  CHECK(field("/state/list/1/a~1b", "null", document));
  CHECK(field("/state/list/1/m~0n", "x", document));
  CHECK(field("/state/list/1/m~0n", "\"x\"", document));
  CHECK_FALSE(field("/state/list/2", "1", document));
  CHECK_FALSE(field("/missing", "null", document));
  CHECK(field("/state/list", R"([1.0, {"m~n": "x", "a/b": null}])", document));
  CHECK_FALSE(field("/state/list", "[1]", document));
  CHECK(field("", "3", "3"));
  CHECK(field("", R"({"a": []})", R"({"a":[]})"));
}

TEST_CASE("large integers are compared exactly") {
  CHECK(field("/n", "9007199254740993", R"({"n": 9007199254740993})"));
  CHECK_FALSE(field("/n", "9007199254740992", R"({"n": 9007199254740993})"));
  CHECK(field("/n", "18446744073709551615", R"({"n": 18446744073709551615})"));
}

TEST_CASE("what is not JSON meets no expectation about it") {
  CHECK_FALSE(field("/a", "1", ""));
  CHECK_FALSE(field("/a", "1", "{\"a\": 1"));
  CHECK_FALSE(field("/a", "1", "\xff"));
  CHECK_FALSE(field("/0", "1", std::string(1'000'000, '[')));
}

TEST_CASE("documents may nest as deep as they like") {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  CHECK_FALSE(field("", "[[1]]", deep));
  CHECK_FALSE(field("/a", "1", deep));
}

TEST_CASE("pointers are checked") {
  CHECK(cmd::is_json_pointer(""));
  CHECK(cmd::is_json_pointer("/a/0/b~1c"));
  CHECK_FALSE(cmd::is_json_pointer("a"));
  CHECK_FALSE(cmd::is_json_pointer("#/a"));
  CHECK_FALSE(cmd::is_json_pointer("/a~2"));
}

TEST_CASE("all parts of an expectation are described") {
  ExpectOptions options = pattern("^on$");
  options.topic_filter = "a/#";
  options.fields.push_back({"/x", "1"});
  CHECK(Expectation(options).describe() ==
        R"(a message on a topic matching "a/#" with a payload matching "^on$" and "1" at "/x")");
}
