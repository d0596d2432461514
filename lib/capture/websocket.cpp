// Takes MQTT out of WebSocket frames, after the upgrade.
#include "capture/websocket.h"

#include <algorithm>

namespace capture {
namespace {

using transport::WsOpcode;
using transport::WsPart;
using transport::WsSender;

constexpr std::uint8_t compressed_bit = 4;  // RSV1
constexpr std::size_t worth_keeping = 64U << 10;

WsSender sender(Side side, Side client) noexcept { return side == client ? WsSender::client : WsSender::server; }

bool carries_data(WsOpcode opcode) noexcept {
  return opcode == WsOpcode::binary || opcode == WsOpcode::text || opcode == WsOpcode::continuation;
}

}  // namespace

WebSocket::WebSocket(Report& report, Mqtt& mqtt, Side client, bool compressed)
    : report_(report),
      mqtt_(mqtt),
      compressed_(compressed),
      streams_{Stream(sender(0, client)), Stream(sender(1, client))} {}

std::size_t WebSocket::held() const noexcept {
  std::size_t held = sizeof *this + unmasked_.capacity();
  for (const Stream& stream : streams_) held += stream.inflater ? Inflater::held : 0;
  return held;
}

void WebSocket::receive(Side side, base::Bytes bytes) {
  Stream& stream = streams_[side];
  if (stream.searching && frames_begin(side, bytes)) stream.searching = false;
  if (stream.searching || stream.given_up) return;
  WsPart part;
  while (!stream.given_up && stream.decoder.next(bytes, part)) take(side, part);
  if (unmasked_.capacity() > worth_keeping) unmasked_.release();
}

void WebSocket::take(Side side, const WsPart& part) {
  Stream& stream = streams_[side];
  if (part.first) begin_frame(side, part);
  stream.left = part.last ? 0 : part.frame_length - part.offset - part.wire.size();
  if (!stream.data) return;
  if (stream.deflated) return expand(side, part);
  if (part.mask == transport::WsMask{}) return mqtt_.receive(side, part.wire);
  unmasked_.clear();
  part.append_to(unmasked_);
  mqtt_.receive(side, unmasked_.view());
}

void WebSocket::begin_frame(Side side, const WsPart& part) {
  Stream& stream = streams_[side];
  stream.data = carries_data(part.opcode);
  const bool starts = stream.data && part.opcode != WsOpcode::continuation;
  if (starts) stream.deflated = compressed_ && (part.reserved & compressed_bit) != 0;
  const bool agreed_bit = starts && compressed_ && part.reserved == compressed_bit;
  const auto number = static_cast<std::size_t>(part.broken);
  if (part.broken == transport::WsRule::none || agreed_bit || told_[number]) return;
  told_.set(number);
  if (part.broken == transport::WsRule::not_binary) {
    return report_.violation(side, mqtt_.offset(side), wire::Clause::websocket_not_binary);
  }
  const transport::WsRuleRow& rule = row(part.broken);
  report_.note(side, mqtt_.offset(side), Note::websocket,
               std::string(rule.sentence) + " (" + std::string(rule.reference) + ")");
}

void WebSocket::expand(Side side, const WsPart& part) {
  Stream& stream = streams_[side];
  if (!stream.inflater) stream.inflater = std::make_unique<Inflater>();
  const std::size_t limit = report_.options().limits.packet + (1U << 20);
  const auto to = [&](base::Bytes bytes) { mqtt_.receive(side, bytes); };
  unmasked_.clear();
  part.append_to(unmasked_);
  bool good = stream.inflater->inflate(unmasked_.view(), limit, to);
  if (part.last && part.final) good = good && stream.inflater->finish_message(limit, to);
  if (!good) give_up(side, "a compressed message is broken or too large: the rest of this direction is not read");
}

void WebSocket::give_up(Side side, std::string_view why) {
  streams_[side].given_up = true;
  streams_[side].inflater.reset();
  report_.note(side, mqtt_.offset(side), Note::websocket, why);
}

/// A loss within the payload of a frame leaves no doubt where the next one begins.
void WebSocket::gap(Side side, std::uint64_t missing) {
  Stream& stream = streams_[side];
  if (stream.given_up) return;
  if (stream.searching || stream.deflated || missing > stream.left) return lost(side);
  if (stream.data) mqtt_.gap(side, missing);
  static constexpr std::array<std::uint8_t, 4096> anything{};
  WsPart part;
  while (missing != 0) {
    base::Bytes bytes = base::Bytes(anything).first(std::min<std::uint64_t>(missing, anything.size()));
    missing -= bytes.size();
    while (stream.decoder.next(bytes, part)) {
      stream.left = part.last ? 0 : part.frame_length - part.offset - part.wire.size();
    }
  }
}

void WebSocket::lost(Side side) {
  Stream& stream = streams_[side];
  if (stream.given_up) return;
  report_.note(side, mqtt_.offset(side), Note::gap, "WebSocket frames are missing from the capture");
  mqtt_.lost(side);
  if (compressed_) return give_up(side, "what follows is compressed and refers to it: this direction is not read on");
  stream.searching = true;
  stream.left = 0;
}

/// Whether frames stand at the front: a segment mostly begins with one.
bool WebSocket::frames_begin(Side side, base::Bytes bytes) const {
  const Side client = report_.ends(side).sender == wire::Sender::client ? side : other(side);
  transport::WsDecoder decoder(sender(side, client));
  WsPart part;
  std::size_t frames = 0;
  while (frames < 3 && decoder.next(bytes, part)) {
    if (part.broken != transport::WsRule::none || part.frame_length > report_.options().limits.packet) return false;
    if (!part.last) return part.first && part.opcode == WsOpcode::binary;
    ++frames;
  }
  return frames != 0;
}

}  // namespace capture
