// What the broker keeps for one client identifier, connected or not, and the network connection it may have.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "broker/queue.h"
#include "broker/scram_login.h"
#include "broker/topic_tree.h"
#include "session/server.h"

namespace broker {

struct ClientSession;

/// One network connection. The driver owns it, sends what is in the server's outbox when the hub has touched it, and
/// closes it in order once `ended`.
struct Link {
  Link(const session::ServerOptions& options, base::Pool& pool, Time now) : server(options, pool, now) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  session::Server server;
  ClientSession* session = nullptr;   ///< between CONNACK and the end
  std::string address;                ///< of the peer, for the log
  bool ended = false;                 ///< nothing more is to be read
  bool touched = false;               ///< stands in the hub's list of them
  bool overflowing = false;           ///< stands in the hub's list of connections to end
  std::unique_ptr<ScramLogin> login;  ///< under way
  Time slow_since = Time::max();      ///< its outbox has been above the bound
};

/// How a connection came to its end, as far as its will cares.
enum class Ending : std::uint8_t {
  disconnected,            ///< DISCONNECT with reason code 0
  disconnected_with_will,  ///< DISCONNECT with another one
  closed,
  reset,
  tls_cut,        ///< without close_notify
  websocket_cut,  ///< without a close frame
  half_packet,    ///< closed within a packet
  silent,
  malformed,
  protocol_error,
  taken_over,
  by_broker,  ///< for a reason of our own
};

/// A will in our own memory. Its message expiry starts when it is published.
struct StoredWill {
  std::string topic;
  std::string payload;
  wire::Properties properties;  ///< without Will Delay Interval
  std::uint32_t delay = 0;      ///< seconds
  std::uint8_t qos = 0;
  bool retain = false;
};

struct ClientSession {
  std::string client_identifier;
  SubscriberId subscriber = 0;
  std::uint64_t publisher = 0;  ///< a hash of the client identifier
  session::SessionState state;
  MessageQueue queue;
  Link* link = nullptr;
  std::unique_ptr<StoredWill> will;
  bool dropping = false;              ///< its queue overflowed and has not been empty since: said once
  std::uint32_t expiry_interval = 0;  ///< seconds after the connection; all ones: for ever

  // While it has no connection.
  Time will_due = Time::max();
  Time expires = Time::max();
  Time deadline() const noexcept { return std::min(will_due, expires); }
};

/// Session Expiry Interval for a session that does not end by itself.
inline constexpr std::uint32_t never = 0xFFFF'FFFF;

}  // namespace broker
