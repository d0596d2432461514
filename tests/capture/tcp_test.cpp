// Connections come back whole from segments in any state, and what is missing is told.
#include "catch.h"
#include "listing.h"
#include "writer.h"

using capture::Closed;
using capture::Note;
using listing::read;
using namespace writer;

namespace {

using Strings = std::vector<std::string>;
const std::string one = publish("a/b", "one");
const std::string two = publish("a/b", "two");
const std::string three = publish("a/b", "three");

}  // namespace

TEST_CASE("a connection is told with its addresses, times, sender and end") {
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  connection.send(1, connack_v4);
  connection.send(0, one + disconnect);
  connection.close();
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, connack_v4, one, disconnect});
  CHECK(found.closed == std::vector{Closed::fin});
  CHECK(found.notes.empty());
  CHECK(found.summary.connections == 1);
  CHECK(found.summary.records == 9);
  const capture::Where& last = found.packets[3].where;
  CHECK(last.connection == 1);
  CHECK(last.offset == connect_v4.size() + one.size());
  CHECK(last.sender == wire::Sender::client);
  CHECK(last.time_ns == 1'700'000'000'000'050'000);
  base::Buffer address;
  append(address, last.from);
  address.push(' ');
  append(address, last.to);
  CHECK(address.text() == "10.0.0.1:40000 10.0.0.2:1883");
  CHECK(found.packets[0].version_known);
  CHECK(found.packets[0].version == wire::Version::v3_1_1);
}

TEST_CASE("a loss is told once the rest of the connection goes on without it") {
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  connection.send(1, connack_v4);
  connection.lose(0, one);
  connection.send(0, two);
  for (int i = 0; i < 20; ++i) connection.send(1, "");
  connection.send(0, three);
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, connack_v4, two, three});
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes[0].kind == Note::gap);
  CHECK(found.notes[0].text == "10 bytes are missing from the capture");
  CHECK(found.packets[2].where.offset == connect_v4.size() + one.size());
  CHECK(found.closed == std::vector{Closed::open});
}

TEST_CASE("a loss within a packet costs that packet only") {
  const std::string large = publish("a/b", std::string(3000, 'x'));
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  connection.send(0, large.substr(0, 1000));
  connection.lose(0, large.substr(1000, 1000));
  connection.send(0, large.substr(2000) + two);
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, two});
  CHECK(found.count(Note::gap) == 1);
  CHECK(found.count(Note::resumed) == 0);
  CHECK(found.packets[1].where.offset == connect_v4.size() + large.size());
}

TEST_CASE("after a loss that hides where packets begin, the next that hold are found") {
  const std::string large = publish("a/b", std::string(300, 'x'));
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  connection.lose(0, large.substr(0, 100));
  connection.send(0, large.substr(100) + one + two);
  connection.send(0, three);
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, one, two, three});
  CHECK(found.count(Note::gap) == 1);
  REQUIRE(found.count(Note::resumed) == 1);
  CHECK(found.notes.back().text == std::to_string(large.size() - 100) + " bytes before this packet are part of none");
}

TEST_CASE("segments that come late, twice or overlapping count once, the first copy of a byte for all") {
  std::string payload = "0123456789abcdefghijklmnopqrstuvwxyz";
  const std::string packet = publish("a/b", payload);
  const std::size_t header = packet.size() - payload.size();
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  const Segment begin = connection.segment(0, packet.substr(0, header));
  file.add(begin);
  const auto piece = [&](std::size_t at, const std::string& bytes) {
    Segment made = begin;
    made.sequence += static_cast<std::uint32_t>(header + at);
    made.payload = bytes;
    file.add(made);
  };
  file.add(begin);
  piece(10, "abcd");
  piece(6, "....????....");   // from here, 10 to 13 are there
  piece(12, "??????......");  // 12 to 17 are there
  piece(0, "012345");
  piece(3, "???");
  piece(24, "opqrstuvwxyz");
  payload.replace(6, 4, "....").replace(14, 10, "..........");
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, publish("a/b", payload)});
  CHECK(found.notes.empty());
}

TEST_CASE("probes of a silent connection are no bytes of it") {
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  Segment probe = connection.segment(0, "");
  --probe.sequence;
  probe.payload = std::string(1, '\0');
  file.add(probe);
  probe.payload.clear();
  file.add(probe);
  connection.send(0, one);
  CHECK(read(file.bytes).bytes() == Strings{connect_v4, one});
}

