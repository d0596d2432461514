#include "runner.h"

#include <cstdio>

#include "base/format.h"
#include "render/escape.h"
#include "render/json.h"
#include "render/text.h"
#include "wire/decode.h"

namespace cmd {
namespace {

void append_line(base::Buffer& line, const wire::Decoded<wire::Packet>& packet, wire::Sender sender,
                 const wire::Frame& frame, wire::Version version) {
  line.append(sender == wire::Sender::client ? "sent " : "received ");
  if (packet) {
    render::append_summary(line, *packet, version);
  } else {
    line.append(name(frame.type()));
  }
  line.push('\n');
}

void append_json(base::Buffer& line, const wire::Decoded<wire::Packet>& packet, wire::Sender sender,
                 const wire::Frame& frame, wire::Version version) {
  render::FrameInfo info;
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  info.time.nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  info.has_time = true;
  info.sender = sender;
  info.has_sender = true;
  info.length = static_cast<std::int64_t>(frame.packet.size());
  if (packet) {
    render::append_packet(line, *packet, version, info);
  } else {
    render::append_violation(line, frame.packet, packet.error(), version, info);
  }
}

/// At once: messages reach the same descriptor by another way.
void show(const base::Buffer& line, std::FILE* to) {
  std::fwrite(line.view().data(), 1, line.size(), to);
  std::fflush(to);
}

}  // namespace

Runner::Runner(ConnectionOptions& connection, session::Duration timeout)
    : connection_(connection),
      client_(worker_, connection.network, std::move(connection.session), *this),
      signals_(worker_.io()),
      limit_(worker_.io()),
      answer_(worker_.io()),
      started_(session::Clock::now()),
      timeout_(timeout),
      mosquitto_log_(connection.program == "mosquitto_sub" && !connection.quiet) {}

int Runner::run() {
  for (const std::string& warning : connection_.warnings) complain(warning);
  if (connection_.debug) {
    client_.set_tap([this](wire::Sender sender, const wire::Frame& frame) { show_packet(sender, frame); });
  }
  watch_signals();
  watch_time(timeout_);
  client_.start();
  worker_.io().run();
  return ended(exit_code_);
}

void Runner::watch_signals() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](asio::error_code cancelled, int signal) {
    if (cancelled) return;
    if (!ever_connected_ || std::exchange(signalled_, true)) return leave(explain_signal(signal, manners()).exit_code);
    watch_signals();
    if (!stopping_) interrupted();
  });
}

void Runner::watch_time(session::Duration timeout) {
  if (timeout == session::Duration::zero()) return;
  limit_.expires_at(started_ + timeout);
  limit_.async_wait([this](asio::error_code cancelled) {
    if (cancelled || stopping_) return;
    if (ever_connected_) return timed_out();
    complain("no CONNACK before the time given with -W");
    leave(manners() == Manners::mosquitto ? 255 : exit_code(ExitCode::temporary, manners()));
  });
}

void Runner::timed_out() {
  complain_of_time(account());
  stop(exit_code(ExitCode::timeout, manners()));
}

void Runner::on_connected(const wire::Connack& connack) {
  if (const std::string warning = client_.warning(); !ever_connected_ && !warning.empty()) complain(warning);
  ever_connected_ = true;
  told_of_loss_ = false;
  connected(connack);
}

bool Runner::on_ended(const net::Ending& ending) {
  if (stopping_) {
    leave(exit_code_);
    return false;
  }
  if (ever_connected_ && !unfinished()) {
    leave(0);
    return false;
  }
  const Failure failure = explain(ending, connection_);
  const Losses::Verdict verdict = judge(ending);
  if (!verdict.give_up && try_again(ending)) {
    if (ever_connected_ && !std::exchange(told_of_loss_, true)) complain(failure.text + "; trying again");
    if (verdict.tell) complain(describe(verdict));
    return true;
  }
  complain(failure.text);
  if (verdict.give_up) complain(describe(verdict));
  if (const std::string so_far = account(); ever_connected_ && !so_far.empty()) complain(so_far);
  leave(failure.exit_code);
  return false;
}

/// mosquitto_sub goes on when the broker closes without a CONNACK, until -W.
bool Runner::waits_like_mosquitto(const net::Ending& ending) const {
  return connection_.reconnect && ending.error.kind == transport::Kind::peer_closed;
}

bool Runner::try_again(const net::Ending& ending) {
  if (ending.kind == net::Ending::Kind::violation) return false;
  if (ever_connected_) return connection_.reconnect;
  if (manners() == Manners::mosquitto && waits_like_mosquitto(ending)) return true;
  const bool there_may_be_one = ending.kind == net::Ending::Kind::transport ||
                                ending.kind == net::Ending::Kind::timed_out ||
                                ending.reason_code == wire::ReasonCode::server_unavailable;
  return there_may_be_one && session::Clock::now() < started_ + connection_.wait_for_broker;
}

