// Tables of what can go wrong, each row with its code under both manners and the advice that follows the cause.
#include "exit_code.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/format.h"
#include "render/escape.h"
#include "wire/clauses.h"

namespace cmd {
namespace {

using transport::Kind;
using transport::Stage;
using wire::ReasonCode;

struct CodeRow {
  ExitCode code;
  int mosquitto;
};
constexpr CodeRow codes[] = {
    {ExitCode::success, 0},       {ExitCode::check_failed, 1},  {ExitCode::connection_lost, 7}, {ExitCode::timeout, 27},
    {ExitCode::usage, 1},         {ExitCode::bad_data, 1},      {ExitCode::no_input, 1},        {ExitCode::no_host, 1},
    {ExitCode::unavailable, 1},   {ExitCode::internal, 1},      {ExitCode::cannot_create, 1},   {ExitCode::io_error, 1},
    {ExitCode::temporary, 255},   {ExitCode::protocol, 2},      {ExitCode::denied, 0},          {ExitCode::tls, 8},
    {ExitCode::configuration, 1}, {ExitCode::interrupted, 255}, {ExitCode::terminated, 255},
};

/// `before` is how the line starts, where the message alone would not say what it is about. Both know {place} and
/// {host}, which are the proxy's on the way to it, {broker} and {path}.
struct TransportRow {
  Kind kind;
  ExitCode code;
  std::string_view before;
  std::string_view advice;
};
constexpr TransportRow transport_rows[] = {
    {Kind::system, ExitCode::unavailable, "cannot connect to {place}: ", ""},
    {Kind::timeout, ExitCode::temporary, "{place}: ", "; --connect-timeout sets how long that may take"},
    {Kind::peer_closed, ExitCode::connection_lost, "{place}: ", ""},
    {Kind::not_resolved, ExitCode::no_host, "cannot find {host}: ", "; check its name"},
    {Kind::configuration, ExitCode::tls, "", ""},
    {Kind::certificate, ExitCode::tls, "{place}: ", ""},
    {Kind::certificate_untrusted, ExitCode::tls, "{place}: ", "; to trust its authority name it with --cafile FILE"},
    {Kind::certificate_expired, ExitCode::tls, "{place}: ", "; check the clocks"},
    {Kind::certificate_host_mismatch, ExitCode::tls,
     "{place}: ", "; connect by that name, give it with --server-name, or skip this check with --insecure"},
    {Kind::certificate_refused, ExitCode::tls, "{place}: ", "; check --cert and --key"},
    {Kind::certificate_required, ExitCode::tls, "{place}: ", "; give ours with --cert and --key"},
    {Kind::handshake, ExitCode::tls, "TLS with {place} failed: ", "; --tls-version and --ciphers may not suit it"},
    {Kind::plain_on_tls, ExitCode::tls, "{place}: ", ""},
    {Kind::tls_on_plain, ExitCode::protocol, "{place}: ", ""},
    {Kind::http_status, ExitCode::protocol, "{place}: ", "; is the path \"{path}\" right (--ws-path)?"},
    {Kind::not_websocket, ExitCode::protocol, "{place}: ", ""},
    {Kind::proxy_refused, ExitCode::unavailable, "{place}: ", "; it was asked for {broker}"},
    {Kind::authentication, ExitCode::denied, "{place}: ", ""},
    {Kind::protocol, ExitCode::protocol, "{place}: ", ""},
};

/// Which transports a row is about.
constexpr unsigned bit(net::Transport transport) noexcept { return 1U << static_cast<unsigned>(transport); }
constexpr unsigned tcp = bit(net::Transport::tcp);
constexpr unsigned tls = bit(net::Transport::tls);
constexpr unsigned ws = bit(net::Transport::ws);
constexpr unsigned wss = bit(net::Transport::wss);

/// What to try where the stage and our own transport say more than the kind of failure: another protocol may live at
/// that port.
struct PortRow {
  Kind kind;
  Stage stage;
  unsigned transports;
  std::string_view advice;
};
constexpr PortRow port_rows[] = {
    {Kind::peer_closed, Stage::connack, tcp,
     "; is that a port for MQTT without TLS (with TLS: mqtts://) and without WebSocket (with it: ws://), and for this "
     "version (-V)?"},
    {Kind::peer_closed, Stage::connack, tls,
     "; is that a port for MQTT without WebSocket (with it: wss://), and for this version (-V)?"},
    {Kind::peer_closed, Stage::connack, ws | wss, "; is that a port for MQTT, and for this version (-V)?"},
    {Kind::peer_closed, Stage::tls, tls, "; is that a port with TLS (without it: mqtt://)?"},
    {Kind::peer_closed, Stage::tls, wss, "; is that a port with TLS (without it: ws://)?"},
    {Kind::peer_closed, Stage::upgrade, ws,
     "; is that a port for WebSocket (without it: mqtt://) without TLS (with TLS: wss://)?"},
    {Kind::peer_closed, Stage::upgrade, wss, "; is that a port for WebSocket (without it: mqtts://)?"},
    {Kind::plain_on_tls, Stage::tls, tls, "; for a port without TLS use mqtt:// (or ws://) and no --cafile"},
    {Kind::plain_on_tls, Stage::tls, wss, "; for a port without TLS use ws:// (or mqtt://)"},
    {Kind::tls_on_plain, Stage::connack, tcp, "; for a port with TLS use mqtts:// (or wss://) or --cafile"},
    {Kind::tls_on_plain, Stage::upgrade, ws, "; for a port with TLS use wss:// (or mqtts://)"},
    {Kind::http_status, Stage::connack, tcp, "; that is a web server: for MQTT over WebSocket use ws://"},
    {Kind::http_status, Stage::connack, tls, "; that is a web server: for MQTT over WebSocket use wss://"},
    {Kind::not_websocket, Stage::upgrade, ws, "; for a port without WebSocket use mqtt://"},
    {Kind::not_websocket, Stage::upgrade, wss, "; for a port without WebSocket use mqtts://"},
};

struct RefusedRow {
  ReasonCode code;
  bool version_5;
  std::string_view advice;
};
constexpr ReasonCode return_code(int value) noexcept { return static_cast<ReasonCode>(value); }
constexpr RefusedRow refused_rows[] = {
    {return_code(1), false, "; try another version: -V 5, 311 or 31"},
    {return_code(2), false, "; give another client identifier with -i"},
    {return_code(3), false, "; try again later (--wait-for-broker)"},
    {return_code(4), false, "; check -u and the password"},
    {return_code(5), false, "; check -u and the password"},
    {ReasonCode::unsupported_protocol_version, true, "; try -V 311"},
    {ReasonCode::client_identifier_not_valid, true, "; give another client identifier with -i"},
    {ReasonCode::bad_user_name_or_password, true, "; check -u and the password"},
    {ReasonCode::not_authorized, true, "; check -u and the password"},
    {ReasonCode::server_unavailable, true, "; try again later (--wait-for-broker)"},
    {ReasonCode::server_busy, true, "; try again later (--wait-for-broker)"},
    {ReasonCode::bad_authentication_method, true, ""},
    {ReasonCode::packet_too_large, true, "; the will is too large"},
    {ReasonCode::retain_not_supported, true, "; leave out --will-retain"},
    {ReasonCode::qos_not_supported, true, "; lower --will-qos"},
};

struct RefusalRow {
  session::Refusal::Kind kind;
  ExitCode code;
  std::string_view text;
};
using RefusalKind = session::Refusal::Kind;
constexpr RefusalRow refusal_rows[] = {
    {RefusalKind::not_connected, ExitCode::internal, "there is no connection"},
    {RefusalKind::full, ExitCode::internal, "too much is in flight"},
    {RefusalKind::packet_too_large, ExitCode::denied, "larger than the broker's Maximum Packet Size"},
    {RefusalKind::qos_not_supported, ExitCode::denied, "the broker does not support this QoS; lower -q"},
    {RefusalKind::retain_not_supported, ExitCode::denied, "the broker keeps no retained messages; leave out -r"},
    {RefusalKind::wildcard_subscriptions_not_supported, ExitCode::denied, "the broker takes no wildcards"},
    {RefusalKind::subscription_identifiers_not_supported, ExitCode::denied,
     "the broker takes no subscription identifiers"},
    {RefusalKind::shared_subscriptions_not_supported, ExitCode::denied, "the broker has no shared subscriptions"},
};

std::string visible(std::string_view text) {
  base::Buffer out;
  render::append_visible(out, base::as_bytes(text), render::Layout::escape);
  return std::string(out.text());
}

std::string address(const std::string& host, std::uint16_t port) {
  const bool bare_ipv6 = host.find(':') != std::string::npos;
  return base::format(bare_ipv6 ? fmt::runtime("[{}]:{}") : fmt::runtime("{}:{}"), visible(host), port);
}

std::string place(const net::ConnectSettings& network) {
  return network.unix_path.empty() ? address(network.host, network.port) : visible(network.unix_path);
}

/// The first hop is the proxy, where there is one.
bool at_proxy(const transport::Error& error, const net::ConnectSettings& network) {
  return network.proxy && network.unix_path.empty() && error.stage <= Stage::proxy;
}

std::string fill(std::string_view text, const transport::Error& error, const net::ConnectSettings& network) {
  const bool proxy = at_proxy(error, network);
  const std::string where =
      proxy ? base::format("proxy {}", address(network.proxy->host, network.proxy->port)) : place(network);
  const std::string host = proxy ? base::format("the proxy \"{}\"", visible(network.proxy->host))
                                 : base::format("the host \"{}\"", visible(network.host));
  return base::format(fmt::runtime(text), fmt::arg("place", where), fmt::arg("host", host),
                      fmt::arg("broker", place(network)), fmt::arg("path", visible(network.websocket.path)));
}

/// The broker's own words, where it sent some.
std::string reason_string(wire::PropertiesView properties) {
  const auto text = properties.text(wire::PropertyId::reason_string);
  return text.empty() ? std::string() : base::format(" (\"{}\")", visible(text));
}

std::string words(ReasonCode code, wire::PacketType type, wire::Version version) {
  const auto described = wire::describe(code, type, version);
  const int number = static_cast<int>(code);
  return described.empty() ? base::format("code {}", number) : base::format("{} (code {})", described, number);
}

Failure failure(ExitCode code, std::string text, Manners manners) {
  return {exit_code(code, manners), std::move(text)};
}

/// To mosquitto a handshake that fails, as for a certificate that it does not accept, is a connection that cannot be
/// made, and a certificate that the broker misses a connection that is lost; the rest is an error of TLS.
ExitCode mosquitto_code(Kind kind, ExitCode code) noexcept {
  switch (kind) {
    case Kind::certificate:
    case Kind::certificate_untrusted:
    case Kind::certificate_expired:
    case Kind::certificate_host_mismatch:
    case Kind::handshake:
      return ExitCode::unavailable;
    case Kind::certificate_refused:
    case Kind::certificate_required:
      return ExitCode::connection_lost;
    default:
      return code;
  }
}

/// The advice for a system's error depends on which one.
std::string_view advice(const TransportRow& row, const net::Ending& ending, const ConnectionOptions& connection) {
  const net::ConnectSettings& network = connection.network;
  const auto& error = ending.error;
  if (row.kind == Kind::system && error.code == std::errc::connection_refused) {
    return at_proxy(error, network) ? "; is a proxy running there (--proxy)?" : "; is a broker running there?";
  }
  if (row.kind == Kind::system && error.code == std::errc::permission_denied) return "; a firewall may be in the way";
  if (row.kind == Kind::proxy_refused && error.code == std::errc::permission_denied) {
    return "; they stand in the proxy's URL, SCHEME://USER:PASSWORD@HOST:PORT";
  }
  if (row.kind == Kind::peer_closed && error.stage == Stage::connack &&
      connection.session.version == wire::Version::v5_0) {
    // RabbitMQ before 3.13 answers CONNECT of 5.0 so.
    return "; is that port for MQTT, and for this transport (mqtts://, ws://)? A broker without MQTT 5 wants -V 311";
  }
  for (const PortRow& port : port_rows) {
    if (port.kind == row.kind && port.stage == error.stage && (port.transports & bit(network.transport)) != 0) {
      return port.advice;
    }
  }
  return row.advice;
}

Failure explain_configuration(const transport::Error& error, Manners manners) {
  const bool file = error.code.default_error_condition().value() != 0;
  if (manners == Manners::mosquitto && error.stage == Stage::tls) {
    const bool missing = error.code == std::errc::no_such_file_or_directory;
    return {1, base::format("Problem setting TLS options: {}.", missing ? "File not found" : error.message)};
  }
  const ExitCode tls_or_usage = error.stage == Stage::tls ? ExitCode::tls : ExitCode::usage;
  return failure(file ? ExitCode::no_input : tls_or_usage, error.message, manners);
}

Failure explain_transport(const net::Ending& ending, const ConnectionOptions& connection) {
  const auto& error = ending.error;
  const auto& network = connection.network;
  if (error.kind == Kind::configuration) return explain_configuration(error, connection.manners);
  if (ending.after_connack && error.kind != Kind::protocol) {
    return failure(ExitCode::connection_lost, base::format("{}: connection lost: {}", place(network), error.message),
                   connection.manners);
  }
  const auto* row = std::find_if(std::begin(transport_rows), std::end(transport_rows),
                                 [&](const TransportRow& other) { return other.kind == error.kind; });
  ExitCode code = row->code;
  std::string_view before = row->before;
  if (error.kind == Kind::peer_closed && error.stage == Stage::tls) code = ExitCode::tls;
  if (error.kind == Kind::system && error.stage != Stage::connect) {
    code = error.stage == Stage::resolve ? ExitCode::no_host : ExitCode::connection_lost;
    before = "{place}: ";
  }
  if (connection.manners == Manners::mosquitto) code = mosquitto_code(error.kind, code);
  const auto hint = advice(*row, ending, connection);
  return failure(code, fill(before, error, network) + error.message + fill(hint, error, network), connection.manners);
}

Failure explain_refused(const net::Ending& ending, const ConnectionOptions& connection) {
  const bool version_5 = ending.version == wire::Version::v5_0;
  std::string text = base::format("{} refused the connection: {}{}", place(connection.network),
                                  words(ending.reason_code, wire::PacketType::connack, ending.version),
                                  reason_string(ending.properties.view()));
  for (const auto& row : refused_rows) {
    if (row.code == ending.reason_code && row.version_5 == version_5) text += row.advice;
  }
  if (const auto other = ending.properties.view().text(wire::PropertyId::server_reference); !other.empty()) {
    text += base::format("; it names another broker: {}", visible(other));
  }
  return {static_cast<int>(ending.reason_code), std::move(text)};
}

Failure explain_disconnected(const net::Ending& ending, const ConnectionOptions& connection) {
  std::string text = base::format("{} ended the connection: {}{}", place(connection.network),
                                  words(ending.reason_code, wire::PacketType::disconnect, ending.version),
                                  reason_string(ending.properties.view()));
  return failure(ExitCode::connection_lost, std::move(text), connection.manners);
}

Failure explain_violation(const net::Ending& ending, const ConnectionOptions& connection) {
  const auto& row = wire::row(ending.fault.clause);
  return failure(ExitCode::protocol,
                 base::format("{} broke the protocol in {}, byte {}: {} [{}]{}", place(connection.network),
                              wire::name(ending.type), ending.fault.offset, row.sentence,
                              wire::identifier(ending.fault.clause, ending.version),
                              ending.after_connack ? "" : "; is that an MQTT broker?"),
                 connection.manners);
}

Failure explain_timed_out(const net::Ending& ending, const ConnectionOptions& connection) {
  const bool connack = ending.waiting == session::TimedOut::Waiting::connack;
  return failure(
      connack ? ExitCode::temporary : ExitCode::connection_lost,
      base::format("{}: {}", place(connection.network),
                   connack ? "no CONNACK came in time; is that an MQTT broker?" : "no PINGRESP came in time"),
      connection.manners);
}

}  // namespace

int exit_code(ExitCode code, Manners manners) noexcept {
  if (manners == Manners::ours) return static_cast<int>(code);
  const auto* row =
      std::find_if(std::begin(codes), std::end(codes), [&](const CodeRow& other) { return other.code == code; });
  return row == std::end(codes) ? 1 : row->mosquitto;
}

Failure explain(const net::Ending& ending, const ConnectionOptions& connection) {
  switch (ending.kind) {
    case net::Ending::Kind::transport:
      return explain_transport(ending, connection);
    case net::Ending::Kind::refused:
      return explain_refused(ending, connection);
    case net::Ending::Kind::disconnected:
      return explain_disconnected(ending, connection);
    case net::Ending::Kind::violation:
      return explain_violation(ending, connection);
    case net::Ending::Kind::timed_out:
      return explain_timed_out(ending, connection);
  }
  return {};
}

Failure explain(const session::Refusal& refusal, std::string_view what, const ConnectionOptions& connection) {
  if (refusal.kind == RefusalKind::invalid) {
    const auto& row = wire::row(refusal.fault.clause);
    return failure(ExitCode::bad_data,
                   base::format("{}: {} [{}]", visible(what), row.sentence,
                                wire::identifier(refusal.fault.clause, connection.session.version)),
                   connection.manners);
  }
  const auto* row = std::find_if(std::begin(refusal_rows), std::end(refusal_rows),
                                 [&](const RefusalRow& other) { return other.kind == refusal.kind; });
  return failure(row->code, base::format("{}: {}", visible(what), row->text), connection.manners);
}

Failure explain_denied(wire::PacketType type, ReasonCode code, wire::PropertiesView properties, std::string_view what,
                       const ConnectionOptions& connection) {
  return failure(ExitCode::denied,
                 base::format("{} was denied by {}: {}{}", visible(what), wire::name(type),
                              words(code, type, connection.session.version), reason_string(properties)),
                 connection.manners);
}

Failure explain_signal(int signal, Manners manners) {
  return failure(signal == SIGTERM ? ExitCode::terminated : ExitCode::interrupted,
                 signal == SIGTERM ? "terminated before CONNACK" : "interrupted before CONNACK", manners);
}

Failure explain_file(ExitCode code, std::string_view file, int number, Manners manners) {
  if (code == ExitCode::no_input && manners == Manners::mosquitto) {
    return failure(code, base::format("Unable to read file \"{}\": {}.", file, std::strerror(number)), manners);
  }
  const std::string_view verb = code == ExitCode::no_input        ? "read"
                                : code == ExitCode::cannot_create ? "create"
                                                                  : "write";
  return failure(code, base::format("cannot {} {}: {}", verb, visible(file), std::strerror(number)), manners);
}

}  // namespace cmd
