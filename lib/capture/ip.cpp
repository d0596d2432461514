// From IP packets to what they carry: IPv4 with options, IPv6 with extension headers, fragments joined.
#include "capture/ip.h"

#include <algorithm>
#include <cstring>

namespace capture {
namespace {

constexpr std::int64_t fragment_patience_ns = 60'000'000'000;

std::uint16_t u16(const std::uint8_t* at) noexcept { return static_cast<std::uint16_t>(at[0] << 8 | at[1]); }
std::uint32_t u32(const std::uint8_t* at) noexcept { return std::uint32_t{u16(at)} << 16 | u16(at + 2); }
std::uint64_t u64(const std::uint8_t* at) noexcept { return std::uint64_t{u32(at)} << 32 | u32(at + 4); }

Host v4(const std::uint8_t* at) noexcept { return {0, 0xFFFFULL << 32 | u32(at)}; }
Host v6(const std::uint8_t* at) noexcept { return {u64(at), u64(at + 8)}; }

}  // namespace

base::Bytes Defragmenter::add(const Key& key, std::size_t offset, bool more, base::Bytes piece, std::int64_t time_ns) {
  if (more) piece = piece.first(piece.size() / unit * unit);
  if (piece.empty() || offset + piece.size() > largest) return {};
  Datagram& datagram = find(key, time_ns);
  const std::size_t end = offset + piece.size();
  if (!more && datagram.size == 0) datagram.size = end;
  if (datagram.bytes.size() < end) {
    held_ += end - datagram.bytes.size();
    datagram.bytes.resize(end);
  }
  for (std::size_t at = offset; at < end; at += unit) {
    if (datagram.present.test(at / unit)) continue;
    datagram.present.set(at / unit);
    std::memcpy(datagram.bytes.data() + at, piece.data() + (at - offset), std::min(unit, end - at));
  }
  const std::size_t units = (datagram.size + unit - 1) / unit;
  base::Bytes whole;
  if (datagram.size != 0 && datagram.bytes.size() >= datagram.size && datagram.present.count() >= units) {
    whole_.swap(datagram.bytes);
    whole = base::Bytes(whole_).first(datagram.size);
    datagram.bytes.clear();
    held_ -= std::min(held_, whole_.size());
    drop(index_of(datagram));
  }
  while (held_ > limit_ && !pending_.empty()) drop(0);
  return whole;
}

std::size_t Defragmenter::index_of(const Datagram& datagram) const noexcept {
  const auto found =
      std::find_if(pending_.begin(), pending_.end(), [&](const Datagram& one) { return &one == &datagram; });
  return static_cast<std::size_t>(found - pending_.begin());
}

Defragmenter::Datagram& Defragmenter::find(const Key& key, std::int64_t time_ns) {
  constexpr std::size_t most = 64;
  while (!pending_.empty() && time_ns - pending_.front().since_ns > fragment_patience_ns) drop(0);
  const auto found =
      std::find_if(pending_.begin(), pending_.end(), [&](const Datagram& datagram) { return datagram.key == key; });
  if (found != pending_.end()) return *found;
  if (pending_.size() == most) drop(0);
  Datagram& added = pending_.emplace_back();
  added.key = key;
  added.since_ns = time_ns;
  return added;
}

void Defragmenter::drop(std::size_t index) {
  held_ -= std::min(held_, pending_[index].bytes.size());
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
}

bool IpReader::read(base::Bytes packet, std::int64_t time_ns, Transport& transport) {
  if (packet.size() < 20) return false;
  return packet[0] >> 4 == 4 ? read_v4(packet, time_ns, transport) : read_v6(packet, time_ns, transport);
}

bool IpReader::read_v4(base::Bytes packet, std::int64_t time_ns, Transport& transport) {
  const std::uint8_t* at = packet.data();
  const std::size_t header = std::size_t{at[0] & 0x0FU} * 4;
  std::size_t total = u16(at + 2);
  if (total == 0) total = packet.size();  // the network card was to split it and fill the length in
  if (header < 20 || total < header || packet.size() < header) return false;
  transport.from = v4(at + 12);
  transport.to = v4(at + 16);
  transport.protocol = at[9];
  transport.payload = packet.first(std::min(total, packet.size())).subspan(header);
  const std::uint16_t fragment = u16(at + 6);
  const bool more = (fragment & 0x2000) != 0;
  const std::size_t offset = std::size_t{fragment & 0x1FFFU} * 8;
  if (!more && offset == 0) return true;
  const Defragmenter::Key key{transport.from, transport.to, u16(at + 4), transport.protocol};
  transport.payload = fragments_.add(key, offset, more, transport.payload, time_ns);
  return !transport.payload.empty();
}

bool IpReader::read_v6(base::Bytes packet, std::int64_t time_ns, Transport& transport) {
  constexpr std::size_t header = 40;
  if (packet.size() < header) return false;
  const std::uint8_t* at = packet.data();
  std::size_t length = u16(at + 4);
  if (length == 0) length = packet.size() - header;
  transport.from = v6(at + 8);
  transport.to = v6(at + 24);
  const base::Bytes rest = packet.subspan(header, std::min(length, packet.size() - header));
  return read_extensions(at[6], rest, time_ns, transport);
}

bool IpReader::read_extensions(std::uint8_t next, base::Bytes rest, std::int64_t time_ns, Transport& transport) {
  constexpr std::uint8_t hop_by_hop = 0;
  constexpr std::uint8_t routing = 43;
  constexpr std::uint8_t fragment = 44;
  constexpr std::uint8_t authentication = 51;
  constexpr std::uint8_t destination = 60;
  constexpr int most_headers = 16;
  for (int i = 0; i < most_headers; ++i) {
    if (next != hop_by_hop && next != routing && next != fragment && next != authentication && next != destination) {
      transport.protocol = next;
      transport.payload = rest;
      return true;
    }
    if (rest.size() < 8) return false;
    if (next == fragment) {
      const std::uint16_t place = u16(rest.data() + 2);
      const Defragmenter::Key key{transport.from, transport.to, u32(rest.data() + 4), rest[0]};
      next = rest[0];
      const bool whole = (place & 0xFFF9) == 0;
      rest = rest.subspan(8);
      if (!whole) rest = fragments_.add(key, place & 0xFFF8U, (place & 1) != 0, rest, time_ns);
      if (rest.empty()) return false;
      continue;
    }
    const std::size_t size = next == authentication ? (std::size_t{rest[1]} + 2) * 4 : (std::size_t{rest[1]} + 1) * 8;
    if (size > rest.size()) return false;
    next = rest[0];
    rest = rest.subspan(size);
  }
  return false;
}

}  // namespace capture
