// Any bytes as a capture: the same outcome from memory and from a pipe, within the limits.
#include <cstdlib>
#include <string>
#include <unistd.h>

#include "capture/keylog.h"
#include "capture/read.h"
#include "wire/decode.h"

namespace {

/// What a reader told, as a text; all views are read to their ends.
struct Told final : capture::Handler {
  void on_packet(const capture::Where& where, const wire::Frame& frame, wire::Version version, bool) override {
    add(where, frame.packet);
    (void)wire::decode(frame, {version, where.sender});
  }
  void on_fault(const capture::Where& where, base::Bytes bytes, wire::Version, const wire::Fault&) override {
    add(where, bytes);
  }
  void on_note(const capture::Where& where, capture::Note note, std::string_view text) override {
    told += name(note);
    add(where, base::as_bytes(text));
  }
  void on_closed(const capture::Where& where, capture::Closed how) override {
    told += name(how);
    add(where, {});
  }
  void add(const capture::Where& where, base::Bytes bytes) {
    told += std::to_string(where.connection) + "/" + std::to_string(where.offset) + " ";
    told.append(base::as_text(bytes));
  }
  std::string told;
};

std::string outcome(capture::Source source) {
  capture::Options options;
  options.limits = {64U << 10, 16U << 10, 256U << 10, 16, 16, 64U << 10};
  capture::Keylog keylog = capture::Keylog::parse("CLIENT_RANDOM " + std::string(64, '0') + " " + std::string(96, '1'));
  options.keylog = &keylog;
  Told told;
  const auto summary = capture::read_capture(source, options, told);
  // One segment may be held before the limit is enforced.
  if (summary && summary->most_held > options.limits.all + (2U << 20)) std::abort();
  return told.told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string whole = outcome(capture::Source::memory({data, size}));
  // What fits a pipe needs nobody who writes while we read.
  constexpr std::size_t pipe_size = 65'536;
  int ends[2];
  if (size > pipe_size || ::pipe(ends) != 0) return 0;
  if (::write(ends[1], data, size) != static_cast<ssize_t>(size)) std::abort();
  ::close(ends[1]);
  const std::string piped = outcome(capture::Source::descriptor(ends[0]));
  ::close(ends[0]);
  if (whole != piped) std::abort();
  return 0;
}
