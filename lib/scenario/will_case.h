// The table of promises about last wills: a row each, with the script that finds out whether a broker keeps it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "scenario/stage.h"

namespace scenario {

/// What a case cannot do without; a bit each.
enum Need : unsigned {
  need_qos_1 = 1,
  need_qos_2 = 2,
  need_retain = 4,
  need_tls = 8,
  need_websocket = 16,
  need_tcp = 32,        ///< not a unix socket
  need_low_qos = 64,    ///< a broker that announces a Maximum QoS below 2
  need_no_retain = 128  ///< a broker that announces that it keeps no retained messages
};

struct WillCase {
  std::string_view name;
  std::string_view deed;     ///< what the client with the will does
  std::string_view promise;  ///< what the broker must do
  std::string_view v3_1_1;   ///< "MQTT-3.1.2-8", or "section 4.7.2"; empty: not a case of this version
  std::string_view v5_0;
  Task<> (*script)(Stage&);
  unsigned needs = 0;
  bool alone = false;  ///< it would disturb others: played after them

  std::string_view clause(wire::Version version) const noexcept {
    return version == wire::Version::v5_0 ? v5_0 : v3_1_1;
  }
};

std::span<const WillCase> will_cases() noexcept;
/// Why a broker with these capabilities cannot be tested with that; empty: it can.
std::string missing(unsigned needs, const Settings& settings, const Capabilities& capabilities);

/// Connects, and learns what the broker can do; it leaves that in the stage's capabilities.
Task<> probe(Stage& stage);

// The scripts, in their files.

Task<> tcp_fin(Stage& stage);
Task<> tcp_reset(Stage& stage);
Task<> tls_cut(Stage& stage);
Task<> ws_close(Stage& stage);
Task<> ws_cut(Stage& stage);
Task<> half_packet(Stage& stage);
Task<> half_qos_2(Stage& stage);
Task<> keep_alive(Stage& stage);
Task<> malformed_packet(Stage& stage);
Task<> second_connect(Stage& stage);
Task<> wildcard_publish(Stage& stage);
Task<> take_over(Stage& stage);

Task<> disconnect(Stage& stage);
Task<> disconnect_discards(Stage& stage);
Task<> disconnect_with_will(Stage& stage);
Task<> keep_alive_zero(Stage& stage);
Task<> pingreq(Stage& stage);
Task<> refused(Stage& stage);
Task<> wildcard_will(Stage& stage);

Task<> topic(Stage& stage);
Task<> dollar_topic(Stage& stage);
Task<> payload_empty(Stage& stage);
Task<> payload_binary(Stage& stage);
Task<> payload_large(Stage& stage);
Task<> qos_0(Stage& stage);
Task<> qos_1(Stage& stage);
Task<> qos_2(Stage& stage);
Task<> qos_1_to_0(Stage& stage);
Task<> qos_2_to_1(Stage& stage);
Task<> once(Stage& stage);
Task<> retain(Stage& stage);
Task<> retain_live(Stage& stage);
Task<> no_retain(Stage& stage);
Task<> retain_clears(Stage& stage);
Task<> away_subscriber(Stage& stage);
Task<> burst(Stage& stage);

Task<> delay(Stage& stage);
Task<> delay_cancelled(Stage& stage);
Task<> delay_session_end(Stage& stage);
Task<> delay_no_session(Stage& stage);
Task<> take_over_resumed(Stage& stage);
Task<> take_over_clean_start(Stage& stage);

Task<> message_expiry(Stage& stage);
Task<> message_expired(Stage& stage);
Task<> payload_format(Stage& stage);
Task<> content_type(Stage& stage);
Task<> response_topic(Stage& stage);
Task<> correlation_data(Stage& stage);
Task<> user_properties(Stage& stage);
Task<> retain_as_published(Stage& stage);
Task<> qos_above_maximum(Stage& stage);
Task<> retain_unavailable(Stage& stage);

}  // namespace scenario
