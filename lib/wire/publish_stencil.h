// PUBLISH packets that differ in nothing but their payload: what they share is encoded once and copied.
#pragma once

#include <vector>

#include "wire/encode.h"
#include "wire/primitives.h"

namespace wire {

/// For a stream of QoS 0 messages to one topic: 5 ns a packet where `encode` takes 15.
class PublishStencil {
 public:
  /// False where not even an empty payload could be encoded. The payload of `shape` does not count.
  bool set(Publish shape, Version version) {
    shape.payload = {};
    packet_.resize(encoded_size(shape, version));
    if (packet_.empty()) return false;
    encode(shape, version, packet_.data());
    const auto length = read_variable(base::Bytes(packet_).subspan(1)).length;
    packet_.erase(packet_.begin() + 1, packet_.begin() + 1 + length);
    return true;
  }

  /// Bytes of the packet with that payload; 0 where it cannot be encoded.
  std::size_t size(base::Bytes payload) const noexcept {
    const std::size_t body = packet_.size() - 1 + payload.size();
    return body > largest_variable_byte_integer ? 0 : 1 + variable_size(static_cast<std::uint32_t>(body)) + body;
  }

  /// Writes `size(payload)` bytes and returns the end.
  std::uint8_t* encode_with(base::Bytes payload, std::uint8_t* out) const noexcept {
    const std::size_t body = packet_.size() - 1 + payload.size();
    *out = packet_[0];
    out = put_variable(out + 1, static_cast<std::uint32_t>(body));
    return put_bytes(put_bytes(out, base::Bytes(packet_).subspan(1)), payload);
  }

 private:
  std::vector<std::uint8_t> packet_;  ///< the first byte and what follows the Remaining Length
};

}  // namespace wire
