// `mqtt decode` allocates nothing for a packet once its buffers have grown, whatever it prints.
#include <fcntl.h>
#include <unistd.h>

#include "../capture/writer.h"
#include "allocations.h"
#include "capture/read.h"
#include "catch.h"
#include "decode_report.h"

namespace {

constexpr std::size_t exchanges = 10'000;

/// Counts what happens in the second half of the packets.
struct Counting final : capture::Handler {
  explicit Counting(cmd::DecodeReport& the_report) : report(the_report) {}

  void on_packet(const capture::Where& where, const wire::Frame& frame, wire::Version version, bool known) override {
    if (++packets == exchanges) allocated = allocations();
    report.on_packet(where, frame, version, known);
    if (packets == 2 * exchanges - 10) allocated = allocations() - allocated;
  }
  void on_fault(const capture::Where&, base::Bytes, wire::Version, const wire::Fault&) override { ++faults; }
  void on_note(const capture::Where&, capture::Note, std::string_view) override {}
  void on_closed(const capture::Where&, capture::Closed) override {}

  cmd::DecodeReport& report;
  std::size_t packets = 0;
  std::size_t faults = 0;
  std::size_t allocated = 0;
};

/// A client of 5.0 that publishes at QoS 1 with properties, and its server's acknowledgements.
std::string conversation() {
  writer::File file;
  writer::Connection connection(file);
  connection.open();
  connection.send(0, std::string("\x10\x0E\0\4MQTT\5\2\0\x3C\0\0\1a", 16));
  for (std::size_t n = 0; n < exchanges; ++n) {
    const std::string identifier{static_cast<char>(1 + n % 100), static_cast<char>(n % 256)};
    const std::string body = std::string("\0\3a/b", 5) + identifier + std::string("\x09\3\0\1t\x23\0\1\1\1", 10) +
                             "{\"n\":" + std::to_string(n) + "}";
    connection.send(0, std::string("\x32") + static_cast<char>(body.size()) + body);
    connection.send(1, std::string("\x40\x02") + identifier);
  }
  return std::move(file.bytes);
}

}  // namespace

TEST_CASE("no output of decode allocates in the steady state") {
  using Output = cmd::DecodeOptions::Output;
  const std::string bytes = conversation();
  for (const Output kind : {Output::summary, Output::json, Output::text, Output::hex}) {
    CAPTURE(static_cast<int>(kind));
    cmd::DecodeOptions options;
    options.output = kind;
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    render::Output output(nowhere);
    cmd::DecodeReport report(options, output);
    Counting counting(report);
    capture::Source source = capture::Source::memory(base::as_bytes(bytes));
    const auto summary = capture::read_capture(source, {}, counting);
    output.flush();
    ::close(nowhere);
    REQUIRE(summary);
    CHECK(counting.packets == 2 * exchanges + 1);
    CHECK(counting.faults + report.violations() == 0);
    CHECK(counting.allocated == 0);
  }
}
