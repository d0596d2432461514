// The steps that probes are made of: what does not come is an answer too.
#pragma once

#include <optional>
#include <string>

#include "scenario/stage.h"

namespace scenario {

/// A packet, or why there is none.
struct Answer {
  std::optional<Received> packet;
  std::string why;
  bool silent = false;  ///< the broker said nothing, and did not close either

  explicit operator bool() const noexcept { return packet.has_value(); }
};

/// How a connection began; `why` where it was not accepted.
struct Visit {
  Peer* peer = nullptr;
  std::string why;
  bool silent = false;
  Received connack{};
  bool answered = false;  ///< there is a CONNACK, of whatever kind

  explicit operator bool() const noexcept { return why.empty(); }
  wire::PropertiesView properties() const { return std::get<wire::Connack>(connack.packet).properties; }
};

/// Within the time of --timeout.
Task<Answer> answer(Stage& stage, Peer& peer, wire::PacketType type);
/// What the broker said when it closed, or that it did not.
std::string why_not(Stage& stage, Peer& peer);

Task<Visit> visit(Stage& stage, const Part& part);
/// The same; the probe ends where it is not accepted.
Task<Visit> enter(Stage& stage, const Part& part);

/// The reason code of SUBACK where there is one: a QoS, or from 0x80 on a refusal, in words.
struct Grant {
  std::optional<std::uint8_t> qos;
  std::string why;
  bool silent = false;

  explicit operator bool() const noexcept { return qos.has_value(); }
};
Task<Grant> subscribe(Stage& stage, Peer& peer, std::string_view filter, std::uint8_t qos = 0,
                      std::uint32_t identifier = 0);
/// The same; the probe ends where it is denied.
Task<> subscribed(Stage& stage, Peer& peer, std::string_view filter, std::uint8_t qos = 0);

/// Publishes and waits for what acknowledges it: nothing, or why there is none. QoS 0 is not acknowledged, so that a
/// PINGREQ follows it.
struct Publication {
  std::string why;
  bool silent = false;
  bool downgraded = false;  ///< QoS 2 answered by PUBACK

  explicit operator bool() const noexcept { return why.empty(); }
};
Task<Publication> publish(Stage& stage, Peer& peer, const wire::Publish& message);
/// A round trip behind which all is done that was asked for before.
Task<Answer> ping(Stage& stage, Peer& peer);
/// The next message of the peer.
Task<Answer> delivery(Stage& stage, Peer& peer);

/// The QoS that what matters is published with.
std::uint8_t usual_qos(Stage& stage);
/// "0x87 Not authorized".
std::string code_text(std::uint8_t code, wire::PacketType type, wire::Version version);

}  // namespace scenario
