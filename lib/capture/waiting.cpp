// Segments of one direction that came before one that is missing.
#include "capture/waiting.h"

#include <algorithm>
#include <utility>

namespace capture {

void Waiting::add(std::uint32_t sequence, base::Bytes bytes) {
  const auto behind = std::partition_point(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
    return distance(piece.sequence + static_cast<std::uint32_t>(piece.bytes.size()), sequence) >= 0;
  });
  auto index = static_cast<std::size_t>(behind - pieces_.begin());
  while (!bytes.empty()) {
    if (index == pieces_.size()) return insert(index, sequence, bytes);
    const std::uint32_t there = pieces_[index].sequence;
    const std::size_t size = pieces_[index].bytes.size();
    if (const std::int32_t before = distance(sequence, there); before > 0) {
      const std::size_t fresh = std::min(static_cast<std::size_t>(before), bytes.size());
      insert(index, sequence, bytes.first(fresh));
      ++index;
      sequence += static_cast<std::uint32_t>(fresh);
      bytes = bytes.subspan(fresh);
      continue;
    }
    const std::size_t covered = std::min(size - static_cast<std::size_t>(distance(there, sequence)), bytes.size());
    sequence += static_cast<std::uint32_t>(covered);
    bytes = bytes.subspan(covered);
    ++index;
  }
}

Waiting::Piece Waiting::take() {
  Piece piece = std::move(pieces_.front());
  pieces_.pop_front();
  held_ -= piece.bytes.size() + overhead;
  return piece;
}

void Waiting::insert(std::size_t index, std::uint32_t sequence, base::Bytes bytes) {
  held_ += bytes.size() + overhead;
  pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(index), Piece{sequence, {bytes.begin(), bytes.end()}});
}

}  // namespace capture
