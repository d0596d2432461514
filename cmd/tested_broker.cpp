#include "tested_broker.h"

#include <sys/random.h>
#include <unistd.h>

#include "base/format.h"
#include "draft.h"

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
TestedBroker broker_at(const ConnectionOptions& connection, const std::string& name, const net::Url& url) {
  TestedBroker broker{name, connection.network, connection.session.username, connection.session.password};
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

std::vector<TestedBroker> tested_brokers(const Draft& draft, const ConnectionOptions& connection) {
  std::vector<TestedBroker> brokers;
  for (const auto& [name, url] : draft.against) brokers.push_back(broker_at(connection, name, url));
  if (brokers.empty()) {
    brokers.push_back({{}, connection.network, connection.session.username, connection.session.password});
  }
  for (auto& broker : brokers) {
    if (broker.name.empty()) broker.name = place(broker.network);
  }
  return brokers;
}

void make_unique(scenario::Settings& settings, std::string_view command, char letter) {
  const std::uint64_t number = random_number();
  if (settings.topic_prefix.empty()) settings.topic_prefix = base::format("mqtt-{}-{:08x}", command, number >> 32);
  if (settings.identifier_prefix.empty()) {
    settings.identifier_prefix = base::format("{}{:08x}x", letter, number & 0xFFFF'FFFF);
  }
}

scenario::Settings settings_for(const TestedBroker& broker, scenario::Settings settings) {
  settings.network = broker.network;
  settings.username = broker.username;
  settings.password = broker.password;
  return settings;
}

}  // namespace cmd
