// Ways to live, and wills that never were: no will is published.
#include "scenario/will_case.h"

namespace scenario {
namespace {

using wire::PacketType;

/// A session that the broker keeps, in both versions.
Part lasting(Stage& stage, std::string_view role) {
  return {
      .role = role, .client_identifier = stage.new_client_identifier(), .clean_start = false, .session_expiry = 600};
}

}  // namespace

Task<> disconnect(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  doomed->disconnect();
  co_await stage.closed(*doomed);
  co_await stage.silence(*watcher);
}

/// The silence between the two connections lets a broker read DISCONNECT before the CONNECT that follows on another
/// connection: they are in no order otherwise, and a take-over publishes the will.
Task<> disconnect_discards(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Part with_will = lasting(stage, "doomed");
  Part without_will = lasting(stage, "doomed");
  without_will.client_identifier = with_will.client_identifier;
  with_will.will = stage.will();
  Peer* first = co_await stage.connect(with_will);
  first->disconnect();
  co_await stage.closed(*first);
  co_await stage.silence(*watcher);
  Peer* second = co_await stage.connect(without_will);
  second->close_layers();
  co_await stage.silence(*watcher);
}

Task<> disconnect_with_will(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  doomed->disconnect(wire::ReasonCode::disconnect_with_will_message);
  co_await stage.message(*watcher);
}

Task<> keep_alive_zero(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Part part{.role = "doomed", .keep_alive = 0, .will = stage.will()};
  Peer* doomed = co_await stage.connect(part);
  if (doomed->server_keep_alive().value_or(0) != 0) co_await stage.skip("the broker imposes a keep alive");
  doomed->must_stay();
  const std::chrono::seconds patience(stage.settings().keep_alive * 3 / 2 + 1);
  co_await stage.silence(*watcher, session::Clock::now() + patience + stage.settings().tolerance);
}

/// For three times the keep alive, so that a broker that does not count PINGREQ ends the connection.
Task<> pingreq(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Part part{.role = "doomed", .keep_alive = stage.settings().keep_alive, .will = stage.will()};
  Peer* doomed = co_await stage.connect(part);
  doomed->must_stay();
  // In whole seconds a quarter of it would be nothing.
  const session::Duration keep_alive =
      std::chrono::seconds(doomed->server_keep_alive().value_or(stage.settings().keep_alive));
  const session::Time end = session::Clock::now() + keep_alive * 3;
  while (session::Clock::now() < end) {
    doomed->send(wire::Pingreq{});
    co_await stage.packet(*doomed, PacketType::pingresp);
    co_await stage.sleep_until(session::Clock::now() + keep_alive / 4);
  }
  if (doomed->longest_silence() > keep_alive) co_await stage.inconclusive("this machine was too slow to send PINGREQ");
  co_await stage.silence(*watcher, session::Clock::now());
}

/// In 3.1.1 a session to keep needs a client identifier [MQTT-3.1.3-8]; in 5.0 nobody knows this authentication method.
Task<> refused(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Part part{.role = "doomed", .will = stage.will()};
  if (stage.v5()) {
    part.authentication_method = "mqtt-will-test";
  } else {
    part.nameless = true;
    part.clean_start = false;
  }
  Peer* doomed = co_await stage.request(part);
  const auto answered = [doomed] { return doomed->has(PacketType::connack) || doomed->ended(); };
  co_await stage.until(session::Clock::now() + stage.settings().timeout, answered);
  if (const auto answer = doomed->take(PacketType::connack)) {
    if (std::get<wire::Connack>(answer->packet).reason_code == wire::ReasonCode::success) {
      doomed->disconnect();
      co_await stage.skip("the broker accepts what it should refuse");
    }
  }
  doomed->close_layers();
  co_await stage.silence(*watcher);
}

Task<> wildcard_will(Stage& stage) {
  session::OwnedWill will = stage.will();
  will.topic += "/+";
  Part part{.role = "doomed", .will = std::move(will)};
  Peer* doomed = co_await stage.request(part);
  const auto answered = [doomed] { return doomed->has(PacketType::connack) || doomed->ended(); };
  if (!co_await stage.until(session::Clock::now() + stage.settings().timeout, answered)) {
    co_await stage.late("the broker neither answers CONNECT nor ends the connection");
  }
  const auto answer = doomed->take(PacketType::connack);
  if (answer && std::get<wire::Connack>(answer->packet).reason_code == wire::ReasonCode::success) {
    co_await stage.fail("CONNECT is accepted");
  }
}

}  // namespace scenario
