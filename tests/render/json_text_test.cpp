// JSON of strangers: what is refused, and how the rest is written again.
#include "render/json_text.h"

#include <string>

#include "catch.h"

using namespace std::string_literals;

namespace {

std::string copy(std::string_view text, bool pretty = false) {
  base::Buffer out;
  render::JsonWriter writer(out, pretty);
  if (!render::append_json_text(writer, base::as_bytes(text))) return "refused";
  return std::string(out.text());
}

std::string repeat(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("JSON is copied without its blanks") {
  CHECK(copy(" { \"a\" : [ 1 , true ,\tfalse,\r\nnull , { } , [ ] ] } ") == R"({"a":[1,true,false,null,{},[]]})");
  CHECK(copy(R"({"a":1,"a":2})") == R"({"a":1,"a":2})");
  CHECK(copy("\"\"") == "\"\"");
  CHECK(copy("0") == "0");
}

TEST_CASE("Numbers have mosquitto's spelling, and all their digits") {
  CHECK(copy("27.0") == "27");
  CHECK(copy("1e3") == "1000");
  CHECK(copy("-0.1") == "-0.1");
  CHECK(copy("-0") == "-0");
  CHECK(copy("1E-7") == "1e-07");
  CHECK(copy("1.5e+20") == "1.5e+20");
  CHECK(copy("123456789012") == "123456789012");
  CHECK(copy("12345678901234567890") == "12345678901234567890");
  CHECK(copy("0.1234567890123456789") == "0.1234567890123456789");
  CHECK(copy("1e999") == "1e999");
  CHECK(copy("1e-320") == "1e-320");
}

TEST_CASE("Escapes become the characters they stand for where these may stand themselves") {
  CHECK(copy(R"("\u00e9\/\n\ud83d\ude00\u0041")") == "\"é/\\n😀A\"");
  CHECK(copy(R"("\u0000\u001f\"\\\b\f\r\t")") == R"("\u0000\u001f\"\\\b\f\r\t")");
  CHECK(copy(R"("\u07ff\u0800\uffff\udbff\udfff")") == "\"\u07ff\u0800\uffff\U0010ffff\"");
  CHECK(copy(R"({"\u0061":1})") == R"({"a":1})");
}

TEST_CASE("What is not exactly one JSON text is refused") {
  for (const std::string& text : {""s,
                                  " "s,
                                  "hello"s,
                                  "[1,]"s,
                                  "[,1]"s,
                                  "[1 2]"s,
                                  "{\"a\"}"s,
                                  "{\"a\":}"s,
                                  "{\"a\":1,}"s,
                                  "{,}"s,
                                  "{a:1}"s,
                                  "1 2"s,
                                  "01"s,
                                  "-"s,
                                  "-01"s,
                                  "1."s,
                                  ".5"s,
                                  "1e"s,
                                  "1e+"s,
                                  "+1"s,
                                  "0x1"s,
                                  "NaN"s,
                                  "Infinity"s,
                                  "tru"s,
                                  "truex"s,
                                  "nul"s,
                                  "\"a"s,
                                  "\"a\tb\""s,
                                  "\"\\x\""s,
                                  "\"\\u12\""s,
                                  "\"\\u12g4\""s,
                                  "\"\\"s,
                                  "\"\\ud800\""s,
                                  "\"\\ud800\\u0041\""s,
                                  "\"\\udc00\""s,
                                  "[1"s,
                                  "{\"a\":1"s,
                                  "[1}"s,
                                  "{]"s,
                                  "\"\xFF\""s,
                                  "\xEF\xBB\xBF"
                                  "1"s,
                                  "1\0"s,
                                  "'a'"s,
                                  "// c\n1"s}) {
    INFO(text);
    CHECK(copy(text) == "refused");
  }
}

TEST_CASE("A thousand levels are taken, one more is not") {
  CHECK(copy(repeat("[", 1000) + repeat("]", 1000)) == repeat("[", 1000) + repeat("]", 1000));
  CHECK(copy(repeat("[", 1001) + repeat("]", 1001)) == "refused");
  CHECK(copy(repeat("{\"a\":", 100'000)) == "refused");
  CHECK(copy(repeat("[", 100'000)) == "refused");
}

TEST_CASE("Indented output is laid out as mosquitto does it") {
  CHECK(copy(R"({"a":{},"b":[],"c":[1,{"x":[{"y":1},2]},"s"],"d":{"e":{"f":null}}})", true) ==
        "{\n\t\"a\":\t{\n\t},\n\t\"b\":\t[],\n\t\"c\":\t[1, {\n\t\t\t\"x\":\t[{\n\t\t\t\t\t\"y\":\t1\n\t\t\t\t}, "
        "2]\n\t\t}, "
        "\"s\"],\n\t\"d\":\t{\n\t\t\"e\":\t{\n\t\t\t\"f\":\tnull\n\t\t}\n\t}\n}");
}

TEST_CASE("Indentation stops growing where it would multiply what a stranger sent") {
  const std::string nested = repeat("{\"a\":", 1000) + "1" + repeat("}", 1000);
  const std::string indented = copy(nested, true);
  CHECK(indented.find(std::string(64, '\t')) != std::string::npos);
  CHECK(indented.find(std::string(65, '\t')) == std::string::npos);
}
