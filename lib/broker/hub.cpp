#include "broker/hub.h"

#include <algorithm>

#include "base/format.h"
#include "transport/peer_bytes.h"
#include "wire/clauses.h"

namespace broker {

namespace {

/// One function for each kind of event.
template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

Hub::Hub(HubOptions options, Time now)
    : options_(std::move(options)),
      faults_(options_.faults),
      topic_tree_(options_.topic_tree),
      retained_(options_.retained),
      started_(now),
      sys_due_(options_.sys_interval == session::Duration::zero() ? Time::max() : now) {
  options_.server.acknowledge_by_command = true;
  options_.server.patience = faults_.patience();
}

// Inputs.

void Hub::handle_frame(Time now, Link& link, const wire::Frame& frame) {
  if (link.ended || faults_.hides(frame)) return;
  std::vector<std::uint8_t> bytes;
  const auto changed = faults_.without_wildcards(frame, bytes);
  link.server.handle_frame(now, changed ? *changed : frame);
  drain(now, link);
}

void Hub::handle_fault(Time now, Link& link, const wire::Fault& fault) {
  if (link.ended) return;
  link.server.handle_fault(now, fault);
  drain(now, link);
}

void Hub::handle_link_timeout(Time now, Link& link) {
  if (link.ended) return;
  link.server.handle_timeout(now);
  drain(now, link);
}

void Hub::handle_writable(Time now, Link& link) {
  link.slow_since = Time::max();
  if (link.session != nullptr) send_queued(now, *link.session);
  settle(now);
}

void Hub::handle_closed(Time now, Link& link, Ending ending) {
  link.server.handle_closed(now);
  if (link.session != nullptr) log(link, "lost its connection");
  detach(now, link, ending);
  link.ended = true;
  settle(now);
  std::erase(touched_, &link);
  link.touched = false;
}

void Hub::handle_timeout(Time now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    ClientSession& session = *subscribers_[deadlines_.begin()->second];
    if (session.expires <= now) {
      if (faults_.has(Fault::will_lost_on_session_end)) session.will.reset();
      end_session(now, session);
    } else {
      set_deadlines(session, Time::max(), session.expires);
      publish_will(now, session);
    }
  }
  if (now >= sys_due_) publish_sys(now);
  settle(now);
}

void Hub::shut_down(Time now) {
  for (ClientSession* session : subscribers_) {
    if (session == nullptr || session->link == nullptr) continue;
    session->will.reset();  // nobody is left to hear it
    end(now, *session->link, wire::ReasonCode::server_shutting_down, "is disconnected: the broker shuts down");
  }
}

Link* Hub::poll_touched() noexcept {
  if (touched_.empty()) return nullptr;
  Link* link = touched_.back();
  touched_.pop_back();
  link->touched = false;
  return link;
}

Time Hub::deadline() const noexcept {
  return deadlines_.empty() ? sys_due_ : std::min(sys_due_, deadlines_.begin()->first);
}

// Events.

void Hub::drain(Time now, Link& link) {
  while (const session::ServerEvent* event = link.ended ? nullptr : link.server.poll_event()) handle(now, link, *event);
  // A client that sends without reading what it is answered.
  if (!link.ended && link.server.outbox().size() > 2 * options_.outbox_bytes) has_room(now, link);
  if (link.ended || !link.server.outbox().empty()) touch(link);
  settle(now);
}

void Hub::handle(Time now, Link& link, const session::ServerEvent& event) {
  const auto over = [&](std::string_view why, Ending ending) {
    log(link, why);
    link.ended = true;
    detach(now, link, ending);
  };
  std::visit(Overloaded{
                 [&](const session::Message& message) { handle_publish(now, link, message.publish); },
                 [&](const session::ConnectRequested& request) { handle_connect(now, link, request.connect); },
                 [&](const session::SubscribeRequested& request) { handle_subscribe(now, link, request.subscribe); },
                 [&](const session::UnsubscribeRequested& request) { handle_unsubscribe(link, request.unsubscribe); },
                 [&](const session::Published&) {
                   if (link.session != nullptr) send_queued(now, *link.session);
                 },
                 [&](const session::Authenticating& authenticating) {
                   if (link.login != nullptr) return handle_auth(now, link, authenticating.auth.properties);
                   end(now, link, wire::ReasonCode::bad_authentication_method,
                       "is disconnected: no authentication exchange");
                 },
                 [&](const session::Disconnected& event_) { handle_disconnect(now, link, event_.disconnect); },
                 [&](const session::Violation& violation) {
                   const wire::ClauseRow& clause = wire::row(violation.fault.clause);
                   const bool malformed = clause.reason_code == wire::ReasonCode::malformed_packet;
                   over(base::format("broke the protocol at byte {} of {}: {}", violation.fault.offset,
                                     wire::name(violation.type), clause.sentence),
                        malformed ? Ending::malformed : Ending::protocol_error);
                 },
                 [&](const session::KeepAliveExpired&) { over("was silent for too long", Ending::silent); },
             },
             event);
}

void Hub::handle_disconnect(Time now, Link& link, const wire::Disconnect& disconnect) {
  log(link, "disconnected");
  link.ended = true;
  if (link.session == nullptr) return;
  const auto expiry = disconnect.properties.find(wire::PropertyId::session_expiry_interval);
  // A session that was to end with its connection cannot be prolonged (5.0 section 3.14.2.2.2).
  if (expiry && link.session->expiry_interval != 0) {
    link.session->expiry_interval = std::min(expiry->number, options_.maximum_session_expiry);
  }
  const bool normal = disconnect.reason_code == wire::ReasonCode::normal_disconnection;
  detach(now, link, normal ? Ending::disconnected : Ending::disconnected_with_will);
}

/// Ends what must not end inside of a loop over matches.
void Hub::settle(Time now) {
  while (!overflowing_.empty()) {
    Link* link = overflowing_.back();
    overflowing_.pop_back();
    link->overflowing = false;
    if (!link->ended)
      end(now, *link, wire::ReasonCode::quota_exceeded, "is disconnected: it takes what it is sent too slowly");
  }
}

void Hub::touch(Link& link) {
  if (std::exchange(link.touched, true)) return;
  touched_.push_back(&link);
}

// Ends.

void Hub::end(Time now, Link& link, wire::ReasonCode reason_code, std::string_view why, Ending ending) {
  log(link, why);
  link.server.disconnect(reason_code);
  link.ended = true;
  touch(link);
  detach(now, link, ending);
}

void Hub::detach(Time now, Link& link, Ending ending) {
  if (link.overflowing) std::erase(overflowing_, &link);
  link.overflowing = false;
  ClientSession* session = std::exchange(link.session, nullptr);
  if (session == nullptr) return;
  session->link = nullptr;
  --connections_;
  topic_tree_.set_connected(session->subscriber, false);
  if (!faults_.lets_go(*session, ending)) {
    if (ending == Ending::disconnected) faults_.stash(session->client_identifier, std::move(session->will));
    session->will.reset();
  }
  if (session->expiry_interval == 0) return end_session(now, *session);

  const bool for_ever = session->expiry_interval == never;
  const Time expires = for_ever ? Time::max() : now + std::chrono::seconds(session->expiry_interval);
  const bool later = session->will != nullptr && session->will->delay != 0;
  set_deadlines(*session, later ? now + std::chrono::seconds(session->will->delay) : Time::max(), expires);
  if (!later) publish_will(now, *session);
}

void Hub::end_session(Time now, ClientSession& session) {
  set_deadlines(session, Time::max(), Time::max());
  topic_tree_.unsubscribe_all(session.subscriber);
  hand_on(now, session);
  publish_will(now, session);
  subscribers_[session.subscriber] = nullptr;
  free_subscribers_.push_back(session.subscriber);
  sessions_.erase(sessions_.find(session.client_identifier));
}

void Hub::publish_will(Time now, ClientSession& session) {
  if (session.will == nullptr) return;
  const std::unique_ptr<StoredWill> will = std::move(session.will);
  for (int copies = faults_.copies(*will); copies > 0; --copies) publish_will(now, *will, &session);
}

void Hub::publish_will(Time now, const StoredWill& will, const ClientSession* publisher) {
  wire::Publish message;
  message.topic = will.topic;
  message.payload = base::as_bytes(will.payload);
  message.properties = will.properties.view();
  message.qos = will.qos;
  message.retain = will.retain;
  publish(now, message, publisher);
}

void Hub::set_deadlines(ClientSession& session, Time will_due, Time expires) {
  if (session.deadline() != Time::max()) deadlines_.erase({session.deadline(), session.subscriber});
  session.will_due = will_due;
  session.expires = expires;
  if (session.deadline() != Time::max()) deadlines_.emplace(session.deadline(), session.subscriber);
}

// What the broker says about itself.

void Hub::publish_sys(Time now) {
  sys_due_ = now + options_.sys_interval;
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(now - started_).count();
  const std::pair<std::string_view, std::string> rows[] = {
      {"$SYS/broker/version", options_.server_version},
      {"$SYS/broker/uptime", base::format("{} seconds", uptime)},
      {"$SYS/broker/clients/connected", base::format("{}", connections_)},
      {"$SYS/broker/clients/total", base::format("{}", sessions_.size())},
      {"$SYS/broker/subscriptions/count", base::format("{}", topic_tree_.subscriptions())},
      {"$SYS/broker/retained messages/count", base::format("{}", retained_.size())},
      {"$SYS/broker/publish/messages/received", base::format("{}", counters_.received)},
      {"$SYS/broker/publish/messages/sent", base::format("{}", counters_.sent)},
      {"$SYS/broker/publish/messages/dropped", base::format("{}", counters_.dropped)},
  };
  for (const auto& [topic, text] : rows) {
    wire::Publish message;
    message.topic = topic;
    message.payload = base::as_bytes(text);
    message.retain = true;
    publish(now, message, nullptr);
  }
}

void Hub::log(const Link& link, std::string_view what) const {
  if (!options_.log) return;
  const std::string_view name = link.session == nullptr ? "" : std::string_view(link.session->client_identifier);
  options_.log(base::format("client \"{}\" ({}) {}", transport::escaped(name), link.address, what));
}

}  // namespace broker
