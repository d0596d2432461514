#include "bench_display.h"

#include "catch.h"
#include "screen.h"

namespace {

bench::Status status(std::uint64_t published) {
  bench::Status status;
  status.phase = bench::Status::Phase::running;
  status.elapsed = std::chrono::seconds(12);
  status.ready = 50;
  status.published = published;
  return status;
}

}  // namespace

TEST_CASE("a sparkline has a column for each of the last values") {
  CHECK(cmd::sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8, true) == "▁▂▃▄▅▆▇█");
  CHECK(cmd::sparkline({100, 0, 7, 7}, 2, true) == "██");
  CHECK(cmd::sparkline({0, 0}, 5, true) == "▁▁");
  CHECK(cmd::sparkline({0, 7}, 5, false) == "_#");
  CHECK(cmd::sparkline({}, 5, true).empty());
}

TEST_CASE("the line fits the terminal, and shows the rate of the last half second") {
  bench::Plan plan;
  session::Time now{};
  cmd::BenchDisplay display(plan, false);
  std::string line;
  for (std::uint64_t i = 0; i < 20; ++i, now += std::chrono::milliseconds(500)) {
    line = display.line(status(i * 500), now + std::chrono::seconds(1), 100);
  }
  CHECK(line.starts_with("running 12 s  "));
  CHECK(line.ends_with("  1,000/s published, 50 connected, 9,500 in all"));
  CHECK(cmd::columns_of(line) < 100);
  for (std::size_t columns = 10; columns < 100; ++columns) {
    const std::string fits = display.line(status(9'500), now, columns);
    CHECK(cmd::columns_of(fits) < columns);
    if (columns > 45) CHECK(fits.find("1,000/s published") != std::string::npos);
  }
  CHECK(display.line(status(9'500), now, 0).starts_with("running 12 s: 1,000/s published, 50 connected, 9,500 in all"));
}
