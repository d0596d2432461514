// What the first bytes of a server say when they are not MQTT: another protocol lives at that port.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "transport/layer.h"

namespace net {

/// `first` is what came first, at least a byte. Nothing for the beginning of a CONNACK or AUTH, and for what cannot be
/// told from a broken MQTT server.
std::optional<transport::Error> recognise_greeting(base::Bytes first);

}  // namespace net
