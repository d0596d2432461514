// -F formats: the bytes that mosquitto_sub prints (2.0.11 was asked for what it knows, 2.1's rules for the rest).
#include "render/format.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "catch.h"

using namespace std::string_literals;
using render::Format;
using render::FormatError;
using render::FormatOptions;
using render::Rendered;
using wire::PropertyId;

namespace {

constexpr render::Moment arrival{1'795'231'879'407'759'021};  // 2026-11-21T04:31:19.407759021+0100

/// A message and what it refers to.
struct Message {
  explicit Message(std::string_view payload = "hello", std::string_view topic = "plant/1") {
    publish.topic = topic;
    publish.payload = base::as_bytes(payload);
  }
  Message& qos(std::uint8_t qos, std::uint16_t packet_identifier) {
    publish.qos = qos;
    publish.packet_identifier = packet_identifier;
    return *this;
  }
  Message& with(PropertyId id, std::uint32_t number) {
    properties.add(id, number);
    return *this;
  }
  Message& with(PropertyId id, std::string_view text) {
    properties.add(id, text);
    return *this;
  }
  Message& user(std::string_view name, std::string_view value) {
    properties.add_user_property(name, value);
    return *this;
  }

  wire::Publish publish{};
  wire::Properties properties;
};

std::string run(Format format, const Message& message, Rendered expected = Rendered::whole) {
  ::setenv("TZ", "CET-1", 1);
  ::tzset();
  base::Buffer out;
  wire::Publish publish = message.publish;
  publish.properties = message.properties.view();
  CHECK(format.render({publish, arrival, wire::Version::v5_0}, out) == expected);
  return std::string(out.text());
}

/// Without the end of line.
std::string print(std::string_view text, const Message& message = Message(), Rendered expected = Rendered::whole) {
  auto format = Format::compile(text, {.end_of_line = false});
  REQUIRE(format);
  return run(*std::move(format), message, expected);
}

std::string with_options(std::string_view text, const FormatOptions& options, const Message& message = Message()) {
  auto format = Format::compile(text, options);
  REQUIRE(format);
  return run(*std::move(format), message);
}

FormatError refused(std::string_view text) {
  const auto format = Format::compile(text);
  REQUIRE_FALSE(format);
  return format.error();
}

template <class Real>
std::string native(Real value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

Message full() {
  Message message;
  message.with(PropertyId::content_type, "text/x").with(PropertyId::response_topic, "r/t");
  message.with(PropertyId::correlation_data, "cd").with(PropertyId::message_expiry_interval, 60);
  message.with(PropertyId::payload_format_indicator, 1).user("k", "v").user("k", "v2").user("b", "w");
  message.with(PropertyId::subscription_identifier, 7).with(PropertyId::topic_alias, 3);
  return message;
}

}  // namespace

TEST_CASE("Without a format the payload stands alone, and an empty one prints nothing") {
  CHECK(run(Format::payload(), Message()) == "hello\n");
  CHECK(run(Format::payload({.end_of_line = false}), Message()) == "hello");
  CHECK(run(Format::payload(), Message("a\0b\n"s)) == "a\0b\n\n"s);
  CHECK(run(Format::payload(), Message("")) == "");
}

TEST_CASE("Option -v puts the topic in front, and (null) for no payload unless -N") {
  CHECK(run(Format::topic_and_payload(), Message()) == "plant/1 hello\n");
  CHECK(run(Format::topic_and_payload({.end_of_line = false}), Message()) == "plant/1 hello");
  CHECK(run(Format::topic_and_payload(), Message("")) == "plant/1 (null)\n");
  CHECK(run(Format::topic_and_payload({.end_of_line = false}), Message("")) == "");
}

TEST_CASE("A format prints its line for an empty payload too") {
  CHECK(with_options("%p", {}) == "hello\n");
  CHECK(with_options("%p", {}, Message("")) == "\n");
  CHECK(with_options("", {}) == "\n");
  CHECK(print("%p|%x|%3p|%03x", Message("")) == "||   |000");
}

TEST_CASE("Payloads: width pads and cuts") {
  CHECK(print("[%3p]") == "[hel]");
  CHECK(print("[%8p]") == "[   hello]");
  CHECK(print("[%-8p]") == "[hello   ]");
  CHECK(print("[%08p]") == "[000hello]");
  CHECK(print("[%-08p]") == "[hello   ]");
  CHECK(print("[%-3p]") == "[hel]");
  CHECK(print("[%-p]") == "[hello     ]");
  CHECK(print("%p", Message("a\0b"s)) == "a\0b"s);
}

TEST_CASE("Payloads in hexadecimal: the whole string is padded, width cuts bytes, precision makes fields") {
  CHECK(print("[%x]") == "[68656c6c6f]");
  CHECK(print("[%X]") == "[68656C6C6F]");
  CHECK(print("[%18x]") == "[        68656c6c6f]");
  CHECK(print("[%-18x]") == "[68656c6c6f        ]");
  CHECK(print("[%018X]") == "[0000000068656C6C6F]");
  CHECK(print("[%3x]") == "[68656c]");
  CHECK(print("[%-x]") == "[68656c6c6f     ]");
  CHECK(print("%.2:x", Message("a\0"s)) == "61:00");
  CHECK(print("%.1x", Message("ab")) == "6 1 6 2");
  CHECK(print("%.2x") == "68 65 6c 6c 6f");
  CHECK(print("%.4-X") == "6865-6C6C-6F");
  CHECK(print("%.3:x") == "686:56c:6c6:f");
  CHECK(print("%.0:x") == "68656c6c6f");
  CHECK(print("%:x") == "68656c6c6f");
  CHECK(print("[%04.2:x][%.2:x]", Message("")) == "[00:00:][]");
  CHECK(print("%5.3:x", Message("a")) == "   :61");
  CHECK(print("%014.2:x") == "00:00:68:65:6c:6c:6f");
  CHECK(print("[%-14.2:x]") == "[68:65:6c:6c:6f    ]");
  CHECK(print("%.2 x|%.2.x|%.2\\X") == "68 65 6c 6c 6f|68.65.6c.6c.6f|68\\65\\6C\\6C\\6F");
}

TEST_CASE("Topics: width is the least, precision the most") {
  CHECK(print("[%3t]") == "[plant/1]");
  CHECK(print("[%10t]") == "[   plant/1]");
  CHECK(print("[%-10t]") == "[plant/1   ]");
  CHECK(print("[%010t]") == "[   plant/1]");
  CHECK(print("[%.3t]") == "[pla]");
  CHECK(print("[%10.3t]") == "[       pla]");
  CHECK(print("[%-10.3t]") == "[pla       ]");
  CHECK(print("[%.0t]") == "[]");
}

TEST_CASE("Numbers: length, packet identifier, QoS and retain") {
  CHECK(print("[%l][%5l][%05l][%-5l][%-05l]") == "[5][    5][00005][5    ][5    ]");
  CHECK(print("%m %5m %05m %r %q", Message().qos(2, 1)) == "1     1 00001 0 2");
  CHECK(print("%m %q %r [%5q] [%5r]") == "0 0 0 [0] [0]");
  Message retained;
  retained.publish.retain = true;
  CHECK(print("%r", retained) == "1");
}

TEST_CASE("Properties, and the blanks where they are not there") {
  CHECK(print("%C|%R|%D|%E|%F|%P|%10C|%-10R|%010E|%3C|%.2C|%-5F|%05F|%4R.|%S|%05S|%A|%3A", full()) ==
        "text/x|r/t|cd|60|1|k:v k:v2 b:w|    text/x|r/t       |0000000060|text/x|te|1    |00001| r/t.|7|00007|3|  3");
  CHECK(print("[%A][%5A][%05A][%-05A][%5C][%C][%5R][%5S][%5D][%5P][%05E][%F]") ==
        "[][     ][00000][00000][     ][][][     ][][][00000][]");
  CHECK(print("%E", Message().with(PropertyId::message_expiry_interval, 4294967295)) == "4294967295");
  CHECK(print("%D", Message().with(PropertyId::correlation_data, "a\0b"s)) == "a\0b"s);
}

TEST_CASE("Times") {
  CHECK(print("%I") == "2026-11-21T04:31:19+0100");
  CHECK(print("[%30I]") == "[      2026-11-21T04:31:19+0100]");
  CHECK(print("[%.4I]") == "[2026]");
  CHECK(print("%U") == "1795231879.407759021");
  CHECK(print("@@ @Y @N @H:@M") == "@ 2026 407759021 04:31");
  CHECK(print("@E @Q @%") == "%E %Q %");
  CHECK(print("a@Z@z") == "aCET+0100");
  CHECK(print("@s.@N") == "1795231879.407759021");
}

TEST_CASE("Escapes and literals") {
  CHECK(print(R"(\\ \a\e\n\r\t\v|\0|)") == "\\ \a\x1b\n\r\t\v|\0|"s);
  CHECK(print("[%%][%5%][%-05.3:%]") == "[%][%][%]");
  CHECK(print("grün €") == "grün €");
}

TEST_CASE("Payloads as native numbers") {
  CHECK(print("%d", Message(native(1.5))) == "1.500000");
  CHECK(print("%.3d", Message(native(1.0 / 3))) == "0.333");
  CHECK(print("%.0d", Message(native(2.5))) == "2");
  CHECK(print("%.3f", Message(native(0.1F))) == "0.100");
  CHECK(print("%.12f", Message(native(0.1F))) == "0.100000001490");
  CHECK(print("[%10.2d][%-10.2d][%010.2d][%-010.2d]", Message(native(-1.5))) ==
        "[     -1.50][-1.50     ][-000001.50][-1.50     ]");
  CHECK(print("[%5d][%05d]", Message(native(std::numeric_limits<double>::infinity()))) == "[  inf][  inf]");
  CHECK(print("%d %f"s, Message(native(std::nan(""))), Rendered::payload_is_not_float) == "nan ");
  CHECK(print("%f", Message("hello"), Rendered::payload_is_not_float) == "");
  CHECK(print("[%9d]", Message("hello"), Rendered::payload_is_not_double) == "[]");
  const std::string largest = print("%.1100d", Message(native(std::numeric_limits<double>::max())));
  CHECK(largest.size() == 309 + 1 + 1100);
  CHECK(largest.substr(0, 8) == "17976931");
  CHECK(print("%.1074d", Message(native(std::numeric_limits<double>::denorm_min()))).substr(1072) == "5625");
}

TEST_CASE("A format that is refused says what and where") {
  using Kind = FormatError::Kind;
  CHECK(refused("%") == FormatError{Kind::incomplete_format_specifier, 1});
  CHECK(refused("%5") == FormatError{Kind::incomplete_format_specifier, 2});
  CHECK(refused("%-") == FormatError{Kind::incomplete_format_specifier, 2});
  CHECK(refused("%-0") == FormatError{Kind::incomplete_format_specifier, 3});
  CHECK(refused("%.") == FormatError{Kind::incomplete_format_specifier, 2});
  CHECK(refused("%.3") == FormatError{Kind::incomplete_format_specifier, 3});
  CHECK(refused("%:") == FormatError{Kind::incomplete_format_specifier, 2});
  CHECK(refused("abc%") == FormatError{Kind::incomplete_format_specifier, 4});
  CHECK(refused("a@") == FormatError{Kind::incomplete_format_specifier, 2});
  CHECK(refused("\\") == FormatError{Kind::incomplete_escape_specifier, 1});
  CHECK(refused("ab\\q") == FormatError{Kind::invalid_escape_specifier, 3, 'q'});
  CHECK(refused("%y") == FormatError{Kind::invalid_format_specifier, 1, 'y'});
  CHECK(refused("%@s.@N") == FormatError{Kind::invalid_format_specifier, 2, 's'});
  CHECK(refused("%0-5d") == FormatError{Kind::invalid_format_specifier, 3, '5'});
  CHECK(refused("%::x") == FormatError{Kind::invalid_format_specifier, 2, ':'});
  CHECK(refused("%\0x"s) == FormatError{Kind::invalid_format_specifier, 1, '\0'});
  CHECK(refused("%65536p") == FormatError{Kind::number_too_large, 5, '6'});
  CHECK(refused("%.99999999999999999999d") == FormatError{Kind::number_too_large, 6, '9'});
  CHECK(Format::compile("%65535p"));
}

TEST_CASE("Refusals are worded as mosquitto's") {
  CHECK(describe(refused("%")) == "Incomplete format specifier.");
  CHECK(describe(refused("\\")) == "Incomplete escape specifier.");
  CHECK(describe(refused("%y")) == "Invalid format specifier 'y'.");
  CHECK(describe(refused("\\q")) == "Invalid escape specifier 'q'.");
  CHECK(describe(refused("%\x1b")) == "Invalid format specifier '\\u001b'.");
  CHECK(describe(refused("%65536p")) == "A width or precision is above 65535.");
  CHECK(describe(Rendered::payload_is_not_json, "plant/1") ==
        "Message payload is not valid JSON on topic plant/1.");
  CHECK(describe(Rendered::whole, "plant/1") == "");
}

TEST_CASE("On a terminal what the message brings is made visible, what the format says stays") {
  const FormatOptions terminal{.terminal = true};
  const Message hostile("a\x1b[2J\nb\t\xFF", "t\n\x1b");
  CHECK(run(Format::payload(terminal), hostile) == "a\\u001b[2J\nb\t\\xff\n");
  CHECK(run(Format::topic_and_payload(terminal), hostile) == "t\\n\\u001b a\\u001b[2J\nb\t\\xff\n");
  CHECK(with_options("\\e[1m%t\\e[0m %p %5x", terminal, hostile) ==
        "\x1b[1mt\\n\\u001b\x1b[0m a\\u001b[2J\nb\t\\xff 611b5b324a\n");
  CHECK(with_options("%j", terminal, Message("\x7f\x1b\n", "t")) ==
        R"({"tst":"2026-11-21T04:31:19.407759+0100","topic":"t","qos":0,"retain":false,"payloadlen":3,)"
        R"("payload":"\u007f\u001b\n"})"
        "\n");
}
