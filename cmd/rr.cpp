// `mqtt rr`: publishes a request once its response topic is subscribed, and prints the response.
#include <random>
#include <unistd.h>

#include "base/format.h"
#include "base/hex.h"
#include "commands.h"
#include "latency.h"
#include "options.h"
#include "payload.h"
#include "reader_watch.h"
#include "render/escape.h"
#include "runner.h"
#include "sink.h"

namespace cmd {
namespace {

using wire::PropertyId;

std::string random_bytes(std::size_t count) {
  std::random_device random;
  std::string bytes;
  while (bytes.size() < count) bytes.push_back(static_cast<char>(random() & 0xFF));
  return bytes;
}

class Requester final : public Runner {
 public:
  Requester(RrOptions& options, std::string payload)
      : Runner(options.connection, options.timeout),
        options_(options),
        payload_(std::move(payload)),
        output_(STDOUT_FILENO),
        reader_watch_(worker_.io(), STDOUT_FILENO, [this] { stop(0); }) {
    session::ClientOptions& session = client_.session().options();
    connection_.debug_as_json = options.output.style == OutputOptions::Style::json;
    version_5_ = session.version == wire::Version::v5_0;
    client_.session().set_republish(connection_.reconnect);
    if (options.response_topic.empty() && version_5_ &&
        !session.properties.view().find(PropertyId::request_response_information)) {
      session.properties.add(PropertyId::request_response_information, 1U);
    }
  }

  base::Result<void, Failure> prepare() {
    auto sink = make_printer(options_.output, {manners(), client_.session().options().version, output_, worker_,
                                               [this](std::string_view text) { complain(text); }, [] {}});
    if (!sink) return base::unexpected(std::move(sink.error()));
    sink_ = std::move(*sink);
    return {};
  }

 private:
  void connected(const wire::Connack& connack) override {
    if (options_.response_topic.empty()) {
      const std::string_view given = options_.publish_properties.view().text(PropertyId::response_topic);
      options_.response_topic = given.empty() ? response_topic(connack) : std::string(given);
    }
    wire::Subscription subscription{options_.response_topic, options_.qos};
    if (version_5_) {
      subscription.retain_as_published = options_.retain_as_published;
      subscription.retain_handling = options_.retain_handling;
    }
    wire::Subscriptions subscriptions;
    subscriptions.add(subscription);
    const auto sent = client_.session().subscribe({0, subscriptions.view(), options_.subscribe_properties.view()});
    if (!sent) return fail(explain(sent.error(), "the subscription", connection_));
    await_suback();
    client_.flush();
  }

  /// Below what the broker keeps for our responses, where it says so (5.0 section 4.10.2); else one that nobody else
  /// has.
  static std::string response_topic(const wire::Connack& connack) {
    const std::string_view information = connack.properties.text(PropertyId::response_information);
    const std::string own = base::to_hex(base::as_bytes(random_bytes(8)));
    if (information.empty()) return "mqtt-rr/" + own;
    return base::format("{}{}{}", information, information.ends_with('/') ? "" : "/", own);
  }

  void on_event(const session::Event& event) override {
    if (stopping()) return;
    if (const auto* message = std::get_if<session::Message>(&event)) {
      if (is_response(message->publish)) take(message->publish);
    } else if (const auto* granted = std::get_if<session::Subscribed>(&event)) {
      handle_suback(granted->suback);
    } else if (const auto* published = std::get_if<session::Published>(&event)) {
      handle_published(*published);
    }
  }

  void handle_suback(const wire::Suback& suback) {
    suback_came();
    const auto code = static_cast<wire::ReasonCode>(suback.reason_codes[0]);
    if (failed(code)) {
      return fail(explain_denied(wire::PacketType::suback, code, suback.properties,
                                 base::format("the subscription to \"{}\"", options_.response_topic), connection_));
    }
    if (!std::exchange(requested_, true)) request();
  }

