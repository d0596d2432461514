// The connection: place, transport, credentials, session, and how they depend on each other.
#include <sys/random.h>
#include <unistd.h>

#include "base/format.h"
#include "base/utf8.h"
#include "cloud.h"
#include "complete.h"
#include "option_table.h"
#include "terminal.h"
#include "values.h"
#include "wire/topic.h"

namespace cmd {
namespace {

using net::Transport;

Transport combine(bool websocket, bool encrypted) noexcept {
  if (websocket) return encrypted ? Transport::wss : Transport::ws;
  return encrypted ? Transport::tls : Transport::tcp;
}

/// Something was said that only TLS can do.
bool wants_tls(const Draft& draft, Transport from_url) noexcept {
  const auto& tls = draft.connection.network.tls;
  return net::encrypted(from_url) || draft.use_system_roots || !tls.cafile.empty() || !tls.capath.empty() ||
         !tls.cert.empty() || !tls.psk_hex.empty();
}

void complete_place(Draft& draft) {
  auto& network = draft.connection.network;
  const net::Url* url = draft.url ? &*draft.url : nullptr;
  const Transport from_url = url != nullptr ? url->transport : Transport::tcp;
  const bool websocket = net::websocket(from_url) || draft.ws.value.value_or(false);
  bool encrypted = wants_tls(draft, from_url);

  std::optional<std::uint16_t> port = draft.port.value;
  if (!port && url != nullptr && url->unix_path.empty()) port = url->port;
  if (port == net::default_port(Transport::tls) && !websocket) encrypted = true;
  encrypted = encrypted && !draft.no_tls;

  network.transport = combine(websocket, encrypted);
  network.port = port.value_or(net::default_port(network.transport));
  if (url != nullptr) {
    network.host = url->host;
    network.unix_path = url->unix_path;
  }
  if (draft.host) {
    network.host = *draft.host;
    network.unix_path.clear();
  }
  if (draft.unix_path) network.unix_path = *draft.unix_path;
  if (network.host.empty()) network.host = "localhost";
}

void complete_path(Draft& draft) {
  auto& websocket = draft.connection.network.websocket;
  if (draft.url && !draft.url->path.empty()) websocket.path = draft.url->path;
  if (draft.ws_path) websocket.path = *draft.ws_path;
}

Completed<void> complete_tls(Draft& draft) {
  auto& tls = draft.connection.network.tls;
  tls.use_system_roots = draft.use_system_roots;
  if (tls.cert.empty() != tls.key.empty()) {
    return trouble("Both certfile and keyfile must be provided if one of them is set.");
  }
  if (!tls.psk_hex.empty() && tls.psk_identity.empty()) return trouble("--psk-identity required if --psk used.");
  if (!tls.psk_hex.empty() && !(tls.cafile.empty() && tls.capath.empty())) {
    return trouble("Only one of --psk or --cafile/--capath may be used at once.");
  }
  tls.key_password = key_password(draft);
  return {};
}

using Secrets = std::map<std::string, std::string>;
using Secret = base::Result<std::string, std::string>;

/// Who is asked once is not asked again, and a pipe is read once.
template <class Obtain>
Secret once(Secrets& secrets, const std::string& of, Obtain obtain) {
  if (const auto known = secrets.find(of); known != secrets.end()) return known->second;
  Secret secret = obtain(of);
  if (secret) secrets.emplace(of, *secret);
  return secret;
}

Secret ask_once(Secrets& secrets, const std::string& whom) {
  return once(secrets, base::format("Password for {}: ", whom), ask_secret);
}

Secret read_once(Secrets& secrets, const std::string& file) { return once(secrets, file, read_first_line); }

Completed<void> complete_credentials(Draft& draft) {
  auto& session = draft.connection.session;
  session.username = std::move(draft.username);
  session.password = std::move(draft.password);
  if (draft.url && !session.username) session.username = draft.url->username;
  if (!draft.password_file.empty()) {
    auto password = read_once(*draft.secrets, draft.password_file);
    if (!password) return trouble(std::move(password.error()), ExitCode::no_input);
    session.password = *std::move(password);
    warn_if_exposed(draft, draft.password_file);
  } else if (draft.ask_password) {
    auto password = ask_once(*draft.secrets, session.username.value_or("the broker"));
    if (!password) return trouble("--ask-password: " + password.error(), ExitCode::no_input);
    session.password = *std::move(password);
  } else if (draft.url && !session.password) {
    session.password = draft.url->password;
  }
  for (const auto& text : {session.username, session.password}) {
    if (text && text->size() > 65'535) return trouble("a user name or password is longer than 65535 bytes");
  }
  if (session.username && !base::is_utf8(*session.username)) return trouble("the user name is no valid UTF-8");
  if (session.password && !session.username && session.version != wire::Version::v5_0) {
    if (draft.manners == Manners::ours) return trouble("before MQTT 5 a password needs a user name (-u)");
    return trouble("Problem setting username and/or password.");
  }
  return {};
}

/// Names made up by us are unique, and short enough for MQTT 3.1 (23 characters).
std::string made_up_identifier() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number) number = static_cast<std::uint64_t>(getpid());
  return base::format("mqtt-{:016x}", number);
}

Completed<void> complete_identifier(Draft& draft) {
  auto& session = draft.connection.session;
  if (!draft.id.empty() && !draft.id_prefix.empty()) return trouble("-i and -I argument cannot be used together.");
  if (!session.clean_start && draft.id.empty())
    return trouble("You must provide a client id if you are using the -c option.");
  if (!draft.id.empty()) {
    session.client_identifier = draft.id;
  } else if (!draft.id_prefix.empty()) {
    session.client_identifier = base::format("{}{}", draft.id_prefix, getpid());
  } else if (session.version != wire::Version::v5_0) {
    session.client_identifier = made_up_identifier();
  }
  draft.connection.identifier_given = !draft.id.empty() || !draft.id_prefix.empty();
  if (session.client_identifier.size() > 65'535) return trouble("the client identifier is longer than 65535 bytes");
  if (!base::is_utf8(session.client_identifier)) return trouble("the client identifier is no valid UTF-8");
  return {};
}

/// SCRAM takes name and password out of CONNECT.
Completed<void> complete_scram(Draft& draft) {
  if (draft.auth_method.empty()) return {};
  auto& session = draft.connection.session;
  if (!session.username || !session.password) return trouble("--auth-method needs a user name (-u) and a password");
  draft.connection.network.scram = {draft.auth_method, *session.username, *session.password};
  session.username.reset();
  session.password.reset();
  return {};
}

Completed<void> complete_expiry(Draft& draft) {
  auto& session = draft.connection.session;
  if (session.version != wire::Version::v5_0) return {};
  constexpr auto id = wire::PropertyId::session_expiry_interval;
  constexpr std::uint32_t never = 0xFFFF'FFFF;
  const bool by_property = session.properties.view().find(id).has_value();
  if (by_property && draft.session_expiry) return trouble("session-expiry-interval is given twice, by -x and by -D");
  if (by_property) return {};
  const std::uint32_t expiry = draft.session_expiry.value_or(session.clean_start ? 0 : never);
  if (expiry == never && draft.id.empty()) {
    return trouble("You must provide a client id if you are using an infinite session expiry interval.");
  }
  if (expiry > 0) session.properties.add(id, expiry);
  return {};
}

Completed<void> complete_will(Draft& draft) {
  if (draft.will.topic.empty()) {
    if (draft.will_given) return trouble("Will payload, QoS or retain given, but no will topic given.");
    if (!draft.will_properties.empty()) return trouble("Will properties given, but no will topic given.");
    return {};
  }
  if (wire::check_topic_name(draft.will.topic)) {
    return trouble(base::format("Invalid will topic '{}', does it contain '+' or '#'?", draft.will.topic));
  }
  draft.will.properties = std::move(draft.will_properties);
  draft.connection.session.will = std::move(draft.will);
  return {};
}

Completed<void> check_version(Draft& draft) {
  const auto version = draft.connection.session.version;
  if (version == wire::Version::v5_0 || draft.manners == Manners::mosquitto) return {};
  if (draft.retain_as_published) return trouble("--retain-as-published is an option of MQTT 5; add -V 5");
  if (draft.retain_handling_given) return trouble("--retain-handling is an option of MQTT 5; add -V 5");
  return {};
}

}  // namespace

transport::KeyPassword key_password(const Draft& draft) {
  return [file = draft.key_password_file, secrets = draft.secrets](const std::string& key) -> std::string {
    auto password = file.empty() ? ask_once(*secrets, key) : read_once(*secrets, file);
    return password ? *std::move(password) : std::string();
  };
}

Completed<void> complete_connection(Draft& draft) {
  auto& session = draft.connection.session;
  const auto usual = draft.command == Command::rr ? wire::Version::v5_0 : wire::Version::v3_1_1;
  session.version = draft.needs_version_5 ? wire::Version::v5_0 : draft.version.value_or(usual);
  complete_place(draft);
  complete_path(draft);
  for (const auto step : {check_version, complete_tls, complete_credentials, complete_identifier, complete_cloud,
                          complete_scram, complete_expiry, complete_will}) {
    if (auto done = step(draft); !done) return done;
  }
  return {};
}

}  // namespace cmd
