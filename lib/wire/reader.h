// Reads the fields of one packet in order and keeps the first rule that was broken: what all decoders are made of.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "wire/decode.h"

namespace wire {

/// After a fault every read gives zero or nothing and nothing is left, so that decoders read on without asking and
/// `finish` tells in the end.
class Reader {
 public:
  explicit Reader(const Frame& frame) noexcept
      : begin_(frame.packet.data()), at_(begin_ + frame.header_length), end_(begin_ + frame.packet.size()) {}

  bool failed() const noexcept { return fault_.has_value(); }
  bool empty() const noexcept { return at_ == end_; }
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  base::Bytes rest() const noexcept { return {at_, left()}; }
  /// Of the next byte, counted from the first one of the packet.
  std::uint32_t offset() const noexcept { return offset_of(at_); }
  std::uint32_t offset_of(const std::uint8_t* byte) const noexcept { return static_cast<std::uint32_t>(byte - begin_); }

  /// Only the first fault is kept.
  void fail(Clause clause, std::uint32_t offset) noexcept;
  /// The flags of the fixed header must be `flags`.
  void expect_flags(std::uint8_t flags, Clause clause) noexcept;

  std::uint8_t u8() noexcept;
  std::uint16_t u16() noexcept;
  /// A 16-bit identifier that is not 0.
  std::uint16_t packet_identifier(Clause if_zero) noexcept;
  base::Bytes binary() noexcept;
  std::string_view text(Clause ill_formed) noexcept;
  /// As `check_topic_name`, with the clauses of the field at hand.
  std::string_view topic_name(Clause ill_formed, Clause wildcard) noexcept;
  std::string_view topic_filter(Clause ill_formed, Version version) noexcept;
  base::Bytes take_rest() noexcept;
  /// Property Length and properties; none before 5.0.
  PropertiesView properties(PropertyScope scope, Version version) noexcept;
  /// A reason code that `type` carries in this version.
  ReasonCode reason_code(PacketType type, const Context& context, Clause clause) noexcept;

  /// The packet, or the fault. Bytes that nobody read are one.
  template <class AnyPacket>
  Decoded<AnyPacket> finish(const AnyPacket& packet, Clause if_trailing = Clause::trailing_bytes) noexcept {
    if (!empty()) fail(if_trailing, offset());
    if (failed()) return base::unexpected(*fault_);
    return packet;
  }

 private:
  bool has(std::size_t count) noexcept;
  void check_text(std::string_view text, bool topic_name, Clause ill_formed, Clause null_character,
                  Clause wildcard) noexcept;

  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  std::optional<Fault> fault_;
};

}  // namespace wire
