// MQTT comes out of WebSocket frames: masked, fragmented, compressed, and after a loss.
#include <zlib.h>

#include "catch.h"
#include "listing.h"
#include "transport/ws_frame.h"
#include "writer.h"

using capture::Note;
using listing::read;
using namespace writer;

namespace {

using Strings = std::vector<std::string>;
using transport::WsOpcode;

const std::string request =
    "GET /mqtt HTTP/1.1\r\nHost: broker\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";

std::string response(const std::string& extra = "") {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: mqtt\r\n" +
         extra + "\r\n";
}

const transport::WsMask mask{1, 2, 3, 4};

std::string frame(std::string_view payload, bool masked = true, WsOpcode opcode = WsOpcode::binary) {
  base::Buffer to;
  append_ws_frame(to, opcode, base::as_bytes(payload), masked ? &mask : nullptr);
  return std::string(to.text());
}

/// With other bits in the first byte: FIN 0x80, RSV1 0x40.
std::string frame_as(unsigned first, std::string_view payload, bool masked = true) {
  std::string bytes = frame(payload, masked);
  bytes[0] = static_cast<char>(first);
  return bytes;
}

/// One after the other, each referring to those before.
class Deflater {
 public:
  Deflater() { deflateInit2(&stream_, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY); }
  ~Deflater() { deflateEnd(&stream_); }
  std::string message(std::string text) {
    std::string out(text.size() + 100, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(text.data());
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    deflate(&stream_, Z_SYNC_FLUSH);
    out.resize(out.size() - stream_.avail_out - 4);
    return out;
  }

 private:
  z_stream stream_{};
};

struct Session {
  Session() : connection(file, {1, 40'000}, {2, 8080}) { connection.open(); }
  void upgrade(const std::string& extra = "") {
    connection.send(0, request);
    connection.send(1, response(extra));
  }
  File file;
  Connection connection;
};

const std::string large = publish("a/b", std::string(3000, 'x'));

}  // namespace

TEST_CASE("MQTT over WebSocket is unwrapped, however frames and segments cut it") {
  const std::string stream = frame(connect_v4) + frame_as(0x02, large.substr(0, 100)) +
                             frame("ping", true, WsOpcode::ping) + frame_as(0x00, large.substr(100, 50)) +
                             frame_as(0x80, large.substr(150)) + frame(pingreq + disconnect) +
                             frame("\3\xE8", true, WsOpcode::close);
  for (const std::size_t step : {std::size_t{1}, std::size_t{5}, std::size_t{700}, std::size_t{5000}}) {
    Session session;
    session.upgrade();
    for (std::size_t at = 0; at < stream.size(); at += step) session.connection.send(0, stream.substr(at, step));
    session.connection.send(1, frame(connack_v4, false));
    const auto found = read(session.file.bytes);
    CHECK(found.bytes() == Strings{connect_v4, large, pingreq, disconnect, connack_v4});
    CHECK(found.faults.empty());
    REQUIRE(found.notes.size() == 1);
    CHECK(found.notes[0].text == "MQTT over WebSocket, opened by GET /mqtt HTTP/1.1");
    CHECK(found.packets[1].where.offset == connect_v4.size());
    CHECK(found.packets[4].where.sender == wire::Sender::server);
  }
}

TEST_CASE("an upgrade to another sub-protocol than mqtt is read, and breaks two statements") {
  const auto with = [](std::string head, std::string_view name) {
    return head.replace(head.find(": mqtt\r\n"), 6, ": " + std::string(name));
  };
  using wire::Clause;
  using wire::Sender;
  for (const std::string_view name : {"mqttish", "mqttv3.1"}) {
    Session session;
    session.connection.send(0, with(request, name));
    session.connection.send(1, with(response(), name));
    session.connection.send(0, frame(connect_v4));
    const auto found = read(session.file.bytes);
    CHECK(found.bytes() == Strings{connect_v4});
    REQUIRE(found.notes.size() == 1);
    CHECK(found.notes[0].text == "MQTT over WebSocket, opened by GET /mqtt HTTP/1.1");
    const std::vector<std::pair<Clause, Sender>> both = {{Clause::websocket_protocol_not_offered, Sender::client},
                                                         {Clause::websocket_protocol_not_selected, Sender::server}};
    CHECK(found.violations == (name == "mqttish" ? both : std::vector<std::pair<Clause, Sender>>{}));
  }
}

TEST_CASE("packets in text frames are read, and break a statement that is named once") {
  Session session;
  session.upgrade();
  session.connection.send(0, frame_as(0x81, connect_v4));
  session.connection.send(1, frame(connack_v4, false));
  session.connection.send(0, frame_as(0x81, pingreq));
  const auto found = read(session.file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, connack_v4, pingreq});
  CHECK(found.violations ==
        std::vector<std::pair<wire::Clause, wire::Sender>>{{wire::Clause::websocket_not_binary, wire::Sender::client}});
}

TEST_CASE("what follows the upgrade in the same segment is not lost") {
  Session session;
  session.connection.send(0, request + frame(connect_v4));
  session.connection.send(1, response() + frame(connack_v4, false));
  CHECK(read(session.file.bytes).bytes() == Strings{connect_v4, connack_v4});
}

TEST_CASE("compressed messages are expanded, with what they refer to in earlier ones") {
  Session session;
  session.upgrade("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15\r\n");
  Deflater client;
  Deflater server;
  session.connection.send(0, frame_as(0xC2, client.message(connect_v4)));
  session.connection.send(1, frame_as(0xC2, server.message(connack_v4), false));
  for (int i = 0; i < 3; ++i) {
    const std::string message = client.message(large);
    session.connection.send(0, frame_as(0x42, message.substr(0, 5)) + frame_as(0x80, message.substr(5)));
  }
  session.connection.send(0, frame(pingreq));
  const auto found = read(session.file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, connack_v4, large, large, large, pingreq});
  CHECK(found.notes.size() == 1);
}

TEST_CASE("a message that expands without bound is given up") {
  Session session;
  session.upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n");
  Deflater client;
  session.connection.send(0, frame_as(0xC2, client.message(connect_v4 + std::string("\x30\xFF\xFF\xFF\x7F", 5))));
  std::string bomb;
  for (int i = 0; i < 5; ++i) bomb += client.message(std::string(8U << 20, '\0')) + std::string("\0\0\xFF\xFF", 4);
  for (std::size_t at = 0; at < bomb.size(); at += 30'000) {
    const bool last = at + 30'000 >= bomb.size();
    session.connection.send(0, frame_as((at == 0 ? 0x42U : 0U) | (last ? 0x80U : 0U), bomb.substr(at, 30'000)));
  }
  const auto found = read(session.file.bytes);
  CHECK(found.bytes() == Strings{connect_v4});
  CHECK(found.count(Note::limit) == 1);
  CHECK(found.count(Note::websocket) == 2);
  CHECK(found.summary.most_held < (1U << 20));
}

TEST_CASE("a loss within a frame costs the packet, a loss of frames is found again") {
  Session session;
  session.upgrade();
  session.connection.send(0, frame(connect_v4));
  const std::string bytes = frame(large);
  session.connection.send(0, bytes.substr(0, 1000));
  session.connection.lose(0, bytes.substr(1000, 1000));
  session.connection.send(0, bytes.substr(2000));
  session.connection.send(0, frame(pingreq));
  session.connection.lose(0, bytes + bytes);
  session.connection.send(0, frame(disconnect));
  const auto found = read(session.file.bytes);
  CHECK(found.bytes() == Strings{connect_v4, pingreq, disconnect});
  CHECK(found.count(Note::gap) == 2);
}

TEST_CASE("a broken rule of WebSocket is told, a refused upgrade too, and HTTP for others is left alone") {
  {
    Session session;
    session.upgrade();
    session.connection.send(0, frame(connect_v4, false));
    const auto found = read(session.file.bytes);
    CHECK(found.bytes() == Strings{connect_v4});
    CHECK(found.notes.back().text == "a frame from a client is not masked (RFC 6455, 5.1)");
  }
  {
    Session session;
    session.connection.send(0, request);
    session.connection.send(1, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    const auto found = read(session.file.bytes);
    REQUIRE(found.notes.size() == 1);
    CHECK(found.notes[0].text == "the upgrade to WebSocket was refused: HTTP/1.1 403 Forbidden");
  }
  {
    Session session;
    session.connection.send(0, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    session.connection.send(1, "HTTP/1.1 200 OK\r\n\r\n" + connect_v4);
    const auto found = read(session.file.bytes);
    CHECK(found.packets.empty());
    CHECK(found.notes.empty());
  }
}
