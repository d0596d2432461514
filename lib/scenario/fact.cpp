#include "scenario/fact.h"

#include <algorithm>

#include "scenario/fact_steps.h"

namespace scenario {
namespace {

constexpr std::string_view by_connack = "CONNACK";
constexpr std::string_view by_both = "CONNACK, and tried";
constexpr std::string_view by_trial = "tried";
constexpr std::string_view by_handshake = "the handshake";

using enum Measure;

constexpr Fact table[] = {
    // The way in.
    {"version.3.1", "is MQTT 3.1 accepted?", "", by_connack, flag},
    {"version.3.1.1", "is MQTT 3.1.1 accepted?", "MQTT-3.1.2-2", by_connack, flag},
    {"version.5.0", "is MQTT 5.0 accepted?", "MQTT-3.1.2-2", by_connack, flag},
    {"anonymous", "may a client without a user name connect?", "section 3.1.3.5", by_trial, flag, anonymous},
    {"enhanced_authentication", "does the broker offer SCRAM, and what does a made-up method get?", "MQTT-4.12.0-1",
     "CONNECT with each method", flag, authentication, lack_v5},
    {"websocket_subprotocol", "which subprotocol does the broker choose?", "MQTT-6.0.0-4", by_handshake, text,
     subprotocol, lack_websocket},
    {"tls.1.0", "is the obsolete TLS 1.0 accepted?", "", by_handshake, flag, obsolete_tls, lack_tls},
    {"tls.1.1", "is the obsolete TLS 1.1 accepted?", "", by_handshake, flag, obsolete_tls, lack_tls},
    {"tls.1.2", "is TLS 1.2 accepted?", "", by_handshake, flag, current_tls, lack_tls},
    {"tls.1.3", "is TLS 1.3 accepted?", "", by_handshake, flag, current_tls, lack_tls},
    {"tls_cipher", "which cipher is agreed on?", "", by_handshake, text, certificate, lack_tls},
    {"certificate_subject", "whom is the certificate for?", "", by_handshake, text, certificate, lack_tls},
    {"certificate_issuer", "who signed it?", "", by_handshake, text, certificate, lack_tls},
    {"certificate_chain", "how many certificates does the broker send?", "", by_handshake, number, certificate,
     lack_tls},
    {"certificate_expires", "when does it expire?", "", by_handshake, text, certificate, lack_tls},
    {"certificate_days", "in how many days?", "", by_handshake, number, certificate, lack_tls},

    // Client identifiers and sessions.
    {"client_identifier_length", "how long may a client identifier be?", "MQTT-3.1.3-5", "tried, up to 65,535 bytes",
     bytes, identifier_length},
    {"empty_client_identifier", "may it be empty?", "MQTT-3.1.3-6", by_trial, flag, no_identifier},
    {"assigned_client_identifier", "does the broker then tell which one it made?", "MQTT-3.1.3-7", by_connack, flag,
     no_identifier, lack_v5},
    {"persistent_sessions", "is a session kept, with what it subscribed to and what came meanwhile?", "MQTT-3.1.2-5",
     by_trial, flag, sessions},
    {"clean_sessions", "does a clean start leave nothing of it?", "MQTT-3.1.2-4", by_trial, flag, sessions},
    {"session_expiry", "how long is a session kept that should be kept for ever?", "section 3.2.2.3.2", by_connack,
     seconds, session_expiry, lack_v5},
    {"server_keep_alive", "which keep alive is left of 65,535 s?", "MQTT-3.2.2-21", by_connack, seconds,
     keep_alive_limit},

    // What can be published and subscribed to.
    {"qos", "which QoS is the highest?", "section 3.2.2.3.4", by_both, number, quality},
    {"retain", "are messages retained?", "section 3.2.2.3.5", by_both, flag, retaining},
    {"wildcard_subscriptions", "are there subscriptions with + and #?", "section 3.2.2.3.11", by_both, flag, wildcards},
    {"shared_subscriptions", "does each message go to one of those that share?", "section 3.2.2.3.13", by_both, flag,
     sharing},
    {"subscription_identifiers", "do they come back with the messages?", "section 3.2.2.3.12", by_both, flag,
     subscription_identifiers, lack_v5},
    {"dollar_topics", "may clients publish to topics that begin with $?", "section 4.7.2", by_trial, flag,
     dollar_topics},
    {"sys", "does the broker tell of itself in $SYS?", "section 4.7.2", by_trial, flag, broker_topics},
    {"broker_version", "which version is it, by $SYS?", "", "a topic of $SYS that ends with /version", text,
     broker_topics},
    {"response_information", "does the broker tell where responses may go?", "section 3.2.2.3.15", by_connack, flag,
     announcements, lack_v5},

    // Limits.
    {"maximum_packet_size", "how large may packets to the broker be?", "MQTT-3.2.2-15", by_connack, bytes,
     announcements, lack_v5},
    {"payload", "which payload comes back?", "", "tried, up to --largest-payload", bytes, payload},
    {"topic_length", "how long may a topic be?", "section 4.7.3", "tried, up to 65,535 bytes", bytes, topic_length},
    {"topic_levels", "how many levels may it have?", "section 4.7.1.1", "tried, up to 1,000", number, topic_levels},
    {"receive_maximum", "how many QoS 1 and 2 messages may be in flight?", "section 3.2.2.3.3", by_connack, number,
     announcements, lack_v5},
    {"topic_alias_maximum", "how many topic aliases may a client use?", "section 3.2.2.3.8", by_both, number,
     topic_alias, lack_v5},

    // Times, of nothing else going on.
    {"connect.p50", "how long from the first packet to CONNACK?", "", "--samples times; the median", seconds,
     round_trips, 0, true},
    {"connect.max", "the longest of these", "", "--samples times", seconds, round_trips, 0, true},
    {"ping.p50", "how long from PINGREQ to PINGRESP?", "", "--samples times; the median", seconds, round_trips, 0,
     true},
    {"ping.max", "the longest of these", "", "--samples times", seconds, round_trips, 0, true},
    {"echo.p50", "how long from a publish at QoS 0 to its arrival?", "", "--samples times; the median", seconds,
     round_trips, 0, true},
    {"echo.max", "the longest of these", "", "--samples times", seconds, round_trips, 0, true},
};

}  // namespace

void Findings::flag(std::string_view fact, bool value, std::string remark) {
  found_[std::string(fact)] = {value ? 1.0 : 0.0, {}, std::move(remark)};
}

void Findings::number(std::string_view fact, double value, std::string remark, std::string text) {
  found_[std::string(fact)] = {value, std::move(text), std::move(remark)};
}

void Findings::text(std::string_view fact, std::string text, std::string remark) {
  const double there = text.empty() ? 0 : 1;
  found_[std::string(fact)] = {there, std::move(text), std::move(remark)};
}

void Findings::unknown(std::string_view fact, std::string reason) {
  found_[std::string(fact)] = {{}, {}, std::move(reason)};
}

const Finding* Findings::find(std::string_view fact) const noexcept {
  const auto found = found_.find(fact);
  return found == found_.end() ? nullptr : &found->second;
}

std::span<const Fact> facts() noexcept { return table; }

const Fact* find_fact(std::string_view name) noexcept {
  const auto found =
      std::find_if(std::begin(table), std::end(table), [&](const Fact& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : found;
}

std::string lacking(unsigned needs, const Settings& settings, wire::Version version) {
  if ((needs & lack_v5) != 0 && version != wire::Version::v5_0) return "a matter of MQTT 5.0";
  if ((needs & lack_tls) != 0 && !net::encrypted(settings.network.transport)) return "the connection is not encrypted";
  if ((needs & lack_websocket) != 0 && !net::websocket(settings.network.transport)) {
    return "the connection is no WebSocket";
  }
  return {};
}

std::string_view fact_of(wire::Version version) noexcept {
  switch (version) {
    case wire::Version::v3_1:
      return "version.3.1";
    case wire::Version::v3_1_1:
      return "version.3.1.1";
    case wire::Version::v5_0:
      break;
  }
  return "version.5.0";
}

namespace {

/// As far as the command can tell a user, for its last line and exit code.
net::Ending obstacle_of(Stage& stage, Visit& visit) {
  net::Ending ending;
  ending.version = stage.version();
  if (visit.answered) {
    const auto& connack = std::get<wire::Connack>(visit.connack.packet);
    if (connack.reason_code == wire::ReasonCode::success) return std::move(visit.peer->ending());
    ending.kind = net::Ending::Kind::refused;
    ending.reason_code = connack.reason_code;
    if (static_cast<std::uint8_t>(connack.reason_code) < 0x80)
      ending.version = std::min(ending.version, wire::Version::v3_1_1);
    ending.properties.append(connack.properties);
    return ending;
  }
  if (visit.peer->ended()) return std::move(visit.peer->ending());
  ending.kind = net::Ending::Kind::timed_out;
  ending.waiting = session::TimedOut::Waiting::connack;
  return ending;
}

}  // namespace

Task<> greet(Stage& stage, Findings& out) {
  const Part part{.role = "greeter"};
  Visit entered = co_await visit(stage, part);
  if (!entered) {
    out.flag(fact_of(stage.version()), false, entered.why);
    stage.obstacle() = obstacle_of(stage, entered);
    co_await stage.fail(entered.why);
  }
  out.flag(fact_of(stage.version()), true);
  Capabilities& broker = stage.capabilities();
  broker.maximum_qos = static_cast<std::uint8_t>(entered.properties().number(wire::PropertyId::maximum_qos, 2));
  broker.maximum_qos_is_announced = broker.maximum_qos < 2;
  broker.retain = entered.properties().number(wire::PropertyId::retain_available, 1) != 0;
  const std::string filter = stage.base_topic();
  const Grant grant = co_await subscribe(stage, *entered.peer, filter, 2);
  if (grant.silent) {
    net::Ending& obstacle = stage.obstacle();
    obstacle.version = stage.version();
    obstacle.error = {
        transport::Stage::connack, transport::Kind::protocol, {}, "it accepts clients, but answers no SUBSCRIBE"};
    co_await stage.fail(obstacle.error.message);
  }
  if (grant) broker.maximum_qos = std::min(broker.maximum_qos, *grant.qos);
}

}  // namespace scenario
