// What a connection may carry, past the heads that a fuzzer would not guess: WebSocket frames, compressed ones, TLS
// records, with losses between them. Whatever comes, what is held stays bounded.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "capture/conversation.h"

namespace {

struct Silent final : capture::Handler {
  void on_packet(const capture::Where&, const wire::Frame& frame, wire::Version, bool) override {
    bytes += frame.packet.size();
  }
  void on_fault(const capture::Where&, base::Bytes shown, wire::Version, const wire::Fault&) override {
    bytes += shown.size();
  }
  void on_note(const capture::Where&, capture::Note, std::string_view text) override { bytes += text.size(); }
  void on_closed(const capture::Where&, capture::Closed) override {}
  std::size_t bytes = 0;
};

std::string hello(std::uint8_t type, const std::string& rest) {
  const std::string message = std::string("\3\3", 2) + std::string(32, '\0') + '\0' + rest;
  std::string bytes("\x16\3\1\0", 4);
  bytes += static_cast<char>(message.size() + 4);
  bytes += static_cast<char>(type);
  bytes += std::string(2, '\0');
  bytes += static_cast<char>(message.size());
  return bytes + message;
}

/// What the client and the server say first.
std::array<std::string, 2> beginning(std::uint8_t kind) {
  const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n";
  const std::string request = "GET /mqtt HTTP/1.1\r\n" + upgrade + "\r\n";
  const std::string response = "HTTP/1.1 101 Switching Protocols\r\n" + upgrade;
  const std::string offer(2, '\0');
  switch (kind % 6) {
    case 0:
      return {request, response + "\r\n"};
    case 1:
      return {request, response + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"};
    case 2:
      return {hello(1, offer), hello(2, std::string("\x13\1\0\0\6\0\x2B\0\2\3\4", 11))};
    case 3:
      return {hello(1, offer), hello(2, std::string("\xC0\x2F\0", 3)) + std::string("\x14\3\3\0\1\1", 6)};
    case 4:
      return {std::string("\x10\x0D\0\4MQTT\5\2\0\x3C\0\0\0", 15), ""};
    default:
      return {};
  }
}

capture::Keylog keylog() {
  const std::string random = " " + std::string(64, '0') + " " + std::string(64, '1') + "\n";
  return capture::Keylog::parse("CLIENT_RANDOM " + std::string(64, '0') + " " + std::string(96, '1') +
                                "\nCLIENT_HANDSHAKE_TRAFFIC_SECRET" + random + "SERVER_HANDSHAKE_TRAFFIC_SECRET" +
                                random + "CLIENT_TRAFFIC_SECRET_0" + random + "SERVER_TRAFFIC_SECRET_0" + random);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static capture::Keylog keys = keylog();
  capture::Options options;
  options.keylog = &keys;
  options.limits.packet = 64U << 10;
  Silent handler;
  capture::Context context(options, handler);
  capture::Address client;
  client.port = 40'000;
  capture::Address server;
  server.port = 4242;
  capture::Conversation conversation(context, {client, server}, {(data[0] & 0x80) != 0, 0});
  const auto first = beginning(data[0]);
  for (const capture::Side side : {0U, 1U}) {
    if (!first[side].empty()) conversation.receive(side, base::as_bytes(first[side]));
  }
  base::Cursor cursor(base::Bytes(data, size).subspan(1));
  constexpr std::size_t most_held = 2U << 20;
  while (cursor.left() >= 2 && !conversation.ignored()) {
    const std::uint8_t what = cursor.u8();
    const std::size_t announced = cursor.u8();
    const std::size_t length = std::min(announced, cursor.left());
    if ((what & 2) != 0) conversation.gap(what & 1, length + 1);
    if (!conversation.ignored()) conversation.receive(what & 1, cursor.take(length));
    if (conversation.held() > most_held) std::abort();
  }
  conversation.finish(capture::Closed::open);
  return 0;
}
