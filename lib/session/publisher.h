// Encoding publishes for one peer: into its outbox, within its packet size, with topic aliases where it takes them.
#pragma once

#include <cstdint>
#include <optional>

#include "base/outbox.h"
#include "session/outgoing.h"
#include "session/topic_alias.h"
#include "wire/packets.h"
#include "wire/publish_stencil.h"

namespace session {

/// What both machines share on their way out. Only QoS 0 uses aliases: a QoS 1/2 packet is held, and may have to be
/// sent again on a connection that knows none.
class Publisher {
 public:
  /// Who chooses the aliases of QoS 0 publishes.
  enum class Aliases : std::uint8_t {
    none,      ///< nobody: one among the properties is taken out
    as_given,  ///< the caller, by a property
    assigned,  ///< the publisher, as many as the peer allows
  };

  /// A new network connection to a peer with these limits.
  void start_connection(wire::Version version, std::uint32_t maximum_packet_size, std::uint16_t topic_alias_maximum,
                        Aliases aliases) noexcept;

  /// QoS 0. False where the packet is larger than the peer takes; then nothing was sent.
  bool send(const wire::Publish& publish, base::Outbox& outbox);
  /// QoS 0, a packet like `shape` for each of the payloads. Returns how many were sent: the next is too large.
  std::size_t send(const wire::Publish& shape, std::span<const base::Bytes> payloads, base::Outbox& outbox);
  /// QoS 1/2, which needs `outgoing.has_room()`. Returns the sequence number, 0 where the packet is too large.
  std::uint64_t send(const wire::Publish& publish, Outgoing& outgoing, base::Outbox& outbox);

 private:
  bool fits(std::size_t size) const noexcept { return size != 0 && size <= maximum_packet_size_; }
  std::size_t send_by_stencil(std::span<const base::Bytes> payloads, base::Outbox& outbox);
  void take_alias_out(wire::Publish& packet);
  void put_alias_in(wire::Publish& packet);

  TopicAliases topic_aliases_;
  wire::Properties scratch_;
  wire::PublishStencil stencil_;
  std::uint32_t maximum_packet_size_ = 0;
  wire::Version version_ = wire::Version::v3_1_1;
  Aliases aliases_ = Aliases::none;
};

}  // namespace session
