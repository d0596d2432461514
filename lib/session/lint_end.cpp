// Rules of time and of the end: silence, answers that do not come, DISCONNECT, and connections that should be closed.
#include "session/lint_rules.h"

namespace session::lint {
namespace {

using wire::Clause;
using wire::PacketType;
using wire::PropertyId;
using wire::Sender;
using Stage = Exchange::Stage;

std::string seconds(std::int64_t nanoseconds) {
  return base::format("{:.1f} s", static_cast<double>(nanoseconds) / static_cast<double>(second));
}

// Keep alive.

/// How long the client had been silent, where it should not have been.
std::int64_t silence(const Look& look) {
  const bool over = look.state.client.disconnected || look.state.server.disconnected || look.state.closing;
  if (over || !look.state.connected || look.state.keep_alive() == 0) return 0;
  return elapsed(look.state.client.last, look.now);
}

std::int64_t one_and_a_half(const Look& look) { return look.state.keep_alive() * (second + second / 2); }

Broken silent(const Look& look, Sender by) {
  return {0, base::format("silent for {}, keep alive {} s", seconds(silence(look)), look.state.keep_alive()), by};
}

bool overridden(const Look& look) { return look.state.accepted && look.state.accepted->keep_alive.has_value(); }

Answer keep_alive_silence(const Look& look) {
  if (overridden(look) || silence(look) <= one_and_a_half(look)) return {};
  return silent(look, Sender::client);
}

Answer server_keep_alive_ignored(const Look& look) {
  if (!overridden(look) || silence(look) <= one_and_a_half(look)) return {};
  return silent(look, Sender::client);
}

Answer keep_alive_not_enforced(const Look& look) {
  if (silence(look) <= one_and_a_half(look) + patience) return {};
  return silent(look, Sender::server);
}

Answer ping_not_answered(const Look& look) {
  const std::int64_t waited = elapsed(look.state.ping_since, look.now);
  if (look.state.pings == 0 || waited <= patience) return {};
  return Broken{0, seconds(waited), Sender::server};
}

Answer pingresp_of_nothing(const Look& look) {
  return look.state.whole && look.state.pings == 0 ? Answer(Broken()) : Answer();
}

// Answers that do not come.

/// `by` owes an answer since some time.
Answer owed(const Look& look, std::int64_t since, Sender by, std::uint16_t packet_identifier) {
  const std::int64_t waited = elapsed(since, look.now);
  if (waited <= patience) return {};
  return Broken{0, base::format("packet identifier {}, {}", packet_identifier, seconds(waited)), by};
}

Answer request_owed(const Look& look, PacketType type) {
  for (const Request& one : look.state.requests) {
    if (one.type == type) return owed(look, one.since, Sender::server, one.packet_identifier);
  }
  return {};
}

Answer suback_owed(const Look& look) { return request_owed(look, PacketType::subscribe); }
Answer unsuback_owed(const Look& look) { return request_owed(look, PacketType::unsubscribe); }

Answer waiting_for(const Look& look, Stage stage, Sender publisher, Sender by) {
  const Exchange::Entry* entry = look.state.side(publisher).out.oldest(stage);
  if (entry == nullptr || entry->inherited) return {};
  return owed(look, entry->since, by, entry->identifier);
}

template <Sender By>
constexpr Sender peer = By == Sender::client ? Sender::server : Sender::client;

template <Sender By>
Answer acknowledgement_owed(const Look& look) {
  const Answer puback = waiting_for(look, Stage::puback, peer<By>, By);
  return puback ? puback : waiting_for(look, Stage::pubrec, peer<By>, By);
}

template <Sender By>
Answer pubrel_owed(const Look& look) {
  return waiting_for(look, Stage::pubrel, By, By);
}

template <Sender By>
Answer pubcomp_owed(const Look& look) {
  return waiting_for(look, Stage::pubcomp, peer<By>, By);
}

template <Sender By>
Answer not_resent(const Look& look) {
  const auto& connected = look.state.connected;
  const Exchange::Entry* entry = look.state.side(By).out.not_resent();
  if (!connected || !look.state.accepted || entry == nullptr) return {};
  return owed(look, connected->since, By, entry->identifier);
}

Answer connack_owed(const Look& look) {
  const auto& connected = look.state.connected;
  const std::int64_t waited = connected ? elapsed(connected->since, look.now) : 0;
  if (look.state.answered || look.state.server.spoke || waited <= patience) return {};
  return Broken{0, seconds(waited), Sender::server};
}

// The end.

Answer after_disconnect(const Look& look) {
  if (!look.from().disconnected) return {};
  return Broken{0, std::string(wire::name(look.type()))};
}

Answer expiry_from_zero(const Look& look) {
  const wire::PropertiesView properties = look.as<wire::Disconnect>().properties;
  const std::uint32_t expiry = properties.number(PropertyId::session_expiry_interval, 0);
  if (expiry == 0 || !look.state.connected || look.state.connected->session_expiry_interval != 0) return {};
  return Broken{look.offset_of(properties, PropertyId::session_expiry_interval), base::format("{} s", expiry)};
}

Answer maximum_qos_not_announced(const Look& look) {
  const bool refused = look.as<wire::Disconnect>().reason_code == wire::ReasonCode::qos_not_supported;
  if (!refused || !look.state.accepted || look.state.accepted->maximum_qos) return {};
  return Broken{look.frame->header_length};
}

Answer no_disconnect(const Look& look) {
  const State& state = look.state;
  const bool ended = look.ending == LintEnding::closed || look.ending == LintEnding::reset;
  if (!ended || !state.accepted || state.client.disconnected || state.server.disconnected || state.closing) return {};
  return Broken{0, {}, Sender::client};
}

template <Clause Why>
Answer not_closed(const Look& look) {
  const auto& closing = look.state.closing;
  if (!closing || closing->clause != Why) return {};
  const std::int64_t open = elapsed(closing->since, look.now);
  if (open <= patience) return {};
  return Broken{0, base::format("open for {}", seconds(open)), closing->by};
}

constexpr auto note = Finding::Level::note;
constexpr auto violation = Finding::Level::violation;
constexpr Types ever = any_packet | at_end;

constexpr Row rows[] = {
    {Clause::keep_alive_silence, ever, by_client, in_all, keep_alive_silence},
    {Clause::server_keep_alive_ignored, ever, by_client, in_5_0, server_keep_alive_ignored},
    {Clause::keep_alive_not_enforced, ever, by_client, in_all, keep_alive_not_enforced},
    {Clause::pingreq_not_answered, ever, by_both, in_all, ping_not_answered, violation, Often::once},
    {Clause::pingresp_of_nothing, bit(PacketType::pingresp), by_server, in_all, pingresp_of_nothing},
    {Clause::connect_not_acknowledged, at_end, by_client, in_all, connack_owed, note},
    {Clause::subscribe_not_acknowledged, at_end, by_client, in_all, suback_owed},
    {Clause::unsubscribe_not_acknowledged, at_end, by_client, in_all, unsuback_owed},
    {Clause::publish_not_acknowledged, at_end, by_client, in_all, acknowledgement_owed<Sender::client>},
    {Clause::publish_not_acknowledged, at_end, by_client, in_all, acknowledgement_owed<Sender::server>},
    {Clause::pubrec_not_released, at_end, by_client, in_all, pubrel_owed<Sender::client>},
    {Clause::pubrec_not_released, at_end, by_client, in_all, pubrel_owed<Sender::server>},
    {Clause::pubrel_not_completed, at_end, by_client, in_all, pubcomp_owed<Sender::client>},
    {Clause::pubrel_not_completed, at_end, by_client, in_all, pubcomp_owed<Sender::server>},
    {Clause::unacknowledged_not_resent, at_end, by_client, in_all, not_resent<Sender::client>},
    {Clause::unacknowledged_not_resent, at_end, by_client, in_all, not_resent<Sender::server>},
    {Clause::packet_after_disconnect, any_packet, by_both, in_all, after_disconnect, violation, Often::once},
    {Clause::session_expiry_interval_from_zero, bit(PacketType::disconnect), by_client, in_5_0, expiry_from_zero},
    {Clause::maximum_qos_not_announced, bit(PacketType::disconnect), by_server, in_5_0, maximum_qos_not_announced},
    {Clause::disconnect_missing, at_end, by_client, in_all, no_disconnect, note},
    {Clause::refusal_not_closed, ever, by_both, in_all, not_closed<Clause::refusal_not_closed>, violation, Often::once},
    {Clause::disconnect_not_closed, ever, by_both, in_all, not_closed<Clause::disconnect_not_closed>, violation,
     Often::once},
    {Clause::failure_not_closed, ever, by_both, in_5_0, not_closed<Clause::failure_not_closed>, violation, Often::once},
    // Not at the end: a client that is gone does not close, though its server may have done so.
    {Clause::existing_client_not_disconnected, any_packet, by_server, in_all,
     not_closed<Clause::existing_client_not_disconnected>, violation, Often::once},
    {Clause::violation_not_closed, ever, by_both, in_all, not_closed<Clause::violation_not_closed>, violation,
     Often::once},
};

}  // namespace

std::span<const Row> end_rows() noexcept { return rows; }

}  // namespace session::lint
