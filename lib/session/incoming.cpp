// Receiving publishes: exactly once at QoS 2, within our Receive Maximum, under their full topics.
#include "session/incoming.h"

#include "wire/encode.h"

namespace session {

namespace {

void put_acknowledgement(base::Outbox& outbox, wire::Version version, wire::PacketType type,
                         std::uint16_t packet_identifier, wire::ReasonCode reason_code = wire::ReasonCode::success) {
  const wire::Acknowledgement acknowledgement{type, packet_identifier, reason_code};
  wire::append(outbox, wire::Packet(acknowledgement), version);
}

/// Each rule has a number for clients and one for servers.
wire::Fault fault(wire::Sender sender, wire::Clause by_client, wire::Clause by_server) noexcept {
  return {sender == wire::Sender::client ? by_client : by_server, 0};
}

}  // namespace

void Incoming::start_connection(std::uint16_t receive_maximum, std::uint16_t topic_alias_maximum) noexcept {
  end_connection();
  receive_maximum_ = receive_maximum;
  topic_alias_maximum_ = topic_alias_maximum;
}

void Incoming::end_connection() noexcept {
  aliases_ = {};
  quota_used_ = 0;
}

wire::Decoded<Incoming::Verdict> Incoming::handle(wire::Publish& publish, const wire::Context& context,
                                                  base::Outbox& outbox) {
  const auto verdict = receive(publish, context);
  if (verdict) acknowledge(publish, wire::ReasonCode::success, context.version, outbox);
  return verdict;
}

wire::Decoded<Incoming::Verdict> Incoming::receive(wire::Publish& publish, const wire::Context& context) {
  if (context.version == wire::Version::v5_0 && (publish.topic.empty() || !publish.properties.empty())) {
    if (const auto broken = resolve_alias(publish, context.sender)) return base::unexpected(*broken);
  }
  if (publish.qos == 0) return Verdict::deliver;
  const bool repeated = publish.qos == 2 && received_.contains(publish.packet_identifier);
  if (!repeated && quota_used_ >= receive_maximum_) {
    using enum wire::Clause;
    return base::unexpected(fault(context.sender, receive_maximum_exceeded, server_receive_maximum_exceeded));
  }
  if (repeated) return Verdict::repeated;
  if (publish.qos == 2) {
    received_.insert(publish.packet_identifier);
    ++quota_used_;
  }
  return Verdict::deliver;
}

void Incoming::acknowledge(const wire::Publish& publish, wire::ReasonCode reason_code, wire::Version version,
                           base::Outbox& outbox) {
  if (publish.qos == 0) return;
  // 3.x cannot say so: there the sender goes on with PUBREL.
  const bool ended = publish.qos == 2 && version == wire::Version::v5_0 && wire::failed(reason_code);
  if (ended) release(publish.packet_identifier);
  const auto type = publish.qos == 1 ? wire::PacketType::puback : wire::PacketType::pubrec;
  put_acknowledgement(outbox, version, type, publish.packet_identifier, reason_code);
}

void Incoming::handle_release(std::uint16_t packet_identifier, wire::Version version, base::Outbox& outbox) {
  const bool known = release(packet_identifier);
  put_acknowledgement(outbox, version, wire::PacketType::pubcomp, packet_identifier,
                      known || version != wire::Version::v5_0 ? wire::ReasonCode::success
                                                              : wire::ReasonCode::packet_identifier_not_found);
}

bool Incoming::release(std::uint16_t packet_identifier) noexcept {
  const bool known = received_.erase(packet_identifier);
  // One of an earlier connection was not counted on this one.
  if (known && quota_used_ != 0) --quota_used_;
  return known;
}

std::optional<wire::Fault> Incoming::resolve_alias(wire::Publish& publish, wire::Sender sender) {
  using enum wire::Clause;
  const std::uint32_t alias = publish.properties.number(wire::PropertyId::topic_alias, 0);
  if (alias == 0) return {};
  if (alias > topic_alias_maximum_) {
    return topic_alias_maximum_ == 0 ? fault(sender, topic_alias_not_supported, server_topic_alias_not_supported)
                                     : fault(sender, topic_alias_exceeds_maximum, server_topic_alias_exceeds_maximum);
  }
  if (publish.topic.empty()) {
    if (alias > aliases_.size() || aliases_[alias - 1].empty()) return wire::Fault{topic_alias_unknown, 0};
    publish.topic = aliases_[alias - 1];
    return {};
  }
  if (alias > aliases_.size()) aliases_.resize(alias);
  aliases_[alias - 1] = publish.topic;
  return {};
}

}  // namespace session
