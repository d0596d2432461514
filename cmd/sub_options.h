// What `mqtt sub` was told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connection_options.h"
#include "output_options.h"
#include "wire/packets.h"

namespace cmd {

/// A message that should be seen (or, with `none`, must not). All that is given has to hold for one and the same
/// message.
struct ExpectOptions {
  struct Field {
    std::string pointer;  ///< RFC 6901
    std::string value;    ///< JSON, or else text
  };
  std::optional<std::string> payload_regex;  ///< RE2, anywhere in the payload; checked to compile
  std::string topic_filter;                  ///< empty: any
  std::vector<Field> fields;
  bool none = false;  ///< --expect-none: the check fails when such a message (any, if nothing is given) comes

  bool active() const noexcept { return payload_regex || !topic_filter.empty() || !fields.empty() || none; }
};

struct SubOptions {
  ConnectionOptions connection;
  std::vector<std::string> topics;       ///< may be empty where `unsubscribe` is not
  std::vector<std::string> filter_out;   ///< -T
  std::vector<std::string> unsubscribe;  ///< -U
  std::uint8_t qos = 0;
  wire::RetainHandling retain_handling = wire::RetainHandling::send;
  bool retain_as_published = false;
  wire::Properties subscribe_properties;
  wire::Properties unsubscribe_properties;

  OutputOptions output;
  bool hide_retained = false;     ///< -R
  bool retained_only = false;     ///< ends at the first live message
  bool remove_retained = false;   ///< clears what is retained once it was seen
  double random_filter = 100;     ///< percent of the messages to show
  bool message_rate = false;      ///< messages a second instead of messages
  bool watch = false;             ///< a screen line for each topic
  std::string output_dir;         ///< a file a message; empty: no
  std::vector<std::string> exec;  ///< a program and its arguments, run for each message; empty: no

  std::uint64_t count = 0;            ///< -C; 0: without end
  bool exit_after_subscribe = false;  ///< -E
  session::Duration timeout{};        ///< -W; zero: none
  ExpectOptions expect;
  std::optional<int> ready_fd;       ///< a newline is written there when subscribed, then it is closed
  std::vector<std::string> command;  ///< what follows `--`: started when subscribed; its failure is ours
};

}  // namespace cmd
