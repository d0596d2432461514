// Rules of PUBLISH and its acknowledgements: packet identifiers, their order, limits and aliases.
#include "session/lint_rules.h"

namespace session::lint {
namespace {

using wire::Clause;
using wire::PacketType;
using wire::PropertyId;
using wire::Sender;
using Stage = Exchange::Stage;

constexpr Types publish = bit(PacketType::publish);
constexpr Types puback = bit(PacketType::puback);
constexpr Types pubrec = bit(PacketType::pubrec);
constexpr Types pubrel = bit(PacketType::pubrel);
constexpr Types pubcomp = bit(PacketType::pubcomp);
constexpr Types requests = bit(PacketType::subscribe) | bit(PacketType::unsubscribe);

Broken identified(const Look& look) {
  return {look.identifier_offset(), base::format("packet identifier {}", packet_identifier_of(*look.packet))};
}

/// What was found when the packet identifier was looked up.
template <Verdict Found>
Answer found(const Look& look) {
  return look.verdict == Found ? Answer(identified(look)) : Answer();
}

template <std::uint8_t Qos>
Answer dup_on_new(const Look& look) {
  const bool broken = look.verdict == Verdict::dup_on_new && look.as<wire::Publish>().qos == Qos;
  return broken ? Answer(Broken{0, identified(look).detail}) : Answer();
}

/// The flag that is wrong stands in the first byte.
template <Verdict Found>
Answer found_flag(const Look& look) {
  return look.verdict == Found ? Answer(Broken{0, identified(look).detail}) : Answer();
}

/// An acknowledgement passes one that is due before it.
template <Stage Awaited>
Answer out_of_order(const Look& look) {
  const bool releases = look.type() == PacketType::pubrel;
  const Exchange& out = releases ? look.from().out : look.to().out;
  const Exchange::Entry* entry = out.find(packet_identifier_of(*look.packet));
  if (entry == nullptr || entry->stage != Awaited || entry->inherited || out.is_next(*entry)) return {};
  const Exchange::Entry* next = out.next(Awaited);
  if (next->inherited) return {};
  return Broken{look.identifier_offset(),
                base::format("packet identifier {} before {}", entry->identifier, next->identifier)};
}

Answer receive_maximum(const Look& look) {
  const auto& packet = look.as<wire::Publish>();
  if (packet.qos == 0 || (look.sender == Sender::client && !look.state.accepted)) return {};
  const Exchange& out = look.from().out;
  const Exchange::Entry* entry = out.find(packet.packet_identifier);
  const bool counted = entry != nullptr && entry->counts;
  if (counted || out.outstanding() < look.to().receive_maximum) return {};
  return Broken{look.identifier_offset(),
                base::format("{} in flight, {} permitted", out.outstanding() + 1, look.to().receive_maximum)};
}

// What the server offers.

Answer maximum_qos(const Look& look) {
  const auto& accepted = look.state.accepted;
  const std::uint8_t qos = look.as<wire::Publish>().qos;
  if (!accepted || qos <= accepted->maximum_qos.value_or(2)) return {};
  return Broken{0, base::format("QoS {}, {} permitted", qos, *accepted->maximum_qos)};
}

Answer retain(const Look& look) {
  const auto& accepted = look.state.accepted;
  if (!accepted || accepted->retain_available || !look.as<wire::Publish>().retain) return {};
  return Broken();
}

// Aliases.

std::uint32_t alias_of(const Look& look) {
  return look.as<wire::Publish>().properties.number(PropertyId::topic_alias, 0);
}

Broken at_alias(const Look& look, std::string detail) {
  return {look.offset_of(look.as<wire::Publish>().properties, PropertyId::topic_alias), std::move(detail)};
}

/// What the other side takes; nothing where that is not known.
std::optional<std::uint16_t> alias_maximum(const Look& look) {
  const bool told =
      look.sender == Sender::client ? look.state.accepted || look.state.whole : look.state.connected.has_value();
  return told ? std::optional(look.to().topic_alias_maximum) : std::nullopt;
}

Answer alias_too_large(const Look& look) {
  const std::uint32_t alias = alias_of(look);
  const auto maximum = alias_maximum(look);
  if (alias == 0 || !maximum || *maximum == 0 || alias <= *maximum) return {};
  return at_alias(look, base::format("Topic Alias {}, {} permitted", alias, *maximum));
}

Answer alias_not_supported(const Look& look) {
  const std::uint32_t alias = alias_of(look);
  if (alias == 0 || alias_maximum(look).value_or(1) != 0) return {};
  return at_alias(look, base::format("Topic Alias {}", alias));
}

Answer alias_unknown(const Look& look) {
  const std::uint32_t alias = alias_of(look);
  if (alias == 0 || !look.as<wire::Publish>().topic.empty() || !look.topic.empty()) return {};
  if (!look.state.whole || look.from().aliases.overflowed()) return {};
  return at_alias(look, base::format("Topic Alias {}", alias));
}

/// A side ends the connection for an alias that it had allowed.
Answer alias_not_accepted(const Look& look) {
  const bool refuses = look.as<wire::Disconnect>().reason_code == wire::ReasonCode::topic_alias_invalid;
  if (!refuses || !look.state.whole || look.to().alias_misused) return {};
  return Broken{look.frame->header_length};
}

constexpr Row rows[] = {
    {Clause::packet_identifier_in_use, publish | requests, by_client, in_all, found<Verdict::in_use>},
    {Clause::server_packet_identifier_in_use, publish, by_server, in_all, found<Verdict::in_use>},
    {Clause::retransmission_without_dup, publish, by_both, in_all, found_flag<Verdict::resend_without_dup>},
    {Clause::retransmission_unprompted, publish | pubrel, by_both, in_5_0, found<Verdict::resend_unprompted>},
    {Clause::resend_out_of_order, publish, by_client, in_all, found<Verdict::resend_out_of_order>},
    {Clause::publish_after_pubrel, publish, by_both, in_all, found<Verdict::after_pubrel>},
    {Clause::publish_after_refusal, publish, by_both, in_5_0, found<Verdict::after_refusal>},
    {Clause::dup_on_new_qos_1, publish, by_both, in_all, dup_on_new<1>},
    {Clause::dup_on_new_qos_2, publish, by_both, in_all, dup_on_new<2>},
    {Clause::session_not_discarded, publish | pubrel, by_client, in_5_0, found<Verdict::of_discarded_session>},
    {Clause::receive_maximum_exceeded, publish, by_client, in_5_0, receive_maximum},
    {Clause::server_receive_maximum_exceeded, publish, by_server, in_5_0, receive_maximum},
    {Clause::acknowledgement_of_nothing, acknowledgements, by_both, in_all, found<Verdict::of_nothing>},
    {Clause::acknowledgement_wrong_type, acknowledgements, by_both, in_all, found<Verdict::wrong_type>},
    {Clause::pubrel_before_pubrec, pubrel, by_both, in_all, found<Verdict::pubrel_before_pubrec>},
    {Clause::pubcomp_before_pubrel, pubcomp, by_both, in_all, found<Verdict::pubcomp_before_pubrel>},
    {Clause::puback_out_of_order, puback, by_client, in_all, out_of_order<Stage::puback>},
    {Clause::pubrec_out_of_order, pubrec, by_client, in_all, out_of_order<Stage::pubrec>},
    {Clause::pubrel_out_of_order, pubrel, by_client, in_all, out_of_order<Stage::pubrel>},
    {Clause::publish_qos_exceeds_maximum, publish, by_client, in_5_0, maximum_qos},
    {Clause::retain_unavailable, publish, by_client, in_5_0, retain},
    {Clause::topic_alias_exceeds_maximum, publish, by_client, in_5_0, alias_too_large},
    {Clause::topic_alias_not_supported, publish, by_client, in_5_0, alias_not_supported},
    {Clause::server_topic_alias_exceeds_maximum, publish, by_server, in_5_0, alias_too_large},
    {Clause::server_topic_alias_not_supported, publish, by_server, in_5_0, alias_not_supported},
    {Clause::topic_alias_not_accepted, bit(PacketType::disconnect), by_client, in_5_0, alias_not_accepted},
    {Clause::server_topic_alias_not_accepted, bit(PacketType::disconnect), by_server, in_5_0, alias_not_accepted},
    {Clause::topic_alias_unknown, publish, by_both, in_5_0, alias_unknown},
};

}  // namespace

std::span<const Row> publish_rows() noexcept { return rows; }

}  // namespace session::lint
