// Bytes without a network: the same packets however they are cut, and what is left over.
#include "capture/bytes_reader.h"

#include <string>
#include <vector>

#include "base/hex.h"
#include "catch.h"

namespace {

using wire::Version;

struct Log final : capture::Handler {
  std::vector<std::string> lines;

  void on_packet(const capture::Where& where, const wire::Frame& frame, Version version, bool known) override {
    lines.push_back(std::to_string(where.offset) + " " + std::string(wire::name(frame.type())) + " " +
                    std::string(wire::name(version)) + (known ? "" : "?"));
  }
  void on_fault(const capture::Where& where, base::Bytes bytes, Version, const wire::Fault& fault) override {
    lines.push_back(std::to_string(where.offset) + " fault " + base::to_hex(bytes) + " " +
                    std::string(wire::row(fault.clause).name) + " " + std::to_string(fault.offset));
  }
  void on_note(const capture::Where&, capture::Note note, std::string_view text) override {
    lines.push_back(std::string(capture::name(note)) + ": " + std::string(text));
  }
  void on_closed(const capture::Where&, capture::Closed) override { lines.push_back("closed"); }
};

std::vector<std::string> read(std::string_view digits, std::size_t piece, std::optional<Version> forced = {}) {
  const std::string bytes = *base::from_hex(digits);
  Log log;
  capture::BytesReader reader(log, {forced});
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(base::as_bytes(std::string_view(bytes).substr(at, piece)));
  }
  reader.finish();
  return log.lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("packets one after the other, in pieces of any size") {
  const std::string_view digits = "100d00044d5154540502003c000000c0003006000161006869e000";
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U}) {
    CHECK(read(digits, piece) == Lines{"0 CONNECT 5.0", "15 PINGREQ 5.0", "17 PUBLISH 5.0", "25 DISCONNECT 5.0"});
  }
}

TEST_CASE("without CONNECT the version is assumed, or forced") {
  CHECK(read("4002000a", 9) == Lines{"0 PUBACK 3.1.1?"});
  CHECK(read("4002000a", 9, Version::v5_0) == Lines{"0 PUBACK 5.0"});
  CHECK(read("100c00044d5154540402003c0000", 99, Version::v5_0) ==
        Lines{"version_forced: CONNECT says MQTT 3.1.1", "0 CONNECT 5.0"});
}

TEST_CASE("a packet that is cut off, and a length that is none") {
  CHECK(read("c000300900016100", 3) == Lines{"0 PINGREQ 3.1.1?",
                                             "incomplete: the input ends inside a packet, 5 bytes short",
                                             "2 fault 300900016100 field_truncated 6"});
  CHECK(read("c000"
             "30ffffffff7f00",
             99) == Lines{"0 PINGREQ 3.1.1?", "2 fault 30ffffffff7f00 remaining_length_too_long 1"});
}
