// From IP packets to what they carry: IPv4 with options, IPv6 with extension headers, fragments joined.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/buffer.h"

namespace capture {

/// An address as two words, so that comparing and hashing are cheap; IPv4 as ::ffff:a.b.c.d.
struct Host {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Host&, const Host&) = default;
};

inline constexpr std::uint8_t protocol_tcp = 6;
inline constexpr std::uint8_t protocol_udp = 17;

/// What an IP packet carried, without padding. Lives as long as the captured frame, or until the next packet where
/// fragments were joined.
struct Transport {
  Host from{};
  Host to{};
  base::Bytes payload{};
  std::uint8_t protocol = 0;
};

/// Joins fragments: a few datagrams at a time, each of 64 KiB at most; the oldest is dropped for a new one. Where
/// fragments overlap, the first copy counts.
class Defragmenter {
 public:
  struct Key {
    Host from{};
    Host to{};
    std::uint32_t identification = 0;
    std::uint8_t protocol = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  explicit Defragmenter(std::size_t limit) : limit_(limit) {}

  /// The whole datagram once all of it is there, valid until the next call; else empty.
  base::Bytes add(const Key& key, std::size_t offset, bool more, base::Bytes piece, std::int64_t time_ns);
  std::size_t held() const noexcept { return held_; }

 private:
  static constexpr std::size_t largest = 65'536;
  static constexpr std::size_t unit = 8;  // fragments begin at multiples of it

  struct Datagram {
    Key key{};
    std::int64_t since_ns = 0;
    std::vector<std::uint8_t> bytes{};
    std::bitset<largest / unit> present{};
    std::size_t size = 0;  ///< 0: the last fragment has not come
  };

  Datagram& find(const Key& key, std::int64_t time_ns);
  std::size_t index_of(const Datagram& datagram) const noexcept;
  void drop(std::size_t index);

  std::size_t limit_;
  std::size_t held_ = 0;
  std::deque<Datagram> pending_;  ///< oldest first; not moved when one is dropped, each is more than 1 KiB
  std::vector<std::uint8_t> whole_;
};

class IpReader {
 public:
  explicit IpReader(std::size_t fragment_limit) : fragments_(fragment_limit) {}

  /// False: there is nothing to hand on, or not yet.
  bool read(base::Bytes packet, std::int64_t time_ns, Transport& transport);
  std::size_t held() const noexcept { return fragments_.held(); }

 private:
  bool read_v4(base::Bytes packet, std::int64_t time_ns, Transport& transport);
  bool read_v6(base::Bytes packet, std::int64_t time_ns, Transport& transport);
  bool read_extensions(std::uint8_t next, base::Bytes rest, std::int64_t time_ns, Transport& transport);

  Defragmenter fragments_;
};

}  // namespace capture
