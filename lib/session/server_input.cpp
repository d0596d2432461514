// The server's inputs: what each packet of the client, each timeout and the end of a connection lead to.
#include "session/acknowledge.h"
#include "session/server.h"

namespace session {

namespace {

using wire::Clause;
using wire::PacketType;
using wire::PropertyId;
using wire::ReasonCode;

/// The protocol level that a malformed CONNECT claims, so that its sender is answered in its own version.
std::optional<std::uint8_t> claimed_level(base::Bytes body) noexcept {
  using namespace std::string_view_literals;
  for (const std::string_view name : {"\0\4MQTT"sv, "\0\6MQIsdp"sv}) {
    if (body.size() > name.size() && base::as_text(body).starts_with(name)) return body[name.size()];
  }
  return {};
}

}  // namespace

void Server::handle_frame(Time now, const wire::Frame& frame) {
  events_.clear();
  if (state_ == State::disconnected) return;
  last_received_ = now;
  const PacketType type = frame.type();
  if (state_ != State::connected) {
    if (const auto broken = check_order(type)) return violate({*broken, 0}, type);
  }
  if (frame.packet.size() > options_->limits.maximum_packet_size) return violate({Clause::packet_too_large, 0}, type);
  dispatch(frame);
}

std::optional<Clause> Server::check_order(PacketType type) const noexcept {
  if (state_ == State::idle) {
    if (type == PacketType::connect) return {};
    return Clause::first_packet_not_connect;
  }
  if (type == PacketType::auth || type == PacketType::disconnect || type == PacketType::connect) return {};
  return Clause::packet_before_connack;
}

void Server::dispatch(const wire::Frame& frame) {
  switch (frame.type()) {
    case PacketType::publish:
      return handle_publish(frame);
    case PacketType::puback:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp:
      return handle_acknowledgement(frame);
    case PacketType::connect:
      return handle_connect(frame);
    case PacketType::subscribe:
      return report<SubscribeRequested, wire::decode_subscribe>(frame);
    case PacketType::unsubscribe:
      return report<UnsubscribeRequested, wire::decode_unsubscribe>(frame);
    case PacketType::pingreq: {
      if (const auto packet = wire::decode(frame, context()); !packet) return violate(packet.error(), frame.type());
      send(wire::Pingresp{});
      return;
    }
    case PacketType::disconnect:
      return handle_disconnect(frame);
    case PacketType::auth:
      if (is_v5_0()) return handle_auth(frame);
      return violate({Clause::packet_type_reserved, 0}, frame.type());
    case PacketType::connack:
    case PacketType::suback:
    case PacketType::unsuback:
    case PacketType::pingresp:
      return violate({Clause::wrong_direction, 0}, frame.type());
    default:
      return violate({Clause::packet_type_reserved, 0}, frame.type());
  }
}

template <class Event, auto decode>
void Server::report(const wire::Frame& frame) {
  const auto packet = decode(frame, context());
  if (!packet) return violate(packet.error(), frame.type());
  events_.push(Event{*packet});
}

void Server::handle_connect(const wire::Frame& frame) {
  if (state_ != State::idle) return violate({Clause::second_connect, 0}, PacketType::connect);
  const auto connect = wire::decode_connect(frame);
  if (!connect) return refuse_malformed(frame, connect.error());
  version_ = connect->version;
  state_ = State::connecting;
  const wire::PropertiesView properties = connect->properties;
  client_.clean_start = connect->clean_start;
  client_.keep_alive = connect->keep_alive;
  client_.maximum_packet_size = properties.number(PropertyId::maximum_packet_size, wire::largest_packet);
  client_.receive_maximum = static_cast<std::uint16_t>(properties.number(PropertyId::receive_maximum, 65'535));
  client_.topic_alias_maximum = static_cast<std::uint16_t>(properties.number(PropertyId::topic_alias_maximum, 0));
  client_.session_expiry_interval = properties.number(PropertyId::session_expiry_interval, 0);
  client_.request_problem_information = properties.number(PropertyId::request_problem_information, 1) != 0;
  if (const auto method = properties.find(PropertyId::authentication_method)) {
    client_.authentication_method = method->text();
  }
  events_.push(ConnectRequested{*connect});
}

/// 5.0 clients are told by CONNACK what was wrong; of the refusals of 3.x only that of the version applies.
void Server::refuse_malformed(const wire::Frame& frame, const wire::Fault& fault) {
  const auto level = claimed_level(frame.body());
  if (level) {
    const bool old = *level == 3 || *level == 4;
    version_ = old ? wire::Version::v3_1_1 : wire::Version::v5_0;
    const ReasonCode reason_code = wire::row(fault.clause).reason_code;
    if (wire::allowed(reason_code, PacketType::connack, wire::Version::v5_0, wire::Sender::server)) {
      refuse(reason_code);
    }
  }
  end();
  events_.push(Violation{fault, PacketType::connect});
}

void Server::handle_publish(const wire::Frame& frame) {
  auto publish = wire::decode_publish(frame, context());
  if (!publish) return violate(publish.error(), PacketType::publish);
  if (const auto broken = check(*publish)) return violate({*broken, 0}, PacketType::publish);
  const auto verdict = session_->incoming.receive(*publish, context());
  if (!verdict) return violate(verdict.error(), PacketType::publish);
  const bool deliver = *verdict == Incoming::Verdict::deliver;
  if (!deliver || !options_->acknowledge_by_command) acknowledge(*publish, ReasonCode::success);
  if (deliver) events_.push(Message{*publish});
}

std::optional<Clause> Server::check(const wire::Publish& publish) const noexcept {
  if (publish.qos > options_->limits.maximum_qos) return Clause::publish_qos_exceeds_maximum;
  if (publish.retain && !options_->limits.retain_available) return Clause::retain_unavailable;
  return {};
}

void Server::handle_acknowledgement(const wire::Frame& frame) {
  const auto acknowledgement = wire::decode_acknowledgement(frame, context());
  if (!acknowledgement) return violate(acknowledgement.error(), frame.type());
  const auto published = answer(*acknowledgement, session_->outgoing, session_->incoming, context(), outbox_);
  if (!published) return violate(published.error(), frame.type());
  if (*published) events_.push(**published);
}

void Server::handle_disconnect(const wire::Frame& frame) {
  const auto disconnect = wire::decode_disconnect(frame, context());
  if (!disconnect) return violate(disconnect.error(), PacketType::disconnect);
  const std::uint32_t expiry = disconnect->properties.number(PropertyId::session_expiry_interval, 0);
  if (expiry != 0 && client_.session_expiry_interval == 0) {
    return violate({Clause::session_expiry_interval_from_zero, 0}, PacketType::disconnect);
  }
  end();
  events_.push(Disconnected{*disconnect});
}

void Server::handle_auth(const wire::Frame& frame) {
  const auto auth = wire::decode_auth(frame, context());
  if (!auth) return violate(auth.error(), PacketType::auth);
  if (const auto broken = check(*auth)) return violate({*broken, 0}, PacketType::auth);
  if (auth->reason_code == ReasonCode::re_authenticate) re_authenticating_ = true;
  events_.push(Authenticating{*auth});
}

std::optional<Clause> Server::check(const wire::Auth& auth) const {
  if (!client_.authentication_method) return Clause::client_authentication_unannounced;
  const bool anew = auth.reason_code == ReasonCode::re_authenticate;
  if (anew && state_ == State::connecting) return Clause::client_auth_not_continue;
  const auto method = auth.properties.find(PropertyId::authentication_method);
  if (!method) return Clause::authentication_method_missing;
  if (method->text() != *client_.authentication_method) {
    return anew ? Clause::re_authenticate_method_changed : Clause::authentication_method_changed;
  }
  if (!anew && state_ == State::connected && !re_authenticating_) return Clause::client_auth_not_continue;
  return {};
}

void Server::handle_fault(Time now, const wire::Fault& fault) {
  events_.clear();
  last_received_ = now;
  if (state_ != State::disconnected) violate(fault, PacketType{});
}

/// Before CONNACK a 5.0 client is told by CONNACK, after it by DISCONNECT (5.0 [MQTT-3.14.0-1]).
void Server::violate(const wire::Fault& fault, PacketType type) {
  if (is_v5_0() && state_ != State::idle) {
    const auto answer = state_ == State::connected ? PacketType::disconnect : PacketType::connack;
    const ReasonCode known = wire::row(fault.clause).reason_code;
    const bool sayable = wire::allowed(known, answer, version_, wire::Sender::server);
    const ReasonCode reason_code = sayable ? known : ReasonCode::protocol_error;
    if (answer == PacketType::disconnect) {
      send(wire::Disconnect{reason_code});
    } else {
      send(wire::Connack{false, reason_code});
    }
  }
  end();
  events_.push(Violation{fault, type});
}

void Server::handle_timeout(Time now) {
  events_.clear();
  if (now < deadline()) return;
  if (state_ == State::connected && is_v5_0()) send(wire::Disconnect{ReasonCode::keep_alive_timeout});
  end();
  events_.push(KeepAliveExpired{});
}

void Server::handle_closed(Time) {
  events_.clear();
  outbox_.clear();
  end();
}

}  // namespace session
