// `mqtt pub`: sends messages and ends well only when the broker has all of them.
#include <asio/post.hpp>

#include "base/format.h"
#include "base/hex.h"
#include "commands.h"
#include "options.h"
#include "payload.h"
#include "progress.h"
#include "render/escape.h"
#include "runner.h"
#include "source.h"

namespace cmd {
namespace {

/// Encoded ahead of the socket; beyond it the source is not asked.
constexpr std::size_t ahead_of_socket = 256 * 1024;
/// There are fewer packet identifiers.
constexpr std::size_t unacknowledged_maximum = 65'536;
/// How long the broker keeps the session of an exactly-once stream that has lost its connection.
constexpr std::uint32_t stream_session_expiry = 3600;

class Publisher final : public Runner {
 public:
  Publisher(PubOptions& options, std::string payload)
      : Runner(options.connection, options.timeout),
        options_(options),
        source_(make_source(options, std::move(payload), worker_, [this] { pump(); })),
        pace_(worker_.io()),
        progress_(options.progress, source_->unit()) {
    client_.session().set_republish(connection_.reconnect);
    keep_session_while_streaming();
    heed_chosen_maximum();
  }

 private:
  // Exactly once across connections needs a session that outlives them: its own, under a name nobody else has, and
  // gone when the stream has ended.
  void keep_session_while_streaming() {
    session::ClientOptions& session = client_.session().options();
    const auto kind = options_.payload.source;
    const bool exactly_once =
        kind == PayloadOptions::Source::jsonl || (kind == PayloadOptions::Source::lines && options_.qos == 2);
    if (!exactly_once || !session.clean_start || !connection_.reconnect) return;
    temporary_session_ = true;
    if (session.client_identifier.empty()) session.client_identifier = unique_identifier();
    if (session.version == wire::Version::v5_0) {
      if (!session.properties.view().find(wire::PropertyId::session_expiry_interval)) {
        session.properties.add(wire::PropertyId::session_expiry_interval, stream_session_expiry);
      }
    } else {
      session.clean_start = false;
    }
  }

  // Who asks for a number means it where the broker names none, too.
  void heed_chosen_maximum() {
    session::ClientOptions& session = client_.session().options();
    const bool chosen = session.inflight_maximum != session::ClientOptions{}.inflight_maximum;
    if (chosen) session.unsaid_receive_maximum = session.inflight_maximum;
  }

  static std::string unique_identifier() {
    std::random_device random;
    return base::format("mqtt-pub-{:08x}{:04x}", random(), random() & 0xFFFF);
  }

  void connected(const wire::Connack&) override {
    if (discarding_session_) return stop(0);
    if (temporary_session_) client_.session().options().clean_start = false;
    if (started_ == session::Time{}) started_ = session::Clock::now();
    pump();
  }

  void on_event(const session::Event& event) override {
    const auto* published = std::get_if<session::Published>(&event);
    if (published == nullptr) return;
    if (published->lost) return lose();
    if (failed(published->acknowledgement.reason_code)) return deny(*published);
    if (published->downgraded) tell_of_downgrade();
    ++acknowledged_;
  }

  void on_batch_end() override {
    if (!stopping()) pump();
  }
  void on_writable() override { pump(); }

  /// Takes messages from the source as long as the session and the socket take them.
  void pump() {
    if (stopping() || discarding_session_ || !client_.connected()) return;
    bool more = true;
    while (more && client_.unsent() < ahead_of_socket) more = (have_message_ || fetch()) && is_due() && publish();
    client_.flush();
    progress_.show(sent_, acknowledged_, options_.qos);
    if (stopping()) return;
    if (at_end_ && client_.session().inflight() == 0) {
      if (client_.unsent() == 0) finish();
    } else if (more && client_.unsent() < ahead_of_socket && !std::exchange(pump_is_due_, true)) {
      asio::post(worker_.io(), [this] {  // others have their turn first
        pump_is_due_ = false;
        pump();
      });
    }
  }

  /// Whether there is a message to send now.
  bool fetch() {
    if (at_end_) return false;
    publish_.qos = options_.qos;
    publish_.retain = options_.retain;
    publish_.topic = {};
    publish_.properties = options_.properties.view();
    switch (source_->next(publish_)) {
      case Source::Next::message:
        break;
      case Source::Next::wait:
        return false;
      case Source::Next::end:
        at_end_ = true;
        return false;
      case Source::Next::failed:
        fail(source_->failure());
        return false;
    }
    if (!publish_.properties.empty() && client_.session().options().version != wire::Version::v5_0) {
      complain_of_properties();
    }
    names_topic_ = !publish_.topic.empty();
    next_topic_ = 0;
    return have_message_ = true;
  }

  void complain_of_properties() {
    if (std::exchange(complained_of_properties_, true)) return;
    complain(base::format("{}: properties need MQTT 5 (-V 5): they are left out", place_of_line(source_->line())));
  }

  bool is_due() {
    session::Duration due = source_->due();
    if (options_.rate > 0) {
      due = std::chrono::duration_cast<session::Duration>(
          std::chrono::duration<double>(static_cast<double>(sent_) / options_.rate));
    }
    if (due == session::Duration::zero() || started_ + due <= session::Clock::now()) return true;
    if (waiting_to_be_due_) return false;
    waiting_to_be_due_ = true;
    pace_.expires_at(started_ + due);
    pace_.async_wait([this](asio::error_code cancelled) {
      waiting_to_be_due_ = false;
      if (!cancelled) pump();
    });
    return false;
  }

