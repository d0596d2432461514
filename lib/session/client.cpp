// The client's commands: packets into the outbox, checked against what the broker grants.
#include "session/client.h"

#include "wire/encode.h"
#include "wire/topic.h"

namespace session {

namespace {

using wire::Clause;
using wire::PropertyId;
using Kind = Refusal::Kind;

base::unexpected<Refusal> refuse(Kind kind, wire::Fault fault = {}) { return base::unexpected(Refusal{kind, fault}); }

bool has_wildcard(std::string_view topic_filter) noexcept {
  return topic_filter.find_first_of("+#") != std::string_view::npos;
}

}  // namespace

Client::Client(ClientOptions options, base::Pool& pool) : options_(std::move(options)), pool_(pool), outbox_(pool) {
  outgoing_.set_keep_received(false);
}

const std::string& Client::client_identifier() const noexcept {
  return options_.client_identifier.empty() ? assigned_client_identifier_ : options_.client_identifier;
}

void Client::set_republish(bool on) noexcept {
  republish_ = on;
  outgoing_.set_keep_received(on);
}

void Client::connect(Time now) {
  outbox_.clear();
  now_ = now;
  state_ = State::connecting;
  re_authenticating_ = false;
  unanswered_pings_ = 0;
  limits_ = {};
  const wire::PropertiesView own =
      options_.version == wire::Version::v5_0 ? options_.properties.view() : wire::PropertiesView();
  own_maximum_packet_size_ = own.number(PropertyId::maximum_packet_size, wire::largest_packet);
  incoming_.start_connection(static_cast<std::uint16_t>(own.number(PropertyId::receive_maximum, 65'535)),
                             static_cast<std::uint16_t>(own.number(PropertyId::topic_alias_maximum, 0)));
  send(connect_packet());
  waiting_until_ = now + options_.response_timeout;
}

wire::Connect Client::connect_packet() const {
  wire::Connect connect{.version = options_.version,
                        .clean_start = options_.clean_start,
                        .keep_alive = options_.keep_alive,
                        .client_identifier = client_identifier(),
                        .properties = options_.properties.view()};
  if (options_.username) connect.username = *options_.username;
  if (options_.password) connect.password = base::as_bytes(*options_.password);
  if (options_.will) {
    const OwnedWill& will = *options_.will;
    connect.will = wire::Will{will.topic, base::as_bytes(will.payload), will.qos, will.retain, will.properties.view()};
  }
  return connect;
}

void Client::send(const wire::Packet& packet) {
  wire::append(outbox_, packet, options_.version);
  last_sent_ = now_;
}

bool Client::can_publish() const noexcept {
  return state_ == State::connected && outgoing_.has_room(options_.inflight_maximum, options_.inflight_bytes);
}

base::Result<std::uint64_t, Refusal> Client::publish(const wire::Publish& publish) {
  if (state_ != State::connected) return refuse(Kind::not_connected);
  if (const auto refusal = check(publish)) return base::unexpected(*refusal);
  std::uint64_t sequence = 0;
  if (publish.qos == 0) {
    if (!publisher_.send(publish, outbox_)) return refuse(Kind::packet_too_large);
  } else {
    if (!can_publish()) return refuse(Kind::full);
    sequence = publisher_.send(publish, outgoing_, outbox_);
    if (sequence == 0) return refuse(Kind::packet_too_large);
  }
  last_sent_ = now_;
  return sequence;
}

std::size_t Client::publish(const wire::Publish& shape, std::span<const base::Bytes> payloads) {
  if (state_ != State::connected || shape.qos != 0 || check(shape)) return 0;
  const std::size_t sent = publisher_.send(shape, payloads, outbox_);
  if (sent != 0) last_sent_ = now_;
  return sent;
}

std::optional<Refusal> Client::check(const wire::Publish& publish) {
  if (publish.qos > 2) return Refusal{Kind::invalid, {Clause::publish_qos_invalid, 0}};
  if (publish.qos > limits_.maximum_qos) {
    return Refusal{Kind::qos_not_supported, {Clause::publish_qos_exceeds_maximum, 0}};
  }
  if (publish.retain && !limits_.retain_available) {
    return Refusal{Kind::retain_not_supported, {Clause::retain_unavailable, 0}};
  }
  if (!publish.properties.empty() && options_.version == wire::Version::v5_0 && !use_topic_alias_) {
    const std::uint32_t alias = publish.properties.number(PropertyId::topic_alias, 0);
    if (alias > limits_.topic_alias_maximum) {
      const bool none = limits_.topic_alias_maximum == 0;
      return Refusal{Kind::invalid,
                     {none ? Clause::topic_alias_not_supported : Clause::topic_alias_exceeds_maximum, 0}};
    }
    if (alias != 0 && publish.qos == 0 && publish.topic.empty()) return {};
  }
  // A script publishes to one topic; only a change of it costs a check. An empty one is never valid here.
  if (publish.topic == checked_topic_ && !publish.topic.empty()) return {};
  if (const auto broken = wire::check_topic_name(publish.topic)) return Refusal{Kind::invalid, *broken};
  checked_topic_ = publish.topic;
  return {};
}

base::Result<std::uint16_t, Refusal> Client::subscribe(const wire::Subscribe& subscribe) {
  if (state_ != State::connected) return refuse(Kind::not_connected);
  if (const auto refusal = check(subscribe)) return base::unexpected(*refusal);
  if (!outgoing_.has_identifier()) return refuse(Kind::full);
  wire::Subscribe packet = subscribe;
  packet.packet_identifier = outgoing_.next_identifier();
  const std::size_t size = wire::encoded_size(wire::Packet(packet), options_.version);
  if (size == 0 || size > limits_.maximum_packet_size) return refuse(Kind::packet_too_large);
  send(packet);
  const auto& entries = packet.subscriptions;
  std::size_t count = 0;
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) ++count;
  outgoing_.add_request(wire::PacketType::subscribe, count);
  return packet.packet_identifier;
}

std::optional<Refusal> Client::check(const wire::Subscribe& subscribe) const {
  if (subscribe.subscriptions.encoded().empty()) return Refusal{Kind::invalid, {Clause::subscribe_empty, 0}};
  const bool has_properties = options_.version == wire::Version::v5_0;
  if (has_properties && !limits_.subscription_identifier_available &&
      subscribe.properties.find(PropertyId::subscription_identifier)) {
    return Refusal{Kind::subscription_identifiers_not_supported, {Clause::subscription_identifier_unavailable, 0}};
  }
  for (const wire::Subscription& subscription : subscribe.subscriptions) {
    const std::string_view topic_filter = subscription.topic_filter;
    if (const auto broken = wire::check_topic_filter(topic_filter, options_.version))
      return Refusal{Kind::invalid, *broken};
    if (!limits_.wildcard_subscription_available && has_wildcard(topic_filter)) {
      return Refusal{Kind::wildcard_subscriptions_not_supported, {Clause::wildcard_subscription_unavailable, 0}};
    }
    if (!has_properties || !wire::shared_filter(topic_filter)) continue;
    if (!limits_.shared_subscription_available) {
      return Refusal{Kind::shared_subscriptions_not_supported, {Clause::shared_subscription_unavailable, 0}};
    }
    if (subscription.no_local) return Refusal{Kind::invalid, {Clause::no_local_shared, 0}};
  }
  return {};
}

base::Result<std::uint16_t, Refusal> Client::unsubscribe(const wire::Unsubscribe& unsubscribe) {
  if (state_ != State::connected) return refuse(Kind::not_connected);
  if (unsubscribe.topic_filters.encoded().empty()) return refuse(Kind::invalid, {Clause::unsubscribe_empty, 0});
  std::size_t count = 0;
  for (const std::string_view topic_filter : unsubscribe.topic_filters) {
    if (const auto broken = wire::check_topic_filter(topic_filter, options_.version))
      return refuse(Kind::invalid, *broken);
    ++count;
  }
  if (!outgoing_.has_identifier()) return refuse(Kind::full);
  wire::Unsubscribe packet = unsubscribe;
  packet.packet_identifier = outgoing_.next_identifier();
  const std::size_t size = wire::encoded_size(wire::Packet(packet), options_.version);
  if (size == 0 || size > limits_.maximum_packet_size) return refuse(Kind::packet_too_large);
  send(packet);
  outgoing_.add_request(wire::PacketType::unsubscribe, options_.version == wire::Version::v5_0 ? count : 0);
  return packet.packet_identifier;
}

void Client::acknowledge(std::uint8_t qos, std::uint16_t packet_identifier) {
  if (state_ != State::connected) return;
  wire::Publish publish;
  publish.qos = qos;
  publish.packet_identifier = packet_identifier;
  incoming_.acknowledge(publish, wire::ReasonCode::success, options_.version, outbox_);
  last_sent_ = now_;
}

void Client::ping(Time now) {
  if (state_ != State::connected) return;
  now_ = now;
  send(wire::Pingreq{});
  ++unanswered_pings_;
  if (waiting_until_ != Time::max()) return;
  waiting_until_ = now + options_.response_timeout;
  last_consumed_ = outbox_.consumed();
  pingreq_end_ = last_consumed_ + outbox_.size();
}

void Client::authenticate(const wire::Auth& auth) {
  if (state_ != State::connecting && state_ != State::connected) return;
  re_authenticating_ = state_ == State::connected;
  if (state_ == State::connecting) waiting_until_ = now_ + options_.response_timeout;
  send(auth);
}

void Client::disconnect(wire::ReasonCode reason_code, wire::PropertiesView properties) {
  if (state_ != State::connecting && state_ != State::connected) return;
  send(wire::Disconnect{reason_code, properties});
  state_ = State::disconnected;
}

Time Client::deadline() const noexcept {
  if (state_ == State::connecting) return waiting_until_;
  if (state_ != State::connected) return Time::max();
  return limits_.keep_alive == 0 ? waiting_until_ : std::min(waiting_until_, last_sent_ + keep_alive());
}

}  // namespace session
