#include "bench/client.h"

#include <asio/ip/tcp.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/format.h"
#include "bench/crew.h"
#include "net/client_stack.h"
#include "net/local_address.h"

namespace bench {
namespace {

/// Properties do not copy by themselves.
session::ClientOptions options_of(const Plan& plan, std::uint32_t number) {
  const session::ClientOptions& all = plan.session;
  session::ClientOptions options;
  options.version = all.version;
  options.client_identifier = plan.identifier_of(number);
  options.clean_start = all.clean_start;
  options.keep_alive = all.keep_alive;
  options.username = all.username;
  options.password = all.password;
  options.properties.append(all.properties.view());
  options.response_timeout = all.response_timeout;
  options.inflight_maximum = all.inflight_maximum;
  if (all.will) {
    options.will.emplace();
    expand(options.will->topic, all.will->topic,
           {plan.start_number + number, options.client_identifier, all.username.value_or("")}, 0);
    options.will->payload = all.will->payload;
    options.will->qos = all.will->qos;
    options.will->retain = all.will->retain;
    options.will->properties.append(all.will->properties.view());
  }
  return options;
}

/// The port is chosen when the address to connect to is known, so that each pair of addresses has all ports.
std::error_code bind_late(net::Socket& socket, const std::string& address, int family) {
  const int on = 1;
  ::setsockopt(socket.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  return net::bind_to(socket, address, family);
}

}  // namespace

Client::Client(Crew& crew, std::uint32_t slot, std::uint32_t number)
    : crew_(crew), slot_(slot), number_(number), session_(options_of(crew.plan(), number), crew.worker().pool()) {
  if (number_ < crew.plan().publishers() || crew.plan().mode == Mode::conn) return;
  inbox_ = crew.common().shared_inbox ? crew.common().shared_inbox : std::make_shared<Inbox>();
}

// The way to a connection.

void Client::connect(session::Time due) {
  due_ = due;
  dial();
}

void Client::dial() {
  state_ = State::dialling;
  ++crew_.record().counts[Count::attempts];
  arm();
  const Endpoint& endpoint = crew_.common().endpoints[address_];
  dialling_ = std::make_shared<net::Socket>(crew_.worker().io());
  asio::error_code error;
  dialling_->open(endpoint.protocol(), error);
  if (!error) ::fcntl(dialling_->native_handle(), F_SETFD, FD_CLOEXEC);
  const auto& local = crew_.plan().local_addresses;
  if (!error && !local.empty()) {
    error =
        bind_late(*dialling_, local[number_ / crew_.plan().shard.count % local.size()], endpoint.protocol().family());
  }
  if (error) return dialled(error);
  dialling_->async_connect(endpoint, [this, socket = dialling_](asio::error_code result) {
    if (socket == dialling_) dialled(result);
  });
}

void Client::dialled(asio::error_code error) {
  const Crew::Turn turn(crew_);
  const auto& endpoints = crew_.common().endpoints;
  if (error && address_ + 1U < endpoints.size()) {
    // Another address of the same name: not a new attempt.
    ++address_;
    --crew_.record().counts[Count::attempts];
    return dial();
  }
  if (error) {
    address_ = 0;
    return lose("connect", error.message());
  }
  connected();
}

void Client::connected() {
  state_ = State::connecting;
  const Plan& plan = crew_.plan();
  asio::error_code ignored;
  if (plan.network.unix_path.empty()) dialling_->set_option(asio::ip::tcp::no_delay(plan.network.no_delay), ignored);
  net::ConnectionHandler& self = *this;
  connection_ = std::make_shared<net::Connection>(
      crew_.worker(), std::move(*dialling_),
      net::make_client_stack(plan.network, plan.session.version, crew_.common().tls), session_.outbox(), self);
  dialling_.reset();
  connection_->set_version(plan.session.version);
  connection_->expect_connack();
  connection_->start();
}

void Client::on_open() {
  counted_ = session_.outbox().consumed();
  session_.connect(crew_.now());
  ++crew_.record().counts[Count::packets_out];
  count_bytes();
}

void Client::subscribe() {
  state_ = State::subscribing;
  due_ = crew_.now();
  const Plan& plan = crew_.plan();
  const std::string filter = plan.filter_of(number_);
  wire::Subscriptions subscriptions;
  subscriptions.add({filter, plan.qos});
  ++crew_.record().counts[Count::packets_out];
  if (!session_.subscribe({0, subscriptions.view(), plan.subscribe_properties.view()}))
    lose("subscribe", "the broker does not take such a subscription");
}

void Client::become_ready() {
  state_ = State::ready;
  attempts_ = 0;
  crew_.changed_ready(1);
  if (!settled_) crew_.settled();
  settled_ = true;
  crew_.attempt_over();
  if (sends_) crew_.run_again(slot_);
}

// What comes in.

void Client::on_frame(const wire::Frame& frame) {
  Counts& counts = crew_.record().counts;
  ++counts[Count::packets_in];
  counts[Count::bytes_in] += frame.packet.size();
  session_.handle_frame(crew_.now(), frame);
  const wire::PacketType type = frame.type();
  // What the session answers by itself.
  if (type == wire::PacketType::pubrec || type == wire::PacketType::pubrel) ++counts[Count::packets_out];
  if (type == wire::PacketType::publish && (frame.flags() & 0x06) != 0) ++counts[Count::packets_out];
  handle_events();
}

void Client::on_fault(const wire::Fault& fault) {
  session_.handle_fault(crew_.now(), fault);
  handle_events();
}

void Client::handle_events() {
  while (const session::Event* event = session_.poll_event()) {
    if (const auto* message = std::get_if<session::Message>(event)) {
      hear(*message);
    } else {
      handle(*event);
    }
    if (state_ == State::waiting || state_ == State::gone) return;
  }
}

void Client::handle(const session::Event& event) {
  using namespace session;
  using wire::PacketType;
  const wire::Version version = crew_.plan().session.version;
  const auto words = [version](wire::ReasonCode code, PacketType type) {
    const std::string_view text = wire::describe(code, type, version);
    return text.empty() ? base::format("code {}", static_cast<unsigned>(code)) : std::string(text);
  };
  if (const auto* published = std::get_if<Published>(&event)) return acknowledged(*published);
  if (std::holds_alternative<Connected>(event)) {
    Record& record = crew_.record();
    ++record.counts[Count::connected];
    record[Metric::connect].record(span(due_, crew_.now()));
    record.first_connect = std::min(record.first_connect, due_);
    record.last_connect = std::max(record.last_connect, crew_.now());
    if (!settled_) record.first_connected(crew_.now() - crew_.common().born);
    return inbox_ ? subscribe() : become_ready();
  }
  if (const auto* subscribed = std::get_if<Subscribed>(&event)) {
    const auto code = static_cast<wire::ReasonCode>(subscribed->suback.reason_codes[0]);
    if (wire::failed(code)) return lose("subscribe", words(code, PacketType::suback));
    ++crew_.record().counts[Count::subscribed];
    crew_.record()[Metric::subscribe].record(span(due_, crew_.now()));
    return become_ready();
  }
  if (const auto* refused = std::get_if<Refused>(&event)) {
    return lose("connack", words(refused->connack.reason_code, PacketType::connack));
  }
  if (const auto* disconnected = std::get_if<Disconnected>(&event)) {
    return lose("disconnect", words(disconnected->disconnect.reason_code, PacketType::disconnect));
  }
  if (const auto* violation = std::get_if<Violation>(&event)) {
    return lose("protocol", wire::row(violation->fault.clause).sentence);
  }
  if (const auto* timed_out = std::get_if<TimedOut>(&event)) {
    const bool connack = timed_out->waiting == TimedOut::Waiting::connack;
    return lose(connack ? "connack" : "keep alive", connack ? "no CONNACK in time" : "no PINGRESP in time");
  }
}

void Client::hear(const session::Message& message) {
  Record& record = crew_.record();
  const auto stamp = read(message.publish.payload);
  if (!inbox_ || !stamp || (crew_.plan().publishes() && stamp->run != crew_.common().run)) {
    ++record.counts[Count::foreign];
    if (crew_.plan().mode != Mode::sub) return;
  }
  const session::Time now = crew_.now();
  ++record.counts[Count::received];
  if (record.first_received > now) record.first_received = now;
  record.last_received = now;
  if (!stamp) return;
  bool fresh = false;
  Sequence& sequence = inbox_->of(stamp->run, stamp->client, fresh);
  if (fresh && crew_.plan().mode == Mode::sub) sequence.begin_at(stamp->sequence);
  const Sequence::Arrival arrival = sequence.arrive(stamp->sequence);
  if (arrival == Sequence::Arrival::duplicated) {
    ++record.counts[Count::duplicated];
    return;
  }
  if (arrival == Sequence::Arrival::reordered && crew_.plan().ordered()) ++record.counts[Count::reordered];
  if (crew_.common().ours(stamp->run)) ++crew_.distinct();
  if (stamp->clock != crew_.common().clock) return;
  const auto due = static_cast<std::int64_t>(stamp->due);
  crew_.measure_deliver(due, due + std::int64_t{stamp->late} * 1'000);
}

void Client::acknowledged(const session::Published& published) {
  Record& record = crew_.record();
  const Flight& flight = flights_[published.sequence & (flights_.size() - 1)];
  const session::Time now = crew_.now();
  record.last_sent = std::max(record.last_sent, now);
  if (published.lost) {
    ++record.counts[Count::unacknowledged];
  } else if (wire::failed(published.acknowledgement.reason_code)) {
    ++record.counts[Count::refused];
    const auto code = published.acknowledgement.reason_code;
    record.fail(base::format("publish: {}", wire::describe(code, published.acknowledgement.type, wire::Version::v5_0)));
  } else {
    ++record.counts[Count::acknowledged];
    crew_.measure_acknowledge(flight.due, flight.sent);
  }
}

void Client::on_batch_end() {
  if (sends_) {
    if (fill(crew_.now())) crew_.run_again(slot_);
    check_finished();
  }
  count_bytes();
  if (!crew_.wheel().is_armed(slot_)) arm();
  crew_.forget_time();
}

void Client::on_writable() {
  const Crew::Turn turn(crew_);
  if (fill(crew_.now())) crew_.run_again(slot_);
  count_bytes();
  check_finished();
}

// The end of a connection.

void Client::on_closed(const transport::Error& error) {
  const Crew::Turn turn(crew_);
  const auto stage =
      error.stage == transport::Stage::connack && state_ > State::connecting ? transport::Stage::read : error.stage;
  lose(transport::name(stage), error.message);
}

/// Where nobody answers, the system would go on dialling for minutes, and the event loop with it.
void Client::cut() {
  asio::error_code ignored;
  if (connection_) connection_->close();
  if (dialling_) dialling_->close(ignored);
  connection_.reset();
  dialling_.reset();
}

/// The attempt failed, or the connection was lost; `reason` is shown with how often it happened.
void Client::lose(std::string_view stage, std::string_view reason) {
  if (state_ == State::gone || state_ == State::waiting) return;
  const State was = state_;
  Record& record = crew_.record();
  record.fail(base::format("{}: {}", stage, reason));
  ++record.counts[was == State::ready ? Count::lost_connections : Count::failed];
  if (was == State::ready) record.first_lost = std::min(record.first_lost, crew_.now());
  if (connection_ && session_.outbox().size() != 0) connection_->flush();  // why we leave
  cut();
  state_ = State::waiting;
  session_.handle_closed(crew_.now());
  crew_.wheel().disarm(slot_);
  if (was == State::ready) {
    crew_.changed_ready(-1);
  } else {
    crew_.attempt_over();
  }
  const bool again = crew_.plan().reconnect && !crew_.leaving();
  if (!settled_ && !again) {
    crew_.settled();
    settled_ = true;
  }
  if (again) {
    crew_.wheel().arm(slot_, crew_.now() + crew_.backoff(attempts_));
    if (attempts_ < 20) ++attempts_;
    crew_.forget_time();
    return;
  }
  record.counts[Count::unacknowledged] += session_.inflight();
  state_ = State::gone;
  if (sends_) finish();
  crew_.gone();
}

void Client::arm() {
  if (state_ == State::dialling || state_ == State::connecting) {
    const auto limit = crew_.plan().network.connect_timeout;
    if (limit != session::Duration::zero()) crew_.wheel().arm(slot_, crew_.now() + limit);
    return;
  }
  const session::Time deadline = session_.deadline();
  if (deadline != session::Time::max()) crew_.wheel().arm(slot_, deadline);
}

void Client::wake(session::Time now) {
  switch (state_) {
    case State::gone:
      return;
    case State::waiting:
      return connect(now);
    case State::dialling:
      return lose("connect", "no answer in time");
    case State::connecting:
      if (connection_ && connection_->stage() != transport::Stage::connack) {
        return lose(transport::name(connection_->stage()), "no answer in time");
      }
      return lose("connack", "no answer in time");
    default:
      break;
  }
  if (now >= session_.deadline()) {
    const auto pings = session_.unanswered_pings();
    session_.handle_timeout(now);
    if (session_.unanswered_pings() > pings) ++crew_.record().counts[Count::packets_out];
    handle_events();
    if (state_ == State::waiting || state_ == State::gone) return;
    flush();
  }
  arm();
}

void Client::churn(session::Time now) {
  if (state_ != State::ready) return;
  session_.disconnect();
  ++crew_.record().counts[Count::packets_out];
  count_bytes();
  const auto last = std::exchange(connection_, nullptr);
  last->close_in_order([](std::optional<transport::Error>) {});
  if (last->stuck()) last->close();  // the outbox is needed for the next connection
  session_.handle_closed(now);
  crew_.changed_ready(-1);
  connect(now);
}

void Client::leave() {
  if (state_ == State::gone) return;
  const bool was_ready = state_ == State::ready;
  crew_.record().counts[Count::unacknowledged] += session_.inflight();
  if (was_ready) {
    session_.disconnect();
    ++crew_.record().counts[Count::packets_out];
    count_bytes();
    state_ = State::gone;
    std::exchange(connection_, nullptr)->close_in_order([this](std::optional<transport::Error>) { crew_.gone(); });
    return;
  }
  drop();
}

void Client::drop() {
  cut();
  if (std::exchange(state_, State::gone) != State::gone) crew_.gone();
}

}  // namespace bench
