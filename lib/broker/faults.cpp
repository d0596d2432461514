#include "broker/faults.h"

#include <algorithm>
#include <iterator>

#include "wire/decode.h"

namespace broker {
namespace {

using wire::PropertyId;

constexpr std::size_t most_remembered = 10'000;  ///< stashed wills, and topics of bursts
constexpr std::uint32_t longer_by = 60;          ///< seconds
constexpr std::size_t cut_at = 1024;

template <PropertyId id>
bool lose_property(StoredWill& will) {
  wire::Properties kept;
  for (const wire::Property& property : will.properties.view()) {
    if (property.id != id) kept.add(property);
  }
  will.properties = std::move(kept);
  return true;
}

bool reverse_user_properties(StoredWill& will) {
  std::vector<wire::Property> user;
  wire::Properties turned;
  for (const wire::Property& property : will.properties.view()) {
    if (property.id == PropertyId::user_property) {
      user.push_back(property);
    } else {
      turned.add(property);
    }
  }
  std::for_each(user.rbegin(), user.rend(), [&](const wire::Property& property) { turned.add(property); });
  will.properties = std::move(turned);
  return true;
}

bool change_topic(StoredWill& will) {
  will.topic += "/changed";
  return true;
}
bool lose_dollar(StoredWill& will) {
  if (will.topic.starts_with('$')) will.topic.erase(0, 1);
  return true;
}
bool lose_empty(StoredWill& will) { return !will.payload.empty(); }
bool cut_at_zero(StoredWill& will) {
  will.payload.resize(std::min(will.payload.size(), will.payload.find('\0')));
  return true;
}
bool cut_long(StoredWill& will) {
  will.payload.resize(std::min(will.payload.size(), cut_at));
  return true;
}
bool lower_qos(StoredWill& will) {
  will.qos = 0;
  return true;
}
bool lose_retain(StoredWill& will) {
  will.retain = false;
  return true;
}
bool always_retain(StoredWill& will) {
  will.retain = true;
  return true;
}
bool ignore_delay(StoredWill& will) {
  will.delay = 0;
  return true;
}
bool delay_longer(StoredWill& will) {
  if (will.delay != 0) will.delay += longer_by;
  return true;
}

constexpr FaultRow rows[] = {
    {Fault::will_never, "will-never", "No will is published."},
    {Fault::will_lost_on_close, "will-lost-on-close", "A connection closed without DISCONNECT publishes no will.",
     Ending::closed},
    {Fault::will_lost_on_reset, "will-lost-on-reset", "A connection reset publishes no will.", Ending::reset},
    {Fault::will_lost_on_tls_cut, "will-lost-on-tls-cut",
     "A TLS connection cut without close_notify publishes no will.", Ending::tls_cut},
    {Fault::will_lost_on_websocket_cut, "will-lost-on-websocket-cut",
     "A WebSocket connection cut without a close frame publishes no will.", Ending::websocket_cut},
    {Fault::will_lost_on_half_packet, "will-lost-on-half-packet",
     "A connection closed within a packet publishes no will.", Ending::half_packet},
    {Fault::will_lost_on_open_flow, "will-lost-on-open-flow",
     "A connection lost between PUBLISH and PUBREL of QoS 2 publishes no will."},
    {Fault::will_lost_on_keep_alive, "will-lost-on-keep-alive", "A connection ended for its silence publishes no will.",
     Ending::silent},
    {Fault::will_lost_on_malformed_packet, "will-lost-on-malformed-packet",
     "A connection ended for a malformed packet publishes no will.", Ending::malformed},
    {Fault::will_lost_on_protocol_error, "will-lost-on-protocol-error",
     "A connection ended for a protocol error publishes no will.", Ending::protocol_error},
    {Fault::will_lost_on_take_over, "will-lost-on-take-over",
     "A connection ended by another one with its client identifier publishes no will.", Ending::taken_over},
    {Fault::will_lost_on_clean_start, "will-lost-on-clean-start",
     "A will that waits for its delay is lost when its session is ended by Clean Start."},
    {Fault::will_lost_on_session_end, "will-lost-on-session-end",
     "A will that waits for its delay is lost when its session expires before."},
    {Fault::will_lost_on_disconnect_with_will, "will-lost-on-disconnect-with-will",
     "DISCONNECT with reason code 0x04 publishes no will.", Ending::disconnected_with_will},
    {Fault::will_lost_while_away, "will-lost-while-away", "Messages are not kept for sessions that are away."},
    {Fault::will_lost_in_burst, "will-lost-in-burst",
     "Of the wills to topics beside each other, each hundredth is lost."},
    {Fault::will_on_disconnect, "will-on-disconnect", "DISCONNECT publishes the will."},
    {Fault::will_kept_after_disconnect, "will-kept-after-disconnect",
     "DISCONNECT does not discard the will: it comes when the client's next connection breaks."},
    {Fault::will_of_refused, "will-of-refused", "The will of a refused CONNECT is published."},
    {Fault::will_twice, "will-twice", "A will is published twice."},
    {Fault::keep_alive_ignored, "keep-alive-ignored", "Silent clients are kept for ever."},
    {Fault::keep_alive_early, "keep-alive-early", "Clients are ended after half of their keep alive."},
    {Fault::keep_alive_zero_enforced, "keep-alive-zero-enforced",
     "Silent clients without a keep alive are ended after a second."},
    {Fault::pingreq_ignored, "pingreq-ignored", "PINGREQ is not answered and does not count as a sign of life."},
    {Fault::topic_changed, "topic-changed", "A will is published to another topic.", {}, change_topic},
    {Fault::topic_wildcard_accepted, "topic-wildcard-accepted", "A CONNECT with a wildcard in its will is accepted."},
    {Fault::dollar_dropped, "dollar-dropped", "A will to a topic that begins with $ loses the $.", {}, lose_dollar},
    {Fault::payload_empty_lost, "payload-empty-lost", "A will without a payload is lost.", {}, lose_empty},
    {Fault::payload_cut_at_zero,
     "payload-cut-at-zero",
     "The payload of a will ends before its first zero byte.",
     {},
     cut_at_zero},
    {Fault::payload_cut_at_1024, "payload-cut-at-1024", "The payload of a will ends after 1024 bytes.", {}, cut_long},
    {Fault::qos_lowered, "qos-lowered", "A will is published with QoS 0.", {}, lower_qos},
    {Fault::qos_not_downgraded, "qos-not-downgraded",
     "The QoS granted to a subscription does not limit that of messages."},
    {Fault::limits_ignored, "limits-ignored",
     "A will above the announced maximum QoS, or retained where that is not available, is accepted."},
    {Fault::retain_lost, "retain-lost", "A retained will is published without RETAIN.", {}, lose_retain},
    {Fault::retain_always, "retain-always", "Each will is retained.", {}, always_retain},
    {Fault::retained_not_cleared, "retained-not-cleared", "An empty retained message does not clear the one there."},
    {Fault::retain_as_published_ignored, "retain-as-published-ignored", "Retain As Published has no effect."},
    {Fault::retain_as_published_always, "retain-as-published-always",
     "RETAIN is forwarded also where Retain As Published was not asked for."},
    {Fault::delay_ignored, "delay-ignored", "The Will Delay Interval has no effect.", {}, ignore_delay},
    {Fault::delay_longer, "delay-longer", "A delayed will waits for a minute more.", {}, delay_longer},
    {Fault::delay_not_cancelled, "delay-not-cancelled",
     "A client that comes back within the Will Delay Interval does not cancel its will."},
    {Fault::message_expiry_lost,
     "message-expiry-lost",
     "A will has no Message Expiry Interval.",
     {},
     lose_property<PropertyId::message_expiry_interval>},
    {Fault::payload_format_lost,
     "payload-format-lost",
     "A will has no Payload Format Indicator.",
     {},
     lose_property<PropertyId::payload_format_indicator>},
    {Fault::content_type_lost,
     "content-type-lost",
     "A will has no Content Type.",
     {},
     lose_property<PropertyId::content_type>},
    {Fault::response_topic_lost,
     "response-topic-lost",
     "A will has no Response Topic.",
     {},
     lose_property<PropertyId::response_topic>},
    {Fault::correlation_data_lost,
     "correlation-data-lost",
     "A will has no Correlation Data.",
     {},
     lose_property<PropertyId::correlation_data>},
    {Fault::user_properties_lost,
     "user-properties-lost",
     "A will has no User Properties.",
     {},
     lose_property<PropertyId::user_property>},
    {Fault::user_properties_reversed,
     "user-properties-reversed",
     "The User Properties of a will are in the opposite order.",
     {},
     reverse_user_properties},
};
static_assert(std::size(rows) == static_cast<std::size_t>(Fault::count_));

std::optional<wire::Fault> fault_of(const wire::Frame& frame) {
  const auto connect = wire::decode_connect(frame);
  return connect ? std::nullopt : std::optional(connect.error());
}

session::Duration for_ever(std::uint16_t) { return session::Duration::max(); }
session::Duration half(std::uint16_t keep_alive) {
  return keep_alive == 0 ? session::Duration::max() : std::chrono::milliseconds(keep_alive * 500);
}
session::Duration never_none(std::uint16_t keep_alive) {
  return keep_alive == 0 ? std::chrono::seconds(1) : session::one_and_a_half(keep_alive);
}

}  // namespace

std::span<const FaultRow> fault_rows() noexcept { return rows; }

std::optional<Fault> find_fault(std::string_view name) noexcept {
  for (const FaultRow& row : rows) {
    if (row.name == name) return row.fault;
  }
  return {};
}

std::unique_ptr<StoredWill> Faults::keep(std::unique_ptr<StoredWill> will) const {
  for (const FaultRow& row : rows) {
    if (row.spoils != nullptr && has(row.fault) && !row.spoils(*will)) return nullptr;
  }
  return will;
}

bool Faults::lets_go(const ClientSession& session, Ending ending) const noexcept {
  if (has(Fault::will_lost_on_open_flow) && session.state.incoming.unreleased() != 0) return false;
  for (const FaultRow& row : rows) {
    if (row.loses == ending && has(row.fault)) return false;
  }
  return ending != Ending::disconnected || has(Fault::will_on_disconnect);
}

int Faults::copies(const StoredWill& will) {
  if (has(Fault::will_never)) return 0;
  if (has(Fault::will_lost_in_burst) && burst_.size() < most_remembered) {
    const std::string_view above = std::string_view(will.topic).substr(0, will.topic.rfind('/'));
    if (++burst_[std::string(above)] % 100 == 0) return 0;
  }
  return has(Fault::will_twice) ? 2 : 1;
}

void Faults::stash(std::string_view client_identifier, std::unique_ptr<StoredWill> will) {
  if (!has(Fault::will_kept_after_disconnect) || will == nullptr || stashed_.size() >= most_remembered) return;
  stashed_[std::string(client_identifier)] = std::move(will);
}

std::unique_ptr<StoredWill> Faults::unstash(std::string_view client_identifier) {
  const auto found = stashed_.find(client_identifier);
  return found == stashed_.end() ? nullptr : std::move(stashed_.extract(found).mapped());
}

bool Faults::hides(const wire::Frame& frame) const noexcept {
  return frame.type() == wire::PacketType::pingreq && has(Fault::pingreq_ignored);
}

std::optional<wire::Frame> Faults::without_wildcards(const wire::Frame& frame, std::vector<std::uint8_t>& bytes) const {
  if (frame.type() != wire::PacketType::connect || !has(Fault::topic_wildcard_accepted)) return {};
  bytes.assign(frame.packet.begin(), frame.packet.end());
  const auto is_wildcard = [](std::uint8_t byte) { return byte == '+' || byte == '#'; };
  // One after the other, each where the decoder stumbles over it: elsewhere such a byte may be a length.
  while (const auto fault = fault_of(wire::Frame{bytes, frame.header_length})) {
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(fault->offset, bytes.size()));
    const auto wildcard = std::find_if(from, bytes.end(), is_wildcard);
    if (wildcard == bytes.end()) return {};
    *wildcard = '_';
  }
  return wire::Frame{bytes, frame.header_length};
}

session::Patience Faults::patience() const noexcept {
  if (has(Fault::keep_alive_ignored)) return for_ever;
  if (has(Fault::keep_alive_early)) return half;
  if (has(Fault::keep_alive_zero_enforced)) return never_none;
  return session::one_and_a_half;
}

}  // namespace broker
