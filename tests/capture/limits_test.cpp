// Hostile captures are bounded: what is held never exceeds the limits, and the steady state allocates nothing.
#include "allocations.h"
#include "catch.h"
#include "listing.h"
#include "writer.h"

using capture::Note;
using namespace writer;

namespace {

struct Counting final : capture::Handler {
  void on_packet(const capture::Where&, const wire::Frame&, wire::Version, bool) override {
    if (++packets == from) allocated = allocations();
    if (packets == to) allocated = allocations() - allocated;
  }
  void on_fault(const capture::Where&, base::Bytes, wire::Version, const wire::Fault&) override { ++faults; }
  void on_note(const capture::Where&, Note kind, std::string_view) override { limits += kind == Note::limit ? 1 : 0; }
  void on_closed(const capture::Where&, capture::Closed how) override {
    evicted += how == capture::Closed::evicted ? 1 : 0;
  }
  std::size_t packets = 0;
  std::size_t faults = 0;
  std::size_t limits = 0;
  std::size_t evicted = 0;
  std::size_t from = 0;
  std::size_t to = 0;
  std::size_t allocated = 0;
};

capture::Summary run(const std::string& bytes, const capture::Options& options, Counting& handler) {
  capture::Source source = capture::Source::memory(base::as_bytes(bytes));
  const auto summary = capture::read_capture(source, options, handler);
  REQUIRE(summary);
  return *summary;
}

}  // namespace

TEST_CASE("a capture in order allocates nothing for its packets") {
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  std::string stream;
  for (int i = 0; i < 5000; ++i) stream += publish("a/b", std::string(static_cast<std::size_t>(20 + i % 80), 'x'));
  for (std::size_t at = 0; at < stream.size(); at += 333) connection.send(0, stream.substr(at, 333));
  Counting handler;
  handler.from = 100;
  handler.to = 4900;
  const capture::Summary summary = run(file.bytes, {}, handler);
  CHECK(handler.packets == 5001);
  CHECK(handler.allocated == 0);
  CHECK(summary.most_held < 4096);
}

TEST_CASE("half-open connections are forgotten, and those with MQTT are not") {
  File file;
  Connection good(file);
  good.open();
  good.send(0, connect_v4);
  constexpr std::uint32_t flood = 200'000;
  for (std::uint32_t i = 0; i < flood; ++i) {
    Segment syn{
        {1000 + i / 50'000, static_cast<std::uint16_t>(1024 + i % 50'000)}, {2, 1883}, i, 0, capture::tcp_syn, ""};
    file.add(syn);
  }
  good.send(0, disconnect);
  Counting handler;
  capture::Options options;
  options.limits.idle_connections = 1000;
  const std::size_t before = allocations();
  const capture::Summary summary = run(file.bytes, options, handler);
  CHECK(handler.packets == 2);
  CHECK(summary.connections == 1);
  CHECK(summary.most_held < 8192);
  CHECK(allocations() - before < 2000);
}

TEST_CASE("connections beyond the limit push out those that were silent longest") {
  File file;
  for (std::uint32_t i = 0; i < 100; ++i) {
    Connection connection(file, {i + 10, 40'000});
    connection.open();
    connection.send(0, connect_v4);
  }
  Counting handler;
  capture::Options options;
  options.limits.connections = 10;
  run(file.bytes, options, handler);
  CHECK(handler.packets == 100);
  CHECK(handler.evicted == 90);
}

TEST_CASE("a declared length of 256 MiB costs what has come, and what is too large is skipped") {
  const std::string header("\x30\xFF\xFF\xFF\x7F\0\3a/b", 10);
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4 + header);
  connection.send(0, std::string(1000, 'x'));
  Counting handler;
  CHECK(run(file.bytes, {}, handler).most_held < 8192);
  CHECK(handler.limits == 1);

  // Below the limit it is put together, and found whole.
  const std::string large = publish("a/b", std::string(100'000, 'x'));
  File second;
  Connection other(second);
  other.open();
  other.send(0, connect_v4);
  for (std::size_t at = 0; at < large.size(); at += 1400) other.send(0, large.substr(at, 1400));
  other.send(0, disconnect);
  for (const std::size_t limit : {std::size_t{1'000}, std::size_t{200'000}}) {
    Counting counting;
    capture::Options options;
    options.limits.packet = limit;
    const capture::Summary summary = run(second.bytes, options, counting);
    CHECK(counting.packets == (limit < large.size() ? 2U : 3U));
    CHECK(summary.most_held < (limit < large.size() ? 8192U : 300'000U));
  }
}

TEST_CASE("segments behind a hole that never fills are bounded in a direction and in all") {
  File file;
  constexpr std::uint32_t connections = 50;
  for (std::uint32_t i = 0; i < connections; ++i) {
    Connection connection(file, {i + 10, 40'000});
    connection.open();
    connection.send(0, connect_v4);
    connection.lose(0, "hole");
    for (int segment = 0; segment < 100; ++segment) {
      connection.send(0, std::string(1000, '\0'));
      connection.lose(0, "x");
    }
  }
  Counting handler;
  capture::Options options;
  options.limits.out_of_order = 20'000;
  options.limits.all = 300'000;
  const capture::Summary summary = run(file.bytes, options, handler);
  CHECK(summary.most_held <= options.limits.all + 25'000);
  CHECK(handler.packets == connections);
}

TEST_CASE("fragments that never become whole are bounded") {
  File file;
  for (unsigned i = 0; i < 10'000; ++i) {
    file.add_packet(ipv4({1, 1}, {2, 1883}, std::string(1000, 'x'), 6, i, 0x2000U | (i % 8000)));
  }
  Counting handler;
  const std::size_t before = allocations();
  run(file.bytes, {}, handler);
  CHECK(handler.packets == 0);
  CHECK(allocations() - before < 100'000);
}

TEST_CASE("zeros are few faults, then skipped, and what follows them is found") {
  File file;
  Connection connection(file);
  connection.open();
  connection.send(0, connect_v4);
  for (int i = 0; i < 100; ++i) connection.send(0, std::string(1000, '\0'));
  connection.send(0, publish("a/b", "x") + publish("a/b", "y"));
  Counting handler;
  const capture::Summary summary = run(file.bytes, {}, handler);
  CHECK(handler.packets == 1 + 8 + 2);  // those of the reserved type are left to who decodes them
  CHECK(handler.faults == 1);
  CHECK(summary.most_held < 8192);
}
