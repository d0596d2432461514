#include "scenario/will_case.h"

#include <algorithm>

namespace scenario {
namespace {

constexpr std::string_view published = "the will is published";
constexpr std::string_view not_published = "no will is published";

constexpr WillCase cases[] = {
    // Ways of dying.
    {"tcp-fin", "closes the connection without DISCONNECT", published, "MQTT-3.1.2-8", "MQTT-3.1.2-8", tcp_fin},
    {"tcp-reset", "resets the connection", published, "MQTT-3.1.2-8", "MQTT-3.1.2-8", tcp_reset, need_tcp},
    {"tls-cut", "closes TCP without close_notify", published, "MQTT-3.1.2-8", "MQTT-3.1.2-8", tls_cut, need_tls},
    {"ws-close", "closes the WebSocket without DISCONNECT", published, "MQTT-3.1.2-8", "MQTT-3.1.2-8", ws_close,
     need_websocket},
    {"ws-cut", "closes TCP without a close frame", published, "MQTT-3.1.2-8", "MQTT-3.1.2-8", ws_cut, need_websocket},
    {"half-packet", "dies within a packet", published, "MQTT-3.1.2-8", "MQTT-3.1.2-8", half_packet},
    {"half-qos-2", "dies between PUBLISH and PUBREL", published, "MQTT-3.1.2-8", "MQTT-3.1.2-8", half_qos_2,
     need_qos_2},
    {"keep-alive", "falls silent", "the will is published after 1.5 times the keep alive, not before the keep alive",
     "MQTT-3.1.2-24", "MQTT-3.1.2-22", keep_alive},
    {"malformed-packet", "sends SUBSCRIBE with reserved flags", "the connection ends and the will is published",
     "MQTT-3.8.1-1, MQTT-3.1.2-8", "MQTT-3.8.1-1, MQTT-3.1.2-8", malformed_packet},
    {"second-connect", "sends a second CONNECT", "the connection ends and the will is published",
     "MQTT-3.1.0-2, MQTT-3.1.2-8", "MQTT-3.1.0-2, MQTT-3.1.2-8", second_connect},
    {"wildcard-publish", "publishes to a topic with a wildcard", "the connection ends and the will is published",
     "MQTT-3.3.2-2, MQTT-3.1.2-8", "MQTT-3.3.2-2, MQTT-3.1.2-8", wildcard_publish},
    {"take-over", "loses its session to another connection", published, "MQTT-3.1.4-2", "MQTT-3.1.4-3", take_over},

    // Ways of living.
    {"disconnect", "sends DISCONNECT", not_published, "MQTT-3.14.4-3", "MQTT-3.14.4-3", disconnect},
    {"disconnect-discards", "sends DISCONNECT, comes back without a will and dies", not_published, "MQTT-3.1.2-10",
     "MQTT-3.1.2-10", disconnect_discards},
    {"disconnect-with-will", "sends DISCONNECT with reason code 0x04", published, "", "MQTT-3.1.2-8",
     disconnect_with_will},
    {"keep-alive-zero", "has no keep alive and is silent", not_published, "section 3.1.2.10", "section 3.1.2.10",
     keep_alive_zero},
    {"pingreq", "sends PINGREQ in time", not_published, "MQTT-3.1.2-24", "MQTT-3.1.2-22", pingreq},
    {"refused", "is refused", not_published, "MQTT-3.1.4-5", "MQTT-3.1.4-6", refused},
    {"wildcard-will", "wants a will to a topic with a wildcard", "CONNECT is refused", "MQTT-4.7.1-1", "MQTT-4.7.0-1",
     wildcard_will},

    // What arrives.
    {"topic", "leaves a will to a topic beyond ASCII", "the topic arrives as it was given", "MQTT-4.7.3-4",
     "MQTT-4.7.3-4", topic},
    {"dollar-topic", "leaves a will to a topic that begins with $", "no wildcard at the beginning of a filter matches",
     "MQTT-4.7.2-1", "MQTT-4.7.2-1", dollar_topic},
    {"payload-empty", "leaves a will without a payload", "it arrives empty", "MQTT-3.1.2-8", "MQTT-3.1.2-8",
     payload_empty},
    {"payload-binary", "leaves a will of all bytes", "each byte arrives", "MQTT-3.1.2-8", "MQTT-3.1.2-8",
     payload_binary},
    {"payload-large", "leaves a will of 65,535 bytes", "each byte arrives", "MQTT-3.1.2-8", "MQTT-3.1.2-8",
     payload_large},
    {"qos-0", "leaves a will of QoS 0", "it arrives with QoS 0", "MQTT-3.1.2-9", "MQTT-3.1.2-9", qos_0},
    {"qos-1", "leaves a will of QoS 1", "it arrives with QoS 1", "MQTT-3.1.2-9", "MQTT-3.1.2-9", qos_1, need_qos_1},
    {"qos-2", "leaves a will of QoS 2", "it arrives with QoS 2", "MQTT-3.1.2-9", "MQTT-3.1.2-9", qos_2},
    {"qos-1-to-0", "leaves a will of QoS 1 to a subscriber at QoS 0", "it arrives with QoS 0", "MQTT-3.8.4-6",
     "MQTT-3.8.4-8", qos_1_to_0, need_qos_1},
    {"qos-2-to-1", "leaves a will of QoS 2 to a subscriber at QoS 1", "it arrives with QoS 1", "MQTT-3.8.4-6",
     "MQTT-3.8.4-8", qos_2_to_1, need_qos_2},
    {"once", "leaves a will", "exactly one copy arrives", "MQTT-3.1.2-10", "MQTT-3.1.2-10", once},
    {"retain", "leaves a retained will", "a later subscriber gets it", "MQTT-3.1.2-17", "MQTT-3.1.2-15", retain,
     need_retain},
    {"retain-live", "leaves a retained will", "to a subscriber that is there it comes without RETAIN", "MQTT-3.3.1-9",
     "MQTT-3.3.1-12", retain_live, need_retain},
    {"no-retain", "leaves a will that is not retained", "a later subscriber gets nothing", "MQTT-3.1.2-16",
     "MQTT-3.1.2-14", no_retain},
    {"retain-clears", "leaves an empty retained will", "the message retained before is cleared", "MQTT-3.3.1-10",
     "MQTT-3.3.1-6", retain_clears, need_retain},
    {"away-subscriber", "dies while a persistent subscriber is away", "it gets the will when it is back",
     "MQTT-3.1.2-5", "MQTT-4.5.0-1", away_subscriber, need_qos_1},

    // Time and properties of 5.0.
    {"delay", "leaves a will with a delay", "it comes after the delay", "", "MQTT-3.1.2-8", delay},
    {"delay-cancelled", "comes back within the delay", not_published, "", "MQTT-3.1.3-9", delay_cancelled},
    {"delay-session-end", "leaves a will with a delay beyond the end of its session", "it comes when the session ends",
     "", "MQTT-3.1.2-8", delay_session_end},
    {"delay-no-session", "leaves a will with a delay but no session", "it comes at once", "", "MQTT-3.1.2-8",
     delay_no_session},
    {"take-over-resumed", "loses its connection to another one of its session, with a delay", not_published, "",
     "MQTT-3.1.3-9", take_over_resumed},
    {"take-over-clean-start", "loses its session to a Clean Start, with a delay", "it comes at once", "",
     "MQTT-3.1.2-8", take_over_clean_start},
    {"message-expiry", "leaves a will with a Message Expiry Interval", "it arrives, less the time that has passed", "",
     "MQTT-3.3.2-6", message_expiry},
    {"message-expired", "leaves a will that expires before its subscriber is back", "it is not delivered", "",
     "MQTT-3.3.2-5", message_expired, need_qos_1},
    {"payload-format", "leaves a will with a Payload Format Indicator", "it arrives unaltered", "", "MQTT-3.3.2-4",
     payload_format},
    {"content-type", "leaves a will with a Content Type", "it arrives unaltered", "", "MQTT-3.3.2-20", content_type},
    {"response-topic", "leaves a will with a Response Topic", "it arrives unaltered", "", "MQTT-3.3.2-15",
     response_topic},
    {"correlation-data", "leaves a will with Correlation Data", "it arrives unaltered", "", "MQTT-3.3.2-16",
     correlation_data},
    {"user-properties", "leaves a will with User Properties", "they arrive unaltered and in order", "", "MQTT-3.1.3-10",
     user_properties},
    {"retain-as-published", "leaves a retained will to a subscriber with Retain As Published", "it comes with RETAIN",
     "", "MQTT-3.3.1-13", retain_as_published, need_retain},
    {"qos-above-maximum", "wants a will of a QoS that the broker does not support", "CONNECT is refused with 0x9B", "",
     "MQTT-3.2.2-12", qos_above_maximum, need_low_qos},
    {"retain-unavailable", "wants a retained will of a broker that keeps none", "CONNECT is refused with 0x9A", "",
     "MQTT-3.2.2-13", retain_unavailable, need_no_retain},

    // Many at once.
    {"burst", "dies together with many others", "each will is published, none twice", "MQTT-3.1.2-8", "MQTT-3.1.2-8",
     burst, 0, true},
};

struct NeedRow {
  Need need;
  bool (*met)(const Settings& settings, const Capabilities& capabilities);
  std::string_view reason;
};

constexpr NeedRow needs_rows[] = {
    {need_qos_1, [](const Settings&, const Capabilities& broker) { return broker.maximum_qos >= 1; },
     "the broker supports QoS 0 only"},
    {need_qos_2, [](const Settings&, const Capabilities& broker) { return broker.maximum_qos >= 2; },
     "the broker does not support QoS 2"},
    {need_retain, [](const Settings&, const Capabilities& broker) { return broker.retain; },
     "the broker says that it keeps no retained messages"},
    {need_tls, [](const Settings& settings, const Capabilities&) { return net::encrypted(settings.network.transport); },
     "the connection is not encrypted"},
    {need_websocket,
     [](const Settings& settings, const Capabilities&) { return net::websocket(settings.network.transport); },
     "the connection is no WebSocket"},
    {need_tcp, [](const Settings& settings, const Capabilities&) { return settings.network.unix_path.empty(); },
     "a unix socket knows no reset"},
    {need_low_qos,
     [](const Settings&, const Capabilities& broker) {
       return broker.maximum_qos < 2 && broker.maximum_qos_is_announced;
     },
     "the broker supports QoS 2"},
    {need_no_retain, [](const Settings&, const Capabilities& broker) { return !broker.retain; },
     "the broker keeps retained messages"},
};

}  // namespace

std::span<const WillCase> will_cases() noexcept { return cases; }

std::string missing(unsigned needs, const Settings& settings, const Capabilities& capabilities) {
  for (const NeedRow& row : needs_rows) {
    if ((needs & row.need) != 0 && !row.met(settings, capabilities)) return std::string(row.reason);
  }
  return {};
}

namespace {

/// Nothing where CONNACK says success.
std::optional<net::Ending> obstacle_of(Stage& stage, Peer& peer, const std::optional<Received>& answer) {
  if (!answer && peer.ended()) return std::move(peer.ending());
  net::Ending ending;
  ending.version = stage.version();
  if (!answer) {
    ending.kind = net::Ending::Kind::timed_out;
    ending.waiting = session::TimedOut::Waiting::connack;
    return ending;
  }
  const auto& connack = std::get<wire::Connack>(answer->packet);
  if (connack.reason_code == wire::ReasonCode::success) return {};
  ending.kind = net::Ending::Kind::refused;
  ending.reason_code = connack.reason_code;
  ending.properties.append(connack.properties);
  return ending;
}

}  // namespace

Task<> probe(Stage& stage) {
  const Part part{.role = "probe"};
  Peer& peer = stage.begin(part);
  const auto answered = [&peer] { return peer.has(wire::PacketType::connack) || peer.ended(); };
  co_await stage.until(stage.answer_deadline(), answered);
  const auto answer = peer.take(wire::PacketType::connack);
  if (auto obstacle = obstacle_of(stage, peer, answer)) {
    stage.obstacle() = std::move(*obstacle);
    co_await stage.fail("the broker takes no client");
  }
  Capabilities& broker = stage.capabilities();
  const auto properties = std::get<wire::Connack>(answer->packet).properties;
  broker.maximum_qos = static_cast<std::uint8_t>(properties.number(wire::PropertyId::maximum_qos, 2));
  broker.maximum_qos_is_announced = broker.maximum_qos < 2;
  broker.retain = properties.number(wire::PropertyId::retain_available, 1) != 0;
  const std::string filter = stage.will_topic();
  const wire::Subscription subscription{.topic_filter = filter, .qos = 2};
  co_await stage.subscribe(peer, subscription);
  broker.maximum_qos = std::min(broker.maximum_qos, stage.granted_qos());
}

}  // namespace scenario
