// WebSocket as a layer: the upgrade, one binary frame for each run of bytes, pings answered, the closing handshake.
#pragma once

#include "transport/ws_upgrade.h"

namespace transport {

std::unique_ptr<Layer> make_ws_client(WsClientOptions options);
std::unique_ptr<Layer> make_ws_server(std::shared_ptr<const WsServerOptions> options);

}  // namespace transport
