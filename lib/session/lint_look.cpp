// What is worked out once for a packet: how its packet identifier fits, and which subscriptions it meets.
#include "session/lint_look.h"

#include <algorithm>

#include "wire/topic.h"

namespace session::lint {
namespace {

using wire::PacketType;
using wire::Sender;
using wire::Version;
using Stage = Exchange::Stage;

/// A message of an earlier connection that the session should not know any more: 5.0 gives it a rule of its own.
Verdict without_session(const State& state, Sender sender, Verdict otherwise) {
  const bool asked = state.connected && !state.connected->clean_start && state.accepted;
  const bool names_it = asked && state.version == Version::v5_0 && sender == Sender::client;
  return names_it ? Verdict::of_discarded_session : otherwise;
}

Verdict judge_new(const State& state, Sender sender, const wire::Publish& publish) {
  const Side& side = state.side(sender);
  if (sender == Sender::client && state.request(publish.packet_identifier) != nullptr) return Verdict::in_use;
  if (!publish.dup) return Verdict::none;
  const Exchange::Finished* finished = side.out.finished(publish.packet_identifier);
  if (finished != nullptr && finished->content == content_of(publish.payload)) {
    if (state.version != Version::v5_0) return Verdict::none;  // it may have crossed its acknowledgement
    return finished->refused ? Verdict::after_refusal : Verdict::resend_unprompted;
  }
  if (!state.whole || !state.new_session() || side.out.overflowed()) return Verdict::none;
  return without_session(state, sender, Verdict::dup_on_new);
}

Verdict judge_publish(const State& state, Sender sender, const wire::Publish& publish) {
  const Exchange& out = state.side(sender).out;
  const Exchange::Entry* entry = out.find(publish.packet_identifier);
  if (entry == nullptr) return judge_new(state, sender, publish);
  const bool known = entry->content != 0;
  if (known && (entry->content != content_of(publish.payload) || entry->qos != publish.qos)) return Verdict::in_use;
  if (entry->stage == Stage::pubcomp) return Verdict::after_pubrel;
  if (!publish.dup) return Verdict::resend_without_dup;
  if (!entry->inherited && state.version == Version::v5_0) return Verdict::resend_unprompted;
  return out.overtaken(*entry) ? Verdict::resend_out_of_order : Verdict::none;
}

/// No message awaits this acknowledgement.
Verdict judge_stray(const State& state, Sender sender, const wire::Acknowledgement& acknowledgement,
                    const Exchange& out) {
  const Exchange::Finished* finished = out.finished(acknowledgement.packet_identifier);
  // A message that was sent again is acknowledged again.
  if (finished != nullptr && (finished->resends != 0 || state.version != Version::v5_0)) {
    if (finished->resends != 0 || acknowledgement.type == PacketType::pubrel) return Verdict::none;
  }
  if (acknowledgement.reason_code == wire::ReasonCode::packet_identifier_not_found) return Verdict::none;
  if (!state.whole || !state.new_session() || out.overflowed()) return Verdict::none;
  const bool releases = acknowledgement.type == PacketType::pubrel;
  return releases ? without_session(state, sender, Verdict::of_nothing) : Verdict::of_nothing;
}

Verdict judge_waiting(const State& state, const wire::Acknowledgement& acknowledgement, const Exchange::Entry& entry) {
  if (entry.stage == Stage::puback) {
    return acknowledgement.type == PacketType::puback ? Verdict::none : Verdict::wrong_type;
  }
  switch (acknowledgement.type) {
    case PacketType::pubrec:
      return entry.stage == Stage::pubrec || entry.resends != 0 ? Verdict::none : Verdict::of_nothing;
    case PacketType::pubrel:
      if (entry.inherited || entry.stage == Stage::pubrel) return Verdict::none;
      if (entry.stage == Stage::pubrec) return Verdict::pubrel_before_pubrec;
      return state.version == Version::v5_0 && entry.resends == 0 ? Verdict::resend_unprompted : Verdict::none;
    case PacketType::pubcomp:
      return entry.stage == Stage::pubcomp ? Verdict::none : Verdict::pubcomp_before_pubrel;
    default:
      return Verdict::wrong_type;
  }
}

Verdict judge_acknowledgement(const State& state, Sender sender, const wire::Acknowledgement& acknowledgement) {
  const bool releases = acknowledgement.type == PacketType::pubrel;
  const Exchange& out = releases ? state.side(sender).out : state.other(sender).out;
  const Exchange::Entry* entry = out.find(acknowledgement.packet_identifier);
  if (entry == nullptr) return judge_stray(state, sender, acknowledgement, out);
  return judge_waiting(state, acknowledgement, *entry);
}

Verdict judge_request(const State& state, std::uint16_t packet_identifier) {
  const bool in_use =
      state.request(packet_identifier) != nullptr || state.client.out.find(packet_identifier) != nullptr;
  return in_use ? Verdict::in_use : Verdict::none;
}

Verdict judge(const State& state, Sender sender, const wire::Packet& packet) {
  if (const auto* publish = std::get_if<wire::Publish>(&packet)) {
    return publish->qos == 0 ? Verdict::none : judge_publish(state, sender, *publish);
  }
  if (const auto* acknowledgement = std::get_if<wire::Acknowledgement>(&packet)) {
    return judge_acknowledgement(state, sender, *acknowledgement);
  }
  if (const auto* subscribe = std::get_if<wire::Subscribe>(&packet)) {
    return judge_request(state, subscribe->packet_identifier);
  }
  if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&packet)) {
    return judge_request(state, unsubscribe->packet_identifier);
  }
  return Verdict::none;
}

