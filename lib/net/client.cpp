#include "net/client.h"

#include <array>
#include <asio/post.hpp>

#include "base/format.h"
#include "net/client_stack.h"
#include "transport/peer_bytes.h"

namespace net {
namespace {

using transport::Error;
using transport::Kind;
using transport::Stage;

std::string_view words(Stage stage) noexcept {
  switch (stage) {
    case Stage::resolve:
      return "the host name was not resolved in time";
    case Stage::connect:
      return "the connection was not accepted in time";
    case Stage::proxy:
      return "the proxy did not answer in time";
    case Stage::tls:
      return "the TLS handshake was not finished in time";
    case Stage::upgrade:
      return "the WebSocket upgrade was not answered in time";
    default:
      return "no CONNACK came in time";
  }
}

/// A connection that lasts this long is no failed attempt, even if nothing happened on it.
constexpr auto lasting = std::chrono::seconds(30);

/// Whether a packet shows that the connection serves its purpose. Retained messages come anew with each subscription.
bool is_progress(const wire::Frame& frame) noexcept {
  constexpr std::uint8_t retain = 1;
  const wire::PacketType type = frame.type();
  if (type == wire::PacketType::publish) return (frame.flags() & retain) == 0;
  return type >= wire::PacketType::puback && type <= wire::PacketType::pubcomp;
}

}  // namespace

Client::Client(Worker& worker, ConnectSettings settings, session::ClientOptions options, ClientHandler& handler,
               BackoffLimits backoff)
    : worker_(worker),
      settings_(std::move(settings)),
      handler_(handler),
      session_(std::move(options), worker.pool()),
      deadline_timer_(worker.io()),
      attempt_timer_(worker.io()),
      backoff_(backoff) {}

Client::~Client() { abort(); }

session::Time Client::now() {
  if (!batch_time_) batch_time_ = session::Clock::now();
  return *batch_time_;
}

// The way to a connection.

void Client::start() { attempt(); }

void Client::attempt() {
  if (settings_.refresh) settings_.refresh(settings_, session_.options());
  connack_at_.reset();
  progress_ = false;
  if (encrypted(settings_.transport) && !tls_) {
    auto context = transport::TlsContext::client(settings_.tls);
    if (!context) return end(transport_ending(context.error()));
    tls_ = std::move(*context);
  }
  arm_connect_timeout();
  dial_ = dial(worker_, settings_, [this](base::Result<Socket, Error> socket) { dialled(std::move(socket)); });
}

void Client::arm_connect_timeout() {
  if (settings_.connect_timeout == session::Duration::zero()) return;
  attempt_timer_.expires_after(settings_.connect_timeout);
  attempt_timer_.async_wait([this](asio::error_code cancelled) {
    if (cancelled || connected()) return;
    const Stage stage = connection_ ? connection_->stage() : dial_ ? dial_->stage() : Stage::connect;
    end(transport_ending({stage, Kind::timeout, {}, std::string(words(stage))}));
  });
}

void Client::dialled(base::Result<Socket, Error> socket) {
  dial_.reset();
  if (!socket) return end(transport_ending(std::move(socket.error())));
  const wire::Version version = session_.options().version;
  ConnectionHandler& self = *this;
  connection_ = std::make_shared<Connection>(worker_, std::move(*socket), make_client_stack(settings_, version, tls_),
                                             session_.outbox(), self);
  connection_->set_version(version);
  connection_->expect_connack();
  connection_->set_maximum_packet_size(
      session_.options().properties.view().number(wire::PropertyId::maximum_packet_size, wire::largest_packet));
  connection_->start();
}

void Client::on_open() {
  batch_time_.reset();
  if (settings_.scram) begin_scram();
  session_.connect(now());
  shown_ = session_.outbox().consumed();
  handle_events();
  if (tap_) show_outgoing();
}

// What comes in.

void Client::on_frame(const wire::Frame& frame) {
  if (tap_) tap_(wire::Sender::server, frame);
  progress_ = progress_ || is_progress(frame);
  session_.handle_frame(now(), frame);
  handle_events();
}

void Client::on_fault(const wire::Fault& fault) {
  session_.handle_fault(now(), fault);
  handle_events();
}

void Client::on_batch_end() {
  handler_.on_batch_end();
  batch_time_.reset();
  if (tap_) show_outgoing();
  arm_deadline();
}

void Client::on_writable() {
  batch_time_.reset();
  handler_.on_writable();
}

void Client::on_closed(const Error& error) { end(transport_ending(error)); }

void Client::handle_events() {
  while (const session::Event* event = session_.poll_event()) handle_event(*event);
}

void Client::handle_event(const session::Event& event) {
  using namespace session;
  if (std::holds_alternative<Message>(event)) return handler_.on_event(event);
  if (const auto* connected = std::get_if<Connected>(&event)) {
    if (const auto proved = scram_ ? scram_->verify(connected->connack.properties) : base::Result<void, auth::Why>();
        !proved) {
      return refuse_scram(proved.error());
    }
    attempt_timer_.cancel();
    connack_at_ = now();
    return handler_.on_connected(connected->connack);
  }
  if (const auto* refused = std::get_if<Refused>(&event)) {
    Ending ending = make_ending(Ending::Kind::refused);
    ending.version = refused->version;
    ending.reason_code = refused->connack.reason_code;
    ending.properties.append(refused->connack.properties);
    return end(std::move(ending));
  }
  if (const auto* disconnected = std::get_if<Disconnected>(&event)) {
    Ending ending = make_ending(Ending::Kind::disconnected);
    ending.reason_code = disconnected->disconnect.reason_code;
    ending.properties.append(disconnected->disconnect.properties);
    return end(std::move(ending));
  }
  if (const auto* violation = std::get_if<Violation>(&event)) {
    Ending ending = make_ending(Ending::Kind::violation);
    ending.fault = violation->fault;
    ending.type = violation->type;
    return end_after_sending(std::move(ending));
  }
  if (const auto* timed_out = std::get_if<TimedOut>(&event)) {
    Ending ending = make_ending(Ending::Kind::timed_out);
    ending.waiting = timed_out->waiting;
    return end_after_sending(std::move(ending));
  }
  if (const auto* authenticating = std::get_if<Authenticating>(&event); authenticating != nullptr && scram_) {
    return answer_scram(authenticating->auth);
  }
  handler_.on_event(event);
}

// Enhanced authentication.

/// Each connection has an exchange of its own.
void Client::begin_scram() {
  wire::Properties& properties = session_.options().properties;
  if (!scram_) connect_properties_.append(properties.view());
  scram_.emplace(*settings_.scram);
  properties.clear();
  properties.append(connect_properties_.view());
  scram_->announce(properties);
}

void Client::answer_scram(const wire::Auth& auth) {
  const auto properties = scram_->answer(auth);
  if (!properties) return refuse_scram(properties.error());
  session_.authenticate({wire::ReasonCode::continue_authentication, *properties});
}

void Client::refuse_scram(std::string_view why) {
  Ending ending = transport_ending({Stage::connack,
                                    Kind::authentication,
                                    {},
                                    base::format("the broker cannot be trusted: {}", transport::escaped(why))});
  ending.after_connack = false;  // a CONNACK that proves nothing counts for nothing
  end(std::move(ending));
}

// What goes out.

void Client::flush() {
  if (tap_) show_outgoing();
  if (connection_) connection_->flush();
  arm_deadline();
}

/// Packets stand whole in the outbox; those behind `shown_` are new.
void Client::show_outgoing() {
  const base::Outbox& outbox = session_.outbox();
  std::array<base::Bytes, 64> pieces;
  const std::size_t count = outbox.gather(pieces);
  std::uint64_t position = outbox.consumed();
  for (base::Bytes rest : std::span(pieces).first(count)) {
    const std::uint64_t known = shown_ > position ? std::min<std::uint64_t>(shown_ - position, rest.size()) : 0;
    position += rest.size();
    rest = rest.subspan(static_cast<std::size_t>(known));
    while (!rest.empty()) {
      const auto front = wire::split(rest, session_.options().version);
      if (front.kind != wire::Split::Kind::frame) break;
      tap_(wire::Sender::client, front.frame);
      rest = rest.subspan(front.frame.packet.size());
    }
  }
  shown_ = position;
}

// Time.

void Client::arm_deadline() {
  const session::Time deadline = session_.deadline();
  if (deadline >= armed_for_) return;  // an earlier wake-up looks again
  armed_for_ = deadline;
  deadline_timer_.expires_at(deadline);
  deadline_timer_.async_wait([this](asio::error_code cancelled) {
    if (cancelled) return;
    armed_for_ = session::Time::max();
    batch_time_.reset();
    if (now() >= session_.deadline()) session_.handle_timeout(now());
    handle_events();
    flush();
  });
}

// The end.

Ending Client::make_ending(Ending::Kind kind) const {
  Ending ending;
  ending.kind = kind;
  ending.version = session_.options().version;
  ending.after_connack = connack_at_.has_value();
  ending.progress = progress_;
  if (connack_at_) ending.lasted = session::Clock::now() - *connack_at_;
  return ending;
}

Ending Client::transport_ending(Error error) const {
  Ending ending = make_ending(Ending::Kind::transport);
  ending.error = std::move(error);
  if (ending.after_connack && ending.error.stage == Stage::connack) ending.error.stage = Stage::read;
  if (!ending.after_connack && ending.error.stage > Stage::connack) ending.error.stage = Stage::connack;
  // On the way to CONNACK a reset says no more than that the peer did not like what it got.
  const bool reset = ending.error.code == std::errc::connection_reset || ending.error.code == std::errc::broken_pipe;
  if (!ending.after_connack && reset && ending.error.stage > Stage::connect) ending.error.kind = Kind::peer_closed;
  return ending;
}

/// The peer is told why, as far as one write goes.
void Client::end_after_sending(Ending ending) {
  flush();
  end(std::move(ending));
}

void Client::end(Ending ending) {
  const std::shared_ptr<Connection> last = connection_;  // may be below us on the stack
  abort();
  batch_time_.reset();
  session_.handle_closed(now());
  handle_events();
  if (ending.progress || ending.lasted >= lasting) backoff_.reset();
  if (!handler_.on_ended(ending)) return;
  attempt_timer_.expires_after(backoff_.next());
  attempt_timer_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled) attempt();
  });
}

void Client::abort() {
  attempt_timer_.cancel();
  deadline_timer_.cancel();
  armed_for_ = session::Time::max();
  if (dial_) dial_->cancel();
  if (connection_) connection_->close();
  dial_.reset();
  connection_.reset();
}

void Client::disconnect(wire::ReasonCode reason_code, wire::PropertiesView properties, Connection::Finished finished) {
  attempt_timer_.cancel();
  if (!connection_ || !connected()) {
    abort();
    return asio::post(worker_.io(), [finished = std::move(finished)] { finished(std::nullopt); });
  }
  session_.disconnect(reason_code, properties);
  if (tap_) show_outgoing();
  deadline_timer_.cancel();
  std::exchange(connection_, nullptr)->close_in_order(std::move(finished));
}

void Client::reconnect() {
  disconnect(wire::ReasonCode::normal_disconnection, {}, [this](std::optional<Error>) {
    session_.handle_closed(session::Clock::now());
    attempt();
  });
}

}  // namespace net
