// What each way of failing becomes: a line and a code, ours and mosquitto's.
#include "exit_code.h"

#include <csignal>

#include "catch.h"

namespace {

using cmd::Manners;
using net::Ending;
using transport::Error;
using transport::Kind;
using transport::Stage;
using wire::ReasonCode;

cmd::ConnectionOptions connection(Manners manners = Manners::ours) {
  cmd::ConnectionOptions options;
  options.manners = manners;
  options.network.host = "broker";
  return options;
}

Ending transport_ending(Error error, bool after_connack = false) {
  Ending ending;
  ending.kind = Ending::Kind::transport;
  ending.after_connack = after_connack;
  ending.error = std::move(error);
  return ending;
}

std::error_code errno_code(std::errc code) { return std::make_error_code(code); }

}  // namespace

TEST_CASE("failures of the way to the broker") {
  struct Row {
    Error error;
    int ours;
    int mosquitto;
    const char* text;
  };
  const Row rows[] = {
      {{Stage::resolve, Kind::not_resolved, {}, "no such host"},
       68,
       1,
       "cannot find the host \"broker\": no such host; check its name"},
      {{Stage::connect, Kind::system, errno_code(std::errc::connection_refused), "Connection refused"},
       69,
       1,
       "cannot connect to broker:1883: Connection refused; is a broker running there?"},
      {{Stage::connect, Kind::system, errno_code(std::errc::host_unreachable), "No route to host"},
       69,
       1,
       "cannot connect to broker:1883: No route to host"},
      {{Stage::read, Kind::system, errno_code(std::errc::connection_reset), "Connection reset by peer"},
       7,
       7,
       "broker:1883: Connection reset by peer"},
      {{Stage::connect, Kind::timeout, {}, "the connection was not accepted in time"},
       75,
       255,
       "broker:1883: the connection was not accepted in time; --connect-timeout sets how long that may take"},
      {{Stage::connack, Kind::peer_closed, {}, "the peer closed the connection"},
       7,
       7,
       "broker:1883: the peer closed the connection; is that a port for MQTT without TLS (with TLS: mqtts://) and "
       "without WebSocket (with it: ws://), and for this version (-V)?"},
      {{Stage::tls, Kind::peer_closed, {}, "the peer closed the connection during the TLS handshake"},
       79,
       8,
       "broker:1883: the peer closed the connection during the TLS handshake"},
      {{Stage::tls, Kind::certificate_untrusted, {}, "self-signed certificate"},
       79,
       1,
       "broker:1883: self-signed certificate; to trust its authority name it with --cafile FILE"},
      {{Stage::tls, Kind::certificate_host_mismatch, {}, "the certificate is for a, not for broker"},
       79,
       1,
       "broker:1883: the certificate is for a, not for broker; connect by that name, give it with --server-name, or "
       "skip this check with --insecure"},
      {{Stage::read, Kind::certificate_required, {}, "certificate required"},
       79,
       7,
       "broker:1883: certificate required; give ours with --cert and --key"},
      {{Stage::tls, Kind::handshake, {}, "no protocols available"},
       79,
       1,
       "TLS with broker:1883 failed: no protocols available; --tls-version and --ciphers may not suit it"},
      {{Stage::tls, Kind::plain_on_tls, {}, "the peer does not speak TLS"},
       79,
       8,
       "broker:1883: the peer does not speak TLS"},
      {{Stage::connack, Kind::tls_on_plain, {}, "the peer speaks TLS"},
       76,
       2,
       "broker:1883: the peer speaks TLS; for a port with TLS use mqtts:// (or wss://) or --cafile"},
      {{Stage::upgrade, Kind::http_status, {}, "HTTP/1.1 404 Not Found"},
       76,
       2,
       "broker:1883: HTTP/1.1 404 Not Found; is the path \"/mqtt\" right (--ws-path)?"},
      {{Stage::upgrade, Kind::not_websocket, {}, "what came is no HTTP"}, 76, 2, "broker:1883: what came is no HTTP"},
      {{Stage::proxy, Kind::proxy_refused, {}, "the proxy refused the user or the password"},
       69,
       1,
       "broker:1883: the proxy refused the user or the password; it was asked for broker:1883"},
      {{Stage::tls, Kind::configuration, {}, "key: not a PEM file"}, 79, 8, "key: not a PEM file"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto ours = cmd::explain(transport_ending(row.error), connection());
    CHECK(ours.text == row.text);
    CHECK(ours.exit_code == row.ours);
    if (row.error.kind == Kind::configuration) continue;
    CHECK(cmd::explain(transport_ending(row.error), connection(Manners::mosquitto)).exit_code == row.mosquitto);
  }
}

TEST_CASE("another protocol at the port: what to try depends on ours") {
  using net::Transport;
  struct Row {
    Stage stage;
    Kind kind;
    std::vector<std::pair<Transport, const char*>> advice;
  };
  const Row rows[] = {
      {Stage::connack,
       Kind::peer_closed,
       {{Transport::tls, "; is that a port for MQTT without WebSocket (with it: wss://), and for this version (-V)?"},
        {Transport::ws, "; is that a port for MQTT, and for this version (-V)?"},
        {Transport::wss, "; is that a port for MQTT, and for this version (-V)?"}}},
      {Stage::tls,
       Kind::peer_closed,
       {{Transport::tls, "; is that a port with TLS (without it: mqtt://)?"},
        {Transport::wss, "; is that a port with TLS (without it: ws://)?"}}},
      {Stage::upgrade,
       Kind::peer_closed,
       {{Transport::ws, "; is that a port for WebSocket (without it: mqtt://) without TLS (with TLS: wss://)?"},
        {Transport::wss, "; is that a port for WebSocket (without it: mqtts://)?"}}},
      {Stage::tls,
       Kind::plain_on_tls,
       {{Transport::tls, "; for a port without TLS use mqtt:// (or ws://) and no --cafile"},
        {Transport::wss, "; for a port without TLS use ws:// (or mqtt://)"}}},
      {Stage::upgrade, Kind::tls_on_plain, {{Transport::ws, "; for a port with TLS use wss:// (or mqtts://)"}}},
      {Stage::connack,
       Kind::http_status,
       {{Transport::tcp, "; that is a web server: for MQTT over WebSocket use ws://"},
        {Transport::tls, "; that is a web server: for MQTT over WebSocket use wss://"}}},
      {Stage::upgrade,
       Kind::not_websocket,
       {{Transport::ws, "; for a port without WebSocket use mqtt://"},
        {Transport::wss, "; for a port without WebSocket use mqtts://"}}},
  };
  for (const Row& row : rows) {
    for (const auto& [transport, advice] : row.advice) {
      auto options = connection();
      options.network.transport = transport;
      CHECK(cmd::explain(transport_ending({row.stage, row.kind, {}, "no"}), options).text ==
            "broker:1883: no" + std::string(advice));
    }
  }
}

TEST_CASE("on the way to a proxy and through it, the proxy is named") {
  struct Row {
    Error error;
    int code;
    const char* text;
  };
  const Row rows[] = {
      {{Stage::resolve, Kind::not_resolved, {}, "no such host"},
       68,
       "cannot find the proxy \"gate\": no such host; check its name"},
      {{Stage::connect, Kind::system, errno_code(std::errc::connection_refused), "Connection refused"},
       69,
       "cannot connect to proxy gate:1080: Connection refused; is a proxy running there (--proxy)?"},
      {{Stage::proxy, Kind::timeout, {}, "the proxy did not answer in time"},
       75,
       "proxy gate:1080: the proxy did not answer in time; --connect-timeout sets how long that may take"},
      {{Stage::proxy, Kind::peer_closed, {}, "closed"}, 7, "proxy gate:1080: closed"},
      {{Stage::proxy, Kind::proxy_refused, {}, "HTTP/1.1 502 Bad Gateway"},
       69,
       "proxy gate:1080: HTTP/1.1 502 Bad Gateway; it was asked for broker:1883"},
      {{Stage::tls, Kind::handshake, {}, "no"},
       79,
       "TLS with broker:1883 failed: no; --tls-version and --ciphers may not suit it"},
  };
  auto options = connection();
  options.network.proxy.emplace().host = "gate";
  for (const Row& row : rows) {
    const auto failure = cmd::explain(transport_ending(row.error), options);
    CHECK(failure.text == row.text);
    CHECK(failure.exit_code == row.code);
  }
}

TEST_CASE("a file that TLS needs is missing") {
  const Error error{Stage::tls, Kind::configuration, errno_code(std::errc::no_such_file_or_directory),
                    "ca.pem: No such file or directory"};
  const auto ours = cmd::explain(transport_ending(error), connection());
  CHECK(ours.exit_code == 66);
  CHECK(ours.text == "ca.pem: No such file or directory");
  const auto theirs = cmd::explain(transport_ending(error), connection(Manners::mosquitto));
  CHECK(theirs.exit_code == 1);
  CHECK(theirs.text == "Problem setting TLS options: File not found.");
}

TEST_CASE("after CONNACK any failure of the transport is a loss") {
  const auto lost = cmd::explain(
      transport_ending({Stage::read, Kind::peer_closed, {}, "the peer closed the connection"}, true), connection());
  CHECK(lost.exit_code == 7);
  CHECK(lost.text == "broker:1883: connection lost: the peer closed the connection");
}

TEST_CASE("places with colons and sockets are written as one would give them") {
  auto options = connection();
  const Error refused{Stage::connect, Kind::system, errno_code(std::errc::connection_refused), "Connection refused"};
  options.network.host = "::1";
  CHECK(cmd::explain(transport_ending(refused), options).text ==
        "cannot connect to [::1]:1883: Connection refused; is a broker running there?");
  options.session.version = wire::Version::v5_0;
  const Error closed{Stage::connack, Kind::peer_closed, {}, "the peer closed the connection"};
  CHECK(cmd::explain(transport_ending(closed), options).text ==
        "[::1]:1883: the peer closed the connection; is that port for MQTT, and for this transport (mqtts://, ws://)? "
        "A broker without MQTT 5 wants -V 311");
  options.network.unix_path = "/run/\x1b[31mx";
  CHECK(cmd::explain(transport_ending(refused), options).text ==
        "cannot connect to /run/\\u001b[31mx: Connection refused; is a broker running there?");
}

TEST_CASE("CONNACK's codes are ours too, and said in words") {
  struct Row {
    int code;
    wire::Version version;
    const char* advice;
  };
  const Row rows[] = {
      {1, wire::Version::v3_1_1, "; try another version: -V 5, 311 or 31"},
      {2, wire::Version::v3_1_1, "; give another client identifier with -i"},
      {5, wire::Version::v3_1_1, "; check -u and the password"},
      {0x84, wire::Version::v5_0, "; try -V 311"},
      {0x86, wire::Version::v5_0, "; check -u and the password"},
      {0x97, wire::Version::v5_0, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.code);
    Ending ending;
    ending.kind = Ending::Kind::refused;
    ending.version = row.version;
    ending.reason_code = static_cast<ReasonCode>(row.code);
    const auto words = wire::describe(ending.reason_code, wire::PacketType::connack, row.version);
    REQUIRE_FALSE(words.empty());
    for (const auto manners : {Manners::ours, Manners::mosquitto}) {
      const auto failure = cmd::explain(ending, connection(manners));
      CHECK(failure.exit_code == row.code);
      CHECK(failure.text == "broker:1883 refused the connection: " + std::string(words) + " (code " +
                                std::to_string(row.code) + ")" + row.advice);
    }
  }
}

TEST_CASE("a broker's own words are shown, made harmless") {
  Ending ending;
  ending.kind = Ending::Kind::refused;
  ending.version = wire::Version::v5_0;
  ending.reason_code = ReasonCode::use_another_server;
  ending.properties.add(wire::PropertyId::reason_string, std::string_view("moved\x1b"));
  ending.properties.add(wire::PropertyId::server_reference, std::string_view("other"));
  CHECK(
      cmd::explain(ending, connection()).text ==
      "broker:1883 refused the connection: Use another server (code 156) (\"moved\\u001b\"); it names another broker: "
      "other");
}

TEST_CASE("DISCONNECT, violations and silence") {
  Ending ending;
  ending.kind = Ending::Kind::disconnected;
  ending.after_connack = true;
  ending.version = wire::Version::v5_0;
  ending.reason_code = ReasonCode::session_taken_over;
  const auto taken = cmd::explain(ending, connection());
  CHECK(taken.exit_code == 7);
  CHECK(taken.text == "broker:1883 ended the connection: Session taken over (code 142)");

  Ending violation;
  violation.kind = Ending::Kind::violation;
  violation.type = wire::PacketType::connack;
  violation.fault = {static_cast<wire::Clause>(0), 2};
  const auto broken = cmd::explain(violation, connection());
  CHECK(broken.exit_code == 76);
  CHECK(cmd::explain(violation, connection(Manners::mosquitto)).exit_code == 2);
  CHECK(broken.text.starts_with("broker:1883 broke the protocol in CONNACK, byte 2: "));
  CHECK(broken.text.ends_with("]; is that an MQTT broker?"));

  Ending silence;
  silence.kind = Ending::Kind::timed_out;
  silence.waiting = session::TimedOut::Waiting::connack;
  CHECK(cmd::explain(silence, connection()).exit_code == 75);
  CHECK(cmd::explain(silence, connection(Manners::mosquitto)).exit_code == 255);
  silence.waiting = session::TimedOut::Waiting::pingresp;
  CHECK(cmd::explain(silence, connection()).exit_code == 7);
  CHECK(cmd::explain(silence, connection()).text == "broker:1883: no PINGRESP came in time");
}

TEST_CASE("denied packets are 77, and 0 under a mosquitto name") {
  auto options = connection();
  options.session.version = wire::Version::v5_0;
  const auto denied =
      cmd::explain_denied(wire::PacketType::puback, ReasonCode::not_authorized, {}, "topic \"a\"", options);
  CHECK(denied.exit_code == 77);
  CHECK(denied.text == "topic \"a\" was denied by PUBACK: Not authorized (code 135)");
  options.manners = Manners::mosquitto;
  CHECK(cmd::explain_denied(wire::PacketType::puback, ReasonCode::not_authorized, {}, "", options).exit_code == 0);

  const session::Refusal large{session::Refusal::Kind::packet_too_large, {}};
  CHECK(cmd::explain(large, "topic \"a\"", connection()).text ==
        "topic \"a\": larger than the broker's Maximum Packet Size");
  CHECK(cmd::explain(large, "topic \"a\"", connection()).exit_code == 77);
}

TEST_CASE("signals and files") {
  CHECK(cmd::explain_signal(SIGINT, Manners::ours).exit_code == 130);
  CHECK(cmd::explain_signal(SIGTERM, Manners::ours).exit_code == 143);
  CHECK(cmd::explain_signal(SIGINT, Manners::mosquitto).exit_code == 255);
  const auto missing = cmd::explain_file(cmd::ExitCode::no_input, "X", ENOENT, Manners::mosquitto);
  CHECK(missing.exit_code == 1);
  CHECK(missing.text == "Unable to read file \"X\": No such file or directory.");
  CHECK(cmd::explain_file(cmd::ExitCode::no_input, "X", ENOENT, Manners::ours).text ==
        "cannot read X: No such file or directory");
  CHECK(cmd::explain_file(cmd::ExitCode::io_error, "X", ENOSPC, Manners::ours).exit_code == 74);
}
