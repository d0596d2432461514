// The client's side of an MQTT session, without sockets or clocks: bytes and time in, events and bytes out.
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
#include "wire/packets.h"

namespace session {

struct OwnedWill {
  std::string topic;
  std::string payload;
  std::uint8_t qos = 0;
  bool retain = false;
  wire::Properties properties;
};

/// What CONNECT says. Receive Maximum, Maximum Packet Size, Topic Alias Maximum, Session Expiry Interval and the like
/// stand in `properties` and are read from there: they have no second home.
struct ClientOptions {
  wire::Version version = wire::Version::v3_1_1;
  std::string client_identifier;
  bool clean_start = true;
  std::uint16_t keep_alive = 60;  ///< seconds, 0 is none
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::optional<OwnedWill> will;
  wire::Properties properties;
  /// How long a handshake step (CONNACK, PINGRESP) may take.
  Duration response_timeout = std::chrono::seconds(10);
  /// Bytes of unacknowledged publishes to hold at most; a single larger one is still sent.
  std::size_t inflight_bytes = 4 * 1024 * 1024;
  /// At most this many QoS 1/2 publishes at a time, whatever the broker would allow.
  std::uint16_t inflight_maximum = 65'535;
  /// QoS 2 publishes that a 3.x broker, which cannot say its Receive Maximum, is taken to keep at a time: mosquitto's
  /// default. It keeps one until its PUBREL, so that publishes may follow the PUBRELs of earlier ones at once.
  std::uint16_t unsaid_receive_maximum = 20;
  /// PUBACK for a QoS 2 publish breaks the protocol; else it ends it, at the QoS that such a broker has.
  bool strict = false;
  /// The driver answers each `Message` of QoS 1/2 with `acknowledge`; else PUBACK and PUBREC go out with the event.
  bool acknowledge_by_command = false;
};

/// One client over any number of consecutive network connections.
///
/// Commands put packets into `outbox()`. The driver sends what is there after each call, reports what happens with the
/// inputs, and drains `poll_event()` after each of them: views in an event live until the next input.
class Client {
 public:
  enum class State : std::uint8_t { idle, connecting, connected, disconnected };

  Client(ClientOptions options, base::Pool& pool);

  // Commands.

  /// Starts on a new network connection: CONNECT goes out. After a loss the same call resumes: with `session_present`
  /// unacknowledged packets are sent again in their order, PUBLISH with DUP; without it they are sent as new ones where
  /// `republish` was asked for in `set_republish`, else reported as lost.
  void connect(Time now);
  /// Changes what the next `connect` will say (a re-authentication, clean start off after the first time, …).
  ClientOptions& options() noexcept { return options_; }
  const ClientOptions& options() const noexcept { return options_; }

  /// Encodes a PUBLISH. Its packet identifier, DUP and, where the broker allows aliases and `use_topic_alias` is on,
  /// its alias are set here. Returns a sequence number that the `Published` event repeats, ever increasing from 1 but
  /// with gaps where SUBSCRIBE and UNSUBSCRIBE took one; QoS 0 has none and gives 0. QoS 1/2 is sent without a topic
  /// alias, so that it can be sent again on a connection that knows none.
  base::Result<std::uint64_t, Refusal> publish(const wire::Publish& publish);
  /// As `publish` at QoS 0 for each of the payloads, with what the packets share checked and encoded once: 6 ns instead
  /// of 25 a message. Returns how many were sent; what is wrong with the next, `publish` of it tells.
  std::size_t publish(const wire::Publish& shape, std::span<const base::Bytes> payloads);
  /// Whether `publish` with QoS > 0 has room now (Receive Maximum, bytes in flight, packet identifiers).
  bool can_publish() const noexcept;
  /// The packet identifier is set here and returned; SUBACK is awaited under it.
  base::Result<std::uint16_t, Refusal> subscribe(const wire::Subscribe& subscribe);
  base::Result<std::uint16_t, Refusal> unsubscribe(const wire::Unsubscribe& unsubscribe);
  /// PUBACK or PUBREC for a message of this network connection, with `acknowledge_by_command`.
  void acknowledge(std::uint8_t qos, std::uint16_t packet_identifier);
  /// PINGREQ at once: what the broker had to send before it read this comes ahead of its PINGRESP.
  void ping(Time now);
  /// PINGRESPs to come.
  std::uint32_t unanswered_pings() const noexcept { return unanswered_pings_; }
  /// AUTH (5.0): Continue authentication or Re-authenticate with the caller's properties.
  void authenticate(const wire::Auth& auth);
  /// DISCONNECT; the driver closes the connection once the outbox is empty.
  void disconnect(wire::ReasonCode reason_code = wire::ReasonCode::normal_disconnection,
                  wire::PropertiesView properties = {});
  /// Assign aliases to outgoing topics by itself, as far as the broker's Topic Alias Maximum goes,
  /// from the next connection on. Without it a Topic Alias among the properties of a QoS 0 publish is the caller's own.
  void set_use_topic_alias(bool on) noexcept { use_topic_alias_ = on; }
  /// What to do with unacknowledged publishes when the broker has lost the session: send them as new (true) or report
  /// each as lost (false, the default).
  void set_republish(bool on) noexcept;
  /// From the next connection on, send unacknowledged publishes again one by one instead of all at once.
  void set_resend_singly(bool on) noexcept { outgoing_.set_resend_singly(on); }

