// The brokers that will-test and check look at: one, or those of --against.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/settings.h"
#include "scenario/settings.h"

namespace cmd {

struct Draft;
struct ConnectionOptions;

struct TestedBroker {
  std::string name;  ///< as given, or its address
  net::ConnectSettings network;
  std::optional<std::string> username;
  std::optional<std::string> password;
};

/// Once the connection's options are complete.
std::vector<TestedBroker> tested_brokers(const Draft& draft, const ConnectionOptions& connection);
/// Gives topics and client identifiers beginnings that nobody else uses, where the user gave none; `command` is in the
/// one, `letter` in the other.
void make_unique(scenario::Settings& settings, std::string_view command, char letter);
scenario::Settings settings_for(const TestedBroker& broker, scenario::Settings settings);

}  // namespace cmd
