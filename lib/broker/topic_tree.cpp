#include "broker/topic_tree.h"

#include <algorithm>
#include <cstring>

#include "wire/topic.h"

namespace broker {

namespace {

/// Takes the front level off `rest`; `more` says whether a separator followed, so that "a/" has two levels.
std::string_view take_level(std::string_view& rest, bool& more) noexcept {
  const std::size_t slash = rest.find('/');
  more = slash != std::string_view::npos;
  const std::string_view level = rest.substr(0, slash);
  rest = more ? rest.substr(slash + 1) : std::string_view();
  return level;
}

}  // namespace

/// Subscriptions of one filter: those that are not shared, or one shared group.
struct TopicTree::List {
  Node* node = nullptr;
  std::string group;         ///< empty where not shared
  std::uint32_t number = 0;  ///< of the group
  std::uint32_t turn = 0;
  std::vector<Entry> entries;
};

struct TopicTree::Node {
  Node* parent = nullptr;
  std::string level;
  /// The keys view their child's `level`. `+` and `#` stand in pointers of their own.
  std::unordered_map<std::string_view, std::unique_ptr<Node>> children;
  std::unique_ptr<Node> plus;
  std::unique_ptr<Node> hash;
  List list;
  std::vector<std::unique_ptr<List>> groups;

