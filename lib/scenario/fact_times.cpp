// Probes of round trips, one after the other.
#include <algorithm>

#include "base/format.h"
#include "scenario/fact.h"
#include "scenario/fact_steps.h"

namespace scenario {
namespace {

double seconds(session::Duration duration) { return std::chrono::duration<double>(duration).count(); }

void tell(Findings& out, std::string_view what, std::vector<session::Duration> times) {
  if (times.empty()) return;
  std::sort(times.begin(), times.end());
  out.number(base::format("{}.p50", what), seconds(times[(times.size() - 1) / 2]), base::format("of {}", times.size()));
  out.number(base::format("{}.max", what), seconds(times.back()), base::format("of {}", times.size()));
}

}  // namespace

Task<> round_trips(Stage& stage, Findings& out) {
  const std::size_t samples = stage.settings().samples;
  std::vector<session::Duration> connects, pings, echoes;
  Peer* peer = nullptr;
  while (connects.size() < samples) {
    const Part part{.role = "client"};
    const auto start = session::Clock::now();
    const Visit entered = co_await enter(stage, part);
    connects.push_back(entered.connack.at - start);
    if (peer != nullptr) peer->disconnect();
    peer = entered.peer;
  }
  tell(out, "connect", connects);
  while (pings.size() < samples) {
    const Answer pong = co_await ping(stage, *peer);
    if (!pong) co_await stage.fail(pong.why);
    pings.push_back(pong.packet->at - peer->last_sent());
  }
  tell(out, "ping", pings);
  const std::string topic = stage.base_topic() + "/echo";
  co_await subscribed(stage, *peer, topic);
  while (echoes.size() < samples) {
    const wire::Publish message{.topic = topic, .payload = base::as_bytes("echo")};
    peer->send(message);
    const auto sent = peer->last_sent();
    const Answer came = co_await delivery(stage, *peer);
    if (!came) co_await stage.fail(came.why);
    echoes.push_back(came.packet->at - sent);
  }
  tell(out, "echo", echoes);
}

}  // namespace scenario