/// What the series of losses points at. Under a mosquitto name we go on, as those do.
Losses::Verdict Runner::judge(const net::Ending& ending) {
  const auto unanswered = client_.session().oldest_unanswered();
  Losses::Verdict verdict = losses_.add(ending, unanswered, connection_.identifier_given);
  if (verdict.suspect != Suspect::none)
    client_.session().set_resend_singly(verdict.suspect == Suspect::message && verdict.count > 1);
  if (manners() == Manners::mosquitto && ending.kind == net::Ending::Kind::transport) verdict.give_up = false;
  return verdict;
}

std::string Runner::describe(const Losses::Verdict& verdict) const {
  const std::string& identifier = client_.session().client_identifier();
  switch (verdict.suspect) {
    case Suspect::message:
      return base::format("the broker ended {} connections without acknowledging {}; it may not take that",
                          verdict.count, describe_unacknowledged());
    case Suspect::subscription:
      return base::format(
          "the broker ended {} connections without answering our {}; it may not allow that{}", verdict.count,
          wire::name(client_.session().oldest_unanswered()->type),
          connection_.identifier_given
              ? base::format(", or another client uses the client identifier {}", render::quoted(identifier))
              : "");
    default:
      if (verdict.count == 1)
        return base::format("another client took over the client identifier {}", render::quoted(identifier));
      return base::format(
          "the broker closed {} times just after CONNACK: another client may be using the client identifier {}",
          verdict.count, render::quoted(identifier));
  }
}

/// Place, topic and size, as far as they are known still.
std::string Runner::describe_unacknowledged() const {
  const auto unanswered = client_.session().oldest_unanswered();
  const wire::Version version = client_.session().options().version;
  std::string text = place_of(unanswered->sequence);
  const auto front = wire::split(unanswered->packet, version);
  if (front.kind != wire::Split::Kind::frame) return text;
  const auto publish = wire::decode_publish(front.frame, {version, wire::Sender::client});
  if (!publish) return text;
  return base::format("{} (topic {}, {} bytes)", text, render::quoted(publish->topic), publish->payload.size());
}

void Runner::stop(int code, wire::ReasonCode reason_code) {
  if (stopping_) return;
  stopping_ = true;
  exit_code_ = code;
  limit_.cancel();
  client_.disconnect(reason_code, connection_.disconnect_properties.view(),
                     [this](std::optional<transport::Error> error) {
                       if (!error) return leave(exit_code_);
                       complain(error->message);
                       leave(exit_code(ExitCode::connection_lost, manners()));
                     });
}

/// mosquitto_sub waits for ever.
void Runner::await_suback() {
  const session::Duration patience = client_.settings().connect_timeout;
  if (patience == session::Duration::zero() || manners() == Manners::mosquitto) return;
  answer_.expires_after(patience);
  answer_.async_wait([this, patience](asio::error_code cancelled) {
    if (cancelled || !client_.connected()) return;
    const auto seconds = std::chrono::duration<double>(patience).count();
    fail({exit_code(ExitCode::temporary, manners()),
          base::format("the broker did not answer SUBSCRIBE within {} s; --connect-timeout sets how long that may take",
                       seconds)});
  });
}

void Runner::fail(const Failure& failure) {
  if (stopping_) return;
  complain(failure.text);
  if (const std::string so_far = account(); !so_far.empty()) complain(so_far);
  stop(failure.exit_code);
}

void Runner::leave(int code) {
  exit_code_ = code;
  stopping_ = true;
  client_.abort();
  worker_.io().stop();
}

void Runner::complain_of_time(std::string_view outcome) const {
  if (manners() == Manners::mosquitto) {
    if (!connection_.quiet) base::print(stderr, "Timed out\n");
    return;
  }
  complain(base::format("the time given with -W is over{}{}", outcome.empty() ? "" : ": ", outcome));
}

void Runner::complain(std::string_view text) const {
  if (connection_.quiet) return;
  base::print(stderr, "{}: {}\n", introduction(connection_), text);
}

void Runner::show_packet(wire::Sender sender, const wire::Frame& frame) {
  base::Buffer line;
  const wire::Version version = client_.session().options().version;
  const auto packet = wire::decode(frame, {version, sender});
  if (manners() == Manners::mosquitto) {
    const std::string_view identifier = connection_.identifier_given ? client_.session().client_identifier() : "";
    if (packet) mosquitto_log_.append(line, *packet, sender, identifier);
    return show(line, stdout);
  }
  connection_.debug_as_json ? append_json(line, packet, sender, frame, version)
                            : append_line(line, packet, sender, frame, version);
  show(line, stderr);
}

}  // namespace cmd
