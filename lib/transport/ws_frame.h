// WebSocket frames (RFC 6455, section 5): headers, masking, and a decoder that keeps no payload.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"

namespace transport {

enum class WsOpcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
constexpr bool is_control(WsOpcode opcode) noexcept { return (static_cast<unsigned>(opcode) & 8) != 0; }

using WsMask = std::array<std::uint8_t, 4>;

/// Copies `from` to `to`, which may be the same place, XORed with the mask; `offset` is how many bytes of the frame
/// came before.
void apply_mask(std::uint8_t* to, base::Bytes from, WsMask mask, std::uint64_t offset = 0) noexcept;

/// A final frame with its payload, masked if there is a mask.
void append_ws_frame(base::Buffer& to, WsOpcode opcode, base::Bytes payload, const WsMask* mask);
/// A close frame; of the reason, as much as fits.
void append_ws_close(base::Buffer& to, std::uint16_t code, std::string_view reason, const WsMask* mask);

/// Who made the frames that a decoder sees: a client masks, a server does not.
enum class WsSender : std::uint8_t { client, server, unknown };

/// The rules that a frame can break.
enum class WsRule : std::uint8_t {
  none,
  reserved_bit,
  reserved_opcode,
  control_too_long,
  control_fragmented,
  mask_missing,
  mask_forbidden,
  length_not_minimal,
  length_too_large,
  continuation_without_start,
  message_interleaved,
  not_binary,
  close_payload_of_one,
  close_code_invalid,
  close_reason_not_utf8,
};
struct WsRuleRow {
  WsRule rule;
  std::uint16_t close_code;    ///< to answer with
  std::string_view reference;  ///< the section of RFC 6455, or the statement of MQTT
  std::string_view sentence;   ///< what the frame did
};
const WsRuleRow& row(WsRule rule) noexcept;

/// "policy violation" for 1008; empty for a code without a registered name.
std::string_view ws_close_name(std::uint16_t code) noexcept;

/// A run of bytes of one frame. Control frames of up to 125 bytes come whole and unmasked; all others come in as many
/// parts as the input was cut into, so that nothing is kept. Valid until the next call and as long as the input.
struct WsPart {
  WsOpcode opcode = WsOpcode::continuation;   ///< of the frame
  WsOpcode message = WsOpcode::continuation;  ///< of the message that the frame continues, else the same as `opcode`
  bool final = true;                          ///< FIN
  bool first = true;                          ///< begins the frame
  bool last = true;                           ///< ends the frame
  std::uint8_t reserved = 0;                  ///< RSV1, RSV2, RSV3 as bits 4, 2, 1
  WsRule broken = WsRule::none;               ///< the first rule that the frame breaks, told with its first part
  std::uint64_t frame_length = 0;             ///< of the payload
  base::Bytes wire{};                         ///< as on the wire: `append_to` unmasks
  WsMask mask{};
  std::uint64_t offset = 0;  ///< of `wire` in the payload

  void append_to(base::Buffer& up) const;
};

/// Cuts a byte stream into parts, from any segmentation. It goes on after a broken rule: whether that ends the
/// connection is for the caller to decide.
class WsDecoder {
 public:
  explicit WsDecoder(WsSender sender) noexcept : sender_(sender) {}

  /// Takes from the front of `bytes`. True: `part` is set. False: all bytes are taken and more are needed.
  bool next(base::Bytes& bytes, WsPart& part);
  /// Nothing of a frame is pending: the stream may end here.
  bool between_frames() const noexcept { return state_ == State::header && header_size_ == 0; }

 private:
  enum class State : std::uint8_t { header, payload, control };
  static constexpr std::size_t longest_control = 125;

  bool collect_header(base::Bytes& bytes) noexcept;
  void read_header() noexcept;
  WsRule judge_header(std::uint8_t second) const noexcept;
  WsRule judge_close() const noexcept;
  bool collect_control(base::Bytes& bytes, WsPart& part) noexcept;
  bool pass_payload(base::Bytes& bytes, WsPart& part) noexcept;

  WsSender sender_;
  State state_ = State::header;
  bool in_message_ = false;
  WsOpcode message_ = WsOpcode::continuation;  ///< of the message under way
  std::uint8_t header_size_ = 0;
  std::array<std::uint8_t, 14> header_{};
  std::array<std::uint8_t, longest_control> control_{};
  WsPart frame_;  ///< the frame under way; `offset` is how much of its payload has come
};

}  // namespace transport
