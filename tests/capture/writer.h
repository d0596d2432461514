// Writes captures: segments in IP packets in frames of any link type in a pcap file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capture/tcp.h"

namespace writer {

inline void put16(std::string& to, unsigned value) {
  to += static_cast<char>(value >> 8);
  to += static_cast<char>(value);
}
inline void put32(std::string& to, std::uint32_t value) {
  put16(to, value >> 16);
  put16(to, value & 0xFFFF);
}
inline void put_little32(std::string& to, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) to += static_cast<char>(value >> shift);
}

/// One end of a connection: a host number and a port.
struct End {
  std::uint32_t host;
  std::uint16_t port;
};

/// A segment on its way.
struct Segment {
  End from{};
  End to{};
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;
  std::uint8_t flags = capture::tcp_ack;
  std::string payload{};
};

inline std::string tcp(const Segment& segment) {
  std::string bytes;
  put16(bytes, segment.from.port);
  put16(bytes, segment.to.port);
  put32(bytes, segment.sequence);
  put32(bytes, segment.acknowledged);
  put16(bytes, 0x8000U | segment.flags);  // a header of 32 bytes
  put16(bytes, 65'535);
  put32(bytes, 0);
  bytes += std::string(12, '\1');  // options: no operation
  return bytes + segment.payload;
}

inline std::string ipv4(End from, End to, std::string_view payload, std::uint8_t protocol = 6,
                        unsigned identification = 1, unsigned fragment = 0x4000) {
  std::string bytes("\x46\0", 2);  // four bytes of options
  put16(bytes, static_cast<unsigned>(24 + payload.size()));
  put16(bytes, identification);
  put16(bytes, fragment);
  bytes += '\x40';
  bytes += static_cast<char>(protocol);
  put16(bytes, 0);
  put32(bytes, 0x0A00'0000U | from.host);
  put32(bytes, 0x0A00'0000U | to.host);
  put32(bytes, 0x0101'0100);
  return bytes += payload;
}

inline std::string v6_host(End end) {
  std::string bytes("\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0", 12);
  put32(bytes, end.host);
  return bytes;
}

/// `next` and `payload` may begin with extension headers.
inline std::string ipv6(End from, End to, std::string_view payload, std::uint8_t next = 6) {
  std::string bytes("\x60\0\0\0", 4);
  put16(bytes, static_cast<unsigned>(payload.size()));
  bytes += static_cast<char>(next);
  bytes += '\x40';
  bytes += v6_host(from) + v6_host(to);
  return bytes += payload;
}

struct Link {
  std::uint32_t type;
  std::string_view name;
  std::string header_v4;
  std::string header_v6;
  std::string padding;
};

inline const std::vector<Link>& links() {
  using namespace std::string_literals;
  const std::string mac(12, '\2');
  const std::string cooked = "\0\0\0\1\0\6"s + std::string(8, '\0');
  const std::string cooked2(18, '\0');
  const std::string llc = "\xAA\xAA\3\0\0\0"s;
  static const std::vector<Link> all{
      {1, "Ethernet", mac + "\x08\0"s, mac + "\x86\xDD"s, "padding"},
      {1, "VLAN", mac + "\x81\0\0\5\x08\0"s, mac + "\x81\0\0\5\x86\xDD"s, ""},
      {1, "QinQ", mac + "\x88\xA8\0\5\x81\0\0\6\x08\0"s, mac + "\x88\xA8\0\5\x81\0\0\6\x86\xDD"s, ""},
      {0, "null, little-endian", "\2\0\0\0"s, "\x0A\0\0\0"s, ""},
      {0, "null, big-endian", "\0\0\0\2"s, "\0\0\0\x1E"s, ""},
      {108, "loop", "\0\0\0\2"s, "\0\0\0\x1E"s, ""},
      {9, "PPP", "\xFF\3\0\x21"s, "\xFF\3\0\x57"s, ""},
      {9, "PPP, compressed", "\x21"s, "\x57"s, ""},
      {12, "raw", "", "", ""},
      {101, "raw", "", "", ""},
      {228, "IPv4 or IPv6", "", "", ""},
      {113, "cooked", cooked + "\x08\0"s, cooked + "\x86\xDD"s, ""},
      {276, "cooked, version 2", "\x08\0"s + cooked2, "\x86\xDD"s + cooked2, ""},
      {105, "802.11", "\x08\1"s + std::string(22, '\0') + llc + "\x08\0"s,
       "\x88\1"s + std::string(24, '\0') + llc + "\x86\xDD"s, ""},
      {127, "radiotap", "\0\0\x08\0\0\0\0\0\x08\2"s + std::string(22, '\0') + llc + "\x08\0"s,
       "\0\0\x08\0\0\0\0\0\x08\2"s + std::string(22, '\0') + llc + "\x86\xDD"s, ""},
  };
  return all;
}

/// A pcap file that grows.
class File {
 public:
  explicit File(const Link& link = links()[0], bool v6 = false) : link_(link), v6_(v6) {
    put_little32(bytes, 0xA1B2'C3D4);
    bytes += std::string("\2\0\4\0", 4) + std::string(8, '\0');
    put_little32(bytes, 262'144);
    put_little32(bytes, link.type);
  }

  void add(const Segment& segment) {
    add_packet(v6_ ? ipv6(segment.from, segment.to, tcp(segment)) : ipv4(segment.from, segment.to, tcp(segment)));
  }
  void add_packet(const std::string& packet) {
    const bool v6 = (packet[0] & 0x60) == 0x60;
    const std::string frame = (v6 ? link_.header_v6 : link_.header_v4) + packet + link_.padding;
    put_little32(bytes, 1'700'000'000 + static_cast<std::uint32_t>(micros / 1'000'000));
    put_little32(bytes, static_cast<std::uint32_t>(micros % 1'000'000));
    put_little32(bytes, static_cast<std::uint32_t>(frame.size()));
    put_little32(bytes, static_cast<std::uint32_t>(frame.size()));
    bytes += frame;
    micros += 10;
  }

  std::string bytes;
  std::uint64_t micros = 0;

 private:
  Link link_;
  bool v6_;
};

/// Both ends of a connection with their sequence numbers.
class Connection {
 public:
  explicit Connection(File& file, End client = {1, 40'000}, End server = {2, 1883}, std::uint32_t first = 1000)
      : ends{client, server}, next{first, first + 7000}, file_(file) {}

  Segment segment(unsigned side, std::string_view payload, std::uint8_t flags = capture::tcp_ack) {
    Segment made{ends[side], ends[1 - side], next[side], next[1 - side], flags, std::string(payload)};
    next[side] += static_cast<std::uint32_t>(payload.size()) + ((flags & 3) != 0 ? 1 : 0);
    return made;
  }
  void send(unsigned side, std::string_view payload, std::uint8_t flags = capture::tcp_ack) {
    file_.add(segment(side, payload, flags));
  }
  /// Sent, but not captured.
  void lose(unsigned side, std::string_view payload) { segment(side, payload); }
  void open() {
    send(0, "", capture::tcp_syn);
    send(1, "", capture::tcp_syn | capture::tcp_ack);
    send(0, "");
  }
  void close() {
    send(0, "", capture::tcp_fin | capture::tcp_ack);
    send(1, "", capture::tcp_fin | capture::tcp_ack);
    send(0, "");
  }

  End ends[2];
  std::uint32_t next[2];

 private:
  File& file_;
};

inline const std::string connect_v4("\x10\x0D\0\4MQTT\4\2\0\x3C\0\1a", 15);
inline const std::string connack_v4("\x20\2\0\0", 4);
inline const std::string connect_v5("\x10\x0E\0\4MQTT\5\2\0\x3C\0\0\1a", 16);
inline const std::string connack_v5("\x20\3\0\0\0", 5);
inline const std::string disconnect("\xE0\0", 2);
inline const std::string pingreq("\xC0\0", 2);
inline const std::string pingresp("\xD0\0", 2);

/// QoS 0, 3.1.1.
inline std::string publish(std::string_view topic, std::string_view payload) {
  const std::size_t remaining = 2 + topic.size() + payload.size();
  std::string bytes("\x30");
  std::size_t rest = remaining;
  do {
    bytes += static_cast<char>((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
    rest >>= 7;
  } while (rest != 0);
  put16(bytes, static_cast<unsigned>(topic.size()));
  bytes += topic;
  return bytes += payload;
}

}  // namespace writer
