// A handler that writes down what it is told, and captures to read.
#pragma once

#include <string>
#include <vector>

#include "base/hex.h"
#include "capture/read.h"

namespace listing {

struct Packet {
  std::string bytes;
  capture::Where where;
  wire::Version version;
  bool version_known;
};

struct Told {
  capture::Note kind;
  std::string text;
  capture::Where where;
};

struct Listing final : capture::Handler {
  void on_packet(const capture::Where& where, const wire::Frame& frame, wire::Version version, bool known) override {
    packets.push_back({std::string(base::as_text(frame.packet)), where, version, known});
  }
  void on_fault(const capture::Where& where, base::Bytes bytes, wire::Version, const wire::Fault& fault) override {
    faults.push_back({std::string(base::as_text(bytes)), where, fault});
  }
  void on_violation(const capture::Where& where, wire::Clause clause) override {
    violations.push_back({clause, where.sender});
  }
  void on_note(const capture::Where& where, capture::Note note, std::string_view text) override {
    notes.push_back({note, std::string(text), where});
  }
  void on_closed(const capture::Where&, capture::Closed how) override { closed.push_back(how); }

  std::vector<std::string> bytes() const {
    std::vector<std::string> all;
    for (const Packet& packet : packets) all.push_back(packet.bytes);
    return all;
  }
  std::size_t count(capture::Note kind) const {
    std::size_t found = 0;
    for (const Told& note : notes) found += note.kind == kind ? 1 : 0;
    return found;
  }

  struct Fault {
    std::string bytes;
    capture::Where where;
    wire::Fault fault;
  };
  std::vector<Packet> packets;
  std::vector<Fault> faults;
  std::vector<Told> notes;
  std::vector<std::pair<wire::Clause, wire::Sender>> violations;
  std::vector<capture::Closed> closed;
  capture::Summary summary;
};

inline Listing read(capture::Source source, const capture::Options& options = {}) {
  Listing listing;
  if (auto summary = capture::read_capture(source, options, listing)) listing.summary = *summary;
  return listing;
}
inline Listing read(const std::string& bytes, const capture::Options& options = {}) {
  return read(capture::Source::memory(base::as_bytes(bytes)), options);
}

}  // namespace listing
