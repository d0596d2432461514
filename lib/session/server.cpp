// The server's commands: answers and messages for one client.
#include "session/server.h"

#include <algorithm>
#include <vector>

namespace session {

namespace {

using wire::PacketType;
using wire::PropertyId;
using wire::ReasonCode;

struct ReturnCodeRow {
  ReasonCode reason_code;
  std::uint8_t return_code;  ///< 3.1.1 section 3.2.2.3
};

constexpr ReturnCodeRow return_codes[] = {
    {ReasonCode::unsupported_protocol_version, 1},
    {ReasonCode::client_identifier_not_valid, 2},
    {ReasonCode::server_unavailable, 3},
    {ReasonCode::server_busy, 3},
    {ReasonCode::bad_user_name_or_password, 4},
    {ReasonCode::not_authorized, 5},
    {ReasonCode::banned, 5},
};

std::optional<ReasonCode> return_code(ReasonCode reason_code) noexcept {
  for (const ReturnCodeRow& row : return_codes) {
    if (row.reason_code == reason_code) return static_cast<ReasonCode>(row.return_code);
  }
  return {};
}

/// All but Reason Strings and User Properties.
void add_necessary(wire::Properties& to, wire::PropertiesView properties) {
  for (const wire::Property& property : properties) {
    if (property.id != PropertyId::reason_string && property.id != PropertyId::user_property) to.add(property);
  }
}

constexpr std::uint8_t suback_failure = 0x80;  // the only one in 3.1.1

}  // namespace

Server::Server(const ServerOptions& options, base::Pool& pool, Time now)
    : options_(&options), pool_(&pool), outbox_(pool), last_received_(now), patience_(options.connect_timeout) {}

bool Server::send(const wire::Packet& packet) {
  const std::size_t size = wire::encoded_size(packet, version_);
  if (size == 0 || size > client_.maximum_packet_size) return false;
  wire::encode(packet, version_, outbox_.reserve(size));
  outbox_.commit(size);
  return true;
}

template <class Packet>
bool Server::send_shortened(Packet packet) {
  if (send(packet)) return true;
  wire::Properties necessary;
  add_necessary(necessary, packet.properties);
  packet.properties = necessary.view();
  return send(packet);
}

template <class Packet>
void Server::send_bare(Packet packet) {
  if (send_shortened(packet)) return;
  packet.properties = {};
  send(packet);
}

void Server::accept(SessionState& session, bool session_present, wire::PropertiesView properties) {
  if (state_ != State::connecting) return;
  session_present = session_present && !client_.clean_start;
  const bool said = session_present && version_ != wire::Version::v3_1;
  if (!send_shortened(wire::Connack{said, ReasonCode::success, connack_properties(properties)})) return end();
  state_ = State::connected;
  patience_ = options_->patience(keep_alive_);

  session_ = &session;
  session.outgoing.start_connection(client_.receive_maximum);
  // A 3.x client has not been told of a Receive Maximum.
  const Limits announced = is_v5_0() ? options_->limits : Limits{};
  session.incoming.start_connection(announced.receive_maximum, announced.topic_alias_maximum);
  using Aliases = Publisher::Aliases;
  publisher_.start_connection(version_, client_.maximum_packet_size, client_.topic_alias_maximum,
                              options_->use_topic_alias ? Aliases::assigned : Aliases::none);
  if (!session_present) {
    session.incoming.forget();
    session.outgoing.discard([](std::uint64_t, std::uint16_t, std::uint8_t) {});
  }
  // What the client takes no more counts as sent [MQTT-3.1.2-25].
  session.outgoing.fit({version_, client_.maximum_packet_size}, *pool_,
                       [](std::uint64_t, std::uint16_t, std::uint8_t) {});
  session.outgoing.resend(outbox_, version_);
}

wire::PropertiesView Server::connack_properties(wire::PropertiesView given) {
  keep_alive_ = client_.keep_alive;
  if (!is_v5_0()) return {};
  scratch_.clear();
  append_limits(scratch_, options_->limits);
  if (const auto maximum = options_->maximum_keep_alive; maximum && (keep_alive_ == 0 || keep_alive_ > *maximum)) {
    keep_alive_ = *maximum;
    scratch_.add(PropertyId::server_keep_alive, keep_alive_);
  }
  if (client_.authentication_method && !given.find(PropertyId::authentication_method)) {
    scratch_.add(PropertyId::authentication_method, std::string_view(*client_.authentication_method));
  }
  scratch_.append(given);
  return scratch_.view();
}

void Server::refuse(ReasonCode reason_code, wire::PropertiesView properties) {
  if (state_ == State::connected || state_ == State::disconnected) return;
  if (is_v5_0()) {
    send_bare(wire::Connack{false, reason_code, properties});
  } else if (const auto code = return_code(reason_code)) {
    send(wire::Connack{false, *code, {}});
  }
  end();
}

void Server::authenticate(const wire::Auth& auth) {
  if (auth.reason_code == ReasonCode::success) re_authenticating_ = false;
  send_shortened(wire::Auth{auth.reason_code, as_requested(auth.properties)});
}

void Server::suback(std::uint16_t packet_identifier, base::Bytes reason_codes, wire::PropertiesView properties) {
  if (state_ != State::connected) return;
  const auto failed = [](std::uint8_t code) { return code >= suback_failure; };
  if (is_v5_0() || std::none_of(reason_codes.begin(), reason_codes.end(), failed)) {
    return send_bare(wire::Suback{packet_identifier, reason_codes, as_requested(properties)});
  }
  std::vector<std::uint8_t> mapped(reason_codes.begin(), reason_codes.end());
  std::replace_if(mapped.begin(), mapped.end(), failed, suback_failure);
  send_bare(wire::Suback{packet_identifier, mapped, {}});
}

void Server::unsuback(std::uint16_t packet_identifier, base::Bytes reason_codes, wire::PropertiesView properties) {
  if (state_ != State::connected) return;
  send_bare(wire::Unsuback{packet_identifier, is_v5_0() ? reason_codes : base::Bytes(), as_requested(properties)});
}

/// A client may ask to be spared Reason Strings and User Properties, except where they end a connection or begin it.
wire::PropertiesView Server::as_requested(wire::PropertiesView properties) {
  if (client_.request_problem_information || properties.empty()) return properties;
  scratch_.clear();
  add_necessary(scratch_, properties);
  return scratch_.view();
}

void Server::acknowledge(const wire::Publish& publish, ReasonCode reason_code) {
  if (state_ == State::connected) session_->incoming.acknowledge(publish, reason_code, version_, outbox_);
}

bool Server::can_deliver() const noexcept {
  return state_ == State::connected &&
         session_->outgoing.has_room(options_->inflight_maximum, options_->inflight_bytes);
}

base::Result<std::uint64_t, Refusal> Server::deliver(const wire::Publish& publish) {
  if (state_ != State::connected) return base::unexpected(Refusal{Refusal::Kind::not_connected});
  if (publish.qos == 0) {
    if (publisher_.send(publish, outbox_)) return 0;
  } else {
    if (!can_deliver()) return base::unexpected(Refusal{Refusal::Kind::full});
    if (const std::uint64_t sequence = publisher_.send(publish, session_->outgoing, outbox_)) return sequence;
  }
  return base::unexpected(Refusal{Refusal::Kind::packet_too_large, {wire::Clause::server_packet_too_large, 0}});
}

void Server::disconnect(ReasonCode reason_code, wire::PropertiesView properties) {
  if (state_ == State::connected && is_v5_0()) send_bare(wire::Disconnect{reason_code, properties});
  end();
}

void Server::end() noexcept {
  if (session_ != nullptr) session_->incoming.end_connection();
  session_ = nullptr;
  state_ = State::disconnected;
}

Time Server::deadline() const noexcept {
  if (state_ == State::disconnected || patience_ == Duration::max()) return Time::max();
  return last_received_ + patience_;
}

}  // namespace session
