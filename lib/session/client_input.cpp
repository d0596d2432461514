// The client's inputs: what each packet of the broker, each timeout and the end of a connection lead to.
#include "session/acknowledge.h"
#include "session/client.h"
#include "wire/encode.h"

namespace session {

namespace {

using wire::Clause;
using wire::PacketType;
using wire::PropertyId;
using wire::ReasonCode;

/// CONNACK of 5.0 has at least a length of properties, so these two bytes can be nothing else.
bool is_refusal_of_3_1_1(const wire::Frame& frame) {
  const base::Bytes body = frame.body();
  return body.size() == 2 && body[0] == 0 && body[1] != 0;
}

}  // namespace

void Client::handle_frame(Time now, const wire::Frame& frame) {
  events_.clear();
  now_ = now;
  const PacketType type = frame.type();
  if (state_ != State::connected) {
    if (state_ != State::connecting) return;
    if (type != PacketType::connack && type != PacketType::auth) {
      return violate({Clause::first_packet_not_connack, 0}, type);
    }
  }
  if (frame.packet.size() > own_maximum_packet_size_) return violate({Clause::server_packet_too_large, 0}, type);
  dispatch(frame);
}

void Client::dispatch(const wire::Frame& frame) {
  const bool v5_0 = options_.version == wire::Version::v5_0;
  switch (frame.type()) {
    case PacketType::publish:
      return handle_publish(frame);
    case PacketType::puback:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp:
      return handle_acknowledgement(frame);
    case PacketType::connack:
      return handle_connack(frame);
    case PacketType::suback:
      return handle_suback(frame);
    case PacketType::unsuback:
      return handle_unsuback(frame);
    case PacketType::pingresp: {
      if (const auto packet = wire::decode(frame, context()); !packet) return violate(packet.error(), frame.type());
      waiting_until_ = Time::max();
      if (unanswered_pings_ != 0) --unanswered_pings_;
      return;
    }
    case PacketType::disconnect:
      if (v5_0) return handle_disconnect(frame);
      break;
    case PacketType::auth:
      if (v5_0) return handle_auth(frame);
      return violate({Clause::packet_type_reserved, 0}, frame.type());
    case PacketType::connect:
    case PacketType::subscribe:
    case PacketType::unsubscribe:
    case PacketType::pingreq:
      break;
    default:
      return violate({Clause::packet_type_reserved, 0}, frame.type());
  }
  violate({Clause::wrong_direction, 0}, frame.type());
}

void Client::handle_publish(const wire::Frame& frame) {
  auto publish = wire::decode_publish(frame, context());
  if (!publish) return violate(publish.error(), PacketType::publish);
  const auto verdict = incoming_.receive(*publish, context());
  if (!verdict) return violate(verdict.error(), PacketType::publish);
  const bool deliver = *verdict == Incoming::Verdict::deliver;
  if (publish->qos != 0 && !(deliver && options_.acknowledge_by_command)) {
    acknowledge(publish->qos, publish->packet_identifier);
  }
  if (deliver) events_.push(Message{*publish});
}

void Client::handle_acknowledgement(const wire::Frame& frame) {
  const auto acknowledgement = wire::decode_acknowledgement(frame, context());
  if (!acknowledgement) return violate(acknowledgement.error(), frame.type());
  const std::size_t before = outbox_.size();
  const auto published = answer(*acknowledgement, outgoing_, incoming_, context(), outbox_);
  if (outbox_.size() != before) last_sent_ = now_;
  if (!published) return violate(published.error(), frame.type());
  if (*published) events_.push(**published);
}

void Client::handle_connack(const wire::Frame& frame) {
  if (state_ == State::connected) return violate({Clause::second_connack, 0}, PacketType::connack);
  wire::Context context = this->context();
  if (is_refusal_of_3_1_1(frame)) context.version = wire::Version::v3_1_1;
  const auto connack = wire::decode_connack(frame, context);
  if (!connack) return violate(connack.error(), PacketType::connack);
  waiting_until_ = Time::max();
  if (connack->reason_code != ReasonCode::success) {
    state_ = State::disconnected;
    events_.push(Refused{*connack, context.version});
    return;
  }
  if (const auto broken = check(*connack)) return violate({*broken, 0}, PacketType::connack);
  state_ = State::connected;
  limits_ = read_limits(connack->properties, options_.keep_alive);
  if (const auto assigned = connack->properties.find(PropertyId::assigned_client_identifier)) {
    assigned_client_identifier_ = assigned->text();
  }
  using Aliases = Publisher::Aliases;
  publisher_.start_connection(options_.version, limits_.maximum_packet_size, limits_.topic_alias_maximum,
                              use_topic_alias_ ? Aliases::assigned : Aliases::as_given);
  events_.push(Connected{*connack});
  // 3.1 has no such flag: there the session is as we asked for it.
  resume(options_.version == wire::Version::v3_1 ? !options_.clean_start : connack->session_present);
}

std::optional<Clause> Client::check(const wire::Connack& connack) const {
  if (connack.session_present && options_.clean_start) return Clause::session_present_on_clean_start;
  const auto method = connack.properties.find(PropertyId::authentication_method);
  if (!method) return {};
  const auto ours = options_.properties.view().find(PropertyId::authentication_method);
  if (!ours) return Clause::server_authentication_unrequested;
  if (ours->text() != method->text()) return Clause::authentication_method_changed;
  return {};
}

void Client::resume(bool session_present) {
  using Counting = Outgoing::Counting;
  outgoing_.set_strict(options_.strict);
  if (options_.version == wire::Version::v5_0) {
    outgoing_.start_connection(limits_.receive_maximum);
  } else {
    outgoing_.start_connection(options_.unsaid_receive_maximum, Counting::until_release);
  }
  const auto lost = [this](std::uint64_t sequence, std::uint16_t packet_identifier, std::uint8_t qos) {
    const PacketType type = qos == 1 ? PacketType::puback : PacketType::pubcomp;
    events_.push(Published{sequence, {type, packet_identifier}, true});
  };
  if (!session_present) {
    incoming_.forget();
    republish_ ? outgoing_.restart_all() : outgoing_.discard(lost);
  }
  outgoing_.fit({options_.version, limits_.maximum_packet_size, limits_.maximum_qos, limits_.retain_available}, pool_,
                lost);
  outgoing_.resend(outbox_, options_.version);
}

void Client::handle_suback(const wire::Frame& frame) {
  const auto suback = wire::decode_suback(frame, context());
  if (!suback) return violate(suback.error(), PacketType::suback);
  const auto outcome =
      outgoing_.handle_request(PacketType::subscribe, suback->packet_identifier, suback->reason_codes.size());
  using Kind = Outgoing::Outcome::Kind;
  if (outcome.kind == Kind::unexpected) return violate({Clause::suback_code_count, 0}, PacketType::suback);
  if (outcome.kind == Kind::finished) events_.push(Subscribed{*suback});
}

void Client::handle_unsuback(const wire::Frame& frame) {
  const auto unsuback = wire::decode_unsuback(frame, context());
  if (!unsuback) return violate(unsuback.error(), PacketType::unsuback);
  const auto outcome =
      outgoing_.handle_request(PacketType::unsubscribe, unsuback->packet_identifier, unsuback->reason_codes.size());
  using Kind = Outgoing::Outcome::Kind;
  if (outcome.kind == Kind::unexpected) return violate({Clause::unsuback_code_count, 0}, PacketType::unsuback);
  if (outcome.kind == Kind::finished) events_.push(Unsubscribed{*unsuback});
}

void Client::handle_disconnect(const wire::Frame& frame) {
  const auto disconnect = wire::decode_disconnect(frame, context());
  if (!disconnect) return violate(disconnect.error(), PacketType::disconnect);
  state_ = State::disconnected;
  events_.push(Disconnected{*disconnect});
}

void Client::handle_auth(const wire::Frame& frame) {
  const auto auth = wire::decode_auth(frame, context());
  if (!auth) return violate(auth.error(), PacketType::auth);
  if (const auto broken = check(*auth)) return violate({*broken, 0}, PacketType::auth);
  if (auth->reason_code == ReasonCode::success) re_authenticating_ = false;
  events_.push(Authenticating{*auth});
}

std::optional<Clause> Client::check(const wire::Auth& auth) const {
  const auto ours = options_.properties.view().find(PropertyId::authentication_method);
  if (!ours) return Clause::server_authentication_unrequested;
  const auto method = auth.properties.find(PropertyId::authentication_method);
  if (!method) return Clause::authentication_method_missing;
  if (method->text() != ours->text()) return Clause::authentication_method_changed;
  const bool may_succeed = state_ == State::connected && re_authenticating_;
  const bool expected = state_ == State::connecting || re_authenticating_;
  if (expected && auth.reason_code == ReasonCode::continue_authentication) return {};
  if (may_succeed && auth.reason_code == ReasonCode::success) return {};
  return Clause::server_auth_not_continue;
}

void Client::handle_fault(Time now, const wire::Fault& fault) {
  events_.clear();
  now_ = now;
  if (state_ == State::connecting || state_ == State::connected) violate(fault, PacketType{});
}

void Client::violate(const wire::Fault& fault, PacketType type) {
  if (options_.version == wire::Version::v5_0) {
    const ReasonCode reason_code = wire::row(fault.clause).reason_code;
    const bool sayable = wire::allowed(reason_code, PacketType::disconnect, options_.version, wire::Sender::client);
    send(wire::Disconnect{sayable ? reason_code : ReasonCode::protocol_error});
  }
  state_ = State::disconnected;
  events_.push(Violation{fault, type});
}

void Client::handle_timeout(Time now) {
  events_.clear();
  now_ = now;
  if (now < deadline()) return;
  using Waiting = TimedOut::Waiting;
  if (state_ == State::connecting || now >= waiting_until_) {
    // Behind data that is still on its way out, PINGREQ cannot have been answered.
    const bool moving = outbox_.consumed() < pingreq_end_ && outbox_.consumed() != last_consumed_;
    last_consumed_ = outbox_.consumed();
    if (state_ == State::connected && moving) {
      waiting_until_ = now + options_.response_timeout;
    } else {
      events_.push(TimedOut{state_ == State::connecting ? Waiting::connack : Waiting::pingresp});
      state_ = State::disconnected;
      return;
    }
  }
  if (limits_.keep_alive == 0 || now < last_sent_ + keep_alive()) return;
  ping(now);
}

void Client::handle_closed(Time now) {
  events_.clear();
  now_ = now;
  outbox_.clear();
  incoming_.end_connection();
  waiting_until_ = Time::max();
  state_ = State::disconnected;
}

}  // namespace session
