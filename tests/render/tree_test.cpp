// Trees and annotated dumps, whole: valid packets, broken ones, and those that are cut off anywhere.
#include "render/tree.h"

#include <fstream>
#include <iostream>

#include "base/hex.h"
#include "catch.h"
#include "render/heading.h"
#include "render/hex_view.h"

namespace {

using wire::Version;

/// The fault of a packet, if it has one.
std::optional<wire::Fault> fault_of(base::Bytes packet, Version version) {
  const wire::Split split = wire::split(packet, version);
  if (split.kind == wire::Split::Kind::fault) return split.fault;
  if (split.kind == wire::Split::Kind::incomplete) {
    return wire::Fault{wire::Clause::field_truncated, static_cast<std::uint32_t>(packet.size())};
  }
  const auto decoded = wire::decode(split.frame, {version, wire::Sender::client});
  if (decoded) return std::nullopt;
  return decoded.error();
}

struct Pictures {
  explicit Pictures(std::string_view digits, Version version = Version::v3_1_1, render::TreeOptions options = {}) {
    std::string spaced(digits);
    std::erase(spaced, ' ');
    const auto bytes = base::from_hex(spaced);
    REQUIRE(bytes);
    const base::Bytes packet = base::as_bytes(*bytes);
    const auto fault = fault_of(packet, version);
    render::Anatomy anatomy;
    anatomy.dissect(packet, {version, wire::Sender::client});
    base::Buffer out;
    render::append_tree(out, anatomy, fault, options);
    tree = out.text();
    out.clear();
    render::append_hex_view(out, anatomy, fault, options.colour);
    hex = out.text();
  }
  std::string tree;
  std::string hex;
};

}  // namespace

TEST_CASE("a PUBLISH of 5.0 with properties") {
  const Pictures pictures("32 12 00 03 61 2f 62 00 07 05 02 00 00 00 0a 68 65 6c 6c 6f", Version::v5_0);
  CHECK(pictures.tree ==
        "  0000  32                       Fixed header: PUBLISH\n"
        "        0011 ....                  Packet type: 3 PUBLISH\n"
        "        .... 0...                  DUP: 0\n"
        "        .... .01.                  QoS: 1 at least once\n"
        "        .... ...0                  RETAIN: 0\n"
        "  0001  12                       Remaining Length: 18\n"
        "  0002  00 03 61 2f 62           Topic Name: \"a/b\"\n"
        "  0007  00 07                    Packet Identifier: 7\n"
        "  0009  05                       Property Length: 5\n"
        "  000a  02 00 00 00 0a             Message Expiry Interval: 10 s\n"
        "  000f  68 65 6c 6c 6f           Payload: 5 bytes \"hello\"\n");
  CHECK(pictures.hex ==
        "0000  32 12 00 03 61 2f 62 00 07 05 02 00 00 00 0a 68  2...a/b........h\n"
        "      ^^                                               Fixed header: PUBLISH\n"
        "         ^^                                            Remaining Length: 18\n"
        "            ^^^^^^^^^^^^^^                             Topic Name: \"a/b\"\n"
        "                           ^^^^^                       Packet Identifier: 7\n"
        "                                 ^^                    Property Length: 5\n"
        "                                    ^^^^^^^^^^^^^^       Message Expiry Interval: 10 s\n"
        "                                                   ^^  Payload: 5 bytes\n"
        "0010  65 6c 6c 6f                                      ello\n"
        "      ^^^^^^^^^^^                                      Payload (end)\n");
}

