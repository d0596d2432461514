// Who subscribed to what: a tree of topic levels with `+`, `#` and shared groups, matched without allocating.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "wire/packets.h"

namespace broker {

/// A small number that the hub gives to a session; numbers are reused, so tables by them stay dense.
using SubscriberId = std::uint32_t;
inline constexpr SubscriberId no_subscriber = 0xFFFF'FFFF;

struct SubscriptionOptions {
  std::uint32_t identifier = 0;  ///< Subscription Identifier, 0 for none
  std::uint8_t qos = 0;
  bool no_local = false;
  bool retain_as_published = false;
  friend bool operator==(const SubscriptionOptions&, const SubscriptionOptions&) = default;
};

/// One copy to deliver: the highest QoS of the subscriber's matching subscriptions. A shared subscription
/// makes a copy of its own (5.0 section 4.8.2).
struct Match {
  SubscriberId subscriber = 0;
  std::uint8_t qos = 0;
  bool retain_as_published = false;
  std::uint32_t first_identifier = 0;  ///< into the chain that `Matches::for_each_identifier` walks, 0 for none
  std::uint32_t group = 0;             ///< the shared group that chose this subscriber, 0 for none
};

/// The result of a match, reused from one to the next so that it stops allocating.
class Matches {
 public:
  std::span<const Match> all() const noexcept { return all_; }

  template <class Function>
  void for_each_identifier(const Match& match, Function&& function) const {
    for (std::uint32_t at = match.first_identifier; at != 0; at = identifiers_[at - 1].next) {
      function(identifiers_[at - 1].identifier);
    }
  }

 private:
  friend class TopicTree;
  struct Identifier {
    std::uint32_t identifier;
    std::uint32_t next;
  };
  std::vector<Match> all_;
  std::vector<Identifier> identifiers_;
};

class TopicTree {
 public:
  struct Limits {
    std::size_t nodes = 1'000'000;
    std::size_t levels = 200;  ///< of one topic filter
  };

  explicit TopicTree(Limits limits);
  TopicTree() : TopicTree(Limits{}) {}
  TopicTree(const TopicTree&) = delete;
  TopicTree& operator=(const TopicTree&) = delete;
  ~TopicTree();

  /// Adds or replaces; `true` where there was none before. Fails with Quota exceeded or Topic Filter invalid (too
  /// deep).
  base::Result<bool, wire::ReasonCode> subscribe(SubscriberId subscriber, std::string_view topic_filter,
                                                 const SubscriptionOptions& options);
  /// Whether there was such a subscription.
  bool unsubscribe(SubscriberId subscriber, std::string_view topic_filter);
  void unsubscribe_all(SubscriberId subscriber);

  /// Shared groups pass over members that are not connected as long as there is one that is.
  void set_connected(SubscriberId subscriber, bool connected);

  std::size_t subscriptions(SubscriberId subscriber) const noexcept;
  /// Of all subscribers.
  std::size_t subscriptions() const noexcept { return subscriptions_; }
  std::size_t nodes() const noexcept { return nodes_; }

  /// Who gets a message on `topic_name` that `publisher` (or no_subscriber) sent. Advances the shared groups' turns.
  void match(std::string_view topic_name, SubscriberId publisher, Matches& matches);
  /// The next member of a shared group, for a message that was meant for another one; nobody where the group is gone.
  void match_group(std::uint32_t group, Matches& matches);

 private:
  struct Node;
  struct List;

  /// A subscription stands in two tables, a list of the tree and its subscriber's; each knows its place in the other.
  struct Entry {
    SubscriberId subscriber;
    std::uint32_t slot;  ///< in Subscriber::slots
    SubscriptionOptions options;
  };
  struct Slot {
    List* list;
    std::uint32_t position;  ///< in List::entries
  };
  struct Subscriber {
    std::vector<Slot> slots;
    std::uint32_t round = 0;  ///< of the match that saw it last …
    std::uint32_t index = 0;  ///< … and where it stands in the result
    bool connected = false;
  };

  base::Result<Node*, wire::ReasonCode> make_node(std::string_view topic_filter);
  Node* find_node(std::string_view topic_filter) const noexcept;
  Entry* find_entry(SubscriberId subscriber, List& list) noexcept;
  void remove(List& list, std::uint32_t position);
  void prune(Node* node);
  Subscriber& subscriber_at(SubscriberId subscriber);

  void walk(const Node& node, const char* at, const char* end, bool wildcards);
  void collect(const Node& node);
  void collect_shared(List& list);
  void add_match(const Entry& entry);
  void add_identifier(Match& match, std::uint32_t identifier);

  Limits limits_;
  std::unique_ptr<Node> root_;
  std::vector<Subscriber> subscribers_;
  std::size_t subscriptions_ = 0;
  std::size_t nodes_ = 0;
  std::unordered_map<std::uint32_t, List*> groups_;  ///< by a number that is not used again
  std::uint32_t last_group_ = 0;
  // Of the match under way.
  std::uint32_t round_ = 0;
  SubscriberId publisher_ = no_subscriber;
  Matches* matches_ = nullptr;
};

}  // namespace broker
