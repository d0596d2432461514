// One connection of a script, which does what it is told and nothing else, except that it acknowledges what it gets.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "net/connection.h"
#include "net/ending.h"
#include "net/scram_exchange.h"
#include "scenario/transcript.h"
#include "transport/tls.h"
#include "wire/packets.h"

namespace scenario {

class Stage;

/// A packet of the broker in our own memory; `packet` points into `bytes`.
struct Received {
  session::Time at;
  std::vector<std::uint8_t> bytes;
  wire::Packet packet;

  wire::PacketType type() const noexcept { return wire::type_of(packet); }
  const wire::Publish& publish() const { return std::get<wire::Publish>(packet); }
};

class Peer final : private net::ConnectionHandler {
 public:
  /// `role` is a literal: "doomed", "watcher".
  Peer(Stage& stage, std::string_view role, std::string client_identifier);
  ~Peer() override;

  /// Starts on a network connection; `open()` or `ended()` follows. What is given is sent first.
  void dial(const wire::Connect& connect, std::shared_ptr<const transport::TlsContext> tls = {});
  /// Before that: SCRAM, where the settings want it, announced among the properties of CONNECT.
  void log_in(wire::Properties& connect);
  bool open() const noexcept { return open_; }
  bool ended() const noexcept { return ending_.has_value(); }
  /// Why, once it has.
  net::Ending& ending() noexcept { return *ending_; }
  /// From now on its end by the broker fails the case.
  void must_stay() noexcept { must_stay_ = true; }
  void may_go() noexcept { must_stay_ = false; }

  void send(const wire::Packet& packet);
  void send(base::Bytes bytes);

  // Ways to go.

  /// Closes TCP; no layer above it says goodbye.
  void cut();
  /// A reset (RST).
  void reset();
  /// Each layer below MQTT says goodbye: a close frame, close_notify, FIN.
  void close_layers();
  /// DISCONNECT, then the same.
  void disconnect(wire::ReasonCode reason_code = wire::ReasonCode::normal_disconnection);
  /// Without a word, whatever its state.
  void drop();

  /// The first packet of that type that has come, taken out.
  std::optional<Received> take(wire::PacketType type);
  bool has(wire::PacketType type) const noexcept;
  /// Messages but markers.
  std::size_t messages() const noexcept { return messages_; }
  std::uint32_t markers() const noexcept { return markers_; }

  /// What TLS agreed on, where it is used and open.
  std::optional<transport::TlsSession> tls_session() const;

  /// Of CONNACK, once it has come.
  bool session_present() const noexcept { return session_present_; }
  std::optional<std::uint16_t> server_keep_alive() const noexcept { return server_keep_alive_; }
  const std::string& client_identifier() const noexcept { return client_identifier_; }
  std::string_view role() const noexcept { return role_; }
  session::Time last_sent() const noexcept { return last_sent_; }
  /// The longest time between two of its packets.
  session::Duration longest_silence() const noexcept { return longest_silence_; }

 private:
  void dialled(base::Result<net::Socket, transport::Error> socket);
  void end(net::Ending ending);
  void end(transport::Error error);
  void say(std::string text);
  wire::Version version_of(const wire::Frame& frame) const noexcept;
  void take_in(const wire::Connack& connack);
  void acknowledge(const wire::Packet& packet);
  void prove(const wire::Packet& packet);

  void on_open() override;
  void on_frame(const wire::Frame& frame) override;
  void on_fault(const wire::Fault& fault) override;
  void on_batch_end() override;
  void on_writable() override {}
  void on_closed(const transport::Error& error) override;

  Stage& stage_;
  std::string_view role_;
  std::string client_identifier_;
  base::Outbox outbox_;
  base::Buffer greeting_;
  std::shared_ptr<net::Dial> dial_;
  std::shared_ptr<const transport::TlsContext> tls_;
  std::optional<net::ScramExchange> scram_;
  std::shared_ptr<net::Connection> connection_;
  std::deque<Received> inbox_;
  std::size_t inbox_bytes_ = 0;
  std::optional<net::Ending> ending_;
  session::Time last_sent_{};
  session::Duration longest_silence_{};
  std::size_t messages_ = 0;
  std::uint32_t markers_ = 0;
  std::optional<std::uint16_t> server_keep_alive_;
  bool session_present_ = false;
  bool answered_ = false;  ///< by CONNACK
  bool open_ = false;
  bool must_stay_ = false;
  bool going_ = false;  ///< by our own will
};

}  // namespace scenario
