// What will-test needs beyond the connection: its brokers, and names that nobody else uses.
#include <sys/random.h>
#include <unistd.h>

#include "base/format.h"
#include "complete.h"
#include "will_test_selection.h"

namespace cmd {
namespace {

std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number) number = static_cast<std::uint64_t>(getpid());
  return number;
}

std::string place(const net::ConnectSettings& network) {
  if (!network.unix_path.empty()) return network.unix_path;
  const bool bare_ipv6 = network.host.find(':') != std::string::npos;
  return bare_ipv6 ? base::format("[{}]:{}", network.host, network.port)
                   : base::format("{}:{}", network.host, network.port);
}

/// The connection's options, with what the URL says in the place of theirs.
WillTestOptions::Broker broker_at(const ConnectionOptions& connection, const std::string& name, const net::Url& url) {
  WillTestOptions::Broker broker{name, connection.network, connection.session.username, connection.session.password};
  broker.network.transport = url.transport;
  broker.network.host = url.host;
  broker.network.port = url.port;
  broker.network.unix_path = url.unix_path;
  if (!url.path.empty()) broker.network.websocket.path = url.path;
  if (url.username) broker.username = url.username;
  if (url.password) broker.password = url.password;
  return broker;
}

}  // namespace

Completed<WillTestOptions> complete_will_test(Draft& draft) {
  if (auto done = complete_connection(draft); !done) return base::unexpected(std::move(done.error()));
  WillTestOptions options = std::move(draft.will_test);
  options.connection = std::move(draft.connection);
  const ConnectionOptions& connection = options.connection;
  for (const auto& [name, url] : draft.against) {
    options.brokers.push_back(broker_at(connection, name, url));
  }
  if (options.brokers.empty()) {
    options.brokers.push_back({{}, connection.network, connection.session.username, connection.session.password});
  }
  for (auto& broker : options.brokers) {
    if (broker.name.empty()) broker.name = place(broker.network);
  }
  options.versions_are_optional = options.versions.empty();
  if (options.versions.empty()) options.versions = {wire::Version::v3_1_1, wire::Version::v5_0};
  const std::uint64_t number = random_number();
  scenario::Settings& settings = options.settings;
  if (settings.topic_prefix.empty()) settings.topic_prefix = base::format("mqtt-will-test-{:08x}", number >> 32);
  if (settings.identifier_prefix.empty()) settings.identifier_prefix = base::format("w{:08x}x", number & 0xFFFF'FFFF);
  if (selected_cases(options).empty()) return trouble("--only and --skip leave no case");
  return options;
}

}  // namespace cmd
