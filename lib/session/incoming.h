// What the peer publishes to us: each QoS 2 message once, its Receive Maximum kept, its topic aliases resolved.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/outbox.h"
#include "session/identifier_set.h"
#include "wire/decode.h"
#include "wire/packets.h"

namespace session {

/// The identifiers of QoS 2 messages outlive network connections; aliases and the quota do not.
class Incoming {
 public:
  /// A new network connection, with what we announce on it.
  void start_connection(std::uint16_t receive_maximum, std::uint16_t topic_alias_maximum) noexcept;
  /// Lets go of what only the connection needed.
  void end_connection() noexcept;
  /// The session is over: forgets the QoS 2 identifiers.
  void forget() noexcept { received_.clear(); }

  enum class Verdict : std::uint8_t { deliver, repeated };

  /// Resolves the topic alias (the topic then points into our table, until the next call) and puts PUBACK or PUBREC
  /// into the outbox. A QoS 2 message that we had is `repeated`.
  wire::Decoded<Verdict> handle(wire::Publish& publish, const wire::Context& context, base::Outbox& outbox);
  /// `handle` in its two steps, for a receiver that chooses the reason code: what `receive` let through is to be
  /// acknowledged. A failure ends a QoS 2 flow.
  wire::Decoded<Verdict> receive(wire::Publish& publish, const wire::Context& context);
  void acknowledge(const wire::Publish& publish, wire::ReasonCode reason_code, wire::Version version,
                   base::Outbox& outbox);
  /// Answers with PUBCOMP.
  void handle_release(std::uint16_t packet_identifier, wire::Version version, base::Outbox& outbox);

  /// QoS 2 messages whose PUBREL has not come.
  std::uint32_t unreleased() const noexcept { return received_.size(); }

 private:
  bool release(std::uint16_t packet_identifier) noexcept;
  std::optional<wire::Fault> resolve_alias(wire::Publish& publish, wire::Sender sender);

  IdentifierSet received_;
  std::vector<std::string> aliases_;  ///< [alias - 1], as long as the highest one used
  std::uint32_t quota_used_ = 0;      ///< QoS 2 messages of this connection whose PUBREL has not come
  std::uint16_t receive_maximum_ = 65'535;
  std::uint16_t topic_alias_maximum_ = 0;
};

}  // namespace session
