// The server's side of one network connection, without sockets or clocks: bytes and time in, events and bytes out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/outbox.h"
#include "base/result.h"
#include "session/event.h"
#include "session/event_queue.h"
#include "session/incoming.h"
#include "session/limits.h"
#include "session/outgoing.h"
#include "session/publisher.h"
#include "session/time.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/packets.h"

namespace session {

/// What outlives a network connection: the broker owns one for each client identifier, lends it to `Server::accept`,
/// and has it back once `handle_closed`, `disconnect` or a violation ended that connection. Its topics and
/// subscriptions are the broker's own. Blocks of the pool of the last connection stay held by it: the pool must outlive
/// it.
struct SessionState {
  SessionState() noexcept { outgoing.set_keep_received(false); }

  Outgoing outgoing;
  Incoming incoming;
};

/// How long a client may be silent whose keep alive is `seconds`.
using Patience = Duration (*)(std::uint16_t seconds);
/// One and a half times the interval (3.1.2.10); without one, patience has no end.
inline Duration one_and_a_half(std::uint16_t seconds) {
  return seconds == 0 ? Duration::max() : std::chrono::milliseconds(seconds * 1500);
}

struct ServerOptions {
  /// Announced to 5.0 clients and enforced on what they send; `keep_alive` is not read.
  Limits limits{};
  /// The longest Keep Alive we grant, in seconds; a 5.0 client that asks for more, or for none, is told this one.
  std::optional<std::uint16_t> maximum_keep_alive{};
  /// At most this many QoS 1/2 publishes in flight towards the client, whatever it would allow.
  std::uint16_t inflight_maximum = 65'535;
  /// Bytes of publishes in flight towards the client; a single larger one is still sent.
  std::size_t inflight_bytes = 4 * 1024 * 1024;
  /// Use topic aliases towards clients that allow them.
  bool use_topic_alias = true;
  /// The driver answers each `Message` with `acknowledge`; else PUBACK and PUBREC say success at once.
  bool acknowledge_by_command = false;
  /// How long the first packet may take.
  Duration connect_timeout = std::chrono::seconds(10);
  Patience patience = one_and_a_half;
};

/// A client wants in. Answer with `accept`, `refuse` or `authenticate` before the next frame is handed in.
struct ConnectRequested {
  wire::Connect connect;
};
/// Answer with `suback`, a reason code for each filter.
struct SubscribeRequested {
  wire::Subscribe subscribe;
};
/// Answer with `unsuback`.
struct UnsubscribeRequested {
  wire::Unsubscribe unsubscribe;
};
/// No packet for one and a half times the Keep Alive, or none in time before CONNACK; the driver closes.
struct KeepAliveExpired {};

/// `Message` and `Published` are as the client's; `Published` also says that room for the next `deliver` has come.
/// `Authenticating` is an AUTH to answer with `authenticate`, `accept` (before CONNACK), `refuse` or `disconnect`.
/// `Disconnected` is the client's DISCONNECT; after it, and after `Violation` and `KeepAliveExpired`, the driver closes
/// once the outbox is empty. A will is published after each end but a `Disconnected` with reason code 0.
using ServerEvent = std::variant<Message, ConnectRequested, SubscribeRequested, UnsubscribeRequested, Published,
                                 Authenticating, Disconnected, Violation, KeepAliveExpired>;

/// One network connection of one client of any version, which CONNECT tells.
///
/// Commands put packets into `outbox()`. The driver sends what is there after each call, reports what happens with the
/// inputs, and drains `poll_event()` after each of them: views in an event live until the next input.
class Server {
 public:
  /// Until CONNECT, from CONNECT to `accept` or `refuse`, until the end, and after it.
  enum class State : std::uint8_t { idle, connecting, connected, disconnected };

  /// `options` must outlive the server: one for all connections of a listener. `now` starts the wait for CONNECT.
  Server(const ServerOptions& options, base::Pool& pool, Time now);

  // Commands.

  /// CONNACK with success. Limits that differ from their defaults, Server Keep Alive and the Authentication Method are
  /// added to `properties` here; an Assigned Client Identifier is the caller's to give. Where that is more
  /// than the client takes, Reason String and User Properties are left out; a client that takes not even that is not
  /// served: `state()` is disconnected then. With `session_present` what `session` holds
  /// unacknowledged is sent again; without it `session` is emptied. It must outlive the connection.
  void accept(SessionState& session, bool session_present, wire::PropertiesView properties = {});
  /// CONNACK with a reason code of 5.0, mapped to a return code in 3.x; without a fitting one nothing is sent there.
  /// The driver closes once the outbox is empty.
  void refuse(wire::ReasonCode reason_code, wire::PropertiesView properties = {});
  /// AUTH (5.0): Continue authentication, or success of a re-authentication. The method is the caller's to give.
  void authenticate(const wire::Auth& auth);