TEST_CASE("a violation is marked in its field and under its byte") {
  CHECK(Pictures("10 0c 00 04 4d 51 54 54 04 03 00 3c 00 00").tree ==
        "  0000  10                       Fixed header: CONNECT\n"
        "        0001 ....                  Packet type: 1 CONNECT\n"
        "        .... 0000                  Reserved: 0\n"
        "  0001  0c                       Remaining Length: 12\n"
        "  0002  00 04 4d 51 54 54        Protocol Name: \"MQTT\"\n"
        "  0008  04                       Protocol Level: 4 MQTT 3.1.1\n"
        "! 0009  03                       Connect Flags: 0x03\n"
        "        0... ....                  User Name Flag: 0\n"
        "        .0.. ....                  Password Flag: 0\n"
        "        ..0. ....                  Will Retain: 0\n"
        "        ...0 0...                  Will QoS: 0 at most once\n"
        "        .... .0..                  Will Flag: 0\n"
        "        .... ..1.                  Clean Session: 1\n"
        "        .... ...1                  Reserved: 1\n"
        "  000a  00 3c                    Keep Alive: 60 s\n"
        "  000c  00 00                    Client Identifier: \"\"\n"
        "! byte 9: the reserved bit of the connect flags must be 0 [MQTT-3.1.2-3]\n"
        "  0000  10 0c 00 04 4d 51 54 54 04 03 00 3c 00 00\n"
        "                                   ^^\n");
}

TEST_CASE("the clause is that of the version") {
  const auto last_lines = [](Version version) {
    const std::string tree = Pictures("32 05 00 01 61 00 00", version).tree;
    return tree.substr(tree.find("! byte"));
  };
  CHECK(last_lines(Version::v3_1_1) ==
        "! byte 5: the packet identifier must not be 0 [MQTT-2.3.1-1]\n"
        "  0000  32 05 00 01 61 00 00\n"
        "                       ^^\n");
  CHECK(last_lines(Version::v5_0) ==
        "! byte 5: the packet identifier must not be 0 [MQTT-2.2.1-3]\n"
        "  0000  32 05 00 01 61 00 00\n"
        "                       ^^\n");
  CHECK(last_lines(Version::v3_1).find("[section 2.4]") != std::string::npos);
}

TEST_CASE("a packet that is cut off shows what is there") {
  CHECK(Pictures("10 0c 00 04 4d 51").tree ==
        "  0000  10                       Fixed header: CONNECT\n"
        "        0001 ....                  Packet type: 1 CONNECT\n"
        "        .... 0000                  Reserved: 0\n"
        "  0001  0c                       Remaining Length: 12\n"
        "  0002  00 04 4d 51              Protocol Name: \"MQ\", cut off: 4 bytes were announced\n"
        "! byte 6: the packet ends inside this field [section 2.2.3]\n"
        "  0000  10 0c 00 04 4d 51\n"
        "                          ^^\n");
}

TEST_CASE("subscriptions of 5.0, with their options bit by bit") {
  CHECK(Pictures("82 09 00 01 02 0b 05 00 01 23 2d", Version::v5_0).tree ==
        "  0000  82                       Fixed header: SUBSCRIBE\n"
        "        1000 ....                  Packet type: 8 SUBSCRIBE\n"
        "        .... 0010                  Reserved: 2\n"
        "  0001  09                       Remaining Length: 9\n"
        "  0002  00 01                    Packet Identifier: 1\n"
        "  0004  02                       Property Length: 2\n"
        "  0005  0b 05                      Subscription Identifier: 5\n"
        "  0007  00 01 23                 Topic Filter: \"#\"\n"
        "  000a  2d                       Subscription Options: 0x2d\n"
        "        00.. ....                  Reserved: 0\n"
        "        ..10 ....                  Retain Handling: 2 do not send\n"
        "        .... 1...                  Retain As Published: 1\n"
        "        .... .1..                  No Local: 1\n"
        "        .... ..01                  QoS: 1 at least once\n");
}

TEST_CASE("reason codes in words") {
  const auto last = [](std::string_view digits, Version version) {
    const std::string tree = Pictures(digits, version).tree;
    const std::size_t end = tree.rfind('\n');
    return tree.substr(tree.rfind('\n', end - 1) + 1);
  };
  CHECK(last("40 03 00 01 97", Version::v5_0) == "  0004  97                       Reason Code: 0x97 Quota exceeded\n");
  CHECK(last("90 03 00 01 80", Version::v3_1_1) == "  0004  80                       Return code: 0x80 Failure\n");
  CHECK(last("e0 01 04", Version::v5_0) ==
        "  0002  04                       Disconnect Reason Code: 0x04 Disconnect with Will Message\n");
  CHECK(last("20 02 00 05", Version::v3_1_1) ==
        "  0003  05                       Connect Return code: 0x05 Connection Refused, not authorized\n");
}

