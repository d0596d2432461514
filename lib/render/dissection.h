// What dissectors of packets are made of: reads the data types of the specification and notes each as a field.
#pragma once

#include "render/anatomy.h"

namespace render {

/// A flag or small number in a byte.
struct Bits {
  std::string_view name;
  std::uint8_t mask;
  /// What its values mean, in order; empty: the number alone.
  std::span<const std::string_view> words{};
};

/// After a field that was cut off there is nothing left to read.
class Dissection {
 public:
  /// Reading begins at `offset`.
  Dissection(Anatomy& anatomy, base::Bytes packet, std::uint32_t offset) noexcept
      : anatomy_(anatomy), packet_(packet), at_(offset), end_(static_cast<std::uint32_t>(packet.size())) {}

  bool empty() const noexcept { return at_ == end_; }
  std::uint32_t left() const noexcept { return end_ - at_; }
  std::uint8_t peek() const noexcept { return packet_[at_]; }

  /// The value is written by the caller to `values()` right behind.
  Field& add(std::string_view name, std::uint32_t length);
  base::Buffer& values() noexcept { return anatomy_.values_; }
  /// To be called once the value of the last field is written.
  void end_value() noexcept;
  void value(std::string_view text) {
    values().append(text);
    end_value();
  }

  /// A byte whose bits are told one by one; 0 where it is missing.
  std::uint8_t flags(std::string_view name, std::span<const Bits> bits);
  void bits(std::uint32_t offset, std::span<const Bits> bits);
  std::uint8_t byte(std::string_view name);
  std::uint16_t two_bytes(std::string_view name, std::string_view unit = {});
  std::uint32_t variable(std::string_view name);
  /// A string or binary data behind its length: text in quotes, other bytes in hexadecimal.
  base::Bytes string(std::string_view name);
  void reason_code(std::string_view name, wire::PacketType type, wire::Version version);
  /// Property Length and properties; `prefix` "Will " for those of a will.
  void properties(bool of_will);
  void payload(std::string_view name);
  /// All that is left, as something that should not be there or is not known.
  void rest(std::string_view name);
  bool cut() const noexcept { return cut_; }

 private:
  bool has(std::uint32_t count, std::string_view name);
  void property();
  void property_value(const wire::PropertyRow& row, const wire::Property& property);
  void append_bytes(base::Bytes bytes);
  void append_hex_number(std::uint8_t number);

  Anatomy& anatomy_;
  base::Bytes packet_;
  std::uint32_t at_;
  std::uint32_t end_;
  std::uint8_t depth_ = 0;
  bool cut_ = false;  ///< what follows cannot be told: a field says so
};

}  // namespace render
