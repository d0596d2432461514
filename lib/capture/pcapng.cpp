// The capture format made of blocks: sections, interfaces, and packets in three forms; other blocks are skipped.
#include "capture/pcapng.h"

#include <algorithm>
#include <vector>

namespace capture {
namespace {

constexpr std::uint32_t section_header = 0x0A0D0D0A;  // reads the same in both byte orders
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t obsolete_packet = 2;
constexpr std::uint32_t simple_packet = 3;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;

constexpr std::size_t block_header = 8;
constexpr std::size_t block_trailer = 4;
constexpr std::size_t smallest_block = block_header + block_trailer;
constexpr std::size_t most_interfaces = 4096;
/// A packet and its options; interface and section blocks are far smaller.
constexpr std::size_t largest_block = largest_record + (64U << 10);

struct Interface {
  std::uint32_t link_type = 0;
  std::uint32_t snap_length = 0;
  std::uint64_t ticks_per_second = 1'000'000;
  std::int64_t offset_ns = 0;
};

/// 10^-n, or 2^-n where the high bit is set; 0: too fine to count with.
std::uint64_t ticks(std::uint8_t resolution) noexcept {
  const unsigned exponent = resolution & 0x7FU;
  if ((resolution & 0x80U) != 0) return exponent < 64 ? std::uint64_t{1} << exponent : 0;
  if (exponent > 19) return 0;
  std::uint64_t result = 1;
  for (unsigned i = 0; i < exponent; ++i) result *= 10;
  return result;
}

std::int64_t nanoseconds(std::uint64_t time, std::uint64_t ticks_per_second) noexcept {
  const std::uint64_t seconds = std::min<std::uint64_t>(time / ticks_per_second, 9'000'000'000);
  const auto rest = static_cast<double>(time % ticks_per_second);
  if (1'000'000'000 % ticks_per_second == 0) {
    return static_cast<std::int64_t>(seconds * 1'000'000'000 +
                                     time % ticks_per_second * (1'000'000'000 / ticks_per_second));
  }
  return static_cast<std::int64_t>(seconds * 1'000'000'000) +
         static_cast<std::int64_t>(rest / static_cast<double>(ticks_per_second) * 1e9);
}

class Pcapng final : public Records {
 public:
  explicit Pcapng(Source& source) : source_(source) {}

  bool next(Record& record) override {
    for (;;) {
      if (!source_.skip(pending_)) return fail(source_, "the capture ends inside a block");
      pending_ = 0;
      const base::Bytes front = source_.peek(smallest_block);
      if (front.empty()) return false;
      if (front.size() < smallest_block) return fail(source_, "the capture ends inside a block");
      const std::uint32_t type = endian_.u32(front.data());
      if (type == section_header && !begin_section(front)) return false;
      const std::uint32_t length = endian_.u32(front.data() + 4);
      if (length < smallest_block || length % 4 != 0) {
        return fail(source_, "a block of " + std::to_string(length) + " bytes");
      }
      pending_ = length;
      if (!is_read(type)) continue;
      if (length > largest_block) return fail(source_, "a block of " + std::to_string(length) + " bytes");
      const base::Bytes block = source_.peek(length);
      if (block.size() < length) return fail(source_, "the capture ends inside a block");
      if (read_block(type, block.subspan(block_header, length - smallest_block), record)) return true;
    }
  }

 private:
  static bool is_read(std::uint32_t type) noexcept {
    return type == interface_description || type == obsolete_packet || type == simple_packet || type == enhanced_packet;
  }

  bool begin_section(base::Bytes front) {
    const std::uint8_t* magic = front.data() + block_header;
    if (Endian(false).u32(magic) == byte_order_magic) {
      endian_ = Endian(false);
    } else if (Endian(true).u32(magic) == byte_order_magic) {
      endian_ = Endian(true);
    } else {
      return fail(source_, "a section of no known byte order");
    }
    interfaces_.clear();
    return true;
  }

  /// True: `record` is set.
  bool read_block(std::uint32_t type, base::Bytes body, Record& record) {
    switch (type) {
      case interface_description:
        add_interface(body);
        return false;
      case simple_packet:
        return read_simple(body, record);
      default:
        return read_packet(type, body, record);
    }
  }

  void add_interface(base::Bytes body) {
    if (body.size() < 8 || interfaces_.size() == most_interfaces) return;
    Interface added;
    added.link_type = endian_.u16(body.data());
    added.snap_length = endian_.u32(body.data() + 4);
    for (base::Bytes options = body.subspan(8); options.size() >= 4;) {
      const std::uint16_t code = endian_.u16(options.data());
      const std::size_t length = endian_.u16(options.data() + 2);
      const std::size_t padded = 4 + (length + 3) / 4 * 4;
      if (code == 0 || padded > options.size()) break;
      constexpr std::uint16_t if_tsresol = 9;
      constexpr std::uint16_t if_tsoffset = 14;
      if (code == if_tsresol && length == 1) added.ticks_per_second = ticks(options[4]);
      if (code == if_tsoffset && length == 8) {
        const auto seconds = static_cast<std::int64_t>(endian_.u64(options.data() + 4));
        constexpr std::int64_t most = 4'000'000'000;
        added.offset_ns = std::clamp(seconds, -most, most) * 1'000'000'000;
      }
      options = options.subspan(padded);
    }
    interfaces_.push_back(added);
  }

  /// Enhanced and obsolete packets differ in how wide the interface number is.
  bool read_packet(std::uint32_t type, base::Bytes body, Record& record) {
    constexpr std::size_t fixed = 20;
    if (body.size() < fixed) return false;
    const std::size_t number = type == enhanced_packet ? endian_.u32(body.data()) : endian_.u16(body.data());
    const std::uint32_t captured = endian_.u32(body.data() + 12);
    if (number >= interfaces_.size() || captured > body.size() - fixed) return false;
    const Interface& from = interfaces_[number];
    const std::uint64_t high = endian_.u32(body.data() + 4);
    record.bytes = body.subspan(fixed, captured);
    record.link_type = from.link_type;
    record.cut = endian_.u32(body.data() + 16) > captured;
    record.has_time = from.ticks_per_second != 0;
    record.time_digits = from.ticks_per_second > 1'000'000 ? 9 : 6;
    record.time_ns = 0;
    if (record.has_time) {
      record.time_ns = nanoseconds(high << 32 | endian_.u32(body.data() + 8), from.ticks_per_second) + from.offset_ns;
    }
    return true;
  }

  bool read_simple(base::Bytes body, Record& record) {
    if (body.size() < 4 || interfaces_.empty()) return false;
    const std::uint32_t original = endian_.u32(body.data());
    const std::uint32_t snap = interfaces_[0].snap_length;
    const std::size_t captured =
        std::min<std::size_t>(snap == 0 ? original : std::min(snap, original), body.size() - 4);
    record.bytes = body.subspan(4, captured);
    record.link_type = interfaces_[0].link_type;
    record.cut = original > captured;
    record.has_time = false;
    record.time_ns = 0;
    return true;
  }

  Source& source_;
  Endian endian_;
  std::uint64_t pending_ = 0;  ///< of the last block, which lives until the next is asked for
  std::vector<Interface> interfaces_;
};

}  // namespace

bool is_pcapng(base::Bytes beginning) noexcept {
  return beginning.size() >= 4 && Endian(false).u32(beginning.data()) == section_header;
}

std::unique_ptr<Records> read_pcapng(Source& source) { return std::make_unique<Pcapng>(source); }

}  // namespace capture
