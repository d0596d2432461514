// Capture files in their formats and byte orders, fragments, damage, and files that end too early.
#include <algorithm>
#include <unistd.h>

#include "catch.h"
#include "listing.h"
#include "writer.h"

using capture::Note;
using listing::read;
using namespace writer;

namespace {

using Strings = std::vector<std::string>;

/// A connection of two packets.
File example(const Link& link = links()[0]) {
  File file(link);
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  connection.send(1, connack_v4);
  return file;
}

std::string little16(unsigned value) { return {static_cast<char>(value), static_cast<char>(value >> 8)}; }
std::string number(std::uint32_t value, bool big) {
  std::string bytes;
  big ? put32(bytes, value) : put_little32(bytes, value);
  return bytes;
}
std::string number16(unsigned value, bool big) {
  std::string bytes;
  if (!big) return little16(value);
  put16(bytes, value);
  return bytes;
}

std::string block(std::uint32_t type, std::string body, bool big) {
  body.resize((body.size() + 3) / 4 * 4);
  const std::string size = number(static_cast<std::uint32_t>(body.size() + 12), big);
  return number(type, big) + size + body + size;
}
std::string section(bool big) {
  return block(0x0A0D0D0A, number(0x1A2B3C4D, big) + number16(1, big) + number16(0, big) + std::string(8, '\xFF'), big);
}
std::string interface(unsigned link_type, bool big, const std::string& options = "") {
  return block(1, number16(link_type, big) + number16(0, big) + number(65'535, big) + options, big);
}
std::string packet(std::uint32_t of_interface, std::uint64_t time, const std::string& frame, bool big) {
  const std::string size = number(static_cast<std::uint32_t>(frame.size()), big);
  return block(6,
               number(of_interface, big) + number(static_cast<std::uint32_t>(time >> 32), big) +
                   number(static_cast<std::uint32_t>(time), big) + size + size + frame,
               big);
}

/// A packet from the client, on a raw link.
std::string raw(std::uint32_t sequence, const std::string& payload) {
  return ipv4({1, 1}, {2, 1883}, tcp({{1, 40'000}, {2, 1883}, sequence, 0, capture::tcp_ack, payload}));
}

}  // namespace

TEST_CASE("pcapng: sections of both byte orders, several interfaces, time resolutions, unknown blocks") {
  const bool big = GENERATE(false, true);
  const std::string nanoseconds = number16(9, big) + number16(1, big) + std::string("\x09\0\0\0", 4);
  const std::string binary = number16(9, big) + number16(1, big) + std::string("\x8A\0\0\0", 4);
  const std::string file =
      section(!big) + block(0x0BAD, "unknown", !big) + section(big) + interface(147, big) +
      interface(101, big, nanoseconds) + interface(101, big, binary) + block(5, std::string(12, 'x'), big) +
      packet(1, 1'700'000'000'123'456'789, raw(5, connect_v4), big) + packet(0, 0, "not read", big) +
      packet(2, 1'700'000'000ULL << 10 | 512, raw(5 + 15, disconnect), big);
  const auto found = read(file);
  REQUIRE(found.bytes() == Strings{connect_v4, disconnect});
  CHECK(found.packets[0].where.time_ns == 1'700'000'000'123'456'789);
  CHECK(found.packets[0].where.time_digits == 9);
  CHECK(found.packets[1].where.time_ns == 1'700'000'000'500'000'000);
  CHECK(found.packets[1].where.time_digits == 6);
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes[0].text == "frames of link type 147 are not read");
}

TEST_CASE("pcapng: simple packets have no time") {
  const std::string frame = raw(5, connect_v4);
  const std::string file = section(false) + interface(101, false) +
                           block(3, number(static_cast<std::uint32_t>(frame.size()), false) + frame, false);
  const auto found = read(file);
  REQUIRE(found.bytes() == Strings{connect_v4});
  CHECK_FALSE(found.packets[0].where.has_time);
}

TEST_CASE("a file that ends anywhere gives what is whole, and says where it ends") {
  const std::string whole = example().bytes;
  std::size_t most = 0;
  for (std::size_t size = 4; size <= whole.size(); ++size) {
    const auto found = read(whole.substr(0, size));
    CHECK(found.packets.size() >= most);
    most = found.packets.size();
    const bool told = found.count(Note::truncated) == 1;
    const bool at_a_record = size >= 24 && found.notes.empty();
    CHECK(told != at_a_record);
  }
  CHECK(most == 2);
}

TEST_CASE("damage is told, and ends the reading") {
  std::string file = example().bytes;
  put_little32(file, 0);
  put_little32(file, 0);
  put_little32(file, 0x7FFF'FFFF);
  put_little32(file, 0);
  const auto found = read(file);
  CHECK(found.packets.size() == 2);
  REQUIRE(found.count(Note::truncated) == 1);
  CHECK(found.notes.front().text.starts_with("a record of 2147483647 bytes at byte "));
}

TEST_CASE("records that were cut short are told once, and the rest of a packet counts as lost") {
  std::string file = example().bytes;
  for (int i = 0; i < 2; ++i) {
    const std::string frame = links()[0].header_v4 + raw(1001 + 15, publish("a/b", "too long for the capture"));
    put_little32(file, 0);
    put_little32(file, 0);
    put_little32(file, static_cast<std::uint32_t>(frame.size() - 10));
    put_little32(file, static_cast<std::uint32_t>(frame.size()));
    file += frame.substr(0, frame.size() - 10);
  }
  const auto found = read(file);
  CHECK(found.count(Note::truncated) == 1);
  CHECK(found.count(Note::incomplete) == 1);
}

TEST_CASE("what is no capture is refused") {
  capture::Source source = capture::Source::memory(base::as_bytes("hello world"));
  listing::Listing listing;
  const auto summary = capture::read_capture(source, {}, listing);
  REQUIRE_FALSE(summary);
  CHECK(summary.error().message == "this is no pcap or pcapng capture");
}

TEST_CASE("a pipe is read as it fills, with a question before each wait") {
  const std::string bytes = example().bytes;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  capture::Source source = capture::Source::descriptor(ends[0]);
  std::size_t written = 0;
  listing::Listing listing;
  source.on_wait = [&] {
    if (written == bytes.size()) return false;
    const std::size_t size = std::min<std::size_t>(7, bytes.size() - written);
    REQUIRE(::write(ends[1], bytes.data() + written, size) == static_cast<ssize_t>(size));
    written += size;
    return true;
  };
  REQUIRE(capture::read_capture(source, {}, listing));
  CHECK(listing.bytes() == Strings{connect_v4, connack_v4});
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("fragments of IPv4 are joined in any order, the first copy of overlapping ones counts") {
  const std::string whole = tcp({{1, 40'000}, {2, 1883}, 5, 0, capture::tcp_ack, publish("a/b", std::string(60, 'x'))});
  const auto fragment = [&](std::size_t from, std::size_t to, bool more) {
    return ipv4({1, 1}, {2, 1883}, whole.substr(from, to - from), 6, 77,
                static_cast<unsigned>(from / 8) | (more ? 0x2000U : 0));
  };
  File file;
  file.add_packet(fragment(48, whole.size(), false));
  file.add_packet(fragment(0, 24, true));
  file.add_packet(ipv4({1, 1}, {2, 1883}, std::string(16, '?'), 6, 77, 2 | 0x2000U));  // 16 to 23 are there
  file.add_packet(ipv4({1, 1}, {2, 1883}, std::string(16, '?'), 6, 78, 3 | 0x2000U));  // of another datagram
  file.add_packet(fragment(24, 48, true));
  const auto found = read(file.bytes);
  std::string wanted = whole.substr(32);
  CHECK(found.packets.size() == 1);
  CHECK(found.packets[0].bytes.size() == wanted.size());
  CHECK(found.packets[0].bytes.substr(0, 7) == wanted.substr(0, 7));
}

TEST_CASE("IPv6 extension headers and fragments") {
  const std::string whole = tcp({{1, 40'000}, {2, 1883}, 5, 0, capture::tcp_ack, connect_v4});
  const std::string hop_by_hop("\x3C\0\1\4\0\0\0\0", 8);
  const std::string options("\x2C\1\1\x0C\0\0\0\0\0\0\0\0\0\0\0\0", 16);
  File file(links()[0], true);
  const auto fragment = [&](std::size_t from, std::size_t to, bool more) {
    std::string header("\6\0", 2);
    put16(header, static_cast<unsigned>(from) | (more ? 1U : 0));
    put32(header, 99);
    file.add_packet(ipv6({1, 0}, {2, 0}, hop_by_hop + options + header + whole.substr(from, to - from), 0));
  };
  fragment(16, whole.size(), false);
  fragment(0, 16, true);
  CHECK(read(file.bytes).bytes() == Strings{connect_v4});
}
