// What the cases are played with: the broker, the names they use, and their patience.
#pragma once

#include <optional>
#include <string>

#include "net/settings.h"
#include "session/client.h"

namespace scenario {

struct Settings {
  net::ConnectSettings network;
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::string topic_prefix;                               ///< all topics begin with it and a slash
  std::string identifier_prefix;                          ///< all client identifiers begin with it
  session::Duration timeout = std::chrono::seconds(5);    ///< for what should happen at once
  session::Duration tolerance = std::chrono::seconds(2);  ///< how late a broker may be that counts time
  std::uint16_t keep_alive = 2;                           ///< seconds
  std::uint32_t burst = 1000;                             ///< clients that die in the same moment

  // Of checks.
  std::size_t largest_payload = 1024 * 1024;
  std::size_t samples = 20;  ///< of each round trip
};

/// What a broker said, or showed, that it can do; of one version of the protocol.
struct Capabilities {
  std::uint8_t maximum_qos = 2;
  bool retain = true;
  bool maximum_qos_is_announced = false;  ///< by CONNACK of 5.0; else seen in SUBACK
};

}  // namespace scenario
