// What the packets of a captured connection have established so far.
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "session/lint_exchange.h"
#include "session/lint_subscriptions.h"
#include "session/lint_wills.h"
#include "wire/decode.h"

namespace session::lint {

inline constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t second = 1'000'000'000;
/// How long a side may take for what it must do, before it is said not to do it. Generous: networks and disks are slow.
inline constexpr std::int64_t patience = 5 * second;

/// Nanoseconds, 0 where one of them is not known.
constexpr std::int64_t elapsed(std::int64_t from, std::int64_t to) noexcept {
  return from == no_time || to == no_time ? 0 : to - from;
}

/// A number for bytes: of their size, and of the first and last 64 of them. Never 0.
std::uint32_t content_of(base::Bytes bytes, std::uint32_t seed = 2'166'136'261U) noexcept;

/// The same for a message.
std::uint32_t content_of(std::string_view topic, base::Bytes payload) noexcept;

/// The topics that one side has given numbers to.
class Aliases {
 public:
  static constexpr std::size_t most = 1024;
  static constexpr std::size_t most_text = 65'536;

  void set(std::uint16_t alias, std::string_view topic);
  /// Lives until the next `set`.
  std::optional<std::string_view> find(std::uint16_t alias) const noexcept;
  bool overflowed() const noexcept { return overflowed_; }
  /// Bytes outside of this object.
  std::size_t held() const noexcept { return aliases_.capacity() * sizeof(Alias) + text_; }

 private:
  struct Alias {
    std::uint16_t number;
    std::string topic;
  };
  std::vector<Alias> aliases_;  ///< by number
  std::size_t text_ = 0;
  bool overflowed_ = false;
};

/// A message that the client published, to be known again when it comes back.
struct Published {
  static constexpr std::size_t compared = 4;
  std::uint32_t topic;
  std::uint32_t payload;
  std::uint32_t expiry;  ///< Message Expiry Interval, 0 for none
  std::array<std::uint32_t, compared> properties;
  std::uint32_t user_properties;      ///< in any order
  std::uint32_t user_property_order;  ///< in this order
  std::uint8_t qos;
  bool retain;
  bool returned;
};
Published published(const wire::Publish& publish, std::string_view topic);
/// The properties behind `Published::properties`.
inline constexpr std::array<wire::PropertyId, Published::compared> compared_properties = {
    wire::PropertyId::payload_format_indicator, wire::PropertyId::response_topic, wire::PropertyId::correlation_data,
    wire::PropertyId::content_type};

/// A SUBSCRIBE or UNSUBSCRIBE that is not answered yet.
struct Request {
  std::uint16_t packet_identifier;
  wire::PacketType type;
  std::uint32_t entries;
  std::int64_t since;
};

/// Somebody must close the connection.
struct Closing {
  wire::Clause clause;  ///< the rule that says so
  wire::Sender by;
  std::int64_t since;
};

struct Side {
  Exchange out;     ///< messages that it sends
  Aliases aliases;  ///< that it has set
  std::uint16_t receive_maximum = 65'535;
  std::uint16_t topic_alias_maximum = 0;
  std::uint32_t maximum_packet_size = wire::largest_packet;
  std::int64_t last = no_time;  ///< its last packet
  bool spoke = false;
  bool disconnected = false;
  bool alias_misused = false;  ///< it sent a Topic Alias that the other side may refuse
};

/// What CONNECT said.
struct Connected {
  std::int64_t since = no_time;
  bool clean_start = true;
  std::uint16_t keep_alive = 0;
  bool nameless = false;
  bool plain_name = false;  ///< of 1 to 23 letters and digits
  std::uint32_t session_expiry_interval = 0;
  bool has_will = false;
  std::uint8_t will_qos = 0;
  bool will_retain = false;
  bool request_response_information = false;
  bool request_problem_information = true;
  std::uint32_t authentication_method = 0;  ///< `content_of` it, 0 for none
};

/// What an accepting CONNACK said.
struct Accepted {
  bool session_present = false;
  std::optional<std::uint8_t> maximum_qos;
  bool retain_available = true;
  bool wildcard_subscription_available = true;
  bool subscription_identifier_available = true;
  bool shared_subscription_available = true;
  std::optional<std::uint16_t> keep_alive;
};

/// What is known of the session before this connection.
struct Past {
  bool ended = false;                         ///< with the earlier connection
  std::uint32_t session_expiry_interval = 0;  ///< seconds, 0xFFFFFFFF for never
  std::int64_t closed = no_time;
};

struct State {
  wire::Version version = wire::Version::v3_1_1;
  bool whole = true;  ///< nothing is missing since the beginning
  Side client;
  Side server;
  std::optional<Connected> connected;
  bool answered = false;  ///< a CONNACK came
  std::optional<Accepted> accepted;
  std::optional<Past> past;
  std::optional<Closing> closing;
  std::vector<Request> requests;
  bool requests_overflowed = false;
  Subscriptions subscriptions;
  std::vector<std::uint32_t> retained;  ///< topics delivered with RETAIN since the last SUBSCRIBE
  std::vector<Published> published;     ///< the last 16 of the client, the newest last
  LintWills* wills = nullptr;           ///< of all connections, where they are followed
  std::optional<std::uint32_t> will;    ///< of this connection, in `wills`
  std::uint32_t pings = 0;              ///< PINGREQs without PINGRESP
  std::int64_t ping_since = no_time;

  Side& side(wire::Sender sender) noexcept { return sender == wire::Sender::client ? client : server; }
  const Side& side(wire::Sender sender) const noexcept { return sender == wire::Sender::client ? client : server; }
  const Side& other(wire::Sender sender) const noexcept { return sender == wire::Sender::client ? server : client; }

  /// Whether all that belongs to the session came over this connection.
  bool new_session() const noexcept;
  /// Whether what belongs to the session is known: it is new, or was inherited.
  bool knows_session() const noexcept { return whole && (past.has_value() || new_session()); }
  /// Bytes outside of this object.
  std::size_t held() const noexcept {
    return client.out.held() + client.aliases.held() + server.out.held() + server.aliases.held() +
           requests.capacity() * sizeof(Request) + subscriptions.held() + retained.capacity() * sizeof(retained[0]) +
           published.capacity() * sizeof(Published);
  }
  const Request* request(std::uint16_t packet_identifier) const noexcept;
  std::uint16_t keep_alive() const noexcept;
};

/// What judging a packet found out, for those who take it over.
enum class Verdict : std::uint8_t {
  none,
  in_use,
  resend_without_dup,
  resend_unprompted,
  resend_out_of_order,
  after_pubrel,
  after_refusal,
  dup_on_new,
  of_discarded_session,
  of_nothing,
  wrong_type,
  pubrel_before_pubrec,
  pubcomp_before_pubrel,
};

/// The state after a packet.
void apply(State& state, wire::Sender sender, std::int64_t now, const wire::Packet& packet, Verdict verdict);
/// The state after bytes that are not known.
void forget(State& state);
/// The connection is over: its will may come.
void release_will(State& state);
/// The side must close from now on, unless another rule has said so before.
void expect_close(State& state, wire::Clause clause, wire::Sender by, std::int64_t now);

}  // namespace session::lint
