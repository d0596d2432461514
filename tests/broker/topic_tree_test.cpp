// The topic tree against a naive matcher, its shared groups, overlapping subscriptions, limits and allocations.
#include "broker/topic_tree.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "allocations.h"
#include "catch.h"

using namespace broker;

namespace {

std::vector<std::string> levels_of(std::string_view text) {
  std::vector<std::string> levels(1);
  for (const char character : text) {
    if (character == '/') {
      levels.emplace_back();
    } else {
      levels.back() += character;
    }
  }
  return levels;
}

/// Section 4.7, word by word.
bool naive_match(std::string_view topic_filter, std::string_view topic_name) {
  const auto filter = levels_of(topic_filter);
  const auto topic = levels_of(topic_name);
  if (topic_name.starts_with('$') && (filter[0] == "+" || filter[0] == "#")) return false;
  for (std::size_t i = 0;; ++i) {
    if (i < filter.size() && filter[i] == "#") return true;
    if (i == filter.size() || i == topic.size()) return i == filter.size() && i == topic.size();
    if (filter[i] != "+" && filter[i] != topic[i]) return false;
    if (i + 1 == topic.size() && i + 2 == filter.size() && filter[i + 1] == "#") return true;
  }
}

struct Random {
  std::mt19937 engine{7};
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine); }

  std::string text(bool wildcards) {
    static const std::vector<std::string> words = {"", "a", "b", "c", "$SYS", "+", "#"};
    std::string made;
    const std::size_t count = 1 + below(4);
    for (std::size_t i = 0; i < count; ++i) {
      if (i != 0) made += '/';
      const std::string& word = words[below(wildcards ? 7 : 5)];
      made += word;
      if (word == "#") break;
    }
    return made.empty() ? "a" : made;
  }
};

std::vector<SubscriberId> matched(TopicTree& tree, std::string_view topic, SubscriberId publisher = no_subscriber) {
  Matches matches;
  tree.match(topic, publisher, matches);
  std::vector<SubscriberId> found;
  for (const Match& match : matches.all()) found.push_back(match.subscriber);
  std::sort(found.begin(), found.end());
  return found;
}

using Ids = std::vector<SubscriberId>;

}  // namespace

TEST_CASE("random filters and topics match as a naive matcher says, while subscriptions come and go") {
  Random random;
  TopicTree tree;
  std::map<std::pair<SubscriberId, std::string>, SubscriptionOptions> model;
  for (int step = 0; step < 20'000; ++step) {
    const auto subscriber = static_cast<SubscriberId>(random.below(12));
    const std::string filter = random.text(true);
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2: {
        const SubscriptionOptions options{static_cast<std::uint32_t>(random.below(3)),
                                          static_cast<std::uint8_t>(random.below(3)), random.below(4) == 0,
                                          random.below(2) == 0};
        const auto added = tree.subscribe(subscriber, filter, options);
        REQUIRE(added.has_value());
        REQUIRE(*added == model.insert_or_assign({subscriber, filter}, options).second);
        break;
      }
      case 3:
      case 4:
        REQUIRE(tree.unsubscribe(subscriber, filter) == (model.erase({subscriber, filter}) == 1));
        break;
      case 5:
        if (random.below(20) != 0) break;
        tree.unsubscribe_all(subscriber);
        std::erase_if(model, [&](const auto& entry) { return entry.first.first == subscriber; });
        break;
      default: {
        const std::string topic = random.text(false);
        struct Wanted {
          std::uint8_t qos = 0;
          bool retain_as_published = false;
          std::vector<std::uint32_t> identifiers;
        };
        std::map<SubscriberId, Wanted> wanted;
        for (const auto& [key, options] : model) {
          if (!naive_match(key.second, topic) || (options.no_local && key.first == subscriber)) continue;
          Wanted& entry = wanted[key.first];
          entry.qos = std::max(entry.qos, options.qos);
          entry.retain_as_published = entry.retain_as_published || options.retain_as_published;
          if (options.identifier != 0) entry.identifiers.push_back(options.identifier);
        }
        Matches matches;
        tree.match(topic, subscriber, matches);
        REQUIRE(matches.all().size() == wanted.size());
        for (const Match& match : matches.all()) {
          Wanted& entry = wanted.at(match.subscriber);
          std::vector<std::uint32_t> identifiers;
          matches.for_each_identifier(match, [&](std::uint32_t identifier) { identifiers.push_back(identifier); });
          std::sort(identifiers.begin(), identifiers.end());
          std::sort(entry.identifiers.begin(), entry.identifiers.end());
          REQUIRE(match.qos == entry.qos);
          REQUIRE(match.retain_as_published == entry.retain_as_published);
          REQUIRE(identifiers == entry.identifiers);
        }
      }
    }
    REQUIRE(tree.subscriptions() == model.size());
  }
  for (SubscriberId subscriber = 0; subscriber < 12; ++subscriber) tree.unsubscribe_all(subscriber);
  CHECK(tree.subscriptions() == 0);
  CHECK(tree.nodes() == 0);
}