  bool unused() const noexcept {
    return list.entries.empty() && groups.empty() && children.empty() && plus == nullptr && hash == nullptr;
  }
  Node* child(std::string_view name) const noexcept {
    if (name == "+") return plus.get();
    if (name == "#") return hash.get();
    const auto found = children.find(name);
    return found == children.end() ? nullptr : found->second.get();
  }
  Node* add_child(std::string_view name) {
    auto made = std::make_unique<Node>();
    made->parent = this;
    made->level = name;
    made->list.node = made.get();
    Node* node = made.get();
    if (name == "+") {
      plus = std::move(made);
    } else if (name == "#") {
      hash = std::move(made);
    } else {
      children.emplace(node->level, std::move(made));
    }
    return node;
  }
  void remove_child(const Node& child) {
    if (plus.get() == &child) {
      plus.reset();
    } else if (hash.get() == &child) {
      hash.reset();
    } else {
      const auto found = children.find(child.level);
      const std::unique_ptr<Node> last = std::move(found->second);  // outlives the key that views it
      children.erase(found);
    }
  }
  List* group(std::string_view name) const noexcept {
    for (const auto& each : groups) {
      if (each->group == name) return each.get();
    }
    return nullptr;
  }
  List& add_group(std::string_view name) {
    if (List* existing = group(name)) return *existing;
    groups.push_back(std::make_unique<List>());
    groups.back()->node = this;
    groups.back()->group = name;
    return *groups.back();
  }
};

TopicTree::TopicTree(Limits limits) : limits_(limits), root_(std::make_unique<Node>()) {}

TopicTree::~TopicTree() = default;

TopicTree::Subscriber& TopicTree::subscriber_at(SubscriberId subscriber) {
  if (subscriber >= subscribers_.size()) subscribers_.resize(subscriber + 1);
  return subscribers_[subscriber];
}

void TopicTree::set_connected(SubscriberId subscriber, bool connected) {
  subscriber_at(subscriber).connected = connected;
}

std::size_t TopicTree::subscriptions(SubscriberId subscriber) const noexcept {
  return subscriber < subscribers_.size() ? subscribers_[subscriber].slots.size() : 0;
}

base::Result<TopicTree::Node*, wire::ReasonCode> TopicTree::make_node(std::string_view topic_filter) {
  const auto levels = static_cast<std::size_t>(std::count(topic_filter.begin(), topic_filter.end(), '/')) + 1;
  if (levels > limits_.levels) return base::unexpected(wire::ReasonCode::topic_filter_invalid);
  Node* node = root_.get();
  for (bool more = true; more;) {
    const std::string_view level = take_level(topic_filter, more);
    Node* next = node->child(level);
    if (next == nullptr) {
      if (nodes_ >= limits_.nodes) {
        prune(node);
        return base::unexpected(wire::ReasonCode::quota_exceeded);
      }
      next = node->add_child(level);
      ++nodes_;
    }
    node = next;
  }
  return node;
}

TopicTree::Node* TopicTree::find_node(std::string_view topic_filter) const noexcept {
  Node* node = root_.get();
  for (bool more = true; more && node != nullptr;) node = node->child(take_level(topic_filter, more));
  return node;
}

TopicTree::Entry* TopicTree::find_entry(SubscriberId subscriber, List& list) noexcept {
  if (subscriber >= subscribers_.size()) return nullptr;
  // Either table has it; the shorter one is searched.
  const auto& slots = subscribers_[subscriber].slots;
  if (slots.size() < list.entries.size()) {
    const auto found = std::find_if(slots.begin(), slots.end(), [&](const Slot& slot) { return slot.list == &list; });
    return found == slots.end() ? nullptr : &list.entries[found->position];
  }
  const auto found = std::find_if(list.entries.begin(), list.entries.end(),
                                  [&](const Entry& entry) { return entry.subscriber == subscriber; });
  return found == list.entries.end() ? nullptr : &*found;
}

base::Result<bool, wire::ReasonCode> TopicTree::subscribe(SubscriberId subscriber, std::string_view topic_filter,
                                                          const SubscriptionOptions& options) {
  const auto shared = wire::shared_filter(topic_filter);
  const auto node = make_node(shared ? shared->topic_filter : topic_filter);
  if (!node) return base::unexpected(node.error());
  List& list = shared ? (*node)->add_group(shared->group) : (*node)->list;
  if (shared && list.number == 0) groups_.emplace(list.number = ++last_group_, &list);
  if (Entry* entry = find_entry(subscriber, list)) {
    entry->options = options;
    return false;
  }
  auto& slots = subscriber_at(subscriber).slots;
  list.entries.push_back({subscriber, static_cast<std::uint32_t>(slots.size()), options});
  slots.push_back({&list, static_cast<std::uint32_t>(list.entries.size() - 1)});
  ++subscriptions_;
  return true;
}

bool TopicTree::unsubscribe(SubscriberId subscriber, std::string_view topic_filter) {
  const auto shared = wire::shared_filter(topic_filter);
  Node* node = find_node(shared ? shared->topic_filter : topic_filter);
  if (node == nullptr) return false;
  List* list = shared ? node->group(shared->group) : &node->list;
  Entry* entry = list == nullptr ? nullptr : find_entry(subscriber, *list);
  if (entry == nullptr) return false;
  remove(*list, static_cast<std::uint32_t>(entry - list->entries.data()));
  return true;
}

void TopicTree::unsubscribe_all(SubscriberId subscriber) {
  if (subscriber >= subscribers_.size()) return;
  auto& slots = subscribers_[subscriber].slots;
  while (!slots.empty()) {
    const Slot last = slots.back();
    remove(*last.list, last.position);
  }
  slots.shrink_to_fit();
}

/// In both tables the last element takes the place of the one that goes.
void TopicTree::remove(List& list, std::uint32_t position) {
  const Entry gone = list.entries[position];
  list.entries[position] = list.entries.back();
  list.entries.pop_back();
  if (position < list.entries.size()) {
    const Entry& moved = list.entries[position];
    subscribers_[moved.subscriber].slots[moved.slot].position = position;
  }
  auto& slots = subscribers_[gone.subscriber].slots;
  slots[gone.slot] = slots.back();
  slots.pop_back();
  if (gone.slot < slots.size()) slots[gone.slot].list->entries[slots[gone.slot].position].slot = gone.slot;
  --subscriptions_;

  if (!list.entries.empty()) return;
  Node* node = list.node;
  if (&list != &node->list) {
    groups_.erase(list.number);
    std::erase_if(node->groups, [&](const auto& group) { return group.get() == &list; });
  } else {
    list.entries.shrink_to_fit();
  }
  prune(node);
}

void TopicTree::prune(Node* node) {
  while (node != root_.get() && node->unused()) {
    Node* parent = node->parent;
    parent->remove_child(*node);
    --nodes_;
    node = parent;
  }
}

void TopicTree::match(std::string_view topic_name, SubscriberId publisher, Matches& matches) {
  matches.all_.clear();
  matches.identifiers_.clear();
  matches_ = &matches;
  publisher_ = publisher;
  if (++round_ == 0) {
    for (Subscriber& subscriber : subscribers_) subscriber.round = 0;
    round_ = 1;
  }
  // Wildcards at the first level leave topics that begin with '$' alone (section 4.7.2).
  const bool wildcards = topic_name.empty() || topic_name.front() != '$';
  walk(*root_, topic_name.data(), topic_name.data() + topic_name.size(), wildcards);
}

void TopicTree::match_group(std::uint32_t group, Matches& matches) {
  matches.all_.clear();
  matches.identifiers_.clear();
  matches_ = &matches;
  if (const auto found = groups_.find(group); found != groups_.end()) collect_shared(*found->second);
}

/// `at` is the start of the level that the children of `node` are compared with. Recursion is as deep as the
/// filters, which the limit on levels bounds.
void TopicTree::walk(const Node& node, const char* at, const char* end, bool wildcards) {
  if (wildcards && node.hash != nullptr) collect(*node.hash);
  const auto* slash = static_cast<const char*>(std::memchr(at, '/', static_cast<std::size_t>(end - at)));
  const char* level_end = slash == nullptr ? end : slash;
  const auto visit = [&](const Node& child) {
    if (slash != nullptr) return walk(child, slash + 1, end, true);
    collect(child);
    if (child.hash != nullptr) collect(*child.hash);  // "a/#" matches "a" too
  };
  if (!node.children.empty()) {
    const auto found = node.children.find(std::string_view(at, static_cast<std::size_t>(level_end - at)));
    if (found != node.children.end()) visit(*found->second);
  }
  if (wildcards && node.plus != nullptr) visit(*node.plus);
}

void TopicTree::collect(const Node& node) {
  for (const Entry& entry : node.list.entries) {
    if (entry.subscriber == publisher_ && entry.options.no_local) continue;
    add_match(entry);
  }
  for (const auto& group : node.groups) collect_shared(*group);
}

void TopicTree::collect_shared(List& list) {
  const auto count = static_cast<std::uint32_t>(list.entries.size());
  std::uint32_t chosen = list.turn % count;
  for (std::uint32_t step = 0; step < count; ++step) {
    const std::uint32_t candidate = (list.turn + step) % count;
    if (!subscribers_[list.entries[candidate].subscriber].connected) continue;
    chosen = candidate;
    break;
  }
  list.turn = (chosen + 1) % count;
  const Entry& entry = list.entries[chosen];
  matches_->all_.push_back({entry.subscriber, entry.options.qos, entry.options.retain_as_published, 0, list.number});
  add_identifier(matches_->all_.back(), entry.options.identifier);
}

void TopicTree::add_match(const Entry& entry) {
  Subscriber& subscriber = subscribers_[entry.subscriber];
  const SubscriptionOptions& options = entry.options;
  if (subscriber.round != round_) {
    subscriber.round = round_;
    subscriber.index = static_cast<std::uint32_t>(matches_->all_.size());
    matches_->all_.push_back({entry.subscriber, options.qos, options.retain_as_published, 0});
  } else {
    Match& match = matches_->all_[subscriber.index];
    match.qos = std::max(match.qos, options.qos);
    match.retain_as_published = match.retain_as_published || options.retain_as_published;
  }
  add_identifier(matches_->all_[subscriber.index], options.identifier);
}

void TopicTree::add_identifier(Match& match, std::uint32_t identifier) {
  if (identifier == 0) return;
  matches_->identifiers_.push_back({identifier, match.first_identifier});
  match.first_identifier = static_cast<std::uint32_t>(matches_->identifiers_.size());
}

}  // namespace broker
