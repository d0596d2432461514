// Answering acknowledgements.
#include "session/acknowledge.h"

#include "wire/encode.h"

namespace session {

namespace {

using Answer = wire::Decoded<std::optional<Published>>;
using wire::PacketType;
using wire::ReasonCode;

void release(std::uint16_t packet_identifier, ReasonCode reason_code, wire::Version version, base::Outbox& outbox) {
  wire::append(outbox, wire::Packet(wire::Acknowledgement{PacketType::pubrel, packet_identifier, reason_code}),
               version);
}

}  // namespace

Answer answer(wire::Acknowledgement acknowledgement, Outgoing& outgoing, Incoming& incoming,
              const wire::Context& context, base::Outbox& outbox) {
  const wire::Version version = context.version;
  const std::uint16_t packet_identifier = acknowledgement.packet_identifier;
  if (acknowledgement.type == PacketType::pubrel) {
    incoming.handle_release(packet_identifier, version, outbox);
    return std::nullopt;
  }
  const Outgoing::Outcome outcome = outgoing.handle(acknowledgement, context.sender);
  switch (outcome.kind) {
    case Outgoing::Outcome::Kind::unexpected:
      return base::unexpected(wire::Fault{wire::Clause::acknowledgement_wrong_type, 0});
    case Outgoing::Outcome::Kind::unknown:
      // Only PUBREC waits for an answer; it may be of a flow that the peer remembers and we no longer do.
      if (acknowledgement.type == PacketType::pubrec && !wire::failed(acknowledgement.reason_code)) {
        const bool can_tell = version == wire::Version::v5_0;
        release(packet_identifier, can_tell ? ReasonCode::packet_identifier_not_found : ReasonCode::success, version,
                outbox);
      }
      return std::nullopt;
    case Outgoing::Outcome::Kind::release:
      release(packet_identifier, ReasonCode::success, version, outbox);
      if (!outgoing.resent()) outgoing.resend(outbox, version);
      return std::nullopt;
    case Outgoing::Outcome::Kind::finished:
      break;
  }
  if (!outgoing.resent()) outgoing.resend(outbox, version);
  if (outgoing.publishes() == 0) outbox.trim();
  // A PUBREL that had to be sent again finds the flow ended where only PUBCOMP was lost: the message has arrived.
  if (acknowledgement.type == PacketType::pubcomp) acknowledgement.reason_code = ReasonCode::success;
  return Published{outcome.sequence, acknowledgement, false, outcome.downgraded};
}

}  // namespace session