std::string_view topic_of(const State& state, Sender sender, const wire::Publish& publish) {
  if (!publish.topic.empty() || state.version != Version::v5_0) return publish.topic;
  const std::uint32_t alias = publish.properties.number(wire::PropertyId::topic_alias, 0);
  return state.side(sender).aliases.find(static_cast<std::uint16_t>(alias)).value_or(std::string_view());
}

bool matches_without_dollar(std::string_view topic_filter, std::string_view topic) {
  const auto shared = wire::shared_filter(topic_filter);
  const std::string_view inner = shared ? shared->topic_filter : topic_filter;
  if (inner.empty() || (inner.front() != '#' && inner.front() != '+')) return false;
  std::string without(topic);
  without.front() = 'x';
  return wire::matches(inner, without);
}

void add(Match& match, const Subscribed& one) {
  match.qos = std::max(match.qos, one.qos);
  if (one.ended) {
    ++match.ended;
    return;
  }
  ++match.count;
  match.all_no_local &= one.no_local;
  match.all_identified &= one.identifier != 0;
  match.any_retain_as_published |= one.retain_as_published;
  match.all_retain_as_published &= one.retain_as_published;
  match.none_sends_retained &= one.retain_handling == wire::RetainHandling::do_not_send;
}

Match match(const State& state, std::string_view topic) {
  Match match;
  match.known = !topic.empty() && state.knows_session() && !state.subscriptions.overflowed();
  if (!match.known) return match;
  for (const Subscribed& one : state.subscriptions.all()) {
    if (wire::matches(one.topic_filter, topic)) add(match, one);
  }
  if (match.count + match.ended != 0 || topic.front() != '$') return match;
  for (const Subscribed& one : state.subscriptions.all()) {
    match.only_without_dollar |= matches_without_dollar(one.topic_filter, topic);
  }
  return match;
}

}  // namespace

std::uint32_t Look::identifier_offset() const {
  const auto* publish = std::get_if<wire::Publish>(packet);
  return publish == nullptr ? frame->header_length
                            : frame->header_length + 2 + static_cast<std::uint32_t>(publish->topic.size());
}

Look look_at(const State& state, Sender sender, std::int64_t now, const wire::Packet& packet,
             const wire::Frame& frame) {
  Look look{state, sender, now, &packet, &frame};
  look.verdict = judge(state, sender, packet);
  if (const auto* publish = std::get_if<wire::Publish>(&packet)) {
    look.topic = topic_of(state, sender, *publish);
    if (sender == Sender::server) look.match = match(state, look.topic);
  }
  return look;
}

std::uint16_t packet_identifier_of(const wire::Packet& packet) noexcept {
  return std::visit(
      [](const auto& one) -> std::uint16_t {
        if constexpr (requires { one.packet_identifier; }) return one.packet_identifier;
        return 0;
      },
      packet);
}

wire::PropertiesView properties_of(const wire::Packet& packet) noexcept {
  return std::visit(
      [](const auto& one) -> wire::PropertiesView {
        if constexpr (requires { one.properties; }) return one.properties;
        return {};
      },
      packet);
}

}  // namespace session::lint
