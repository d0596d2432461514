// A packet taken apart: every field with its place in the bytes, its name in the specification's words, and its value.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "wire/decode.h"
#include "wire/properties.h"

namespace render {

/// Part of a packet. A byte of flags is followed by fields of `mask` not 0, which are bits of that byte.
struct Field {
  std::string_view name;     ///< "Packet Identifier"; never freed
  std::uint32_t offset = 0;  ///< from the first byte of the packet
  std::uint32_t length = 0;  ///< bytes
  std::uint32_t value = 0;   ///< where its text stands in `Anatomy::value`
  std::uint32_t value_length = 0;
  std::uint8_t depth = 0;   ///< 1: a property, or a bit
  std::uint8_t mask = 0;    ///< the bits of a byte; 0: whole bytes
  bool is_payload = false;  ///< of a PUBLISH: its value is left to who shows it
};

/// Reads what there is, whether or not it is valid: where a field is cut off the last one says so. Reused from packet
/// to packet, so that nothing is allocated in the long run.
class Anatomy {
 public:
  /// `packet` begins with a fixed header and may end anywhere. Valid until the next call, and as long as the bytes.
  void dissect(base::Bytes packet, const wire::Context& context);

  base::Bytes packet() const noexcept { return packet_; }
  /// In the order of the bytes, bits behind the byte that they are of.
  std::span<const Field> fields() const noexcept { return fields_; }
  std::string_view value(const Field& field) const noexcept {
    return values_.text().substr(field.value, field.value_length);
  }
  /// Of the packet: CONNECT says it itself.
  wire::Version version() const noexcept { return version_; }

 private:
  friend class Dissection;

  /// The fields of a fixed header's first byte, which are the same each time.
  struct FirstByte {
    std::vector<Field> fields;
    std::string values;
  };
  static const FirstByte& first_byte(std::uint8_t byte);

  base::Bytes packet_;
  std::vector<Field> fields_;
  base::Buffer values_;
  wire::Version version_ = wire::Version::v3_1_1;
};

/// "Message Expiry Interval", as the specification writes it.
std::string_view title(wire::PropertyId id);

}  // namespace render
