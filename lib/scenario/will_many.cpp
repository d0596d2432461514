// Wills for subscribers that are away, and many wills at once.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/format.h"
#include "scenario/will_case.h"

namespace scenario {
namespace {

/// Connections on their way at a time. A listener's queue may be as short as five, and what it drops is tried again by
/// TCP after a second, then two, then four: so groups grow until the first one that takes that long.
class Groups {
 public:
  std::size_t size() const noexcept { return size_; }
  void took(session::Duration time) noexcept {
    if (time >= std::chrono::seconds(1)) {
      size_ = most_ = std::max<std::size_t>(size_ / 2, 2);
    } else {
      size_ = std::min(size_ * 2, most_);
    }
  }

 private:
  std::size_t size_ = 4, most_ = 64;
};

/// How often each will came; those of others are not counted.
std::vector<unsigned> count_wills(Peer& watcher, std::size_t below, std::size_t size) {
  std::vector<unsigned> counts(size);
  while (const auto received = watcher.take(wire::PacketType::publish)) {
    const std::string number(received->publish().topic.substr(std::min(below, received->publish().topic.size())));
    const auto index = std::strtoul(number.c_str(), nullptr, 10);
    if (index < size) ++counts[index];
  }
  return counts;
}

Task<> judge(Stage& stage, const std::vector<unsigned>& counts) {
  std::size_t lost = 0, doubled = 0;
  for (const unsigned count : counts) {
    lost += count == 0 ? 1 : 0;
    doubled += count > 1 ? 1 : 0;
  }
  if (lost != 0) co_await stage.fail(base::format("{} of {} wills do not come", lost, counts.size()));
  if (doubled != 0) co_await stage.fail(base::format("{} of {} wills come more than once", doubled, counts.size()));
}

/// As long as some come, the next one gets the whole time.
Task<> wait_for_all(Stage& stage, Peer& watcher, std::size_t size) {
  std::size_t before = 0;
  do {
    before = watcher.messages();
    const auto more = [&watcher, before, size] {
      return watcher.messages() >= size || watcher.messages() > before + 10;
    };
    co_await stage.until(session::Clock::now() + stage.settings().timeout, more);
  } while (watcher.messages() < size && watcher.messages() > before);
}

Peer& begin_one(Stage& stage, std::size_t number) {
  session::OwnedWill will = stage.will();
  will.topic += base::format("/{}", number);
  return stage.begin({.role = "doomed", .will = std::move(will)});
}

}  // namespace

Task<> away_subscriber(Stage& stage) {
  const std::string identifier = stage.new_client_identifier();
  const wire::Subscription subscription{.topic_filter = {}, .qos = 1};
  Part leaving{.role = "away", .client_identifier = identifier, .clean_start = false, .session_expiry = 600};
  Peer* away = co_await stage.subscriber(leaving, subscription);
  away->disconnect();
  co_await stage.closed(*away);
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  doomed->close_layers();
  co_await stage.message(*watcher);
  Part returning{.role = "away", .client_identifier = identifier, .clean_start = false, .session_expiry = 600};
  Peer* back = co_await stage.connect(returning);
  if (back->session_present()) {
    co_await stage.message(*back);
    co_return;
  }
  // Its markers would not come either.
  const auto came = [back] { return back->messages() != 0; };
  if (!co_await stage.until(session::Clock::now() + stage.settings().timeout, came)) {
    co_await stage.fail("the broker has not kept the session of the subscriber");
  }
  stage.warn("CONNACK denies the session whose message comes");
}

Task<> burst(Stage& stage) {
  const std::size_t size = stage.settings().burst;
  Peer* watcher = co_await stage.watcher();
  std::vector<Peer*> doomed;
  Groups groups;
  std::size_t group = 0;
  const auto answered = [&doomed, &group] {
    return std::all_of(doomed.end() - static_cast<std::ptrdiff_t>(group), doomed.end(),
                       [](const Peer* peer) { return peer->has(wire::PacketType::connack) || peer->ended(); });
  };
  while (doomed.size() < size) {
    const session::Time start = session::Clock::now();
    group = std::min(groups.size(), size - doomed.size());
    for (std::size_t i = 0; i < group; ++i) doomed.push_back(&begin_one(stage, doomed.size()));
    if (!co_await stage.until(stage.answer_deadline(), answered)) {
      co_await stage.late("CONNECT is not answered in time");
    }
    groups.took(session::Clock::now() - start);
  }
  const auto refused = std::count_if(doomed.begin(), doomed.end(), [](const Peer* peer) { return peer->ended(); });
  if (refused != 0) co_await stage.skip(base::format("the broker refuses {} of {} clients", refused, size));
  for (Peer* peer : doomed) peer->close_layers();
  co_await wait_for_all(stage, *watcher, size);
  co_await stage.marker(*watcher);
  co_await judge(stage, count_wills(*watcher, stage.will_topic().size() + 1, size));
}

}  // namespace scenario
