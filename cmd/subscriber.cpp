#include "subscriber.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <random>
#include <unistd.h>

#include "base/format.h"
#include "render/escape.h"

namespace cmd {
namespace {

constexpr auto command_patience = std::chrono::seconds(1);

std::string in_quotes(std::string_view text) {
  base::Buffer out;
  render::append_quoted(out, text);
  return std::string(out.text());
}

std::string messages(std::uint64_t count) { return base::format("{} message{}", count, count == 1 ? "" : "s"); }

}  // namespace

Subscriber::Subscriber(SubOptions& options)
    : Runner(options.connection, options.timeout),
      options_(options),
      output_(STDOUT_FILENO),
      selection_(options, std::random_device()()) {
  client_.session().options().acknowledge_by_command = true;
  connection_.debug_as_json = options.output.style == OutputOptions::Style::json;
  if (options.expect.active()) expectation_.emplace(options.expect);
}

base::Result<void, Failure> Subscriber::prepare() {
  if (options_.ready_fd && ::fcntl(*options_.ready_fd, F_SETFD, FD_CLOEXEC) != 0) {
    return base::unexpected(Failure{exit_code(ExitCode::usage, manners()),
                                    base::format("--ready-fd {}: {}", *options_.ready_fd, std::strerror(errno))});
  }
  auto sink = make_sink(options_, {manners(), version(), output_, worker_,
                                   [this](std::string_view text) { complain(text); }, [this] { settle(); }});
  if (!sink) return base::unexpected(std::move(sink.error()));
  sink_ = std::move(*sink);
  const bool prints = options_.exec.empty() && options_.output_dir.empty();
  if (prints) reader_watch_.emplace(worker_.io(), STDOUT_FILENO, [this] { stop(0); });
  return {};
}

// Subscriptions.

void Subscriber::connected(const wire::Connack& connack) {
  receipts_.clear();
  removals_ = 0;
  // A session that was resumed has its subscriptions; asking again would bring the retained messages again.
  const bool resumed = subscribed_ && connack.session_present;
  if (!resumed && !options_.topics.empty()) subscribe();
  if (!options_.unsubscribe.empty()) unsubscribe();
  if (draining_) drain();
  client_.flush();
}

void Subscriber::subscribe() {
  wire::Subscriptions subscriptions;
  for (const std::string& topic : options_.topics) {
    wire::Subscription subscription{topic, options_.qos};
    if (version() == wire::Version::v5_0) {
      subscription.retain_as_published = options_.retain_as_published;
      subscription.retain_handling = options_.retain_handling;
    }
    subscriptions.add(subscription);
  }
  const auto sent = client_.session().subscribe({0, subscriptions.view(), options_.subscribe_properties.view()});
  if (!sent) return fail(explain(sent.error(), "the subscription", connection_));
  await_suback();
}

void Subscriber::unsubscribe() {
  wire::TopicFilters filters;
  for (const std::string& topic : options_.unsubscribe) filters.add(topic);
  const auto sent = client_.session().unsubscribe({0, filters.view(), options_.unsubscribe_properties.view()});
  if (!sent) fail(explain(sent.error(), "the unsubscription", connection_));
}

/// A broker that denies some of the subscriptions has us go on with the others: the exit code tells in the end.
void Subscriber::handle_suback(const wire::Suback& suback) {
  suback_came();
  std::size_t denied = 0;
  Failure failure;
  for (std::size_t i = 0; i < suback.reason_codes.size(); ++i) {
    const auto code = static_cast<wire::ReasonCode>(suback.reason_codes[i]);
    const std::string what = "the subscription to " + in_quotes(options_.topics[i]);
    if (failed(code)) {
      ++denied;
      failure = explain_denied(wire::PacketType::suback, code, suback.properties, what, connection_);
      complain(failure.text);
    } else if (suback.reason_codes[i] < options_.qos && manners() == Manners::ours) {
      complain(base::format("{} was granted QoS {}", what, suback.reason_codes[i]));
    }
  }
  denied_ = denied != 0;
  if (denied != suback.reason_codes.size()) return now_subscribed();
  if (manners() == Manners::mosquitto) complain("All subscription requests were denied.");
  stop(failure.exit_code);
}

void Subscriber::now_subscribed() {
  const bool again = std::exchange(subscribed_, true);
  if (options_.exit_after_subscribe) return end(0);
  if (again) return;
  tell_ready();
  if (!options_.command.empty()) start_command();
}

void Subscriber::tell_ready() {
  if (!options_.ready_fd) return;
  const int descriptor = *options_.ready_fd;
  if (::write(descriptor, "\n", 1) != 1) complain(base::format("--ready-fd {}: {}", descriptor, std::strerror(errno)));
  if (descriptor > STDERR_FILENO) ::close(descriptor);
}

/// With nothing to receive, the end of -U is the end; mosquitto_sub stays.
void Subscriber::handle_unsuback(const wire::Unsuback& unsuback) {
  for (std::size_t i = 0; i < unsuback.reason_codes.size(); ++i) {
    const auto code = static_cast<wire::ReasonCode>(unsuback.reason_codes[i]);
    if (!failed(code)) continue;
    denied_ = true;
    complain(explain_denied(wire::PacketType::unsuback, code, unsuback.properties,
                            "unsubscribing from " + in_quotes(options_.unsubscribe[i]), connection_)
                 .text);
  }
  if (!options_.topics.empty() || manners() == Manners::mosquitto) return;
  if (options_.count == 0 && !expectation_) end(0);
}

// Messages.

void Subscriber::on_event(const session::Event& event) {
  if (stopping()) return;
  if (const auto* message = std::get_if<session::Message>(&event)) {
    receive(message->publish);
  } else if (const auto* granted = std::get_if<session::Subscribed>(&event)) {
    handle_suback(granted->suback);
  } else if (const auto* removed = std::get_if<session::Unsubscribed>(&event)) {
    handle_unsuback(removed->unsuback);
  } else if (const auto* published = std::get_if<session::Published>(&event)) {
    handle_removed(*published);
  }
}

/// What comes once we have enough is neither shown nor acknowledged: a kept session still has it.
void Subscriber::receive(const wire::Publish& publish) {
  if (ending_) return;
  ++received_;
  if (!publish.retain && options_.retained_only) return end(0);
  const bool taken = selection_.takes(publish);
  if (taken) ++shown_;
  receipts_.add(publish, shown_);
  if (!taken) return;
  show(publish);
  if (expectation_) check(publish);
  if (shown_ == options_.count) end(0);
}

void Subscriber::show(const wire::Publish& publish) {
  sink_->take(publish, now());
  if (connection_.debug) sink_->flush();  // behind the line of its packet
  if (options_.remove_retained && publish.retain) remove_retained(publish.topic);
}

/// The first message that meets the expectation ends the command, whatever -C says: that bounds how many are looked at.
void Subscriber::check(const wire::Publish& publish) {
  if (ending_ || !expectation_->met_by(publish)) return;
  if (!options_.expect.none) {
    expectation_.reset();
    return end(0);
  }
  complain(base::format("{} came on topic {} although none was expected", expectation_->describe(),
                        in_quotes(publish.topic)));
  end(exit_code(ExitCode::check_failed, manners()));
}

/// One reading of the clock serves a batch.
render::Moment Subscriber::now() {
  if (!batch_time_) {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    batch_time_ = render::Moment{std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count()};
  }
  return *batch_time_;
}

/// At QoS 1, so that we know that it is gone, as long as there is room for that.
void Subscriber::remove_retained(std::string_view topic) {
  wire::Publish empty;
  empty.topic = topic;
  empty.retain = true;
  empty.qos = client_.session().can_publish() && client_.session().limits().maximum_qos > 0 ? 1 : 0;
  if (const auto sent = client_.session().publish(empty); !sent) {
    denied_ = true;
    complain(explain(sent.error(), "the removal of " + in_quotes(topic), connection_).text);
  } else if (empty.qos != 0) {
    ++removals_;
  }
}

void Subscriber::handle_removed(const session::Published& published) {
  if (removals_ != 0) --removals_;
  const auto& acknowledgement = published.acknowledgement;
  if (failed(acknowledgement.reason_code)) {
    denied_ = true;
    complain(explain_denied(acknowledgement.type, acknowledgement.reason_code, acknowledgement.properties,
                            "the removal of a retained message", connection_)
                 .text);
  }
  end_when_done();
}

void Subscriber::on_batch_end() {
  batch_time_.reset();
  sink_->flush();
  settle();
  continue_draining();
}

/// Acknowledges what has been dealt with. Nothing that was not may be: a kept session sends it again.
void Subscriber::settle() {
  if (stopping()) return;
  if (sink_->reader_gone()) return stop(0);
  if (sink_->failure()) return fail(*sink_->failure());
  receipts_.release(shown_ - sink_->pending(), [this](std::uint8_t qos, std::uint16_t packet_identifier) {
    client_.session().acknowledge(qos, packet_identifier);
  });
  if (client_.unsent() != 0) client_.flush();
  end_when_done();
}

// The command behind `--`.

void Subscriber::start_command() {
  command_.emplace(worker_.io());
  const int error = command_->start(options_.command, {}, -1, [this](int code) { command_ended(code); });
  if (error == 0) return;
  fail(
      {exit_code_of_failed_start(error), base::format("cannot run {}: {}", options_.command[0], std::strerror(error))});
}

/// Its failure ends us with its exit code, unless we fail ourselves; after its success we go on until we have what we
/// wait for, or, waiting for nothing in particular, until what it caused has arrived.
void Subscriber::command_ended(int code) {
  if (stopping()) return;
  if (ending_) {
    if (*ending_ == 0) ending_ = code;
    return end_when_done();
  }
  if (code != 0) return end(code);
  if (!ends_by_itself()) drain();
}

bool Subscriber::ends_by_itself() const {
  return options_.count != 0 || options_.timeout != session::Duration::zero() || options_.expect.active() ||
         options_.retained_only;
}

/// A broker has taken what a client sent it before it closes that client's connection, and it answers in order: what it
/// had for us then comes ahead of the PINGRESP. As a broker sends only so many unacknowledged messages at a time, the
/// last round trip must be one that brings none.
void Subscriber::drain() {
  draining_ = true;
  drained_up_to_ = received_;
  client_.session().ping(session::Clock::now());
  client_.flush();
}

void Subscriber::continue_draining() {
  if (!draining_ || stopping() || ending_ || !client_.connected()) return;
  if (client_.session().unanswered_pings() != 0) return;
  received_ == drained_up_to_ ? end(0) : drain();
}

// The end.

/// No further message is taken; what was taken is dealt with first.
void Subscriber::end(int code) {
  if (ending_ || stopping()) return;
  ending_ = code;
  sink_->flush();
  settle();
}

void Subscriber::end_when_done() {
  if (!ending_ || stopping() || sink_->pending() != 0 || removals_ != 0) return;
  if (*ending_ == 0 && command_ && command_->running() && !command_is_late_) return wait_for_command();
  stop(*ending_);
}

/// We have all we wanted; a command that is about to end may do so, as it may yet fail. Another is told to end when we
/// do.
void Subscriber::wait_for_command() {
  if (patience_) return;
  patience_.emplace(worker_.io(), command_patience);
  patience_->async_wait([this](asio::error_code cancelled) {
    if (cancelled) return;
    command_is_late_ = true;
    end_when_done();
  });
}

void Subscriber::timed_out() {
  // An expectation has its own say in the end.
  if (!expectation_ && !ending_) complain_of_time(outcome());
  give_up(exit_code(ExitCode::timeout, manners()));
}

/// What was waited for, and how much of it came.
std::string Subscriber::outcome() const {
  if (!subscribed_ && !options_.topics.empty()) return "no SUBACK came";
  if (options_.retained_only) return base::format("{} came, and none that was not retained", messages(shown_));
  if (options_.count != 0) return base::format("{} of {} came", shown_, messages(options_.count));
  return shown_ == 0 ? "no message came" : base::format("{} came", messages(shown_));
}

void Subscriber::interrupted() { give_up(ending_.value_or(0)); }

/// Ends at once. What was expected and has not come by now is missing; what must not come has not.
void Subscriber::give_up(int code) {
  if (expectation_ && options_.expect.none) code = 0;
  stop(code, cut_short());
}

/// As theirs: ours is an end that the will is for.
wire::ReasonCode Subscriber::cut_short() const {
  return version() == wire::Version::v5_0 ? wire::ReasonCode::disconnect_with_will_message
                                          : wire::ReasonCode::normal_disconnection;
}

int Subscriber::ended(int code) {
  const bool orderly = code == 0 || code == exit_code(ExitCode::timeout, manners());
  if (orderly && expectation_ && !options_.expect.none) {
    complain(base::format("expected {}; it was not among {}", expectation_->describe(), messages(received_)));
    return exit_code(ExitCode::check_failed, manners());
  }
  if (code != 0) return code;
  if (sink_->exit_code() != 0) return sink_->exit_code();
  return denied_ ? exit_code(ExitCode::denied, manners()) : 0;
}

}  // namespace cmd
