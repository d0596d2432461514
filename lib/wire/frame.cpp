// The fixed header, with one branch each for Remaining Lengths of one and two bytes.
#include "wire/frame.h"

#include "wire/primitives.h"

namespace wire {
namespace {

constexpr std::uint32_t length_offset = 1;

Split fault(Clause clause, std::uint32_t offset) noexcept {
  Split split;
  split.kind = Split::Kind::fault;
  split.fault = {clause, offset};
  return split;
}

Split incomplete(std::size_t needed) noexcept {
  Split split;
  split.needed = needed;
  return split;
}

Split cut(base::Bytes input, std::uint32_t header_length, std::uint32_t remaining_length,
          std::uint32_t maximum_packet_size) noexcept {
  const std::size_t size = std::size_t{header_length} + remaining_length;
  if (size > maximum_packet_size) return fault(Clause::packet_too_large, length_offset);
  if (size > input.size()) return incomplete(size);
  Split split;
  split.kind = Split::Kind::frame;
  split.frame = {input.first(size), header_length};
  return split;
}

Split split_long(base::Bytes input, Version version, std::uint32_t maximum_packet_size) noexcept {
  const VariableByteInteger length = read_variable(input.subspan(length_offset));
  if (length.state == VariableByteInteger::State::incomplete) return incomplete(input.size() + 1);
  if (length.state == VariableByteInteger::State::too_long) {
    return fault(Clause::remaining_length_too_long, length_offset);
  }
  if (version == Version::v5_0 && !length.minimal()) return fault(Clause::remaining_length_not_minimal, length_offset);
  return cut(input, length_offset + length.length, length.value, maximum_packet_size);
}

}  // namespace

Split split(base::Bytes input, Version version, std::uint32_t maximum_packet_size) noexcept {
  if (input.size() < 2) return incomplete(2);
  const std::uint32_t low = input[1];
  if (low < 0x80) return cut(input, 2, low, maximum_packet_size);
  if (input.size() > 2 && input[2] < 0x80 && input[2] != 0) {
    return cut(input, 3, (low & 0x7F) | static_cast<std::uint32_t>(input[2]) << 7, maximum_packet_size);
  }
  return split_long(input, version, maximum_packet_size);
}

}  // namespace wire
