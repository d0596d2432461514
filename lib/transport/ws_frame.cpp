// WebSocket frames (RFC 6455, section 5): headers, masking, and a decoder that keeps no payload.
#include "transport/ws_frame.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"

namespace transport {
namespace {

constexpr std::array rule_rows{
    WsRuleRow{WsRule::none, 1000, "", ""},
    WsRuleRow{WsRule::reserved_bit, 1002, "RFC 6455, 5.2", "a reserved bit is set though no extension was agreed on"},
    WsRuleRow{WsRule::reserved_opcode, 1002, "RFC 6455, 5.2", "the opcode is reserved"},
    WsRuleRow{WsRule::control_too_long, 1002, "RFC 6455, 5.5", "a control frame has more than 125 bytes"},
    WsRuleRow{WsRule::control_fragmented, 1002, "RFC 6455, 5.5", "a control frame is fragmented"},
    WsRuleRow{WsRule::mask_missing, 1002, "RFC 6455, 5.1", "a frame from a client is not masked"},
    WsRuleRow{WsRule::mask_forbidden, 1002, "RFC 6455, 5.1", "a frame from a server is masked"},
    WsRuleRow{WsRule::length_not_minimal, 1002, "RFC 6455, 5.2", "the length is not in its shortest form"},
    WsRuleRow{WsRule::length_too_large, 1002, "RFC 6455, 5.2", "the length has its highest bit set"},
    WsRuleRow{WsRule::continuation_without_start, 1002, "RFC 6455, 5.4", "a continuation frame continues no message"},
    WsRuleRow{WsRule::message_interleaved, 1002, "RFC 6455, 5.4", "a message begins within another"},
    WsRuleRow{WsRule::not_binary, 1003, "MQTT-6.0.0-1", "a text frame came where MQTT asks for binary ones"},
    WsRuleRow{WsRule::close_payload_of_one, 1002, "RFC 6455, 5.5.1", "a close frame has one byte, half a code"},
    WsRuleRow{WsRule::close_code_invalid, 1002, "RFC 6455, 7.4", "the code of a close frame may not be sent"},
    WsRuleRow{WsRule::close_reason_not_utf8, 1007, "RFC 6455, 5.5.1", "the reason of a close frame is not UTF-8"},
};

struct CloseRow {
  std::uint16_t code;
  std::string_view name;
};
/// Those that may stand in a frame: 1005, 1006 and 1015 are for programs to tell each other only.
constexpr std::array close_rows{
    CloseRow{1000, "normal closure"},   CloseRow{1001, "going away"},          CloseRow{1002, "protocol error"},
    CloseRow{1003, "unsupported data"}, CloseRow{1007, "invalid payload"},     CloseRow{1008, "policy violation"},
    CloseRow{1009, "message too big"},  CloseRow{1010, "mandatory extension"}, CloseRow{1011, "internal error"},
    CloseRow{1012, "service restart"},  CloseRow{1013, "try again later"},     CloseRow{1014, "bad gateway"},
};

constexpr std::uint8_t fin_bit = 0x80;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_of_two = 126;
constexpr std::uint8_t length_of_eight = 127;

/// Codes from 3000 on are for libraries and applications.
bool may_be_sent(std::uint16_t code) noexcept { return (code >= 3000 && code < 5000) || !ws_close_name(code).empty(); }

/// How long a header is that begins with these two bytes.
std::size_t header_length(std::uint8_t second) noexcept {
  const std::uint8_t field = second & 0x7f;
  const std::size_t extended = field == length_of_eight ? 8 : field == length_of_two ? 2 : 0;
  return 2 + extended + ((second & mask_bit) != 0 ? 4 : 0);
}

std::size_t write_header(std::uint8_t* to, WsOpcode opcode, std::uint64_t length, const WsMask* mask) noexcept {
  const std::uint8_t masked = mask != nullptr ? mask_bit : 0;
  const int bytes = length < length_of_two ? 0 : length <= 0xffff ? 2 : 8;
  const auto field = bytes == 0 ? static_cast<std::uint8_t>(length) : bytes == 2 ? length_of_two : length_of_eight;
  std::uint8_t* at = to;
  *at++ = static_cast<std::uint8_t>(fin_bit | static_cast<std::uint8_t>(opcode));
  *at++ = static_cast<std::uint8_t>(masked | field);
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) *at++ = static_cast<std::uint8_t>(length >> shift);
  if (mask != nullptr) at = std::copy(mask->begin(), mask->end(), at);
  return static_cast<std::size_t>(at - to);
}

}  // namespace