  // Inputs.

  /// A whole packet from the broker.
  void handle_frame(Time now, const wire::Frame& frame);
  /// Bytes that are no packet. As a malformed packet: DISCONNECT with the fitting reason (5.0) and a `violation` event.
  void handle_fault(Time now, const wire::Fault& fault);
  /// `deadline()` has passed.
  void handle_timeout(Time now);
  /// The network connection is gone; keeps what a resumption needs.
  void handle_closed(Time now);

  // Outputs.

  base::Outbox& outbox() noexcept { return outbox_; }
  const base::Outbox& outbox() const noexcept { return outbox_; }
  /// The next event, until there is none; the pointer and its views live until the next input.
  const Event* poll_event() noexcept { return events_.poll(); }
  /// When `handle_timeout` wants to be called; `Time::max()` for never.
  Time deadline() const noexcept;

  State state() const noexcept { return state_; }
  const Limits& limits() const noexcept { return limits_; }
  /// PUBLISHes of QoS 1/2 not yet acknowledged to the end.
  std::size_t inflight() const noexcept { return outgoing_.publishes(); }
  /// From the oldest sequence number that is not finished to the newest.
  std::size_t inflight_span() const noexcept { return outgoing_.span(); }
  /// What the broker owes an answer to, the oldest first, also between two connections.
  std::optional<Outgoing::Unanswered> oldest_unanswered() const noexcept { return outgoing_.oldest_unanswered(); }
  /// The one in use: what we asked for, or what the server assigned.
  const std::string& client_identifier() const noexcept;

 private:
  void dispatch(const wire::Frame& frame);
  void handle_connack(const wire::Frame& frame);
  void handle_publish(const wire::Frame& frame);
  void handle_acknowledgement(const wire::Frame& frame);
  void handle_suback(const wire::Frame& frame);
  void handle_unsuback(const wire::Frame& frame);
  void handle_disconnect(const wire::Frame& frame);
  void handle_auth(const wire::Frame& frame);
  std::optional<wire::Clause> check(const wire::Connack& connack) const;
  std::optional<wire::Clause> check(const wire::Auth& auth) const;
  std::optional<Refusal> check(const wire::Publish& publish);
  std::optional<Refusal> check(const wire::Subscribe& subscribe) const;
  void resume(bool session_present);
  void violate(const wire::Fault& fault, wire::PacketType type);
  void send(const wire::Packet& packet);
  wire::Connect connect_packet() const;
  wire::Context context() const noexcept { return {options_.version, wire::Sender::server}; }
  Duration keep_alive() const noexcept { return std::chrono::seconds(limits_.keep_alive); }

  ClientOptions options_;
  base::Pool& pool_;
  base::Outbox outbox_;
  Outgoing outgoing_;
  Incoming incoming_;
  Publisher publisher_;
  EventQueue<Event> events_;
  Limits limits_;
  std::string checked_topic_;  ///< the last one that was found valid
  std::string assigned_client_identifier_;
  Time now_{};                        ///< of the last input
  Time last_sent_{};                  ///< `now_` at the last command that sent something
  Time waiting_until_ = Time::max();  ///< for CONNACK, AUTH or PINGRESP
  std::uint64_t pingreq_end_ = 0;     ///< `outbox_.consumed()` once the PINGREQ awaited has left
  std::uint64_t last_consumed_ = 0;
  std::uint32_t unanswered_pings_ = 0;
  std::uint32_t own_maximum_packet_size_ = wire::largest_packet;
  State state_ = State::idle;
  bool use_topic_alias_ = false;
  bool republish_ = false;
  bool re_authenticating_ = false;
};

}  // namespace session
