// What `mqtt sub` does from CONNACK to its end: subscribes, hands each message on before it is acknowledged, and knows
// when it has enough.
#pragma once

#include <optional>

#include "child.h"
#include "expect.h"
#include "reader_watch.h"
#include "receipts.h"
#include "runner.h"
#include "selection.h"
#include "sink.h"

namespace cmd {

class Subscriber final : public Runner {
 public:
  explicit Subscriber(SubOptions& options);
  /// Makes the sink and looks at what the options name; call it before `run`.
  base::Result<void, Failure> prepare();

 private:
  // The connection.
  void connected(const wire::Connack& connack) override;
  void on_event(const session::Event& event) override;
  void on_batch_end() override;
  bool unfinished() const override { return true; }
  void timed_out() override;
  void interrupted() override;
  wire::ReasonCode cut_short() const override;
  int ended(int code) override;
  wire::Version version() const noexcept { return client_.session().options().version; }

  // Subscriptions.
  void subscribe();
  void unsubscribe();
  void handle_suback(const wire::Suback& suback);
  void handle_unsuback(const wire::Unsuback& unsuback);
  void now_subscribed();
  void tell_ready();

  // Messages.
  void receive(const wire::Publish& publish);
  void show(const wire::Publish& publish);
  void check(const wire::Publish& publish);
  render::Moment now();
  void remove_retained(std::string_view topic);
  void handle_removed(const session::Published& published);

  // The command behind `--`.
  void start_command();
  void command_ended(int code);
  void drain();
  void continue_draining();

  // The end.
  bool ends_by_itself() const;
  std::string outcome() const;
  void settle();
  void end(int code);
  void end_when_done();
  void wait_for_command();
  void give_up(int code);

  SubOptions& options_;
  render::Output output_;
  Selection selection_;
  std::optional<Expectation> expectation_;
  std::unique_ptr<Sink> sink_;
  std::optional<ReaderWatch> reader_watch_;
  std::optional<Child> command_;
  std::optional<asio::steady_timer> patience_;  ///< with the command
  Receipts receipts_;
  std::optional<render::Moment> batch_time_;
  std::optional<int> ending_;  ///< the exit code, once no further message is wanted
  std::uint64_t received_ = 0;
  std::uint64_t shown_ = 0;
  std::size_t removals_ = 0;         ///< retained messages whose removal is not acknowledged
  std::uint64_t drained_up_to_ = 0;  ///< `received_` at the last PINGREQ
  bool subscribed_ = false;
  bool denied_ = false;
  bool draining_ = false;
  bool command_is_late_ = false;
};

}  // namespace cmd
