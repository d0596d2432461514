// Rules of SUBSCRIBE, UNSUBSCRIBE and their acknowledgements.
#include "session/lint_rules.h"
#include "wire/topic.h"

namespace session::lint {
namespace {

using wire::Clause;
using wire::PacketType;
using wire::PropertyId;

constexpr Types subscribe = bit(PacketType::subscribe);
constexpr Types suback = bit(PacketType::suback);
constexpr Types unsuback = bit(PacketType::unsuback);

// What the server offers.

Answer filter_with(const Look& look, bool (*unwanted)(std::string_view)) {
  for (const wire::Subscription& one : look.as<wire::Subscribe>().subscriptions) {
    if (!unwanted(one.topic_filter)) continue;
    return Broken{look.offset_of(one.topic_filter.data()),
                  base::format("topic filter {}", shortened(one.topic_filter))};
  }
  return {};
}

Answer wildcard(const Look& look) {
  if (!look.state.accepted || look.state.accepted->wildcard_subscription_available) return {};
  return filter_with(look, [](std::string_view filter) { return filter.find_first_of("+#") != filter.npos; });
}

Answer shared(const Look& look) {
  if (!look.state.accepted || look.state.accepted->shared_subscription_available) return {};
  return filter_with(look, [](std::string_view filter) { return wire::shared_filter(filter).has_value(); });
}

Answer identifier(const Look& look) {
  if (!look.state.accepted || look.state.accepted->subscription_identifier_available) return {};
  const wire::PropertiesView properties = look.as<wire::Subscribe>().properties;
  if (!properties.position(PropertyId::subscription_identifier)) return {};
  return Broken{look.offset_of(properties, PropertyId::subscription_identifier)};
}

// Acknowledgements.

PacketType asked_by(PacketType answer) {
  return answer == PacketType::suback ? PacketType::subscribe : PacketType::unsubscribe;
}

const Request* request_of(const Look& look) {
  const Request* request = look.state.request(packet_identifier_of(*look.packet));
  return request != nullptr && request->type == asked_by(look.type()) ? request : nullptr;
}

bool awaited(const Look& look) {
  for (const Request& one : look.state.requests) {
    if (one.type == asked_by(look.type())) return true;
  }
  return false;
}

bool stray(const Look& look) {
  return look.state.whole && !look.state.requests_overflowed && request_of(look) == nullptr;
}

Broken identified(const Look& look) {
  return {look.frame->header_length, base::format("packet identifier {}", packet_identifier_of(*look.packet))};
}

Answer of_nothing(const Look& look) { return stray(look) && !awaited(look) ? Answer(identified(look)) : Answer(); }

Answer identifier_differs(const Look& look) {
  return stray(look) && awaited(look) ? Answer(identified(look)) : Answer();
}

base::Bytes codes_of(const Look& look) {
  const auto* packet = std::get_if<wire::Suback>(look.packet);
  return packet != nullptr ? packet->reason_codes : look.as<wire::Unsuback>().reason_codes;
}

Answer code_count(const Look& look) {
  const Request* request = request_of(look);
  const std::size_t codes = codes_of(look).size();
  if (request == nullptr || codes == request->entries) return {};
  return Broken{static_cast<std::uint32_t>(look.frame->packet.size() - codes),
                base::format("{} for {} topic filters", codes, request->entries)};
}

Answer granted_too_much(const Look& look) {
  const auto& packet = look.as<wire::Suback>();
  for (std::size_t i = 0; request_of(look) != nullptr && i < packet.reason_codes.size(); ++i) {
    const std::uint8_t granted = packet.reason_codes[i];
    const std::uint8_t requested = look.state.subscriptions.requested(packet.packet_identifier, i);
    if (granted > 2 || granted <= requested) continue;
    return Broken{look.offset_of(&packet.reason_codes[i]), base::format("QoS {} for {}", granted, requested)};
  }
  return {};
}

constexpr Row rows[] = {
    {Clause::wildcard_subscription_unavailable, subscribe, by_client, in_5_0, wildcard},
    {Clause::subscription_identifier_unavailable, subscribe, by_client, in_5_0, identifier},
    {Clause::shared_subscription_unavailable, subscribe, by_client, in_5_0, shared},
    {Clause::suback_of_nothing, suback | unsuback, by_server, in_all, of_nothing},
    {Clause::suback_identifier_differs, suback, by_server, in_all, identifier_differs},
    {Clause::unsuback_identifier_differs, unsuback, by_server, in_all, identifier_differs},
    {Clause::suback_code_count, suback, by_server, in_all, code_count},
    {Clause::unsuback_code_count, unsuback, by_server, in_5_0, code_count},
    {Clause::granted_qos_exceeds_requested, suback, by_server, in_all, granted_too_much},
};

}  // namespace

std::span<const Row> subscribe_rows() noexcept { return rows; }

}  // namespace session::lint