const WsRuleRow& row(WsRule rule) noexcept { return rule_rows[static_cast<std::size_t>(rule)]; }

std::string_view ws_close_name(std::uint16_t code) noexcept {
  const auto found =
      std::find_if(close_rows.begin(), close_rows.end(), [&](const CloseRow& close) { return close.code == code; });
  return found == close_rows.end() ? std::string_view() : found->name;
}

void apply_mask(std::uint8_t* to, base::Bytes from, WsMask mask, std::uint64_t offset) noexcept {
  std::rotate(mask.begin(), mask.begin() + static_cast<std::ptrdiff_t>(offset % mask.size()), mask.end());
  std::array<std::uint8_t, 8> twice{};
  std::copy(mask.begin(), mask.end(), twice.begin());
  std::copy(mask.begin(), mask.end(), twice.begin() + 4);
  std::uint64_t wide = 0;
  std::memcpy(&wide, twice.data(), sizeof wide);

  std::size_t i = 0;
  for (; i + 4 * sizeof wide <= from.size(); i += 4 * sizeof wide) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), from.data() + i, sizeof words);
    for (std::uint64_t& word : words) word ^= wide;
    std::memcpy(to + i, words.data(), sizeof words);
  }
  for (; i < from.size(); ++i) to[i] = from[i] ^ mask[i % mask.size()];
}

void append_ws_frame(base::Buffer& to, WsOpcode opcode, base::Bytes payload, const WsMask* mask) {
  constexpr std::size_t longest_header = 14;
  std::uint8_t* at = to.reserve(longest_header + payload.size());
  const std::size_t header = write_header(at, opcode, payload.size(), mask);
  if (mask != nullptr) {
    apply_mask(at + header, payload, *mask);
  } else if (!payload.empty()) {
    std::memcpy(at + header, payload.data(), payload.size());
  }
  to.commit(header + payload.size());
}

void append_ws_close(base::Buffer& to, std::uint16_t code, std::string_view reason, const WsMask* mask) {
  std::array<std::uint8_t, 125> payload{};
  payload[0] = static_cast<std::uint8_t>(code >> 8);
  payload[1] = static_cast<std::uint8_t>(code);
  const std::size_t size = std::min(reason.size(), payload.size() - 2);
  std::copy_n(reason.begin(), size, payload.begin() + 2);
  append_ws_frame(to, WsOpcode::close, {payload.data(), 2 + size}, mask);
}

void WsPart::append_to(base::Buffer& up) const {
  if (wire.empty()) return;
  if (mask == WsMask{}) return up.append(wire);
  apply_mask(up.reserve(wire.size()), wire, mask, offset);
  up.commit(wire.size());
}

bool WsDecoder::next(base::Bytes& bytes, WsPart& part) {
  if (state_ == State::header) {
    if (!collect_header(bytes)) return false;
    read_header();
  }
  return state_ == State::control ? collect_control(bytes, part) : pass_payload(bytes, part);
}

bool WsDecoder::collect_header(base::Bytes& bytes) noexcept {
  for (;;) {
    if (header_size_ >= 2 && header_size_ == header_length(header_[1])) return true;
    if (bytes.empty()) return false;
    header_[header_size_++] = bytes.front();
    bytes = bytes.subspan(1);
  }
}

