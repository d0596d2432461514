// What `mqtt will-test` was told.
#pragma once

#include <string>
#include <vector>

#include "connection_options.h"
#include "scenario/settings.h"

namespace cmd {

struct WillTestOptions {
  enum class Format : std::uint8_t { table, tap, junit, json, markdown };

  /// Of --against; else there is one, without a name.
  struct Broker {
    std::string name;
    net::ConnectSettings network;
    std::optional<std::string> username;
    std::optional<std::string> password;
  };

  ConnectionOptions connection;
  std::vector<Broker> brokers;
  scenario::Settings settings;  ///< but for the broker
  std::vector<wire::Version> versions;
  bool versions_are_optional = true;

  // Names or globs.
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::vector<std::string> expect_fail;

  Format format = Format::table;
  bool list = false;
};

}  // namespace cmd
