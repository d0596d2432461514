// `mqtt sub`: subscribes, and hands each message on before it is acknowledged.
#include <fmt/format.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "runner.h"
#include "sink.h"
#include "wire/topic.h"

namespace cmd {
namespace {

class Subscriber final : public Runner {
 public:
  Subscriber(SubOptions& options, render::Output& output, std::unique_ptr<Sink> sink)
      : Runner(options.connection, options.timeout), options_(options), output_(output), sink_(std::move(sink)) {}

 private:
  void connected(const wire::Connack& connack) override {
    if (!options_.unsubscribe.empty()) unsubscribe();
    // A session that was resumed has its subscriptions; asking again would bring the retained messages again.
    if (subscribed_ && connack.session_present) return client_.flush();
    if (!options_.topics.empty()) subscribe();
    client_.flush();
  }

  void subscribe() {
    wire::Subscriptions subscriptions;
    for (const std::string& topic : options_.topics) {
      subscriptions.add({topic, options_.qos, false, options_.retain_as_published, options_.retain_handling});
    }
    const auto sent = client_.session().subscribe({0, subscriptions.view(), options_.subscribe_properties.view()});
    if (!sent) fail(explain(sent.error(), "the subscription", connection_));
  }

  void unsubscribe() {
    wire::TopicFilters filters;
    for (const std::string& topic : options_.unsubscribe) filters.add(topic);
    const auto sent = client_.session().unsubscribe({0, filters.view(), options_.unsubscribe_properties.view()});
    if (!sent) fail(explain(sent.error(), "the unsubscription", connection_));
  }

  void on_event(const session::Event& event) override {
    if (stopping()) return;
    if (const auto* message = std::get_if<session::Message>(&event)) {
      take(message->publish);
    } else if (const auto* granted = std::get_if<session::Subscribed>(&event)) {
      handle_suback(granted->suback);
    } else if (std::holds_alternative<session::Unsubscribed>(event)) {
      if (options_.topics.empty()) stop(0);
    }
  }

  void handle_suback(const wire::Suback& suback) {
    std::size_t denied = 0;
    Failure failure;
    for (std::size_t i = 0; i < suback.reason_codes.size(); ++i) {
      const auto code = static_cast<wire::ReasonCode>(suback.reason_codes[i]);
      if (!failed(code)) continue;
      ++denied;
      failure = explain_denied(wire::PacketType::suback, code, suback.properties,
                               fmt::format("the subscription to \"{}\"", options_.topics[i]), connection_);
      complain(failure.text);
    }
    if (denied != 0 && (denied == suback.reason_codes.size() || manners() == Manners::ours))
      return stop(failure.exit_code);
    subscribed_ = true;
    if (options_.exit_after_subscribe) stop(0);
  }

  void take(const wire::Publish& publish) {
    if (!publish.retain && options_.retained_only) return stop(0);
    if (!wanted(publish)) return;
    sink_->take(publish, now());
    if (options_.remove_retained && publish.retain) remove_retained(publish.topic);
    if (++shown_ == options_.count) finish();
  }

  bool wanted(const wire::Publish& publish) const {
    if (publish.retain && options_.hide_retained) return false;
    for (const std::string& filter : options_.filter_out) {
      if (wire::matches(filter, publish.topic)) return false;
    }
    return true;
  }

  void remove_retained(std::string_view topic) {
    wire::Publish empty;
    empty.topic = topic;
    empty.retain = true;
    if (!client_.session().publish(empty)) complain("a retained message could not be removed");
  }

  /// One reading of the clock serves a batch.
  render::Moment now() {
    if (!batch_time_) {
      const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
      batch_time_ = render::Moment{std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count()};
    }
    return *batch_time_;
  }

  void on_batch_end() override {
    batch_time_.reset();
    sink_->flush();
    if (output_.reader_gone()) return stop(0);
    if (output_.error()) fail(explain_file(ExitCode::io_error, "standard output", output_.error().value(), manners()));
  }

  void finish() {
    sink_->flush();
    stop(0);
  }

  void timed_out() override { stop(exit_code(ExitCode::timeout, manners()), cut_short()); }
  wire::ReasonCode cut_short() const override {
    const bool v5 = connection_version() == wire::Version::v5_0;
    return v5 ? wire::ReasonCode::disconnect_with_will_message : wire::ReasonCode::normal_disconnection;
  }
  wire::Version connection_version() const { return client_.session().options().version; }
  bool unfinished() const override { return true; }

  SubOptions& options_;
  render::Output& output_;
  std::unique_ptr<Sink> sink_;
  std::optional<render::Moment> batch_time_;
  std::uint64_t shown_ = 0;
  bool subscribed_ = false;
};

}  // namespace

int run_sub(int argc, char** argv) {
  auto options = parse_sub(argc, argv);
  if (!options) return finish(options.error());
  render::Output output(STDOUT_FILENO);
  const auto complain = [&options](std::string_view text) {
    if (!options->connection.quiet) fmt::print(stderr, "{}\n", text);
  };
  auto sink =
      make_printer(options->output, options->connection.session.version, options->connection.manners, output, complain);
  if (!sink) return finish({sink.error().exit_code, {}, options->connection.program + ": " + sink.error().text + "\n"});
  return Subscriber(*options, output, std::move(*sink)).run();
}

}  // namespace cmd
