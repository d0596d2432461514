#include "stats/hdr_log.h"

#include <bit>
#include <zlib.h>

#include "base/bytes.h"
#include "base/format.h"
#include "base/hex.h"

namespace stats {
namespace {

// The low digits name the version (2) and that counts are words of variable length.
constexpr std::uint32_t plain_cookie = 0x1c849313;
constexpr std::uint32_t deflated_cookie = 0x1c849314;
constexpr std::size_t head_size = 40;
constexpr std::size_t deflated_head_size = 8;
/// A count takes nine bytes at most.
constexpr std::size_t largest_encoding = head_size + 9 * Histogram::size;

template <class Number>
void append_big_endian(std::string& out, Number number) {
  for (int shift = static_cast<int>(sizeof number) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(number >> shift & 0xFF));
  }
}

/// Signed numbers in sevens of bits, the sign lowest; a ninth byte has eight.
void append_zigzag(std::string& out, std::int64_t number) {
  auto rest = static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
  for (int i = 0; i < 8; ++i) {
    if (rest < 0x80) {
      out.push_back(static_cast<char>(rest));
      return;
    }
    out.push_back(static_cast<char>(rest | 0x80));
    rest >>= 7;
  }
  out.push_back(static_cast<char>(rest));
}

/// Nothing where it is cut off.
bool read_zigzag(base::Cursor& cursor, std::int64_t& number) {
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 9; ++i) {
    if (cursor.empty()) return false;
    const std::uint64_t byte = cursor.u8();
    bits |= (i < 8 ? byte & 0x7F : byte) << (7 * i);
    if (i == 8 || byte < 0x80) break;
  }
  number = static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
  return true;
}

/// Runs of zeros are one negative number.
std::string encode_counts(const Histogram& histogram) {
  std::string counts;
  std::int64_t zeros = 0;
  const std::size_t last = Histogram::index(histogram.max());
  for (std::size_t i = 0; i <= last; ++i) {
    const auto count = static_cast<std::int64_t>(histogram.count_at(i));
    if (count == 0) {
      ++zeros;
      continue;
    }
    if (zeros != 0) append_zigzag(counts, -zeros);
    zeros = 0;
    append_zigzag(counts, count);
  }
  return counts;
}

std::string encode_plain(const Histogram& histogram) {
  const std::string counts = encode_counts(histogram);
  std::string plain;
  append_big_endian(plain, plain_cookie);
  append_big_endian(plain, static_cast<std::uint32_t>(counts.size()));
  append_big_endian(plain, std::uint32_t{0});  // offset of the indexes
  append_big_endian(plain, std::uint32_t{Histogram::digits});
  append_big_endian(plain, Histogram::lowest);
  append_big_endian(plain, Histogram::highest);
  append_big_endian(plain, std::bit_cast<std::uint64_t>(1.0));  // ratio to floating-point values
  return plain + counts;
}

base::unexpected<std::string> wrong(std::string_view what) { return base::unexpected(std::string(what)); }

base::Result<Histogram, std::string> decode_plain(base::Bytes bytes) {
  if (bytes.size() < head_size) return wrong("the histogram is cut off");
  base::Cursor cursor(bytes);
  const auto u64 = [&cursor] {
    const std::uint64_t high = cursor.u32();
    return high << 32 | cursor.u32();
  };
  if (cursor.u32() != plain_cookie) return wrong("it is no histogram of encoding V2");
  const std::uint32_t length = cursor.u32();
  const bool ours = cursor.u32() == 0 && cursor.u32() == Histogram::digits && u64() == Histogram::lowest &&
                    u64() == Histogram::highest;
  if (!ours) return wrong("the histogram has other bounds or digits than 1 µs, 1 h and 3");
  u64();
  if (cursor.left() != length) return wrong("the histogram is cut off");
  Histogram histogram;
  std::uint64_t at = 0;
  while (!cursor.empty()) {
    std::int64_t number = 0;
    if (!read_zigzag(cursor, number)) return wrong("the histogram is cut off");
    const bool zeros = number < 0;
    const std::uint64_t steps = zeros ? ~static_cast<std::uint64_t>(number) + 1 : 1;
    if (steps > Histogram::size - at) return wrong("the histogram has too many counts");
    if (!zeros) histogram.set_count_at(at, static_cast<std::uint64_t>(number));
    at += steps;
  }
  return histogram;
}

}  // namespace

std::string encode(const Histogram& histogram) {
  const std::string plain = encode_plain(histogram);
  auto length = compressBound(plain.size());
  std::string deflated(length, '\0');
  compress(reinterpret_cast<Bytef*>(deflated.data()), &length, reinterpret_cast<const Bytef*>(plain.data()),
           plain.size());
  std::string out;
  append_big_endian(out, deflated_cookie);
  append_big_endian(out, static_cast<std::uint32_t>(length));
  out.append(deflated, 0, length);
  return base::to_base64(base::as_bytes(out));
}

base::Result<Histogram, std::string> decode(std::string_view text) {
  const auto bytes = base::from_base64(text);
  if (!bytes || bytes->size() < deflated_head_size) return wrong("it is no Base64 of a histogram");
  base::Cursor cursor(base::as_bytes(*bytes));
  if (cursor.u32() != deflated_cookie) return wrong("it is no deflated histogram of encoding V2");
  if (cursor.u32() != cursor.left()) return wrong("the histogram is cut off");
  std::string plain(largest_encoding, '\0');
  auto length = static_cast<uLongf>(plain.size());
  if (uncompress(reinterpret_cast<Bytef*>(plain.data()), &length, cursor.rest().data(), cursor.left()) != Z_OK) {
    return wrong("the histogram cannot be inflated");
  }
  return decode_plain(base::as_bytes(std::string_view(plain).substr(0, length)));
}

std::string hdr_log_head(double start) {
  return base::format(
      "#[Histogram log format version 1.3]\n"
      "#[StartTime: {:.3f} (seconds since epoch)]\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
      start);
}

std::string hdr_log_line(std::string_view tag, double at, double length, const Histogram& histogram) {
  return base::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n", tag, at, length, static_cast<double>(histogram.max()) / 1e6,
                      encode(histogram));
}

}  // namespace stats
