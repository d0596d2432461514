// What `mqtt rr` was told.
#pragma once

#include <string>

#include "connection_options.h"
#include "output_options.h"
#include "payload_options.h"
#include "wire/packets.h"

namespace cmd {

struct RrOptions {
  ConnectionOptions connection;
  std::string topic;
  std::string response_topic;  ///< empty: what the broker or chance gives
  PayloadOptions payload;
  std::uint8_t qos = 0;
  wire::RetainHandling retain_handling = wire::RetainHandling::send;
  bool retain_as_published = false;
  bool hide_retained = false;  ///< -R
  bool latency = false;        ///< print the round trip time
  OutputOptions output;
  session::Duration timeout{};  ///< -W; zero: none
  wire::Properties publish_properties;
  wire::Properties subscribe_properties;
};

}  // namespace cmd
