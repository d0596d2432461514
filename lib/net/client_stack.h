// The layers that a client's settings ask for, from the socket upwards.
#pragma once

#include "net/settings.h"
#include "transport/stack.h"
#include "wire/version.h"

namespace net {

/// `tls` is needed for tls and wss.
transport::Stack make_client_stack(const ConnectSettings& settings, wire::Version version,
                                   const std::shared_ptr<const transport::TlsContext>& tls);

}  // namespace net