  void request() {
    add_properties();
    const wire::Publish publish{.topic = options_.topic,
                                .payload = base::as_bytes(payload_),
                                .properties = options_.publish_properties.view(),
                                .qos = options_.qos};
    sent_at_ = session::Clock::now();
    const auto sent = client_.session().publish(publish);
    if (!sent) return fail(explain(sent.error(), base::format("topic \"{}\"", options_.topic), connection_));
    client_.flush();
  }

  /// mosquitto_rr sends no Correlation Data of its own, and takes whatever comes on the response topic.
  void add_properties() {
    if (!version_5_) return;
    wire::Properties& properties = options_.publish_properties;
    if (!properties.view().find(PropertyId::response_topic)) {
      properties.add(PropertyId::response_topic, options_.response_topic);
    }
    if (manners() == Manners::mosquitto) return;
    if (const auto given = properties.view().find(PropertyId::correlation_data)) {
      correlation_data_ = given->text();
      correlation_data_is_given_ = true;
    } else {
      correlation_data_ = random_bytes(16);
      properties.add(PropertyId::correlation_data, *correlation_data_);
    }
  }

  /// Another request's has other Correlation Data. One without any may come from a responder that has only MQTT 3.1.1:
  /// it is taken, unless the user said what it must carry.
  bool is_response(const wire::Publish& publish) const {
    if (!requested_ || (publish.retain && options_.hide_retained)) return false;
    if (!correlation_data_) return true;
    const auto data = publish.properties.find(PropertyId::correlation_data);
    if (!data) return !correlation_data_is_given_;
    return data->text() == *correlation_data_;
  }

  void take(const wire::Publish& publish) {
    const session::Duration round_trip = session::Clock::now() - sent_at_;
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    sink_->take(publish, {std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count()});
    if (options_.latency) output_.buffer().append(describe_latency(round_trip));
    sink_->flush();
    if (sink_->failure()) return fail(*sink_->failure());
    stop(0);
  }

  void handle_published(const session::Published& published) {
    const auto& acknowledgement = published.acknowledgement;
    if (published.downgraded) complain("the broker answered a QoS 2 PUBLISH with PUBACK: it delivers at QoS 1");
    if (failed(acknowledgement.reason_code)) {
      const Failure failure = explain_denied(acknowledgement.type, acknowledgement.reason_code,
                                             acknowledgement.properties, "the request", connection_);
      if (failure.exit_code != 0) return fail(failure);
      complain(failure.text);
    } else if (acknowledgement.reason_code == wire::ReasonCode::no_matching_subscribers && manners() == Manners::ours) {
      complain("nobody is subscribed to the topic of the request");
    }
  }

  void timed_out() override {
    complain_of_time(requested_ ? base::format("no response came on {}", render::quoted(options_.response_topic))
                                : std::string("no SUBACK came"));
    stop(exit_code(ExitCode::timeout, manners()),
         version_5_ ? wire::ReasonCode::disconnect_with_will_message : wire::ReasonCode::normal_disconnection);
  }
  bool unfinished() const override { return true; }

  RrOptions& options_;
  std::string payload_;
  render::Output output_;
  ReaderWatch reader_watch_;
  std::unique_ptr<Sink> sink_;
  std::optional<std::string> correlation_data_;  ///< of the request
  bool correlation_data_is_given_ = false;
  session::Time sent_at_{};
  bool version_5_ = false;
  bool requested_ = false;
};

int refuse(const Failure& failure, const ConnectionOptions& connection) {
  return finish({failure.exit_code, {}, base::format("{}: {}\n", introduction(connection), failure.text)});
}

}  // namespace

int run_rr(int argc, char** argv) {
  auto options = parse_rr(argc, argv);
  if (!options) return finish(options.error());
  auto payload = load_payload(options->payload, options->connection.manners);
  if (!payload) return refuse(payload.error(), options->connection);
  Requester requester(*options, std::move(*payload));
  if (const auto ready = requester.prepare(); !ready) return refuse(ready.error(), options->connection);
  return requester.run();
}

}  // namespace cmd
