// The messages in flight that lint follows: held against a simple model, and bounded.
#include "session/lint_exchange.h"

#include <list>
#include <optional>
#include <random>

#include "catch.h"

namespace {

using session::lint::Exchange;
using Stage = Exchange::Stage;

/// One list a stage, in order.
struct Model {
  std::array<std::list<std::uint16_t>, Exchange::stages> waiting;

  std::list<std::uint16_t>& of(Stage stage) { return waiting[static_cast<std::size_t>(stage)]; }
  std::size_t size() const {
    std::size_t size = 0;
    for (const auto& one : waiting) size += one.size();
    return size;
  }
};

std::optional<std::uint16_t> identifier(const Exchange::Entry* entry) {
  return entry == nullptr ? std::nullopt : std::optional(entry->identifier);
}

void check(const Exchange& exchange, Model& model) {
  for (const Stage stage : {Stage::puback, Stage::pubrec, Stage::pubrel, Stage::pubcomp}) {
    const auto& list = model.of(stage);
    REQUIRE(identifier(exchange.next(stage)) == (list.empty() ? std::nullopt : std::optional(list.front())));
    for (const std::uint16_t one : list) {
      REQUIRE(exchange.find(one) != nullptr);
      REQUIRE(exchange.find(one)->stage == stage);
      REQUIRE(exchange.is_next(*exchange.find(one)) == (one == list.front()));
    }
  }
}

}  // namespace

TEST_CASE("messages in flight are found by identifier and stand in the order in which they wait") {
  std::mt19937 random(1);
  Exchange exchange;
  Model model;
  for (int step = 0; step < 20'000; ++step) {
    // Identifiers that collide in the index: few, and far apart.
    const auto one = static_cast<std::uint16_t>(1 + (random() % 40) * 256 + random() % 2);
    Exchange::Entry* entry = exchange.find(one);
    const auto stage = static_cast<Stage>(random() % 4);
    if (entry == nullptr) {
      REQUIRE(exchange.open(one, stage, step) != nullptr);
      model.of(stage).push_back(one);
    } else if (random() % 2 == 0) {
      model.of(entry->stage).remove(one);
      model.of(stage).push_back(one);
      exchange.move(*entry, stage, step);
    } else {
      model.of(entry->stage).remove(one);
      exchange.close(*entry, false);
      REQUIRE(exchange.find(one) == nullptr);
    }
    if (step % 10 == 0) check(exchange, model);
  }
}

TEST_CASE("those that are passed do not hold up the others") {
  Exchange exchange;
  for (std::uint16_t one = 1; one <= 4; ++one) exchange.open(one, Stage::puback, one);
  CHECK_FALSE(exchange.is_next(*exchange.find(3)));
  exchange.pass(*exchange.find(3));
  exchange.close(*exchange.find(3), false);
  CHECK(exchange.is_next(*exchange.find(1)));
  CHECK(exchange.is_next(*exchange.find(2)));
  CHECK(exchange.is_next(*exchange.find(4)));
  CHECK(exchange.next(Stage::puback)->identifier == 4);
  CHECK(exchange.oldest(Stage::puback)->identifier == 1);
}

TEST_CASE("a message that is sent again before an older one has overtaken it") {
  Exchange exchange;
  for (std::uint16_t one = 1; one <= 3; ++one) exchange.open(one, Stage::puback, one);
  exchange.resend(*exchange.find(1), 4);
  CHECK_FALSE(exchange.overtaken(*exchange.find(2)));
  exchange.resend(*exchange.find(3), 5);
  CHECK(exchange.overtaken(*exchange.find(2)));
  exchange.resend(*exchange.find(2), 6);
  CHECK_FALSE(exchange.overtaken(*exchange.find(1)));
}

TEST_CASE("what a session inherits is owed again until it is sent or the session is new") {
  Exchange exchange;
  for (std::uint16_t one = 1; one <= 3; ++one) exchange.count(*exchange.open(one, Stage::puback, one));
  CHECK(exchange.outstanding() == 3);
  exchange.inherit();
  CHECK(exchange.outstanding() == 0);
  exchange.resend(*exchange.find(1), 4);
  CHECK(exchange.outstanding() == 1);
  CHECK(identifier(exchange.not_resent()) == 2);
  exchange.drop_inherited();
  CHECK(exchange.not_resent() == nullptr);
  CHECK(exchange.find(1) != nullptr);
  CHECK(exchange.find(2) == nullptr);
}

TEST_CASE("more messages in flight than are followed are not followed") {
  Exchange exchange;
  for (std::uint16_t one = 1; one <= Exchange::most; ++one) REQUIRE(exchange.open(one, Stage::pubrec, 0) != nullptr);
  CHECK_FALSE(exchange.overflowed());
  CHECK(exchange.open(65'535, Stage::pubrec, 0) == nullptr);
  CHECK(exchange.overflowed());
  CHECK(exchange.find(65'535) == nullptr);
  CHECK(exchange.find(1) != nullptr);
}

TEST_CASE("the messages that finished lately are remembered") {
  Exchange exchange;
  for (std::uint16_t one = 1; one <= 17; ++one) exchange.close(*exchange.open(one, Stage::puback, 0), one == 17);
  CHECK(exchange.finished(1) == nullptr);
  REQUIRE(exchange.finished(2) != nullptr);
  CHECK_FALSE(exchange.finished(2)->refused);
  CHECK(exchange.finished(17)->refused);
}
