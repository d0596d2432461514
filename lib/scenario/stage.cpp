// The life of a stage: from the first step of its script to the verdict and the cleaning up.
#include "scenario/stage.h"

#include <asio/post.hpp>

#include "base/format.h"
#include "wire/clauses.h"

namespace scenario {

using session::Clock;
using session::Time;

Stage::Stage(House& house, wire::Version version, Capabilities capabilities, std::string base_topic)
    : house_(house),
      version_(version),
      capabilities_(capabilities),
      base_topic_(std::move(base_topic)),
      timer_(house.worker.io()) {}

void Stage::play(const Script& script, Ended ended) {
  ended_ = std::move(ended);
  started_ = Clock::now();
  script_ = main(script(*this));
  script_.start();
}

Task<> Stage::main(Task<> script) {
  co_await script;
  end({warning_.empty() ? Outcome::pass : Outcome::warn, warning_});
}

void Stage::abandon() { end({Outcome::skip, "interrupted"}); }

/// The script is still running or waits for good; it is taken away from the event loop.
void Stage::end(Verdict verdict) {
  if (verdict_) return;
  verdict_ = std::move(verdict);
  decided_at_ = Clock::now();
  asio::post(house_.worker.io(), [this] { settle(); });
}

void Stage::settle() {
  if (cleaning_) {
    timer_.cancel();
    script_ = {};
    for (Peer& peer : peers_) peer.drop();
    return ended_(*this);
  }
  cleaning_ = true;
  waiting_ = nullptr;
  script_ = clean_up();
  script_.start();
}

// Waiting.

void Stage::wait(std::coroutine_handle<> waiting, Time deadline) {
  waiting_ = waiting;
  timer_.expires_at(deadline);
  timer_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled) resume();
  });
}

void Stage::wake() {
  if (std::exchange(waking_, true)) return;
  asio::post(house_.worker.io(), [this] {
    waking_ = false;
    resume();
  });
}

void Stage::resume() {
  // Between the verdict and the cleaning up nobody is to be resumed.
  if (!waiting_ || (verdict_ && !cleaning_)) return;
  timer_.cancel();
  std::exchange(waiting_, nullptr).resume();
}

Time Stage::answer_deadline() const {
  const auto patience = settings().network.connect_timeout;
  return Clock::now() + (patience == session::Duration::zero() ? std::chrono::seconds(60) : patience);
}

// Verdicts.

Never Stage::fail(std::string reason) {
  fail_now(std::move(reason));
  return {};
}

Never Stage::skip(std::string reason) {
  end({Outcome::skip, std::move(reason)});
  return {};
}

Never Stage::late(std::string reason) {
  fail_now(std::move(reason), true);
  return {};
}

Never Stage::inconclusive(std::string reason) {
  end({Outcome::skip, std::move(reason), true});
  return {};
}

void Stage::fail_now(std::string reason, bool doubtful) { end({Outcome::fail, std::move(reason), doubtful}); }

void Stage::warn(std::string reason) { warning_ = std::move(reason); }

void Stage::note(std::string text) { transcript_.note(Clock::now(), "", std::move(text)); }

void Stage::peer_left(Peer& peer) {
  fail_now(
      base::format("the broker ended the connection of the {}: {}", peer.role(), describe(peer.ending(), version_)),
      true);
}

std::string describe(const net::Ending& ending, wire::Version version) {
  if (ending.kind == net::Ending::Kind::violation) {
    return base::format("it broke the protocol: {} [{}]", wire::row(ending.fault.clause).sentence,
                        wire::identifier(ending.fault.clause, version));
  }
  return ending.error.message;
}

// Cleaning up: neither a session nor a retained message stays behind.

std::string Stage::new_client_identifier() {
  // At most 23 letters and digits are what each broker must take [MQTT-3.1.3-5].
  static std::uint32_t count = 0;
  return base::format("{}{}", settings().identifier_prefix, ++count);
}

Task<> Stage::clean_up() {
  for (Peer& peer : peers_) peer.disconnect();
  // Wills that are on their way come first, for they may be retained.
  const auto all_ended = [this] {
    for (const Peer& peer : peers_) {
      if (!peer.ended()) return false;
    }
    return true;
  };
  constexpr auto patience = std::chrono::seconds(2);
  co_await until(Clock::now() + patience, all_ended);
  if (!sessions_.empty()) co_await end_sessions();
  if (!retained_.empty()) co_await clear_retained();
  asio::post(house_.worker.io(), [this] { settle(); });
}

/// Nothing here can fail the case, which has its verdict: what does not work is left.
Task<Peer*> Stage::visitor(std::string client_identifier) {
  Peer& peer = begin({.role = "cleaner", .client_identifier = std::move(client_identifier)});
  const auto answered = [&peer] { return peer.has(wire::PacketType::connack) || peer.ended(); };
  co_await until(answer_deadline(), answered);
  co_return peer.has(wire::PacketType::connack) ? &peer : nullptr;
}

Task<> Stage::end_sessions() {
  for (const std::string& client_identifier : sessions_) {
    if (Peer* peer = co_await visitor(client_identifier)) peer->disconnect();
  }
}

Task<> Stage::clear_retained() {
  Peer* peer = co_await visitor(new_client_identifier());
  if (peer == nullptr) co_return;
  const std::uint8_t qos = std::min<std::uint8_t>(1, capabilities_.maximum_qos);
  std::uint16_t identifier = 0;
  for (const std::string& topic : retained_) {
    const std::uint16_t packet_identifier = qos == 0 ? 0 : ++identifier;
    const wire::Publish empty{
        .topic = topic, .payload = {}, .packet_identifier = packet_identifier, .qos = qos, .retain = true};
    peer->send(empty);
    const auto answered = [&] { return qos == 0 || peer->has(wire::PacketType::puback) || peer->ended(); };
    co_await until(answer_deadline(), answered);
    peer->take(wire::PacketType::puback);
  }
  peer->disconnect();
  const auto gone = [peer] { return peer->ended(); };
  co_await until(answer_deadline(), gone);
}

}  // namespace scenario
