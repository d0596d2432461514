// CONNECT to CONNACK: who may come in, whose session is taken over, resumed or begun.

#include "base/format.h"
#include "broker/hub.h"

namespace broker {

namespace {

std::unique_ptr<StoredWill> store(const wire::Will& will) {
  auto stored = std::make_unique<StoredWill>();
  stored->topic = will.topic;
  stored->payload = base::as_text(will.payload);
  stored->qos = will.qos;
  stored->retain = will.retain;
  for (const wire::Property& property : will.properties) {
    if (property.id == wire::PropertyId::will_delay_interval) {
      stored->delay = property.number;
    } else {
      stored->properties.add(property);
    }
  }
  return stored;
}

std::uint32_t requested_expiry(const wire::Connect& connect) {
  if (connect.version != wire::Version::v5_0) return connect.clean_start ? 0 : never;
  return connect.properties.number(wire::PropertyId::session_expiry_interval, 0);
}

}  // namespace

/// `proved`: who it is.
wire::ReasonCode Hub::check_connect(const wire::Connect& connect, bool proved) const {
  using enum wire::ReasonCode;
  const session::Limits& limits = options_.server.limits;
  // 3.1 knows no empty identifier; 3.1.1 only one for a clean session [MQTT-3.1.3-8].
  const bool may_be_empty =
      connect.version == wire::Version::v5_0 || (connect.version == wire::Version::v3_1_1 && connect.clean_start);
  if (connect.client_identifier.empty() && !may_be_empty) return client_identifier_not_valid;
  if (!proved && connect.properties.find(wire::PropertyId::authentication_method)) return bad_authentication_method;
  const bool limited = connect.will && !faults_.has(Fault::limits_ignored);
  if (limited && connect.will->qos > limits.maximum_qos) return qos_not_supported;
  if (limited && connect.will->retain && !limits.retain_available) return retain_not_supported;
  return options_.authenticate && !proved ? options_.authenticate(connect) : success;
}

void Hub::handle_connect(Time now, Link& link, const wire::Connect& connect) {
  const auto& find = options_.find_credential;
  if (find) link.login = ScramLogin::begin(connect, find);
  if (link.login != nullptr) return handle_auth(now, link, connect.properties);
  admit(now, link, connect, false, {});
}

void Hub::handle_auth(Time now, Link& link, wire::PropertiesView from_client) {
  const auto answer = link.login->answer(from_client);
  if (!answer) return refuse(link, wire::ReasonCode::not_authorized);
  if (!link.login->finished()) {
    return link.server.authenticate({wire::ReasonCode::continue_authentication, *answer});
  }
  const std::unique_ptr<ScramLogin> login = std::move(link.login);
  admit(now, link, login->connect(), true, *answer);
}

/// `given` are properties of CONNACK.
void Hub::admit(Time now, Link& link, const wire::Connect& connect, bool proved, wire::PropertiesView given) {
  if (const auto reason_code = check_connect(connect, proved); wire::failed(reason_code)) {
    if (connect.will && faults_.has(Fault::will_of_refused)) publish_will(now, *store(*connect.will), nullptr);
    return refuse(link, reason_code);
  }
  const bool assigned = connect.client_identifier.empty();
  const std::string client_identifier(!assigned                           ? connect.client_identifier
                                      : options_.assign_client_identifier ? options_.assign_client_identifier()
                                                                          : base::format("auto-{}", ++assigned_));
  ClientSession* session = find_session(client_identifier);
  if (session != nullptr && session->link != nullptr) {
    end(now, *session->link, wire::ReasonCode::session_taken_over, "is disconnected: its session was taken over",
        Ending::taken_over);
    session = find_session(client_identifier);  // it may have ended with its connection
  }
  if (session != nullptr && connect.clean_start) {
    if (faults_.has(Fault::will_lost_on_clean_start)) session->will.reset();
    end_session(now, *session);
    session = nullptr;
  }
  const std::uint32_t expiry = std::min(requested_expiry(connect), options_.maximum_session_expiry);
  const bool present = session != nullptr;
  if (connections_ >= options_.maximum_connections) return refuse(link, wire::ReasonCode::server_busy);
  if (!present && expiry != 0 && sessions_.size() - connections_ >= options_.maximum_sessions) {
    return refuse(link, wire::ReasonCode::server_unavailable);
  }
  if (!present) session = &make_session(client_identifier);
  if (faults_.has(Fault::delay_not_cancelled)) publish_will(now, *session);
  set_deadlines(*session, Time::max(), Time::max());
  session->link = &link;
  set_will(*session, connect);
  session->expiry_interval = expiry;
  link.session = session;
  ++connections_;
  topic_tree_.set_connected(session->subscriber, true);

  properties_.clear();
  properties_.append(given);
  if (assigned) properties_.add(wire::PropertyId::assigned_client_identifier, session->client_identifier);
  if (expiry != requested_expiry(connect)) properties_.add(wire::PropertyId::session_expiry_interval, expiry);
  link.server.accept(session->state, present, properties_.view());
  if (link.server.state() != session::Server::State::connected) {
    log(link, "is refused: CONNACK is larger than the packets that it takes");
    link.ended = true;
    return detach(now, link, Ending::disconnected);
  }
  log(link, base::format("connected, MQTT {}, keep alive {} s{}", wire::name(link.server.version()),
                         link.server.keep_alive(), present ? ", session resumed" : ""));
  send_queued(now, *session);
}

void Hub::set_will(ClientSession& session, const wire::Connect& connect) {
  auto stashed = faults_.unstash(session.client_identifier);
  session.will = connect.will ? faults_.keep(store(*connect.will)) : std::move(stashed);
}

ClientSession* Hub::find_session(std::string_view client_identifier) noexcept {
  const auto found = sessions_.find(client_identifier);
  return found == sessions_.end() ? nullptr : found->second.get();
}

ClientSession& Hub::make_session(std::string_view client_identifier) {
  auto made = std::make_unique<ClientSession>();
  made->client_identifier = client_identifier;
  made->publisher = Hash{}(client_identifier) | 1;
  if (free_subscribers_.empty()) {
    made->subscriber = static_cast<SubscriberId>(subscribers_.size());
    subscribers_.push_back(nullptr);
  } else {
    made->subscriber = free_subscribers_.back();
    free_subscribers_.pop_back();
  }
  subscribers_[made->subscriber] = made.get();
  return *sessions_.emplace(made->client_identifier, std::move(made)).first->second;
}

void Hub::refuse(Link& link, wire::ReasonCode reason_code) {
  log(link, base::format("is refused with reason code 0x{:02X}", static_cast<unsigned>(reason_code)));
  link.server.refuse(reason_code);
  link.ended = true;
}

}  // namespace broker
