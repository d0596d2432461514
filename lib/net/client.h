// A client over the network: one session, its connection, its timers, and the next attempt when the connection is lost.
#pragma once

#include <asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "net/backoff.h"
#include "net/connection.h"
#include "net/ending.h"
#include "net/scram_exchange.h"
#include "net/settings.h"
#include "session/client.h"

namespace net {

/// Hears what happens to a client. It may call the client from inside every call.
class ClientHandler {
 public:
  virtual ~ClientHandler() = default;
  virtual void on_connected(const wire::Connack& connack) = 0;
  /// Message, Published, Subscribed, Unsubscribed, Authenticating. Views live until the call returns.
  virtual void on_event(const session::Event& event) = 0;
  /// All messages of one read have been handed over: what is written now precedes their acknowledgements.
  virtual void on_batch_end() {}
  /// What had been stuck has been sent: there is room for more.
  virtual void on_writable() {}
  /// The attempt failed or the connection was lost. True: try again after a while.
  virtual bool on_ended(const Ending& ending) = 0;
};

/// Hears each packet as it is sent or received (option -d).
using PacketTap = std::function<void(wire::Sender sender, const wire::Frame& frame)>;

class Client final : private ConnectionHandler {
 public:
  Client(Worker& worker, ConnectSettings settings, session::ClientOptions options, ClientHandler& handler,
         BackoffLimits backoff = {});
  ~Client() override;

  void start();
  session::Client& session() noexcept { return session_; }
  const session::Client& session() const noexcept { return session_; }
  const ConnectSettings& settings() const noexcept { return settings_; }
  /// Sends what commands have put into the session's outbox.
  void flush();
  /// Bytes that wait for the socket.
  std::size_t unsent() const noexcept { return session_.outbox().size(); }
  bool connected() const noexcept { return session_.state() == session::Client::State::connected; }
  void set_tap(PacketTap tap) { tap_ = std::move(tap); }
  /// What TLS wants the user to know although it does no harm; empty: nothing.
  std::string warning() const { return tls_ ? tls_->warning() : std::string(); }

  /// DISCONNECT, then an orderly end; `finished` is called once, with an error where something could not be sent.
  void disconnect(wire::ReasonCode reason_code, wire::PropertiesView properties, Connection::Finished finished);
  /// DISCONNECT, then a new connection at once with what `session().options()` say by then.
  void reconnect();
  /// Drops the connection or the attempt without a word, as a dying client does.
  void abort();

 private:
  void attempt();
  void dialled(base::Result<Socket, transport::Error> socket);
  void end(Ending ending);
  void end_after_sending(Ending ending);
  void handle_events();
  void handle_event(const session::Event& event);
  void begin_scram();
  void answer_scram(const wire::Auth& auth);
  void refuse_scram(std::string_view why);
  void arm_deadline();
  void arm_connect_timeout();
  session::Time now();
  Ending make_ending(Ending::Kind kind) const;
  Ending transport_ending(transport::Error error) const;
  void show_outgoing();

  void on_open() override;
  void on_frame(const wire::Frame& frame) override;
  void on_fault(const wire::Fault& fault) override;
  void on_batch_end() override;
  void on_writable() override;
  void on_closed(const transport::Error& error) override;

  Worker& worker_;
  ConnectSettings settings_;
  ClientHandler& handler_;
  session::Client session_;
  std::shared_ptr<transport::TlsContext> tls_;
  std::shared_ptr<Dial> dial_;
  std::shared_ptr<Connection> connection_;
  asio::steady_timer deadline_timer_;
  asio::steady_timer attempt_timer_;  ///< the bound on an attempt, then the wait before the next
  session::Time armed_for_ = session::Time::max();
  std::optional<session::Time> connack_at_;  ///< of this connection
  bool progress_ = false;                    ///< of this connection, as in `Ending`
  std::optional<session::Time> batch_time_;
  Backoff backoff_;
  std::optional<ScramExchange> scram_;
  wire::Properties connect_properties_;  ///< without those of SCRAM
  PacketTap tap_;
  std::uint64_t shown_ = 0;  ///< what the tap has seen, counted in bytes as `Outbox::consumed` does
};

}  // namespace net
