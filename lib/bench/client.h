// One simulated client: its connection, its session, and what it publishes or hears.
#pragma once

#include <memory>
#include <vector>

#include "bench/inbox.h"
#include "bench/plan.h"
#include "net/connection.h"
#include "session/client.h"

namespace bench {

class Crew;

/// Belongs to one crew and is only touched by its thread. Holds no buffer while nothing is under way.
class Client final : private net::ConnectionHandler {
 public:
  /// `slot` is its place in the crew, `number` its place among all clients.
  Client(Crew& crew, std::uint32_t slot, std::uint32_t number);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Begins an attempt that was due at `due`.
  void connect(session::Time due);
  bool ready() const noexcept { return state_ == State::ready; }
  std::uint32_t number() const noexcept { return number_; }

  // Publishers.
  static constexpr std::uint64_t unlimited = UINT64_MAX;

  /// `limit`: how many messages to send; `unlimited`: until it is stopped.
  void begin(std::uint64_t limit);
  /// Sends what is due and has room; true where there is more to send at once.
  bool send(session::Time now);
  /// No more messages: what is not sent stays unsent.
  void stop_sending();
  std::uint64_t sent() const noexcept { return next_; }
  std::size_t inflight() const noexcept { return session_.inflight(); }

  // Subscribers.
  const Inbox* inbox() const noexcept { return inbox_.get(); }

  /// The wheel's turn.
  void wake(session::Time now);
  /// Closes and connects again.
  void churn(session::Time now);
  /// DISCONNECT and an orderly end.
  void leave();
  /// At once.
  void drop();
  bool gone() const noexcept { return state_ == State::gone; }

 private:
  enum class State : std::uint8_t { waiting, dialling, connecting, subscribing, ready, gone };

  /// When a message in flight was due and sent, to be found by its sequence number in the session.
  struct Flight {
    std::uint64_t sequence = 0;
    std::int64_t due = 0;
    std::int64_t sent = 0;
  };

  void dial();
  void dialled(asio::error_code error);
  void connected();
  void subscribe();
  void become_ready();
  void handle_events();
  void handle(const session::Event& event);
  void hear(const session::Message& message);
  void acknowledged(const session::Published& published);
  bool fill(session::Time now);
  bool publish(session::Time due, session::Time now);
  base::Bytes next_payload(session::Time due, session::Time now);
  Person person() const noexcept;
  void remember(const Flight& flight);
  void check_finished();
  bool answered();
  void finish();
  void flush();
  void count_bytes();
  void arm();
  void cut();
  void lose(std::string_view stage, std::string_view reason);

  void on_open() override;
  void on_frame(const wire::Frame& frame) override;
  void on_fault(const wire::Fault& fault) override;
  void on_batch_end() override;
  void on_writable() override;
  void on_closed(const transport::Error& error) override;

  Crew& crew_;
  std::uint32_t slot_;
  std::uint32_t number_;
  State state_ = State::waiting;
  bool settled_ = false;  ///< ready or failed for the first time
  bool sends_ = false;    ///< has begun, and not finished
  bool asked_ = false;    ///< whether the broker has read all
  std::uint8_t address_ = 0;
  std::uint8_t attempts_ = 0;  ///< since the last success
  std::shared_ptr<net::Socket> dialling_;
  std::shared_ptr<net::Connection> connection_;
  session::Client session_;
  std::shared_ptr<Inbox> inbox_;  ///< its own, or that of its group
  std::vector<Flight> flights_;   ///< a power of two
  session::Time due_{};           ///< of the attempt, then of SUBSCRIBE
  std::uint64_t next_ = 0;        ///< sequence number of the next message
  std::uint64_t limit_ = 0;
  std::uint64_t counted_ = 0;  ///< bytes of the outbox that have been counted
};

}  // namespace bench
