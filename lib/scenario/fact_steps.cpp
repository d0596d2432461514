#include "scenario/fact_steps.h"

#include <algorithm>

#include "base/format.h"

namespace scenario {

using session::Clock;
using wire::PacketType;
using wire::ReasonCode;

namespace {

std::uint16_t next_identifier() noexcept {
  static std::uint16_t last = 0;
  if (++last == 0) ++last;
  return last;
}

std::string words_of(const wire::Disconnect& disconnect, wire::Version version) {
  std::string text = base::format("DISCONNECT with {}", code_text(static_cast<std::uint8_t>(disconnect.reason_code),
                                                                  PacketType::disconnect, version));
  const auto reason = disconnect.properties.text(wire::PropertyId::reason_string);
  return reason.empty() ? text : text + base::format(" (\"{}\")", reason);
}

Task<Answer> within(Stage& stage, Peer& peer, PacketType type, session::Time deadline) {
  const auto came = [&peer, type] { return peer.has(type) || peer.ended(); };
  const auto start = Clock::now();
  if (!co_await stage.until(deadline, came)) co_await stage.until(Clock::now() + stage.house().lag.since(start), came);
  Answer result;
  result.packet = peer.take(type);
  if (result.packet) co_return result;
  result.silent = !peer.ended() && !peer.has(PacketType::disconnect);
  result.why = result.silent ? base::format("no {} comes", wire::name(type)) : why_not(stage, peer);
  co_return result;
}

}  // namespace

std::string code_text(std::uint8_t code, PacketType type, wire::Version version) {
  const auto words = wire::describe(static_cast<ReasonCode>(code), type, version);
  return base::format("0x{:02X}{}{}", code, words.empty() ? "" : " ", words);
}

Task<Answer> answer(Stage& stage, Peer& peer, PacketType type) {
  return within(stage, peer, type, Clock::now() + stage.settings().timeout);
}

std::string why_not(Stage& stage, Peer& peer) {
  if (const auto said = peer.take(PacketType::disconnect)) {
    return words_of(std::get<wire::Disconnect>(said->packet), stage.version());
  }
  return peer.ended() ? describe(peer.ending(), stage.version()) : std::string("nothing comes");
}

Task<Visit> visit(Stage& stage, const Part& part) {
  Visit result;
  result.peer = &stage.begin(part);
  Answer connack = co_await within(stage, *result.peer, PacketType::connack, stage.answer_deadline());
  if (!connack) {
    result.why = std::move(connack.why);
    result.silent = connack.silent;
    co_return result;
  }
  result.connack = std::move(*connack.packet);
  result.answered = true;
  const auto& packet = std::get<wire::Connack>(result.connack.packet);
  if (packet.reason_code != ReasonCode::success) {
    // One that does not know 5.0 says so in the words of 3.1.1.
    const bool old = static_cast<std::uint8_t>(packet.reason_code) < 0x80;
    result.why = refusal(packet, old ? std::min(stage.version(), wire::Version::v3_1_1) : stage.version());
  } else if (result.peer->ended()) {
    result.why = why_not(stage, *result.peer);
  }
  co_return result;
}

Task<Visit> enter(Stage& stage, const Part& part) {
  Visit result = co_await visit(stage, part);
  if (!result) co_await stage.fail(result.why);
  co_return result;
}

Task<Grant> subscribe(Stage& stage, Peer& peer, std::string_view filter, std::uint8_t qos, std::uint32_t identifier) {
  wire::Subscriptions subscriptions;
  subscriptions.add({.topic_filter = filter, .qos = qos});
  wire::Properties properties;
  if (identifier != 0) properties.add(wire::PropertyId::subscription_identifier, identifier);
  peer.send(wire::Subscribe{next_identifier(), subscriptions.view(), properties.view()});
  const Answer suback = co_await answer(stage, peer, PacketType::suback);
  Grant grant;
  grant.why = suback.why;
  grant.silent = suback.silent;
  if (!suback) co_return grant;
  const auto codes = std::get<wire::Suback>(suback.packet->packet).reason_codes;
  if (codes.empty()) {
    grant.why = "SUBACK has no code";
  } else if (codes[0] >= 0x80) {
    grant.why = base::format("SUBACK with {}", code_text(codes[0], PacketType::suback, stage.version()));
  } else {
    grant.qos = codes[0];
  }
  co_return grant;
}

Task<> subscribed(Stage& stage, Peer& peer, std::string_view filter, std::uint8_t qos) {
  const Grant grant = co_await subscribe(stage, peer, filter, qos);
  if (!grant) co_await stage.fail(base::format("the subscription is denied: {}", grant.why));
}

namespace {

/// PUBACK, PUBREC or PUBCOMP: nothing, or why it is no success.
std::string verdict_of(const Answer& came, PacketType type, wire::Version version) {
  if (!came) return came.why;
  const auto code = std::get<wire::Acknowledgement>(came.packet->packet).reason_code;
  if (!wire::failed(code)) return {};
  return base::format("{} with {}", wire::name(type), code_text(static_cast<std::uint8_t>(code), type, version));
}

/// QoS 2 from PUBLISH on; a broker may answer by PUBACK instead.
Task<Publication> twice(Stage& stage, Peer& peer, std::uint16_t identifier) {
  const auto came = [&peer] { return peer.has(PacketType::pubrec) || peer.has(PacketType::puback) || peer.ended(); };
  co_await stage.until(Clock::now() + stage.settings().timeout, came);
  Publication result;
  if (peer.take(PacketType::puback)) {
    result.downgraded = true;
    co_return result;
  }
  const Answer received = co_await answer(stage, peer, PacketType::pubrec);
  result.why = verdict_of(received, PacketType::pubrec, stage.version());
  result.silent = received.silent;
  if (!result) co_return result;
  peer.send(wire::Acknowledgement{PacketType::pubrel, identifier});
  const Answer complete = co_await answer(stage, peer, PacketType::pubcomp);
  result.why = verdict_of(complete, PacketType::pubcomp, stage.version());
  result.silent = complete.silent;
  co_return result;
}

}  // namespace

Task<Publication> publish(Stage& stage, Peer& peer, const wire::Publish& message) {
  wire::Publish numbered = message;
  numbered.packet_identifier = message.qos == 0 ? 0 : next_identifier();
  if (message.retain) stage.remember_retained(message.topic);
  peer.send(numbered);
  if (message.qos == 2) co_return co_await twice(stage, peer, numbered.packet_identifier);
  Publication result;
  if (message.qos == 0) {
    const Answer pong = co_await ping(stage, peer);
    result.why = pong.why;
    result.silent = pong.silent;
    co_return result;
  }
  const Answer acknowledged = co_await answer(stage, peer, PacketType::puback);
  result.why = verdict_of(acknowledged, PacketType::puback, stage.version());
  result.silent = acknowledged.silent;
  co_return result;
}

Task<Answer> ping(Stage& stage, Peer& peer) {
  peer.send(wire::Pingreq{});
  return answer(stage, peer, PacketType::pingresp);
}

Task<Answer> delivery(Stage& stage, Peer& peer) { return answer(stage, peer, PacketType::publish); }

std::uint8_t usual_qos(Stage& stage) { return std::min<std::uint8_t>(1, stage.capabilities().maximum_qos); }

}  // namespace scenario
