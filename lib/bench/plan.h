// What a load test is to do: data, fully resolved before it starts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/settings.h"
#include "session/client.h"

namespace bench {

enum class Mode : std::uint8_t {
  conn,     ///< connect, and hold the connections
  pub,      ///< publish
  sub,      ///< subscribe and count
  latency,  ///< publishers and subscribers in one process
  mixed,    ///< several of the others at the same time
};

/// Who receives whose messages, in `Mode::latency`.
enum class Shape : std::uint8_t {
  pairs,    ///< `count` publishers, as many subscribers, one for each
  fan_in,   ///< `count` publishers, one subscriber of all
  fan_out,  ///< one publisher, `count` subscribers
};

/// A part of a load that several processes make together. Everything else in a plan is of the whole.
struct Shard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
};

struct Plan {
  Mode mode = Mode::pub;
  std::string name;          ///< of a group
  std::vector<Plan> groups;  ///< `Mode::mixed`: what the run consists of, threads and times being those of the whole
  net::ConnectSettings network;
  session::ClientOptions session;  ///< of each client, but for its identifier
  std::string prefix;              ///< client identifiers are this and the client's number
  std::uint32_t start_number = 0;  ///< of the first client
  std::uint32_t count = 1;
  Shape shape = Shape::pairs;
  Shard shard;
  std::optional<std::chrono::system_clock::time_point> start_at;  ///< of sending, or (conn) of connecting
  unsigned threads = 0;                                           ///< 0: not chosen yet
  std::vector<std::string> local_addresses;  ///< to connect from, in turn; empty: the system chooses

  std::string topic =
      "bench/%i";  ///< with %i client number, %c client identifier, %u user name, %s sequence, %% percent
  std::uint8_t qos = 0;
  bool retain = false;
  std::uint32_t least_size = 64;  ///< of a payload; equal to `most_size` or any size between
  std::uint32_t most_size = 64;
  /// What to publish as it stands, but for the placeholders that topics have. Its messages are not stamped, so
  /// receivers only count them; the sizes above are those of the first.
  std::optional<std::string> payload;

  wire::Properties publish_properties;
  wire::Properties subscribe_properties;

  double connect_rate = 0;       ///< connections a second in all; 0: as fast as they go
  double rate = 0;               ///< messages a second in all; 0: each client sends as fast as acknowledgements come
  std::uint64_t messages = 0;    ///< in all, published or (`Mode::sub`) received; 0: no bound
  session::Duration duration{};  ///< of the measurement, behind the warm-up; zero: no bound
  session::Duration warmup{};    ///< at the start, not measured
  session::Duration patience = std::chrono::seconds(5);  ///< at the end for what is under way, while nothing comes
  bool reconnect = false;
  double churn = 0;  ///< connections a second that are closed and made again

  /// What it consists of: its groups, or itself.
  std::span<const Plan> loads() const noexcept;
  bool publishes() const noexcept;
  bool receives() const noexcept;
  /// All subscribers share one subscription, so that each message goes to one of them.
  bool shares_subscription() const noexcept;
  /// MQTT promises an order to subscriptions that are not shared alone ([MQTT-4.6.0-6]).
  bool ordered() const noexcept { return mode != Mode::sub || !topic.starts_with("$share/"); }
  /// Nobody here hears all that comes to it: other shards have subscribers of it too.
  bool shares_with_shards() const noexcept { return shard.count > 1 && shares_subscription(); }
  bool open_loop() const noexcept { return rate > 0; }
  std::uint32_t publishers() const noexcept {
    if (mode == Mode::latency && shape == Shape::fan_out) return 1;
    return mode == Mode::pub || mode == Mode::latency ? count : 0;
  }
  std::uint32_t subscribers() const noexcept {
    if (mode == Mode::sub) return count;
    if (mode != Mode::latency) return 0;
    return shape == Shape::fan_in ? 1 : count;
  }
  /// Publishers come first, then subscribers.
  std::uint32_t clients() const noexcept;
  /// This shard's share: of each kind of client every `shard.count`-th, so that pairs stay together.
  template <class Number>
  Number own(Number all) const noexcept {
    return all / shard.count + (shard.index < all % shard.count ? 1 : 0);
  }
  std::uint32_t own_publishers() const noexcept { return own(publishers()); }
  std::uint32_t own_subscribers() const noexcept { return own(subscribers()); }
  std::uint32_t own_clients() const noexcept;
  /// Its number among all clients, by its place among those of the shard.
  std::uint32_t number_of(std::uint32_t place) const noexcept {
    const std::uint32_t before = own_publishers();
    if (place < before) return place * shard.count + shard.index;
    return publishers() + (place - before) * shard.count + shard.index;
  }
  struct Part {
    std::uint32_t count;
    double rate;
    double connect_rate;
    std::uint64_t messages;
    double churn;
  };
  /// What the shard adds to the whole; the parts of all shards add up to it.
  Part part() const noexcept;
  /// With the number in the whole, not counted from `start_number`.
  std::string identifier_of(std::uint32_t number) const;
  std::string topic_of(std::uint32_t publisher) const;
  std::string filter_of(std::uint32_t subscriber) const;
  /// Subscribers of its own that a message goes to.
  std::uint32_t copies() const noexcept { return mode != Mode::latency ? 0 : shape == Shape::fan_out ? count : 1; }
};

/// Letters, digits, - and _, and no name of a latency: both stand in front of a dot.
bool is_group_name(std::string_view text) noexcept;
inline constexpr std::size_t longest_group_name = 64;
/// Each has histograms in every thread.
inline constexpr std::size_t most_groups = 100;

/// Who a client is, for what a template says of it.
struct Person {
  std::uint32_t number = 0;
  std::string_view identifier;
  std::string_view username;
};

/// Appends what a template makes of a client and a sequence number.
void expand(std::string& out, std::string_view pattern, const Person& person, std::uint64_t sequence);
/// Whether each message has a topic of its own.
bool varies(std::string_view pattern) noexcept;
/// The template with "+" for each level that has one of these placeholders: "s" for all messages of a client, "icus"
/// for those of all clients.
std::string widen(std::string_view pattern, std::string_view letters);

}  // namespace bench