  /// Publishes to the topic of the message, or to each of the options'. False when there is no room now, or it failed.
  bool publish() {
    const std::size_t topics = names_topic_ ? 1 : options_.topics.size();
    for (; next_topic_ < topics; ++next_topic_) {
      if (!names_topic_) publish_.topic = options_.topics[next_topic_];
      const auto sequence = client_.session().publish(publish_);
      if (!sequence) return refuse(sequence.error());
      if (*sequence != 0 && source_->line() != 0) note_line(*sequence);
      ++sent_;
    }
    have_message_ = false;
    return !may_be_alike() || publish_alike();
  }

  bool may_be_alike() const {
    return options_.qos == 0 && options_.rate == 0 && !names_topic_ && options_.topics.size() == 1;
  }

  bool publish_alike() {
    const std::span<const base::Bytes> payloads = source_->alike();
    if (payloads.empty()) return true;
    const std::size_t taken = client_.session().publish(publish_, payloads);
    sent_ += taken;
    if (taken == payloads.size()) return true;
    publish_.payload = payloads[taken];
    const auto sequence = client_.session().publish(publish_);
    return sequence ? true : refuse(sequence.error());
  }

  void note_line(std::uint64_t sequence) {
    if (!lines_) lines_ = std::make_unique_for_overwrite<std::uint64_t[]>(unacknowledged_maximum);
    lines_[sequence % unacknowledged_maximum] = source_->line();
  }

  std::string place_of(std::uint64_t sequence) const override {
    return place_of_line(lines_ ? lines_[sequence % unacknowledged_maximum] : 0);
  }

  bool refuse(const session::Refusal& refusal) {
    if (refusal.kind == session::Refusal::Kind::full || refusal.kind == session::Refusal::Kind::not_connected)
      return false;
    Failure failure = explain(refusal, "topic " + render::quoted(publish_.topic), connection_);
    if (names_topic_ && refusal.kind == session::Refusal::Kind::invalid) {
      failure = {exit_code(ExitCode::bad_data, manners()), place_of_line(source_->line()) + ": " + failure.text};
    }
    fail(failure);
    return false;
  }

  void deny(const session::Published& published) {
    const auto& acknowledgement = published.acknowledgement;
    const Failure failure = explain_denied(acknowledgement.type, acknowledgement.reason_code,
                                           acknowledgement.properties, place_of(published.sequence), connection_);
    ++denied_;
    if (denied_ == 1) complain(failure.text);
    exit_code_when_done_ = failure.exit_code;
  }

  /// The session kept it, and the broker takes no such message since the last connection.
  void lose() {
    ++denied_;
    if (denied_ == 1) {
      complain(
          "a message cannot be sent again: the broker now takes only smaller packets, a lower QoS or no retained "
          "messages");
    }
    exit_code_when_done_ = exit_code(ExitCode::denied, manners());
  }

  void tell_of_downgrade() {
    if (std::exchange(told_of_downgrade_, true)) return;
    complain("the broker answered a QoS 2 PUBLISH with PUBACK: it delivers at QoS 1");
  }

  /// All is sent and acknowledged. A session that was only kept for the stream goes, too.
  void finish() {
    progress_.finish(sent_, acknowledged_, options_.qos);
    if (denied_ > 1) complain(base::format("{} messages were denied", denied_));
    if (temporary_session_ && !std::exchange(discarding_session_, true)) return discard_session();
    stop(exit_code_when_done_);
  }

  void discard_session() {
    session::ClientOptions& session = client_.session().options();
    if (session.version == wire::Version::v5_0) {
      connection_.disconnect_properties.add(wire::PropertyId::session_expiry_interval, 0U);
      return stop(exit_code_when_done_);
    }
    session.clean_start = true;
    client_.reconnect();
  }

  /// What was not acknowledged may be lost: a script must not take that for success.
  void interrupted() override {
    if (client_.session().inflight() == 0) return stop(exit_code_when_done_);
    complain("interrupted: " + account());
    stop(manners() == Manners::mosquitto ? 0 : exit_code(ExitCode::connection_lost, manners()));
  }

  bool unfinished() const override {
    return !at_end_ || have_message_ || client_.session().inflight() != 0 || client_.unsent() != 0;
  }

  std::string account() const override {
    if (options_.qos == 0) return base::format("{} {} were sent", sent_, source_->unit());
    return base::format("{} of {} {} were acknowledged", acknowledged_, sent_, source_->unit());
  }

  PubOptions& options_;
  std::unique_ptr<Source> source_;
  asio::steady_timer pace_;
  Progress progress_;
  wire::Publish publish_{};
  session::Time started_{};
  std::unique_ptr<std::uint64_t[]> lines_;  ///< that unacknowledged publishes came from, by sequence number
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t denied_ = 0;
  std::size_t next_topic_ = 0;
  int exit_code_when_done_ = 0;
  bool have_message_ = false;
  bool names_topic_ = false;
  bool at_end_ = false;
  bool complained_of_properties_ = false;
  bool waiting_to_be_due_ = false;
  bool pump_is_due_ = false;
  bool told_of_downgrade_ = false;
  bool temporary_session_ = false;
  bool discarding_session_ = false;
};

}  // namespace

int run_pub(int argc, char** argv) {
  auto options = parse_pub(argc, argv);
  if (!options) return finish(options.error());
  std::string payload;
  if (options->payload.source < PayloadOptions::Source::lines) {
    auto loaded = load_payload(options->payload, options->connection.manners);
    if (!loaded)
      return finish({loaded.error().exit_code,
                     {},
                     base::format("{}: {}\n", introduction(options->connection), loaded.error().text)});
    payload = std::move(*loaded);
  }
  return Publisher(*options, std::move(payload)).run();
}

}  // namespace cmd