TEST_CASE("payloads: text, JSON, controls, bytes") {
  const auto payload = [](std::string_view digits, bool pretty) {
    const std::string tree = Pictures(digits, Version::v3_1_1, {false, pretty}).tree;
    return tree.substr(tree.find("Payload"));
  };
  CHECK(payload("30 0a 00 01 61 7b 22 61 22 3a 31 7d", false) == "Payload: 7 bytes \"{\\\"a\\\":1}\"\n");
  CHECK(payload("30 0a 00 01 61 7b 22 61 22 3a 31 7d", true) ==
        "Payload: 7 bytes\n"
        "                                   {\n"
        "                                   \t\"a\":\t1\n"
        "                                   }\n");
  CHECK(payload("30 0c 00 01 61 1b 5b 32 4a 68 69 74 68 65", false) == "Payload: 9 bytes \"\\u001b[2Jhithe\"\n");
  CHECK(payload("30 07 00 01 61 ff 00 01 41", false) ==
        "Payload: 4 bytes\n        0000  ff 00 01 41                                      ...A\n");
  CHECK(payload("30 03 00 01 61", false) == "Payload: 0 bytes\n");
}

TEST_CASE("the line above a packet") {
  render::FrameInfo frame;
  frame.time = {1'700'000'000'123'456'789};
  frame.has_time = true;
  frame.has_sender = true;
  frame.sender = wire::Sender::server;
  frame.connection = 3;
  frame.from = "10.0.0.2:1883";
  frame.to = "10.0.0.1:40000";
  frame.offset = 4;
  const std::uint8_t packet[] = {0xD0, 0};
  base::Buffer out;
  render::append_heading(out, frame, packet, Version::v5_0, render::VersionIs::assumed, false);
  CHECK(out.text() ==
        "2023-11-14T22:13:20.123456Z  connection 3  server 10.0.0.2:1883 > client 10.0.0.1:40000  "
        "PINGRESP, MQTT 5.0 (assumed), 2 bytes at 4\n");
  out.clear();
  render::append_prefix(out, frame);
  CHECK(out.text() == "2023-11-14T22:13:20.123456Z 3 s>c ");
  out.clear();
  render::append_heading(out, {}, packet, Version::v3_1, render::VersionIs::known, true);
  CHECK(out.text() == "\x1b[1mPINGRESP, MQTT 3.1, 2 bytes\x1b[0m\n");
}

TEST_CASE("every packet of the corpus, whole and cut off anywhere, gives a picture of its fields") {
  std::ifstream file(SOURCE_DIR "/../shared/corpora/mosquitto/packets.jsonl");
  if (!file) {
    std::cout << "skipped: no corpora\n";
    return;
  }
  std::size_t packets = 0;
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view key = "\"hex\": \"";
    const std::size_t start = line.find(key);
    if (start == std::string::npos) continue;
    const std::size_t begin = start + key.size();
    const auto bytes = base::from_hex(std::string_view(line).substr(begin, line.find('"', begin) - begin));
    if (!bytes || bytes->empty()) continue;
    ++packets;
    render::Anatomy anatomy;
    base::Buffer out;
    for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5_0}) {
      for (std::size_t size = 1; size <= bytes->size();
           size = size < 64 ? size + 1 : bytes->size() + (size == bytes->size())) {
        const base::Bytes packet = base::as_bytes(*bytes).first(size);
        anatomy.dissect(packet, {version, wire::Sender::client});
        std::uint32_t end = 0;  // fields lie side by side, without a gap
        for (const render::Field& field : anatomy.fields()) {
          if (field.mask != 0) continue;
          REQUIRE(field.offset == end);
          end += field.length;
        }
        REQUIRE(end == size);
        out.clear();
        render::append_tree(out, anatomy, fault_of(packet, version), {});
        render::append_hex_view(out, anatomy, fault_of(packet, version), false);
        REQUIRE(out.text().find('\x1b') == std::string_view::npos);
      }
    }
  }
  CHECK(packets > 1000);
}
