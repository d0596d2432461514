// Events keep their order and are gone with the next input.
#include "session/event_queue.h"

#include <variant>

#include "catch.h"

TEST_CASE("events come out in order") {
  session::EventQueue<std::variant<int, char>> events;
  CHECK(events.poll() == nullptr);
  events.push(1);
  CHECK(*events.poll() == std::variant<int, char>(1));
  events.push('b');
  events.push(3);
  CHECK(*events.poll() == std::variant<int, char>('b'));
  CHECK(*events.poll() == std::variant<int, char>(3));
  CHECK(events.poll() == nullptr);
  events.clear();
  CHECK(events.poll() == nullptr);
  events.push(4);
  CHECK(*events.poll() == std::variant<int, char>(4));
}
