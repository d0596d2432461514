// What pub, sub and rr share: the event loop, signals, the time limit, the way an ending becomes a line and an exit
// code.
#pragma once

#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <string>

#include "connection_options.h"
#include "exit_code.h"
#include "losses.h"
#include "mosquitto_log.h"
#include "net/client.h"
#include "net/worker.h"

namespace cmd {

class Runner : protected net::ClientHandler {
 public:
  /// Connects, works, and returns the exit code.
  int run();

 protected:
  /// `connection` must outlive the runner; its network and session parts are moved from. `timeout` zero: none.
  Runner(ConnectionOptions& connection, session::Duration timeout);
  ~Runner() override = default;

  /// The broker accepted, for the first time or again.
  virtual void connected(const wire::Connack& connack) = 0;
  /// Work that a lost connection leaves undone: without any, its loss is no failure.
  virtual bool unfinished() const = 0;
  /// -W has passed after CONNACK.
  virtual void timed_out();
  /// SIGINT or SIGTERM came after CONNACK.
  virtual void interrupted() { stop(0); }
  /// What DISCONNECT says when time is up or a signal came.
  virtual wire::ReasonCode cut_short() const { return wire::ReasonCode::normal_disconnection; }
  /// Shown with a failure: how far the work came; empty for nothing to say.
  virtual std::string account() const { return {}; }
  /// Where the publish with that sequence number came from.
  virtual std::string place_of(std::uint64_t) const { return "the message"; }
  /// Called once all is sent or given up; the last chance to change the exit code.
  virtual int ended(int code) { return code; }

  /// Disconnects in order, then ends with `code`, unless something cannot be sent. Later calls count for nothing.
  void stop(int code, wire::ReasonCode reason_code = wire::ReasonCode::normal_disconnection);
  /// Says what went wrong and stops.
  void fail(const Failure& failure);
  /// SUBSCRIBE is out: fails where nothing answers within --connect-timeout, until `suback_came`.
  void await_suback();
  void suback_came() { answer_.cancel(); }
  /// Says that -W has passed, and what came of it.
  void complain_of_time(std::string_view outcome) const;
  /// A line on stderr, if not --quiet.
  void complain(std::string_view text) const;
  bool stopping() const noexcept { return stopping_; }
  Manners manners() const noexcept { return connection_.manners; }

  ConnectionOptions& connection_;
  net::Worker worker_;
  net::Client client_;

 private:
  void on_connected(const wire::Connack& connack) final;
  bool on_ended(const net::Ending& ending) final;
  bool try_again(const net::Ending& ending);
  bool waits_like_mosquitto(const net::Ending& ending) const;
  Losses::Verdict judge(const net::Ending& ending);
  std::string describe(const Losses::Verdict& verdict) const;
  std::string describe_unacknowledged() const;
  void watch_signals();
  void watch_time(session::Duration timeout);
  void show_packet(wire::Sender sender, const wire::Frame& frame);
  void leave(int code);

  asio::signal_set signals_;
  asio::steady_timer limit_;
  asio::steady_timer answer_;
  session::Time started_;
  session::Duration timeout_;
  MosquittoLog mosquitto_log_;  ///< -d, where their manners apply
  Losses losses_;
  bool ever_connected_ = false;
  bool stopping_ = false;
  bool signalled_ = false;
  bool told_of_loss_ = false;
  int exit_code_ = 0;
};

}  // namespace cmd
