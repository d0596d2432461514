// What every command that connects to a broker was told about the connection: data, fully resolved.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/settings.h"
#include "session/client.h"

namespace cmd {

/// Whose rules for exit codes and texts apply: ours, or those of the tool whose name we were called by.
enum class Manners : std::uint8_t { ours, mosquitto };

struct ConnectionOptions {
  std::string program;  ///< "mqtt pub" or "mosquitto_pub": what each line on stderr starts with
  Manners manners = Manners::ours;
  net::ConnectSettings network;
  session::ClientOptions session;
  wire::Properties disconnect_properties;
  bool identifier_given = false;        ///< -i or -I: another client may use the same one
  bool reconnect = false;               ///< after a loss; the delays are the backoff's own
  session::Duration wait_for_broker{};  ///< try again this long until there is a broker; zero: fail at once
  bool debug = false;                   ///< -d: each packet as it goes by
  bool debug_as_json = false;           ///< those as JSON lines
  bool quiet = false;                   ///< no runtime errors on stderr
  std::vector<std::string> warnings;    ///< for stderr, a line each, before anything else
};

/// What a line on stderr begins with.
inline std::string_view introduction(const ConnectionOptions& connection) noexcept {
  return connection.manners == Manners::mosquitto ? std::string_view("Error") : std::string_view(connection.program);
}

enum class When : std::uint8_t { automatic, always, never };

}  // namespace cmd
