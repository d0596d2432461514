// `mqtt broker`: a throwaway broker in memory, for demonstrations, tests and CI jobs.
#include <asio/signal_set.hpp>
#include <cerrno>
#include <cstdio>
#include <openssl/rand.h>

#include "base/format.h"
#include "broker/serve.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "render/text.h"
#include "transport/peer_bytes.h"
#include "wire/decode.h"

namespace cmd {
namespace {

struct Stop {
  ExitCode code;
  std::string text;
};

constexpr std::string_view transport_names[] = {"tcp", "tls", "ws", "wss"};
std::string_view name(net::Transport transport) { return transport_names[static_cast<std::size_t>(transport)]; }

void say(const BrokerOptions& options, std::string_view line) {
  base::print(stderr, "{}: {}\n", options.program, line);
}

/// Who guesses an identifier can take its session over, so these are random.
std::string random_identifier() {
  std::uint8_t bytes[12];
  RAND_bytes(bytes, sizeof bytes);
  std::string text = "auto-";
  for (const std::uint8_t byte : bytes) text += base::format("{:02x}", byte);
  return text;
}

wire::ReasonCode check_user(const std::vector<BrokerOptions::User>& users, const wire::Connect& connect) {
  if (users.empty()) return wire::ReasonCode::success;
  for (const BrokerOptions::User& user : users) {
    if (!connect.username || *connect.username != user.name) continue;
    if (connect.password && base::as_text(*connect.password) == user.password) return wire::ReasonCode::success;
  }
  return connect.username ? wire::ReasonCode::bad_user_name_or_password : wire::ReasonCode::not_authorized;
}

/// A salt for each name, the same as long as the program runs.
broker::ScramLogin::Find find_credential(const std::vector<BrokerOptions::User>& users) {
  return [users, secret = auth::make_nonce()](auth::Hash hash,
                                              std::string_view name) -> std::optional<auth::ScramCredential> {
    for (const BrokerOptions::User& user : users) {
      if (user.name != name) continue;
      return auth::make_credential(hash, user.password, auth::hmac(auth::Hash::sha256, secret, name));
    }
    return {};
  };
}

broker::HubOptions hub_options(const BrokerOptions& options) {
  broker::HubOptions hub;
  hub.server.limits.maximum_qos = options.maximum_qos;
  hub.server.limits.maximum_packet_size = options.maximum_packet_size;
  hub.server.limits.topic_alias_maximum = 64;
  hub.server.limits.retain_available = options.retain_available;
  hub.faults = options.faults;
  hub.maximum_connections = options.max_connections;
  hub.maximum_sessions = options.max_sessions;
  hub.queued_bytes = options.max_queued;
  hub.outbox_bytes = options.max_queued;
  hub.retained.bytes = options.max_retained;
  hub.server_version = "mqtt " MQTT_VERSION;
  hub.assign_client_identifier = random_identifier;
  hub.authenticate = [users = options.users](const wire::Connect& connect) { return check_user(users, connect); };
  if (!options.users.empty()) hub.find_credential = find_credential(options.users);
  if (options.verbose || options.debug) hub.log = [&options](std::string_view line) { say(options, line); };
  return hub;
}

void show_packet(std::string_view client_identifier, wire::Version version, const wire::Frame& frame) {
  base::Buffer line;
  line.append(transport::escaped(client_identifier));
  line.append(" sent ");
  if (const auto packet = wire::decode(frame, {version, wire::Sender::client})) {
    render::append_summary(line, *packet, version);
  } else {
    line.append(wire::name(frame.type()));
  }
  line.push('\n');
  std::fwrite(line.view().data(), 1, line.size(), stderr);
}

bool write_file(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return (std::fclose(file) == 0) && written;
}

/// For all names under which a broker on this machine is reached, and the address it is bound to.
base::Result<void, Stop> make_certificate(BrokerOptions& options) {
  const auto made = transport::make_self_signed({"localhost", "127.0.0.1", "::1", options.bind_address});
  if (!made) return base::unexpected(Stop{ExitCode::tls, made.error().message});
  options.tls.cert_pem = made->cert_pem;
  options.tls.key_pem = made->key_pem;
  if (write_file(*options.self_signed, made->ca_pem)) return {};
  const std::string why = std::generic_category().message(errno);
  return base::unexpected(
      Stop{ExitCode::cannot_create, base::format("cannot write {}: {}", *options.self_signed, why)});
}

base::Result<broker::ServeOptions, Stop> serve_options(BrokerOptions& options) {
  broker::ServeOptions serve;
  serve.hub = hub_options(options);
  serve.websocket_path = options.websocket_path;
  serve.proxy_protocol = options.proxy_protocol;
  if (options.debug) serve.trace = show_packet;
  bool any_encrypted = false;
  for (const BrokerOptions::Listener& listener : options.listeners) {
    serve.listeners.push_back({listener.transport, options.bind_address, listener.port});
    any_encrypted = any_encrypted || net::encrypted(listener.transport);
  }
  if (!any_encrypted) return serve;
  if (options.self_signed) {
    if (auto made = make_certificate(options); !made) return base::unexpected(std::move(made.error()));
  }
  auto tls = transport::TlsContext::server(options.tls);
  if (!tls) {
    const bool file = tls.error().code.default_error_condition().value() != 0;
    return base::unexpected(Stop{file ? ExitCode::no_input : ExitCode::tls, tls.error().message});
  }
  serve.tls = std::move(*tls);
  return serve;
}

/// The line that scripts wait for: "ready tcp=127.0.0.1:1883 … cafile=PATH".
void say_ready(const broker::Serve& serve, const BrokerOptions& options) {
  std::string line = "ready";
  for (const auto& bound : serve.bound()) line += base::format(" {}={}", name(bound.transport), bound.address);
  if (options.self_signed) line += base::format(" cafile={}", *options.self_signed);
  base::print(stdout, "{}\n", line);
  std::fflush(stdout);
}

int list_faults() {
  std::string list;
  for (const broker::FaultRow& row : broker::fault_rows()) list += base::format("{:<34}{}\n", row.name, row.sentence);
  return finish({0, std::move(list), {}});
}

int fail(const BrokerOptions& options, const Stop& stop) {
  say(options, stop.text);
  return exit_code(stop.code, Manners::ours);
}

}  // namespace

int run_broker(int argc, char** argv) {
  auto options = parse_broker(argc, argv);
  if (!options) return finish(options.error());
  if (options->list_faults) return list_faults();
  for (const std::string& warning : options->warnings) say(*options, warning);
  auto prepared = serve_options(*options);
  if (!prepared) return fail(*options, prepared.error());

  net::Worker worker;
  broker::Serve serve(worker, std::move(*prepared));
  if (const auto listening = serve.listen(); !listening) {
    const auto& [listener, code] = listening.error();
    return fail(*options, {ExitCode::unavailable, base::format("cannot listen on {} port {}: {}", listener.host,
                                                               listener.port, code.message())});
  }
  say_ready(serve, *options);

  // The first signal ends in order, a second one at once.
  asio::signal_set signals(worker.io(), SIGINT, SIGTERM);
  const auto stop = [&worker] { worker.io().stop(); };
  signals.async_wait([&](asio::error_code cancelled, int) {
    if (cancelled) return;
    signals.async_wait([&](asio::error_code again, int) {
      if (!again) stop();
    });
    serve.shut_down(stop);
  });
  worker.io().run();
  return 0;
}

}  // namespace cmd
