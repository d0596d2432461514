#include "bench/wheel.h"

#include "catch.h"

using bench::Wheel;
using namespace std::chrono_literals;

namespace {

constexpr session::Time start{100s};

std::vector<std::uint32_t> due(Wheel& wheel, session::Time now) {
  std::vector<std::uint32_t> entries;
  wheel.advance(now, [&entries](std::uint32_t entry) { entries.push_back(entry); });
  return entries;
}

using Entries = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("entries of a wheel come at their time, never before") {
  Wheel wheel(3, start);
  wheel.arm(0, start + 100ms);
  wheel.arm(1, start + 1s);
  wheel.arm(2, start - 1s);
  CHECK(due(wheel, start + 49ms) == Entries{});
  CHECK(due(wheel, start + 50ms) == Entries{2});
  CHECK(due(wheel, start + 100ms) == Entries{});
  CHECK(due(wheel, start + 150ms) == Entries{0});
  CHECK(wheel.armed() == 1);
  CHECK(due(wheel, start + 1050ms) == Entries{1});
  CHECK(wheel.armed() == 0);
}

TEST_CASE("an entry that is disarmed or armed anew does not come at its old time") {
  Wheel wheel(3, start);
  for (std::uint32_t entry = 0; entry < 3; ++entry) wheel.arm(entry, start + 100ms);
  wheel.disarm(1);
  wheel.disarm(1);
  wheel.arm(2, start + 300ms);
  CHECK_FALSE(wheel.is_armed(1));
  CHECK(due(wheel, start + 200ms) == Entries{0});
  CHECK(due(wheel, start + 350ms) == Entries{2});
}

TEST_CASE("an entry can be armed while another one is due") {
  Wheel wheel(2, start);
  wheel.arm(0, start + 50ms);
  Entries entries;
  wheel.advance(start + 1s, [&](std::uint32_t entry) {
    entries.push_back(entry);
    if (entry == 0) wheel.arm(1, start + 500ms);
  });
  CHECK(entries == Entries{0, 1});
}

TEST_CASE("what lies beyond the turn of a wheel comes at its end") {
  Wheel wheel(1, start);
  wheel.arm(0, start + 1h);
  const session::Time end = start + Wheel::tick * (Wheel::slots - 1);
  CHECK(due(wheel, end - Wheel::tick) == Entries{});
  CHECK(due(wheel, end) == Entries{0});
}
