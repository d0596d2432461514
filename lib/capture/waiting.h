// Segments of one direction that came before one that is missing.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/bytes.h"

namespace capture {

/// How far sequence number `to` is ahead of `from`, across their wrap.
constexpr std::int32_t distance(std::uint32_t from, std::uint32_t to) noexcept {
  return static_cast<std::int32_t>(to - from);
}

/// Copies in order of their sequence numbers. Where they overlap, the first copy counts.
class Waiting {
 public:
  struct Piece {
    std::uint32_t sequence = 0;
    std::vector<std::uint8_t> bytes{};
  };

  bool empty() const noexcept { return pieces_.empty(); }
  std::size_t held() const noexcept { return held_; }
  /// The sequence number of the first byte that is there.
  std::uint32_t first() const noexcept { return pieces_.front().sequence; }

  /// Copies those parts that are not there yet.
  void add(std::uint32_t sequence, base::Bytes bytes);
  /// The first piece.
  Piece take();

  std::uint32_t segments_since_acknowledged = 0;  ///< how many the connection had since the hole was acknowledged
  std::int64_t acknowledged_ns = 0;

 private:
  void insert(std::size_t index, std::uint32_t sequence, base::Bytes bytes);

  /// What a piece costs besides its bytes, so that many small ones are bounded too.
  static constexpr std::size_t overhead = 64;

  std::deque<Piece> pieces_;
  std::size_t held_ = 0;
};

}  // namespace capture
