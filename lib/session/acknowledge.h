// The answers that PUBACK, PUBREC, PUBREL and PUBCOMP call for: the same on both sides of a connection.
#pragma once

#include "base/outbox.h"
#include "session/event.h"
#include "session/incoming.h"
#include "session/outgoing.h"

namespace session {

/// Moves both halves on and puts PUBREL or PUBCOMP into the outbox, and what the freed quota lets go out again.
/// Returns the event where a publish came to its end.
wire::Decoded<std::optional<Published>> answer(wire::Acknowledgement acknowledgement, Outgoing& outgoing,
                                               Incoming& incoming, const wire::Context& context, base::Outbox& outbox);

}  // namespace session