TEST_CASE("sequence numbers wrap") {
  File file;
  Connection connection(file, {1, 40'000}, {2, 1883}, 0xFFFF'FFF0);
  connection.open();
  connection.send(0, connect_v4 + one.substr(0, 4));
  Segment late = connection.segment(0, one.substr(4));
  connection.send(0, two);
  file.add(late);
  connection.send(0, three);
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, one, two, three});
  CHECK(found.notes.empty());
}

TEST_CASE("a SYN with other numbers begins another connection") {
  File file;
  Connection first(file);
  first.open();
  first.send(0, connect_v4 + one);
  Connection second(file, {1, 40'000}, {2, 1883}, 900'000);
  second.open();
  second.send(0, connect_v5);
  second.send(1, connack_v5);
  second.send(0, "", capture::tcp_rst);
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, one, connect_v5, connack_v5});
  CHECK(found.closed == std::vector{Closed::reused, Closed::reset});
  CHECK(found.packets[1].where.connection == 1);
  CHECK(found.packets[2].where.connection == 2);
  CHECK(found.packets[2].where.offset == 0);
}

TEST_CASE("without its CONNECT the version of a connection is guessed from what fits") {
  const std::string v5("\x30\x0A\0\3a/b\0\0\0\0\1", 12);
  for (const auto& [packet, version] : {std::pair{one, wire::Version::v3_1_1}, std::pair{v5, wire::Version::v5_0}}) {
    File file;
    Connection connection(file);
    connection.send(0, pingreq + packet);
    const auto found = read(file.bytes);
    REQUIRE(found.bytes() == Strings{pingreq, packet});
    CHECK(found.count(Note::version_guessed) == 1);
    CHECK(found.packets[1].version == version);
    CHECK_FALSE(found.packets[1].version_known);
    CHECK(found.packets[1].where.sender == wire::Sender::client);
  }
}

TEST_CASE("a forced version holds, and a CONNECT of another is told") {
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4 + one);
  capture::Options options;
  options.force_version = wire::Version::v5_0;
  const auto found = read(file.bytes, options);
  CHECK(found.packets[1].version == wire::Version::v5_0);
  CHECK(found.count(Note::version_forced) == 1);
}

TEST_CASE("MQTT is found on any port, by its CONNECT or by packets that follow each other") {
  for (const std::string& start : {connect_v4 + connack_v4, one + two}) {
    File file;
    Connection connection(file, {1, 50'000}, {2, 4242});
    if (start != one + two) connection.open();
    connection.send(0, start);
    connection.send(0, three);
    CHECK(read(file.bytes).packets.size() == 3);
  }
  File file;
  Connection other(file, {1, 50'000}, {2, 4242});
  other.open();
  other.send(0, "SSH-2.0-OpenSSH_9.2\r\n");
  other.send(0, one + two);
  CHECK(read(file.bytes).packets.empty());
}

TEST_CASE("bytes that are no frame are told, and reading goes on behind them") {
  const std::string broken("\x30\xFF\xFF\xFF\xFF\x7F", 6);
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4 + broken + one + two);
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, one, two});
  REQUIRE(found.faults.size() == 1);
  CHECK(found.faults[0].where.offset == connect_v4.size());
  CHECK(found.faults[0].fault == wire::Fault{wire::Clause::remaining_length_too_long, 1});
  CHECK(found.faults[0].bytes.substr(0, 6) == broken);
}

TEST_CASE("a length in too many bytes is a fault in 5.0 that does not hide the next packet") {
  const std::string long_ping("\xC0\x80\0", 3);
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v5 + long_ping + pingreq);
  const auto found = read(file.bytes);
  CHECK(found.bytes() == Strings{connect_v5, pingreq});
  REQUIRE(found.faults.size() == 1);
  CHECK(found.faults[0].bytes == long_ping);
  CHECK(found.faults[0].fault.clause == wire::Clause::remaining_length_not_minimal);
}

TEST_CASE("what ends inside a packet is told") {
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4 + one.substr(0, 5));
  const auto found = read(file.bytes);
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes[0].kind == Note::incomplete);
  CHECK(found.notes[0].text == "ends inside a packet: 5 of 10 bytes are there");
}

TEST_CASE("MQTT-SN is named once") {
  File file;
  std::string datagram(
      "\x27\x11\x27\x11\0\x0F\0\0\7\4\4\1\0\x3C"
      "a",
      15);
  for (int i = 0; i < 3; ++i) file.add_packet(ipv4({1, 0}, {2, 0}, datagram, 17));
  const auto found = read(file.bytes);
  CHECK(found.packets.empty());
  CHECK(found.count(Note::mqtt_sn) == 1);
}