  /// `reason_codes` are those of 5.0, one a filter; failures become 0x80 in 3.1.1.
  void suback(std::uint16_t packet_identifier, base::Bytes reason_codes, wire::PropertiesView properties = {});
  void unsuback(std::uint16_t packet_identifier, base::Bytes reason_codes, wire::PropertiesView properties = {});

  /// Answers a `Message`, as long as its views live; nothing is sent at QoS 0. With a failure (5.0) the message counts
  /// as refused.
  void acknowledge(const wire::Publish& publish, wire::ReasonCode reason_code);
  /// Sends a message: its packet identifier, DUP and topic alias are set here. Returns the sequence number that
  /// `Published` will repeat, 0 at QoS 0. Refusals: `full` (QoS 1/2, queue it until the next `Published`),
  /// `packet_too_large` (drop it: the client does not take it, 5.0 [MQTT-3.1.2-25]) and `not_connected`.
  base::Result<std::uint64_t, Refusal> deliver(const wire::Publish& publish);
  /// Whether `deliver` has room for QoS 1/2.
  bool can_deliver() const noexcept;

  /// DISCONNECT (5.0; nothing in 3.x); the driver closes once the outbox is empty. Ends the views of the last event.
  void disconnect(wire::ReasonCode reason_code, wire::PropertiesView properties = {});

  // Inputs.

  /// A whole packet from the client.
  void handle_frame(Time now, const wire::Frame& frame);
  /// Bytes that are no packet. As a malformed packet: DISCONNECT with the fitting reason (5.0) and a `violation` event.
  void handle_fault(Time now, const wire::Fault& fault);
  /// `deadline()` has passed.
  void handle_timeout(Time now);
  /// The network connection is gone.
  void handle_closed(Time now);

  // Outputs.

  base::Outbox& outbox() noexcept { return outbox_; }
  /// The next event, until there is none; the pointer and its views live until the next input.
  const ServerEvent* poll_event() noexcept { return events_.poll(); }
  /// When `handle_timeout` wants to be called; `Time::max()` for never.
  Time deadline() const noexcept;

  State state() const noexcept { return state_; }
  /// Of the client, once CONNECT has come.
  wire::Version version() const noexcept { return version_; }
  /// The largest packet that `wire::split` shall let through.
  std::uint32_t maximum_packet_size() const noexcept { return options_->limits.maximum_packet_size; }
  /// In force, in seconds; 0 is none.
  std::uint16_t keep_alive() const noexcept { return keep_alive_; }

 private:
  void dispatch(const wire::Frame& frame);
  void handle_connect(const wire::Frame& frame);
  void handle_publish(const wire::Frame& frame);
  void handle_acknowledgement(const wire::Frame& frame);
  void handle_disconnect(const wire::Frame& frame);
  void handle_auth(const wire::Frame& frame);
  /// Decodes with `decode` and makes an `Event` of the packet, or a violation.
  template <class Event, auto decode>
  void report(const wire::Frame& frame);
  std::optional<wire::Clause> check_order(wire::PacketType type) const noexcept;
  std::optional<wire::Clause> check(const wire::Publish& publish) const noexcept;
  std::optional<wire::Clause> check(const wire::Auth& auth) const;
  void refuse_malformed(const wire::Frame& frame, const wire::Fault& fault);
  void violate(const wire::Fault& fault, wire::PacketType type);
  void end() noexcept;
  /// False, and nothing sent, for a packet larger than the client takes.
  bool send(const wire::Packet& packet);
  /// Without Reason String and User Properties where it would be too large with them [MQTT-3.2.2-19] …
  template <class Packet>
  bool send_shortened(Packet packet);
  /// … and without any properties where it still is.
  template <class Packet>
  void send_bare(Packet packet);
  wire::PropertiesView connack_properties(wire::PropertiesView given);
  wire::PropertiesView as_requested(wire::PropertiesView properties);
  wire::Context context() const noexcept { return {version_, wire::Sender::client}; }
  bool is_v5_0() const noexcept { return version_ == wire::Version::v5_0; }

  /// What CONNECT said.
  struct Client {
    std::optional<std::string> authentication_method;
    std::uint32_t maximum_packet_size = wire::largest_packet;
    std::uint32_t session_expiry_interval = 0;
    std::uint16_t receive_maximum = 65'535;
    std::uint16_t topic_alias_maximum = 0;
    std::uint16_t keep_alive = 0;
    bool clean_start = true;
    bool request_problem_information = true;
  };

  const ServerOptions* options_;
  base::Pool* pool_;
  base::Outbox outbox_;
  SessionState* session_ = nullptr;
  Publisher publisher_;
  EventQueue<ServerEvent> events_;
  Client client_;
  wire::Properties scratch_;
  Time last_received_;
  Duration patience_;  ///< for the next packet
  std::uint16_t keep_alive_ = 0;
  wire::Version version_ = wire::Version::v3_1_1;
  State state_ = State::idle;
  bool re_authenticating_ = false;
};

}  // namespace session
