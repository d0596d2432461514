// What `mqtt pub` was told.
#pragma once

#include <string>
#include <vector>

#include "connection_options.h"
#include "payload_options.h"
#include "wire/properties.h"

namespace cmd {

struct PubOptions {
  ConnectionOptions connection;
  std::vector<std::string> topics;  ///< empty only where each line names its topic (jsonl, topic_separator)
  PayloadOptions payload;
  std::string topic_separator;  ///< with lines: each is topic, separator, payload; empty: no
  std::uint8_t qos = 0;
  bool retain = false;
  std::uint64_t repeat = 1;          ///< how often the message (not lines) is published
  session::Duration repeat_delay{};  ///< between them
  double rate = 0;                   ///< messages a second at most; 0: no bound
  bool replay = false;               ///< jsonl: keep the spacing of the objects' `time`
  double speed = 1;                  ///< of the replay; 10 is ten times as fast
  bool progress = false;             ///< a line on stderr, where it is a terminal
  session::Duration timeout{};       ///< -W, for the whole command; zero: none
  wire::Properties properties;       ///< of each PUBLISH
};

}  // namespace cmd
