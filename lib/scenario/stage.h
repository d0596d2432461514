// Where the script of one case plays: its connections, its topics, its patience, its transcript and its verdict.
#pragma once

#include <asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "scenario/house.h"
#include "scenario/peer.h"
#include "scenario/task.h"
#include "scenario/transcript.h"

namespace scenario {

enum class Outcome : std::uint8_t { pass, warn, skip, fail };

struct Verdict {
  Outcome outcome = Outcome::pass;
  std::string reason{};
  /// It rests on a time that a busy machine may have spoilt: worth another attempt.
  bool doubtful = false;
};

/// What a CONNECT says. Name the object: steps hold on to it.
struct Part {
  std::string_view role = "client";  ///< a literal
  std::string client_identifier{};   ///< empty: a new one
  bool nameless = false;             ///< an empty one, on purpose
  bool clean_start = true;
  std::uint32_t session_expiry = 0;  ///< seconds; 5.0
  std::uint16_t keep_alive = 600;
  std::optional<session::OwnedWill> will{};
  std::string_view authentication_method{};  ///< 5.0, where not empty
  bool anonymous = false;                    ///< without the user name and password that we were given
  wire::PropertiesView properties{};         ///< 5.0, in addition
  /// Other rules for TLS than those of the house.
  std::shared_ptr<const transport::TlsContext> tls{};
};

/// CONNECT as a packet, and the properties that it points into. What the `Part` owns must outlive it.
struct Connect {
  wire::Connect packet;
  wire::Properties properties;
};

/// Why a connection ended, as a clause.
std::string describe(const net::Ending& ending, wire::Version version);
/// "CONNACK with 0x87 Not authorized".
std::string refusal(const wire::Connack& connack, wire::Version version);

/// Suspends for good: the script ends here.
struct Never {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

class Stage {
 public:
  Stage(House& house, wire::Version version, Capabilities capabilities, std::string base_topic);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  using Script = std::function<Task<>(Stage&)>;
  using Ended = std::function<void(Stage&)>;
  /// Plays; `ended` is called from the event loop once there is a verdict and all is cleaned up.
  void play(const Script& script, Ended ended);
  /// Ends the script where it stands, and cleans up.
  void abandon();

  const Settings& settings() const noexcept { return house_.settings; }
  const House& house() const noexcept { return house_; }
  wire::Version version() const noexcept { return version_; }
  bool v5() const noexcept { return version_ == wire::Version::v5_0; }
  Capabilities& capabilities() noexcept { return capabilities_; }
  const Verdict& verdict() const noexcept { return *verdict_; }
  bool decided() const noexcept { return verdict_.has_value(); }
  Transcript& transcript() noexcept { return transcript_; }
  session::Time started() const noexcept { return started_; }
  session::Time decided_at() const noexcept { return decided_at_; }
  /// Why no client gets to the broker: left by `probe`.
  net::Ending& obstacle() noexcept { return obstacle_; }
  /// Taken out, with the verdict's words where the connection has none.
  net::Ending take_obstacle();

  // Names of this case alone.

  const std::string& base_topic() const noexcept { return base_topic_; }
  std::string will_topic() const { return base_topic_ + "/will"; }
  std::string marker_topic() const { return base_topic_ + "/marker"; }
  std::string new_client_identifier();

  // For scripts: connections.

  /// Starts on a connection; CONNECT follows when it is open.
  Peer& begin(const Part& part);
  /// The same once CONNECT is sent; the case fails where the connection cannot be made.
  Task<Peer*> request(const Part& part);
  /// A client that was accepted; the case fails where it was refused.
  Task<Peer*> connect(const Part& part);
  /// The client that will die: with a will of QoS 1 (or what the broker can) and a payload of its own.
  Task<Peer*> doomed();
  session::OwnedWill will() const;
  /// A client that is subscribed to `filter` at `qos` and to the markers.
  Task<Peer*> subscriber(const Part& part, wire::Subscription subscription);
  /// The same, new, for the topic of the will and those below it, at QoS 1.
  Task<Peer*> watcher(wire::Subscription options = {.topic_filter = {}, .qos = 1});
  Task<> subscribe(Peer& peer, wire::Subscription subscription);
  /// By the last SUBACK for what was subscribed.
  std::uint8_t granted_qos() const noexcept { return granted_qos_; }

  // For scripts: what comes. Without it the case fails.

  /// For steps of the protocol: a bound for brokers that do not answer.
  session::Time answer_deadline() const;
  Task<Received> packet(Peer& peer, wire::PacketType type);
  /// A message that should come at once.
  Task<Received> message(Peer& watcher);
  /// One that should come between two points in time. Brokers look for what is due every few seconds only, mosquitto
  /// 2.0 every five: it may be late by the timeout and the tolerance.
  Task<Received> message_between(Peer& watcher, session::Time earliest, session::Time latest);
  /// None comes until then, nor by a marker sent after it.
  Task<> silence(Peer& watcher, session::Time until);
  /// The same for a while from now on, the tolerance.
  Task<> silence(Peer& watcher);
  /// What was published before has come by: a message of the watcher to itself.
  Task<> marker(Peer& watcher);
  /// The broker has closed the connection.
  Task<> closed(Peer& peer);
  Task<> sleep_until(session::Time time);

  // For scripts: verdicts. The script comes back from `warn` and `note` only.

  Never fail(std::string reason);
  Never skip(std::string reason);
  /// Too late, as far as this machine can tell.
  Never late(std::string reason);
  /// This machine was too slow for the script.
  Never inconclusive(std::string reason);
  void warn(std::string reason);
  void note(std::string text);

  // For peers and helpers.

  void peer_left(Peer& peer);
  void fail_now(std::string reason, bool doubtful = false);
  void remember_retained(std::string_view topic) { retained_.emplace(topic); }
  void wake();
  /// False where `deadline` came first. The condition is asked after each event.
  template <class Condition>
  Task<bool> until(session::Time deadline, Condition condition) {
    while (!condition()) {
      if (session::Clock::now() >= deadline) co_return false;
      co_await Wake(*this, deadline);
    }
    co_return true;
  }

 private:
  class Wake {
   public:
    Wake(Stage& stage, session::Time deadline) : stage_(stage), deadline_(deadline) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) { stage_.wait(waiting, deadline_); }
    void await_resume() const noexcept {}

   private:
    Stage& stage_;
    session::Time deadline_;
  };

  void wait(std::coroutine_handle<> waiting, session::Time deadline);
  void resume();
  void end(Verdict verdict);
  void settle();
  Task<> main(Task<> script);
  Task<> clean_up();
  Task<Peer*> visitor(std::string client_identifier);
  Connect connect_packet(const Part& part);
  Task<> end_sessions();
  Task<> clear_retained();
  House& house_;
  wire::Version version_;
  Capabilities capabilities_;
  std::string base_topic_;
  std::list<Peer> peers_;
  std::set<std::string, std::less<>> sessions_;  ///< client identifiers whose sessions outlive their connections
  std::set<std::string, std::less<>> retained_;  ///< topics that may hold retained messages
  std::uint8_t granted_qos_ = 0;
  std::optional<Verdict> verdict_;
  std::string warning_;
  Transcript transcript_;
  session::Time started_{};
  session::Time decided_at_{};
  net::Ending obstacle_;
  Ended ended_;
  asio::steady_timer timer_;
  std::coroutine_handle<> waiting_;
  bool waking_ = false;
  bool cleaning_ = false;
  Task<> script_;
};

}  // namespace scenario