TEST_CASE("the standard's own examples of matching") {
  const struct {
    std::string_view filter, topic;
    bool matches;
  } rows[] = {
      {"sport/tennis/player1/#", "sport/tennis/player1", true},
      {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
      {"sport/#", "sport", true},
      {"sport/tennis/+", "sport/tennis/player1", true},
      {"sport/tennis/+", "sport/tennis/player1/ranking", false},
      {"sport/+", "sport", false},
      {"sport/+", "sport/", true},
      {"+/+", "/finance", true},
      {"/+", "/finance", true},
      {"+", "/finance", false},
      {"#", "$SYS/x", false},
      {"+/monitor/Clients", "$SYS/monitor/Clients", false},
      {"$SYS/#", "$SYS/", true},
      {"$SYS/monitor/+", "$SYS/monitor/Clients", true},
      {"ACCOUNTS", "Accounts", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.filter, row.topic);
    TopicTree tree;
    REQUIRE(tree.subscribe(3, row.filter, {}).has_value());
    CHECK(matched(tree, row.topic) == (row.matches ? Ids{3} : Ids{}));
  }
}

TEST_CASE("a shared group takes turns among its connected members") {
  TopicTree tree;
  for (SubscriberId member = 0; member < 3; ++member) {
    REQUIRE(tree.subscribe(member, "$share/g/a/+", {.qos = 1}).value());
    tree.set_connected(member, true);
  }
  const auto turn = [&] { return matched(tree, "a/b").at(0); };
  CHECK(Ids{turn(), turn(), turn(), turn()} == Ids{0, 1, 2, 0});
  tree.set_connected(1, false);
  CHECK(Ids{turn(), turn(), turn()} == Ids{2, 0, 2});
  tree.set_connected(0, false);
  tree.set_connected(2, false);
  CHECK(Ids{turn(), turn(), turn()} == Ids{0, 1, 2});  // nobody is there: their queues take turns

  REQUIRE(tree.subscribe(7, "$share/other/a/b", {}).value());
  REQUIRE(tree.subscribe(7, "a/b", {}).value());
  const Ids found = matched(tree, "a/b");
  CHECK(std::count(found.begin(), found.end(), 7U) == 2);  // a shared and a plain subscription are two copies
  CHECK(tree.unsubscribe(7, "$share/other/a/b"));
  CHECK_FALSE(tree.unsubscribe(7, "$share/other/a/b"));
  CHECK_FALSE(tree.unsubscribe(7, "$share/nobody/a/b"));
}

TEST_CASE("levels and nodes are bounded, and a refused subscription leaves nothing behind") {
  TopicTree tree({.nodes = 4, .levels = 5});
  CHECK(tree.subscribe(0, "a/b/c/d/e/f", {}).error() == wire::ReasonCode::topic_filter_invalid);
  CHECK(tree.subscribe(0, "a/b/c/d/e", {}).error() == wire::ReasonCode::quota_exceeded);
  CHECK(tree.nodes() == 0);
  CHECK(tree.subscribe(0, "a/b/c/d", {}).value());
  CHECK(tree.subscribe(1, "b", {}).error() == wire::ReasonCode::quota_exceeded);
  CHECK(tree.subscribe(1, "a/b", {}).value());
  CHECK(matched(tree, "a/b") == Ids{1});
  CHECK(tree.nodes() == 4);
}

TEST_CASE("a match allocates nothing once its result has grown") {
  TopicTree tree;
  Random random;
  for (SubscriberId subscriber = 0; subscriber < 300; ++subscriber) {
    tree.set_connected(subscriber, true);
    for (const char* filter : {"a/b/c", "a/+/c", "#", "$share/g/a/#"}) {
      REQUIRE(tree.subscribe(subscriber, filter, {.identifier = 5, .qos = 1}).has_value());
    }
  }
  Matches matches;
  tree.match("a/b/c", no_subscriber, matches);
  REQUIRE(matches.all().size() == 301);
  const std::size_t before = allocations();
  for (int i = 0; i < 100; ++i) tree.match("a/b/c", no_subscriber, matches);
  CHECK(allocations() == before);
}
