// Frames as on the wire, rule by rule and at the borders of their lengths.
#include "transport/ws_frame.h"

#include "base/hex.h"
#include "catch.h"

using namespace transport;

namespace {

std::string bytes(std::string_view hex) {
  std::string digits;
  for (const char character : hex) {
    if (character != ' ') digits += character;
  }
  const auto decoded = base::from_hex(digits);
  REQUIRE(decoded);
  return *decoded;
}

/// What a decoder makes of bytes: "binary 'abc'", one frame after the other; a broken rule by its reference.
std::string decoded(WsSender sender, std::string_view wire, std::size_t step = 0) {
  WsDecoder decoder(sender);
  std::string out;
  base::Buffer payload;
  bool all_taken = true;
  const std::size_t size = step == 0 ? wire.size() : step;
  for (std::size_t at = 0; at < wire.size(); at += size) {
    base::Bytes rest = base::as_bytes(wire.substr(at, size));
    WsPart part;
    while (decoder.next(rest, part)) {
      if (part.first) {
        payload.clear();
        if (!out.empty()) out += ", ";
        out += std::to_string(static_cast<int>(part.opcode)) + (part.final ? "" : "+") + " of " +
               std::to_string(static_cast<int>(part.message));
      }
      if (part.broken != WsRule::none) {
        out += " broken " + std::string(row(part.broken).sentence);
      }
      part.append_to(payload);
      if (part.last) out += " '" + std::string(payload.text()) + "'";
    }
    all_taken = all_taken && rest.empty();
  }
  CHECK(all_taken);
  if (!decoder.between_frames()) out += " …";
  return out;
}

}  // namespace

TEST_CASE("the examples of RFC 6455, section 5.7") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1, 3);
  CHECK(decoded(WsSender::server, bytes("8205 48656c6c6f"), step) == "2 of 2 'Hello'");
  CHECK(decoded(WsSender::client, bytes("8285 37fa213d 7f9f4d5158"), step) == "2 of 2 'Hello'");
  CHECK(decoded(WsSender::server, bytes("0203 48656c 8002 6c6f"), step) == "2+ of 2 'Hel', 0 of 2 'lo'");
  CHECK(decoded(WsSender::server, bytes("8905 48656c6c6f"), step) == "9 of 9 'Hello'");
  CHECK(decoded(WsSender::client, bytes("8a85 37fa213d 7f9f4d5158"), step) == "10 of 10 'Hello'");
  CHECK(decoded(WsSender::unknown, bytes("8285 37fa213d 7f9f4d5158 8205 48656c6c6f"), step) ==
        "2 of 2 'Hello', 2 of 2 'Hello'");
}

TEST_CASE("the table of rules") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1);
  struct Case {
    WsSender sender;
    std::string hex;
    std::string expected;
  };
  const std::string b = " broken ";
  const auto c = GENERATE_COPY(values<Case>({
      // data frames
      {WsSender::server, "8200", "2 of 2 ''"},
      {WsSender::server, "0200 0000 8000", "2+ of 2 '', 0+ of 2 '', 0 of 2 ''"},
      {WsSender::server, "0201 61 8900 8001 62", "2+ of 2 'a', 9 of 9 '', 0 of 2 'b'"},
      {WsSender::server, "8101 61", "1 of 1" + b + "a text frame came where MQTT asks for binary ones 'a'"},
      {WsSender::server, "0101 61 8001 62",
       "1+ of 1" + b + "a text frame came where MQTT asks for binary ones 'a', 0 of 1 'b'"},
      {WsSender::server, "8001 61", "0 of 0" + b + "a continuation frame continues no message 'a'"},
      {WsSender::server, "8201 61 8001 62", "2 of 2 'a', 0 of 0" + b + "a continuation frame continues no message 'b'"},
      {WsSender::server, "0201 61 8201 62", "2+ of 2 'a', 2 of 2" + b + "a message begins within another 'b'"},
      // reserved
      {WsSender::server, "c201 61", "2 of 2" + b + "a reserved bit is set though no extension was agreed on 'a'"},
      {WsSender::server, "a200", "2 of 2" + b + "a reserved bit is set though no extension was agreed on ''"},
      {WsSender::server, "9200", "2 of 2" + b + "a reserved bit is set though no extension was agreed on ''"},
      {WsSender::server, "8300", "3 of 3" + b + "the opcode is reserved ''"},
      {WsSender::server, "8701 61", "7 of 7" + b + "the opcode is reserved 'a'"},
      {WsSender::server, "8b00", "11 of 11" + b + "the opcode is reserved ''"},
      {WsSender::server, "8f00", "15 of 15" + b + "the opcode is reserved ''"},
      // masks
      {WsSender::client, "8201 61", "2 of 2" + b + "a frame from a client is not masked 'a'"},
      {WsSender::server, "8281 00000000 61", "2 of 2" + b + "a frame from a server is masked 'a'"},
      // lengths
      {WsSender::server, "827e 0001 61", "2 of 2" + b + "the length is not in its shortest form 'a'"},
      {WsSender::server, "827f 0000000000000001 61", "2 of 2" + b + "the length is not in its shortest form 'a'"},
      {WsSender::server, "827f 8000000000000001 61", "2 of 2" + b + "the length has its highest bit set …"},
      {WsSender::server, "827f 7fffffffffffffff 61", "2 of 2 …"},
      // control frames
      {WsSender::server, "0900", "9+ of 9" + b + "a control frame is fragmented ''"},
      {WsSender::server, "897e 0000", "9 of 9" + b + "the length is not in its shortest form ''"},
      // close
      {WsSender::server, "8800", "8 of 8 ''"},
      {WsSender::server, "8801 03", "8 of 8" + b + "a close frame has one byte, half a code '\x03'"},
      {WsSender::server, "8802 0bb8", "8 of 8 '\x0b\xb8'"},
      {WsSender::server, "8804 0fa0 6869", "8 of 8 '\x0f\xa0hi'"},
      {WsSender::server, "8802 1387", "8 of 8 '\x13\x87'"},
      {WsSender::server, "8802 1388", "8 of 8" + b + "the code of a close frame may not be sent '\x13\x88'"},
      {WsSender::server, "8802 03e7", "8 of 8" + b + "the code of a close frame may not be sent '\x03\xe7'"},
      {WsSender::server, "8802 03ec", "8 of 8" + b + "the code of a close frame may not be sent '\x03\xec'"},
      {WsSender::server, "8802 03ed", "8 of 8" + b + "the code of a close frame may not be sent '\x03\xed'"},
      {WsSender::server, "8802 03ee", "8 of 8" + b + "the code of a close frame may not be sent '\x03\xee'"},
      {WsSender::server, "8802 03f7", "8 of 8" + b + "the code of a close frame may not be sent '\x03\xf7'"},
      {WsSender::server, "8803 03f0 ff", "8 of 8" + b + "the reason of a close frame is not UTF-8 '\x03\xf0\xff'"},
      // unfinished
      {WsSender::server, "82", " …"},
      {WsSender::server, "8205 48", "2 of 2 …"},
      {WsSender::server, "8905 48", " …"},
  }));
  CAPTURE(c.hex);
  CHECK(decoded(c.sender, bytes(c.hex), step) == c.expected);
}

