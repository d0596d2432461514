// Rules of the beginning: who may send what, CONNECT, CONNACK and AUTH.
#include "session/lint_rules.h"

namespace session::lint {
namespace {

using wire::Clause;
using wire::PacketType;
using wire::PropertyId;
using wire::ReasonCode;
using wire::Sender;

constexpr Types connect = bit(PacketType::connect);
constexpr Types connack = bit(PacketType::connack);
constexpr Types auth = bit(PacketType::auth);
constexpr Types disconnect = bit(PacketType::disconnect);

constexpr Types client_types = connect | bit(PacketType::publish) | acknowledgements | bit(PacketType::subscribe) |
                               bit(PacketType::unsubscribe) | bit(PacketType::pingreq) | disconnect | auth;
constexpr Types server_types = connack | bit(PacketType::publish) | acknowledgements | bit(PacketType::suback) |
                               bit(PacketType::unsuback) | bit(PacketType::pingresp) | auth;

Broken named(std::uint32_t offset, PacketType type) { return {offset, std::string(wire::name(type))}; }

Answer wrong_direction(const Look& look) {
  Types own = look.sender == Sender::client ? client_types : server_types;
  if (look.sender == Sender::server && look.state.version == wire::Version::v5_0) own |= disconnect;
  if ((own & bit(look.type())) != 0) return {};
  return named(0, look.type());
}

Answer first_not_connect(const Look& look) {
  if (!look.state.whole || look.from().spoke || look.type() == PacketType::connect) return {};
  return named(0, look.type());
}

Answer second_connect(const Look& look) { return look.state.connected ? Answer(Broken()) : Answer(); }

Answer first_not_connack(const Look& look) {
  if (!look.state.whole || look.state.answered) return {};
  return named(0, look.type());
}

Answer second_connack(const Look& look) { return look.state.answered ? Answer(Broken()) : Answer(); }

Answer disconnect_before_connack(const Look& look) {
  if (!look.state.whole || look.state.accepted) return {};
  return Broken();
}

Answer after_refusal(const Look& look) {
  if (!look.state.answered || look.state.accepted) return {};
  return named(0, look.type());
}

// CONNACK.

/// Looks only at CONNACKs that answer a CONNECT of this capture, and gives it to `check`.
template <bool (*Check)(const Look&, const wire::Connack&, const Connected&)>
Answer accepting(const Look& look) {
  const auto& packet = look.as<wire::Connack>();
  const bool first = look.state.connected && !look.state.answered;
  if (!first || packet.reason_code != ReasonCode::success) return {};
  if (!Check(look, packet, *look.state.connected)) return {};
  return Broken{look.frame->header_length};
}

bool accepts_nameless(const Look&, const wire::Connack&, const Connected& connected) {
  return connected.nameless && !connected.clean_start;
}

bool assigns_nothing(const Look&, const wire::Connack& packet, const Connected& connected) {
  return connected.nameless && !packet.properties.find(PropertyId::assigned_client_identifier);
}

bool presents_on_clean_start(const Look&, const wire::Connack& packet, const Connected& connected) {
  return packet.session_present && connected.clean_start;
}

bool outlived(const Past& past, std::int64_t now) {
  if (past.ended) return false;
  if (past.session_expiry_interval == 0xFFFF'FFFF) return true;
  return elapsed(past.closed, now) <= static_cast<std::int64_t>(past.session_expiry_interval) * second;
}

bool presents_unknown(const Look& look, const wire::Connack& packet, const Connected& connected) {
  const auto& past = look.state.past;
  return packet.session_present && !connected.clean_start && past && !outlived(*past, look.now);
}

bool presents_nothing(const Look& look, const wire::Connack& packet, const Connected& connected) {
  const auto& past = look.state.past;
  return !packet.session_present && !connected.clean_start && past && outlived(*past, look.now);
}

bool will_qos(const Look&, const wire::Connack& packet, const Connected& connected) {
  return connected.has_will && connected.will_qos > packet.properties.number(PropertyId::maximum_qos, 2);
}

bool will_retain(const Look&, const wire::Connack& packet, const Connected& connected) {
  return connected.will_retain && packet.properties.number(PropertyId::retain_available, 1) == 0;
}

Answer identifier_not_allowed(const Look& look) {
  const auto& packet = look.as<wire::Connack>();
  const bool v5 = look.state.version == wire::Version::v5_0;
  const auto refused = v5 ? ReasonCode::client_identifier_not_valid : static_cast<ReasonCode>(2);
  const bool plain = look.state.connected && look.state.connected->plain_name;
  if (!plain || look.state.answered || packet.reason_code != refused) return {};
  return Broken{look.frame->header_length + 1};
}

Answer response_information(const Look& look) {
  const auto& packet = look.as<wire::Connack>();
  const bool sent = packet.properties.find(PropertyId::response_information).has_value();
  if (!sent || !look.state.connected || look.state.connected->request_response_information) return {};
  return Broken{look.offset_of(packet.properties, PropertyId::response_information)};
}

Answer problem_information(const Look& look) {
  if (!look.state.connected || look.state.connected->request_problem_information) return {};
  const wire::PropertiesView properties = properties_of(*look.packet);
  for (const wire::Property& property : properties) {
    if (property.id == PropertyId::reason_string || property.id == PropertyId::user_property) {
      return Broken{look.offset_of(properties, property.id), std::string(wire::find_property(property.id)->name)};
    }
  }
  return {};
}

// Authentication.

Answer before_connack(const Look& look) {
  const auto& connected = look.state.connected;
  if (!connected || connected->authentication_method == 0 || look.state.answered) return {};
  return named(0, look.type());
}

/// The method of a packet where it differs from that of CONNECT.
Answer other_method(const Look& look) {
  const auto& connected = look.state.connected;
  if (!connected || connected->authentication_method == 0) return {};
  const wire::PropertiesView properties = properties_of(*look.packet);
  const auto method = properties.find(PropertyId::authentication_method);
  if (method && content_of(method->value) == connected->authentication_method) return {};
  if (!method) return Broken{0, "no Authentication Method"};
  return Broken{look.offset_of(properties, PropertyId::authentication_method),
                base::format("Authentication Method {}", shortened(method->text()))};
}

Answer method_changed(const Look& look) {
  const bool again = look.sender == Sender::client && look.state.accepted;
  return again ? Answer() : other_method(look);
}

Answer method_changed_in_connack(const Look& look) {
  return look.as<wire::Connack>().reason_code == ReasonCode::success ? other_method(look) : Answer();
}

Answer re_authenticate_method_changed(const Look& look) { return look.state.accepted ? other_method(look) : Answer(); }

Answer unannounced(const Look& look) {
  if (!look.state.connected || look.state.connected->authentication_method != 0) return {};
  const wire::PropertiesView properties = properties_of(*look.packet);
  if (look.type() == PacketType::auth) return Broken();
  if (!properties.find(PropertyId::authentication_method)) return {};
  return Broken{look.offset_of(properties, PropertyId::authentication_method)};
}

Answer not_continued(const Look& look) {
  const ReasonCode code = look.as<wire::Auth>().reason_code;
  if (!look.state.whole || look.state.answered || code == ReasonCode::continue_authentication) return {};
  return Broken{look.frame->header_length};
}

constexpr auto note = Finding::Level::note;
constexpr auto violation = Finding::Level::violation;

constexpr Row rows[] = {
    {Clause::wrong_direction, any_packet, by_both, in_all, wrong_direction},
    {Clause::first_packet_not_connect, any_packet, by_client, in_all, first_not_connect},
    {Clause::second_connect, connect, by_client, in_all, second_connect},
    {Clause::first_packet_not_connack, server_types & ~(connack | auth), by_server, in_all, first_not_connack,
     violation, Often::once},
    {Clause::second_connack, connack, by_server, in_all, second_connack},
    {Clause::server_disconnect_before_connack, disconnect, by_server, in_5_0, disconnect_before_connack},
    {Clause::data_after_refusal, any_packet & ~(connack | disconnect), by_server, in_all, after_refusal, violation,
     Often::once},
    {Clause::client_identifier_not_refused, connack, by_server, in_3_1_1, accepting<accepts_nameless>},
    {Clause::client_identifier_not_allowed, connack, by_server, in_3_1_1 | in_5_0, identifier_not_allowed},
    {Clause::assigned_client_identifier_missing, connack, by_server, in_5_0, accepting<assigns_nothing>},
    {Clause::session_present_on_clean_start, connack, by_server, in_3_1_1 | in_5_0, accepting<presents_on_clean_start>},
    {Clause::session_present_unknown, connack, by_server, in_3_1_1 | in_5_0, accepting<presents_unknown>, note},
    {Clause::session_present_missing, connack, by_server, in_3_1_1 | in_5_0, accepting<presents_nothing>, note},
    {Clause::will_qos_exceeds_maximum, connack, by_server, in_5_0, accepting<will_qos>},
    {Clause::will_retain_unavailable, connack, by_server, in_5_0, accepting<will_retain>},
    {Clause::response_information_unrequested, connack, by_server, in_5_0, response_information},
    {Clause::problem_information_unrequested, any_packet & ~(bit(PacketType::publish) | connack | disconnect),
     by_server, in_5_0, problem_information},
    {Clause::packet_before_connack, any_packet & ~(connect | auth | disconnect), by_client, in_5_0, before_connack},
    {Clause::authentication_method_changed, auth, by_both, in_5_0, method_changed},
    {Clause::authentication_method_changed, connack, by_server, in_5_0, method_changed_in_connack},
    {Clause::server_authentication_unrequested, auth | connack, by_server, in_5_0, unannounced},
    {Clause::client_authentication_unannounced, auth, by_client, in_5_0, unannounced},
    {Clause::server_auth_not_continue, auth, by_server, in_5_0, not_continued},
    {Clause::client_auth_not_continue, auth, by_client, in_5_0, not_continued},
    {Clause::re_authenticate_method_changed, auth, by_client, in_5_0, re_authenticate_method_changed},
};

}  // namespace

std::span<const Row> connect_rows() noexcept { return rows; }

}  // namespace session::lint
