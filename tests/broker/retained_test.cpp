// The retained store against a naive search through all topics.
#include "broker/retained.h"

#include <random>
#include <set>
#include <vector>

#include "catch.h"

namespace {

using broker::Retained;
using broker::StoredMessage;
using broker::Time;

constexpr Time now{std::chrono::hours(1)};

void retain(Retained& store, std::string_view topic) {
  wire::Publish publish;
  publish.topic = topic;
  publish.payload = base::as_bytes("x");
  REQUIRE(store.set(std::make_shared<const StoredMessage>(publish, now), now));
}

std::vector<std::string> found(Retained& store, std::string_view filter) {
  std::vector<std::string> topics;
  store.for_each(filter, now, [&](const broker::MessageRef& message) { topics.emplace_back(message->topic()); });
  return topics;
}

}  // namespace

TEST_CASE("retained messages are found by each filter that matches them, and no other") {
  std::mt19937 random(7);
  const auto any = [&](const std::vector<std::string_view>& of) { return of[random() % of.size()]; };
  const auto path = [&](const std::vector<std::string_view>& of) {
    std::string text(any(of));
    for (auto levels = random() % 4; levels != 0; --levels) text += "/" + std::string(any(of));
    return text;
  };
  Retained store;
  std::set<std::string> topics;
  // '!' sorts before '/', and '0' behind it.
  for (int i = 0; i < 2000; ++i) topics.insert(path({"a", "b", "a!", "a0", "", "$s", "c"}));
  topics.erase("");
  for (const std::string& topic : topics) retain(store, topic);
  for (int i = 0; i < 3000; ++i) {
    std::string filter = path({"a", "b", "a!", "", "+", "+", "$s", "bb", "zz"});
    if (random() % 4 == 0) filter += "/#";
    std::vector<std::string> expected;
    for (const std::string& topic : topics) {
      if (wire::matches(filter, topic)) expected.push_back(topic);
    }
    INFO(filter);
    REQUIRE(found(store, filter) == expected);
  }
}
