// Encoding publishes straight into the outbox.
#include "session/publisher.h"

#include "wire/encode.h"

namespace session {

namespace {

/// Topic Alias with its number: what an assigned alias adds to a packet, and one more byte that the lengths may take.
constexpr std::size_t alias_room = 3 + 2;

}  // namespace

void Publisher::start_connection(wire::Version version, std::uint32_t maximum_packet_size,
                                 std::uint16_t topic_alias_maximum, Aliases aliases) noexcept {
  version_ = version;
  maximum_packet_size_ = maximum_packet_size;
  aliases_ = aliases == Aliases::assigned && topic_alias_maximum == 0 ? Aliases::none : aliases;
  topic_aliases_.reset(topic_alias_maximum);
}

bool Publisher::send(const wire::Publish& publish, base::Outbox& outbox) {
  wire::Publish packet = publish;
  packet.dup = false;
  packet.packet_identifier = 0;
  if (version_ == wire::Version::v5_0 && aliases_ != Aliases::as_given) {
    take_alias_out(packet);
    if (aliases_ == Aliases::assigned) put_alias_in(packet);
  }
  const std::size_t size = wire::encoded_size(packet, version_);
  if (!fits(size)) return false;
  wire::encode(packet, version_, outbox.reserve(size));
  outbox.commit(size);
  return true;
}

std::size_t Publisher::send(const wire::Publish& shape, std::span<const base::Bytes> payloads, base::Outbox& outbox) {
  wire::Publish packet = shape;
  packet.dup = false;
  packet.packet_identifier = 0;
  if (version_ == wire::Version::v5_0 && aliases_ == Aliases::none) take_alias_out(packet);
  if (version_ != wire::Version::v5_0 || aliases_ != Aliases::assigned) {
    return stencil_.set(packet, version_) ? send_by_stencil(payloads, outbox) : 0;
  }
  // The first packet may differ from the others: it introduces the alias.
  std::size_t sent = 0;
  for (; sent != payloads.size(); ++sent) {
    packet.payload = payloads[sent];
    if (!send(packet, outbox)) break;
  }
  return sent;
}

std::size_t Publisher::send_by_stencil(std::span<const base::Bytes> payloads, base::Outbox& outbox) {
  std::size_t sent = 0;
  while (sent != payloads.size()) {
    std::size_t size = stencil_.size(payloads[sent]);
    if (!fits(size)) break;
    const std::span<std::uint8_t> room = outbox.reserve_block(size);
    std::uint8_t* out = room.data();
    const std::uint8_t* const end = out + room.size();
    do {
      out = stencil_.encode_with(payloads[sent], out);
      if (++sent == payloads.size()) break;
      size = stencil_.size(payloads[sent]);
    } while (fits(size) && size <= static_cast<std::size_t>(end - out));
    outbox.commit(static_cast<std::size_t>(out - room.data()));
  }
  return sent;
}

std::uint64_t Publisher::send(const wire::Publish& publish, Outgoing& outgoing, base::Outbox& outbox) {
  wire::Publish packet = publish;
  packet.dup = false;
  packet.packet_identifier = outgoing.next_identifier();
  if (version_ == wire::Version::v5_0) take_alias_out(packet);
  const std::size_t size = wire::encoded_size(packet, version_);
  if (!fits(size)) return 0;
  wire::encode(packet, version_, outbox.reserve(size));
  return outgoing.add_publish(outbox.commit_and_hold(size), packet.qos, version_);
}

void Publisher::take_alias_out(wire::Publish& packet) {
  if (packet.properties.empty() || !packet.properties.find(wire::PropertyId::topic_alias)) return;
  scratch_.clear();
  for (const wire::Property& property : packet.properties) {
    if (property.id != wire::PropertyId::topic_alias) scratch_.add(property);
  }
  packet.properties = scratch_.view();
}

void Publisher::put_alias_in(wire::Publish& packet) {
  // A packet that only its new alias makes too large goes without one; the table must not know what the peer does not.
  if (!fits(wire::encoded_size(packet, version_) + alias_room)) return;
  const TopicAliases::Alias alias = topic_aliases_.assign(packet.topic);
  if (alias.number == 0) return;
  if (alias.known) packet.topic = {};
  if (packet.properties.encoded().data() != scratch_.view().encoded().data()) {
    scratch_.clear();
    scratch_.append(packet.properties);
  }
  scratch_.add(wire::PropertyId::topic_alias, alias.number);
  packet.properties = scratch_.view();
}

}  // namespace session
