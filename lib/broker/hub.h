// The broker without sockets or clocks: clients' packets and time in, their outboxes, ends and one deadline out.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/client_session.h"
#include "broker/options.h"
#include "broker/retained.h"
#include "broker/topic_tree.h"

namespace broker {

/// The driver makes a `Link` for each network connection and reports what happens on it with the inputs. After each
/// input it drains `poll_touched()`.
class Hub {
 public:
  Hub(HubOptions options, Time now);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  const session::ServerOptions& server_options() const noexcept { return options_.server; }

  // Inputs.

  void handle_frame(Time now, Link& link, const wire::Frame& frame);
  void handle_fault(Time now, Link& link, const wire::Fault& fault);
  /// `link.server.deadline()` has passed.
  void handle_link_timeout(Time now, Link& link);
  /// The link's outbox has become empty after it had been stuck.
  void handle_writable(Time now, Link& link);
  /// The network connection is gone; the link is forgotten.
  void handle_closed(Time now, Link& link, Ending ending = Ending::closed);
  /// `deadline()` has passed.
  void handle_timeout(Time now);
  /// Ends all connections, those of 5.0 with Server shutting down.
  void shut_down(Time now);

  // Outputs.

  /// The next link that has bytes to send or has ended, each once; nullptr when there is none.
  Link* poll_touched() noexcept;
  Time deadline() const noexcept;

  const Counters& counters() const noexcept { return counters_; }
  std::size_t sessions() const noexcept { return sessions_.size(); }
  std::size_t connections() const noexcept { return connections_; }
  std::size_t subscriptions() const noexcept { return topic_tree_.subscriptions(); }
  std::size_t retained() const noexcept { return retained_.size(); }

 private:
  // hub.cpp: events, ends and time.
  void drain(Time now, Link& link);
  void handle(Time now, Link& link, const session::ServerEvent& event);
  void settle(Time now);
  void touch(Link& link);
  void handle_disconnect(Time now, Link& link, const wire::Disconnect& disconnect);
  /// The link's session goes on alone, or ends.
  void detach(Time now, Link& link, Ending ending);
  void end(Time now, Link& link, wire::ReasonCode reason_code, std::string_view why, Ending ending = Ending::by_broker);
  void end_session(Time now, ClientSession& session);
  void publish_will(Time now, ClientSession& session);
  void publish_will(Time now, const StoredWill& will, const ClientSession* publisher);
  void set_deadlines(ClientSession& session, Time will_due, Time expires);
  void publish_sys(Time now);
  void log(const Link& link, std::string_view what) const;

  // hub_connect.cpp: CONNECT to CONNACK.
  void handle_connect(Time now, Link& link, const wire::Connect& connect);
  void admit(Time now, Link& link, const wire::Connect& connect, bool proved, wire::PropertiesView given);
  void handle_auth(Time now, Link& link, wire::PropertiesView from_client);
  wire::ReasonCode check_connect(const wire::Connect& connect, bool proved) const;
  ClientSession* find_session(std::string_view client_identifier) noexcept;
  ClientSession& make_session(std::string_view client_identifier);
  void refuse(Link& link, wire::ReasonCode reason_code);
  void set_will(ClientSession& session, const wire::Connect& connect);

  // hub_subscribe.cpp: SUBSCRIBE, UNSUBSCRIBE and the retained messages that follow.
  void handle_subscribe(Time now, Link& link, const wire::Subscribe& subscribe);
  wire::ReasonCode add_subscription(const ClientSession& session, const wire::Subscription& subscription,
                                    std::uint32_t identifier, std::vector<wire::Subscription>& retained);
  void handle_unsubscribe(Link& link, const wire::Unsubscribe& unsubscribe);
  void send_retained(Time now, ClientSession& session, const wire::Subscription& subscription,
                     std::uint32_t identifier);

  // hub_route.cpp: from a publisher to its subscribers.
  void handle_publish(Time now, Link& link, const wire::Publish& publish);
  wire::ReasonCode publish(Time now, const wire::Publish& publish, const ClientSession* publisher);
  bool retain(Time now, const wire::Publish& publish, const ClientSession* publisher);
  void route(Time now, const wire::Publish& publish, SubscriberId publisher);
  void give(Time now, const Match& match, const wire::Publish& publish, MessageRef& copy);
  void hand_on(Time now, ClientSession& session);
  void add_identifiers(const Match& match);
  bool send_now(Time now, ClientSession& session, const wire::Publish& publish);
  void enqueue(ClientSession& session, Queued queued);
  void send_queued(Time now, ClientSession& session);
  bool has_room(Time now, Link& link);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  HubOptions options_;
  Faults faults_;
  TopicTree topic_tree_;
  Retained retained_;
  std::unordered_map<std::string, std::unique_ptr<ClientSession>, Hash, std::equal_to<>> sessions_;
  std::vector<ClientSession*> subscribers_;  ///< by SubscriberId
  std::vector<SubscriberId> free_subscribers_;
  std::set<std::pair<Time, SubscriberId>> deadlines_;  ///< of sessions without a connection
  std::vector<Link*> touched_;
  std::vector<Link*> overflowing_;
  std::size_t connections_ = 0;
  std::uint64_t assigned_ = 0;  ///< client identifiers
  Counters counters_;
  Time started_;
  Time sys_due_;
  // Reused from message to message.
  Matches matches_;
  wire::Properties properties_;
  wire::Properties rewritten_;
};

}  // namespace broker
