// Which messages are taken: -R, -T, and samples of the size they were asked for.
#include "selection.h"

#include "catch.h"

namespace {

wire::Publish message(std::string_view topic, bool retain = false) {
  wire::Publish publish;
  publish.topic = topic;
  publish.retain = retain;
  return publish;
}

std::size_t sample(double percent, std::size_t of) {
  cmd::SubOptions options;
  options.random_filter = percent;
  cmd::Selection selection(options, 1);
  std::size_t taken = 0;
  for (std::size_t i = 0; i < of; ++i) taken += selection.takes(message("a")) ? 1 : 0;
  return taken;
}

}  // namespace

TEST_CASE("retained messages and filtered topics are left out") {
  cmd::SubOptions options;
  options.hide_retained = true;
  options.filter_out = {"a/+", "b"};
  cmd::Selection selection(options, 0);
  CHECK(selection.takes(message("a")));
  CHECK_FALSE(selection.takes(message("a", true)));
  CHECK_FALSE(selection.takes(message("a/x")));
  CHECK(selection.takes(message("a/x/y")));
  CHECK_FALSE(selection.takes(message("b")));
}

TEST_CASE("a sample has the size that was asked for") {
  CHECK(sample(100, 10'000) == 10'000);
  const std::size_t half = sample(50, 100'000);
  CHECK((half > 49'000 && half < 51'000));
  const std::size_t few = sample(0.5, 100'000);
  CHECK((few > 400 && few < 600));
}