/// Starts the frame whose header is complete.
void WsDecoder::read_header() noexcept {
  base::Cursor cursor(base::Bytes(header_.data(), header_size_));
  const std::uint8_t first = cursor.u8();
  const std::uint8_t second = cursor.u8();
  const std::uint8_t field = second & 0x7f;
  frame_ = WsPart{};
  frame_.opcode = static_cast<WsOpcode>(first & 0x0f);
  frame_.final = (first & fin_bit) != 0;
  frame_.reserved = (first >> 4) & 7;
  frame_.frame_length = field;
  if (field == length_of_two) frame_.frame_length = cursor.u16();
  if (field == length_of_eight) {
    const std::uint64_t high = cursor.u32();
    frame_.frame_length = high << 32 | cursor.u32();
  }
  if ((second & mask_bit) != 0) std::copy_n(cursor.rest().begin(), frame_.mask.size(), frame_.mask.begin());
  frame_.broken = judge_header(second);

  const bool control = is_control(frame_.opcode);
  const bool continues = frame_.opcode == WsOpcode::continuation && in_message_;
  if (!control) {
    if (!continues) message_ = frame_.opcode;
    in_message_ = !frame_.final;
  }
  frame_.message = control ? frame_.opcode : message_;
  header_size_ = 0;
  state_ = control && frame_.frame_length <= longest_control ? State::control : State::payload;
}

/// The first rule that the header breaks; its second byte tells how the length was written.
WsRule WsDecoder::judge_header(std::uint8_t second) const noexcept {
  const bool masked = (second & mask_bit) != 0;
  const std::uint8_t field = second & 0x7f;
  const std::uint64_t length = frame_.frame_length;
  const auto opcode = static_cast<unsigned>(frame_.opcode);
  if (frame_.reserved != 0) return WsRule::reserved_bit;
  if ((opcode & 7) > 2) return WsRule::reserved_opcode;
  if (sender_ == WsSender::client && !masked) return WsRule::mask_missing;
  if (sender_ == WsSender::server && masked) return WsRule::mask_forbidden;
  if (is_control(frame_.opcode)) {
    if (length > longest_control) return WsRule::control_too_long;
    if (!frame_.final) return WsRule::control_fragmented;
  }
  if (field == length_of_two && length < length_of_two) return WsRule::length_not_minimal;
  if (field == length_of_eight && length <= 0xffff) return WsRule::length_not_minimal;
  if (length >> 63 != 0) return WsRule::length_too_large;
  if (is_control(frame_.opcode)) return WsRule::none;
  if (frame_.opcode == WsOpcode::continuation) return in_message_ ? WsRule::none : WsRule::continuation_without_start;
  if (in_message_) return WsRule::message_interleaved;
  return frame_.opcode == WsOpcode::binary ? WsRule::none : WsRule::not_binary;
}

WsRule WsDecoder::judge_close() const noexcept {
  base::Cursor payload(base::Bytes(control_.data(), frame_.frame_length));
  if (payload.empty()) return WsRule::none;
  if (payload.left() == 1) return WsRule::close_payload_of_one;
  if (!may_be_sent(payload.u16())) return WsRule::close_code_invalid;
  return base::is_utf8(base::as_text(payload.rest())) ? WsRule::none : WsRule::close_reason_not_utf8;
}

bool WsDecoder::collect_control(base::Bytes& bytes, WsPart& part) noexcept {
  const std::size_t count = std::min<std::size_t>(bytes.size(), frame_.frame_length - frame_.offset);
  apply_mask(control_.data() + frame_.offset, bytes.first(count), frame_.mask, frame_.offset);
  bytes = bytes.subspan(count);
  frame_.offset += count;
  if (frame_.offset < frame_.frame_length) return false;
  if (frame_.opcode == WsOpcode::close && frame_.broken == WsRule::none) frame_.broken = judge_close();
  part = frame_;
  part.mask = {};
  part.offset = 0;
  part.wire = {control_.data(), frame_.frame_length};
  state_ = State::header;
  return true;
}

/// A frame without payload, or one that broke a rule, is told at once; else there is nothing to tell without bytes.
bool WsDecoder::pass_payload(base::Bytes& bytes, WsPart& part) noexcept {
  const std::uint64_t left = frame_.frame_length - frame_.offset;
  if (bytes.empty() && left != 0 && frame_.broken == WsRule::none) return false;
  const std::size_t count = std::min<std::uint64_t>(bytes.size(), left);
  part = frame_;
  part.wire = bytes.first(count);
  part.last = count == left;
  bytes = bytes.subspan(count);
  frame_.first = false;
  frame_.broken = WsRule::none;
  frame_.offset += count;
  if (part.last) state_ = State::header;
  return true;
}

}  // namespace transport