TEST_CASE("codes that may be sent have a name or are left to applications") {
  for (std::uint16_t code = 1000; code <= 1014; ++code) {
    const bool reserved = code >= 1004 && code <= 1006;
    base::Buffer frame;
    append_ws_close(frame, code, {}, nullptr);
    CHECK((decoded(WsSender::server, frame.text()).find("broken") != std::string::npos) == reserved);
    CHECK(ws_close_name(code).empty() == reserved);
  }
}

TEST_CASE("a control frame that is too long is told once and passed on in parts") {
  const std::string payload(126, 'x');
  const std::string wire = bytes("897e 007e") + payload + bytes("8200");
  const std::string expected = "9 of 9 broken a control frame has more than 125 bytes '" + payload + "', 2 of 2 ''";
  CHECK(decoded(WsSender::server, wire) == expected);
  CHECK(decoded(WsSender::server, wire, 1) == expected);
}

TEST_CASE("frames at the borders of the forms of length come back as they went") {
  const std::size_t size = GENERATE(as<std::size_t>(), 0, 1, 31, 32, 33, 125, 126, 127, 65535, 65536, 65537);
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1, 1000);
  const bool masked = GENERATE(false, true);
  std::string payload;
  for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>(i * 7);
  const WsMask mask{0x01, 0x80, 0xfe, 0x33};
  base::Buffer frame;
  append_ws_frame(frame, WsOpcode::binary, base::as_bytes(payload), masked ? &mask : nullptr);
  const std::size_t extended = size > 65535 ? 8 : size > 125 ? 2 : 0;
  CHECK(frame.size() == 2 + extended + (masked ? 4 : 0) + size);
  CHECK(decoded(masked ? WsSender::client : WsSender::server, frame.text(), step) == "2 of 2 '" + payload + "'");
}

TEST_CASE("a mask is applied from any offset, in place too") {
  const WsMask mask{1, 2, 3, 4};
  std::array<std::uint8_t, 77> plain{};
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<std::uint8_t>(i);
  for (std::size_t offset = 0; offset < 9; ++offset) {
    auto masked = plain;
    apply_mask(masked.data(), masked, mask, offset);
    for (std::size_t i = 0; i < plain.size(); ++i) CHECK(masked[i] == (plain[i] ^ mask[(offset + i) % 4]));
  }
}

TEST_CASE("a reason that does not fit is cut") {
  base::Buffer frame;
  append_ws_close(frame, 1000, std::string(200, 'r'), nullptr);
  CHECK(decoded(WsSender::server, frame.text()) == "8 of 8 '\x03\xe8" + std::string(123, 'r') + "'");
}

TEST_CASE("reserved bits are told") {
  WsDecoder decoder(WsSender::server);
  const std::string wire = bytes("c201 61");
  base::Bytes rest = base::as_bytes(wire);
  WsPart part;
  REQUIRE(decoder.next(rest, part));
  CHECK(part.reserved == 4);
  CHECK(part.frame_length == 1);
}

TEST_CASE("each rule has its row") {
  for (int i = 0; i <= static_cast<int>(WsRule::close_reason_not_utf8); ++i) {
    CHECK(row(static_cast<WsRule>(i)).rule == static_cast<WsRule>(i));
  }
  CHECK(row(WsRule::not_binary).close_code == 1003);
  CHECK(row(WsRule::not_binary).reference == "MQTT-6.0.0-1");
}
