// Segments of a connection as the input dictates: whatever comes, what is held stays bounded; where they only cut,
// repeat and delay a stream, its packets come back whole.
#include <cstdlib>
#include <string>

#include "capture/dissector.h"

namespace {

struct Collected final : capture::Handler {
  void on_packet(const capture::Where&, const wire::Frame& frame, wire::Version, bool) override {
    bytes.append(base::as_text(frame.packet));
  }
  void on_fault(const capture::Where&, base::Bytes, wire::Version, const wire::Fault&) override { ++faults; }
  void on_note(const capture::Where&, capture::Note kind, std::string_view) override {
    gaps += kind == capture::Note::gap ? 1 : 0;
  }
  void on_closed(const capture::Where&, capture::Closed) override {}
  std::string bytes;
  std::size_t faults = 0;
  std::size_t gaps = 0;
};

void put16(std::string& to, unsigned value) {
  to += static_cast<char>(value >> 8);
  to += static_cast<char>(value);
}
void put32(std::string& to, std::uint32_t value) {
  put16(to, value >> 16);
  put16(to, value & 0xFFFF);
}

std::string packet(std::uint32_t sequence, std::uint8_t flags, base::Bytes payload) {
  std::string bytes("\x45\0", 2);
  put16(bytes, static_cast<unsigned>(40 + payload.size()));
  bytes += std::string("\0\0\0\0\x40\6\0\0\x0A\0\0\1\x0A\0\0\2", 16);
  put16(bytes, 40'000);
  put16(bytes, 1883);
  put32(bytes, sequence);
  put32(bytes, 0);
  put16(bytes, 0x5000U | flags);
  put16(bytes, 0);
  put32(bytes, 0);
  return bytes.append(base::as_text(payload));
}

void feed(capture::Dissector& dissector, const std::string& bytes) {
  capture::Record record;
  record.bytes = base::as_bytes(bytes);
  constexpr std::uint32_t raw = 101;
  record.link_type = raw;
  dissector.receive(record);
}

/// A CONNECT and PUBLISH packets of all sizes up to 600.
const std::string& stream() {
  static const std::string made = [] {
    std::string bytes("\x10\x0D\0\4MQTT\4\2\0\x3C\0\1a", 15);
    for (std::size_t size = 0; size < 600; size += 7) {
      const std::size_t remaining = 3 + size;
      bytes += '\x30';
      if (remaining > 127) bytes += static_cast<char>(remaining % 128 + 128);
      bytes += static_cast<char>(remaining > 127 ? remaining / 128 : remaining);
      bytes += std::string("\0\1t", 3) + std::string(size, 'x');
    }
    return bytes;
  }();
  return made;
}

/// Four bytes a segment: where it begins, how long it is, flags.
void any_segments(base::Bytes input) {
  capture::Options options;
  options.limits = {4096, 4096, 32'768, 4, 4, 4096};
  Collected collected;
  capture::Dissector dissector(options, collected);
  base::Cursor cursor(input);
  while (cursor.left() >= 4) {
    const std::uint32_t at = cursor.u16();
    const std::size_t length = cursor.u8();
    const std::uint8_t flags = cursor.u8();
    const std::size_t from = at % stream().size();
    const auto payload = base::as_bytes(std::string_view(stream()).substr(from, length));
    feed(dissector, packet(at * ((flags & 0x80) != 0 ? 65'537U : 1U), flags & 0x1F, payload));
  }
  if (dissector.finish().most_held > options.limits.all + 16'384) std::abort();
}

/// Two bytes a segment: its length, and how many others it comes behind.
void a_cut_stream(base::Bytes input) {
  const capture::Options options;
  Collected collected;
  capture::Dissector dissector(options, collected);
  feed(dissector, packet(99, capture::tcp_syn, {}));
  std::string late;
  std::uint8_t delay = 0;
  base::Cursor cursor(input);
  std::size_t at = 0;
  while (at < stream().size()) {
    const std::size_t length = cursor.empty() ? stream().size() : cursor.u8() + std::size_t{1};
    const std::uint8_t order = cursor.empty() ? 0 : cursor.u8();
    const auto payload = base::as_bytes(std::string_view(stream()).substr(at, length));
    const std::string made = packet(100 + static_cast<std::uint32_t>(at), capture::tcp_ack, payload);
    at += payload.size();
    if (order != 0 && late.empty()) {
      late = made;
      delay = order;
      continue;
    }
    feed(dissector, made);
    if (late.empty() || --delay != 0) continue;
    feed(dissector, late);
    late.clear();
  }
  if (!late.empty()) feed(dissector, late);
  dissector.finish();
  if (collected.bytes != stream() || collected.faults != 0 || collected.gaps != 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  any_segments({data, size});
  a_cut_stream({data, size});
  return 0;
}
