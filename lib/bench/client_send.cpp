// What a client publishes: as much as is due and has room.
#include <bit>

#include "bench/client.h"
#include "bench/crew.h"

namespace bench {
namespace {

/// Bytes that may wait for the socket, of which one call makes as many at most.
constexpr std::size_t most_unsent = 64 * 1024;
/// Messages between two looks at the clock.
constexpr unsigned batch = 256;

std::string_view words(session::Refusal::Kind kind) {
  using Kind = session::Refusal::Kind;
  switch (kind) {
    case Kind::packet_too_large:
      return "larger than the broker's Maximum Packet Size";
    case Kind::qos_not_supported:
      return "a QoS above the broker's Maximum QoS";
    case Kind::retain_not_supported:
      return "the broker has no retained messages";
    default:
      return "the topic name is not valid";
  }
}

}  // namespace

bool Client::send(session::Time now) {
  if (state_ != State::ready) return false;
  const bool more = fill(now);
  flush();
  check_finished();
  return more && !connection_->stuck();
}

/// Encodes what is due; whether more could be sent at once.
bool Client::fill(session::Time now) {
  if (state_ != State::ready || !sends_ || !crew_.sending()) return false;
  const Plan& plan = crew_.plan();
  const bool open = plan.open_loop();
  const bool each_its_topic = crew_.common().topic_varies;
  bool topic_is_known = false;
  for (unsigned count = 1; next_ < limit_; ++count) {
    session::Time due = now;
    if (open) {
      due = crew_.pacer().due(number_, next_);
      if (due > now) return false;
    } else if (now >= crew_.sending_end()) {
      limit_ = next_;
      return false;
    }
    if (session_.outbox().size() >= most_unsent) return true;
    if (plan.qos != 0 && !session_.can_publish()) return false;
    if (!topic_is_known || each_its_topic) {
      crew_.topic().clear();
      expand(crew_.topic(), plan.topic, person(), next_);
      topic_is_known = true;
    }
    if (!publish(due, now)) return false;
    if (count % batch == 0) now = crew_.read_clock();
  }
  return false;
}

bool Client::publish(session::Time due, session::Time now) {
  const Plan& plan = crew_.plan();
  wire::Publish packet;
  packet.topic = crew_.topic();
  packet.payload = next_payload(due, now);
  packet.qos = plan.qos;
  packet.retain = plan.retain;
  packet.properties = plan.publish_properties.view();
  const auto sequence = session_.publish(packet);
  if (!sequence) {
    lose("publish", words(sequence.error().kind));
    return false;
  }
  if (plan.qos != 0) remember({*sequence, since_epoch(due), since_epoch(now)});
  ++next_;
  Record& record = crew_.record();
  ++record.counts[Count::published];
  ++record.counts[Count::packets_out];
  record.last_sent = std::max(record.last_sent, now);
  return true;
}

/// Lives until the crew makes the next one.
base::Bytes Client::next_payload(session::Time due, session::Time now) {
  if (const auto& pattern = crew_.plan().payload) {
    crew_.expanded_payload().clear();
    expand(crew_.expanded_payload(), *pattern, person(), next_);
    return base::as_bytes(crew_.expanded_payload());
  }
  const std::size_t size = crew_.random_size();
  const std::uint64_t late = std::min<std::uint64_t>(span(due, now) / 1'000, UINT32_MAX);
  if (size >= stamp_size) {
    write({crew_.common().clock, crew_.common().run, number_, static_cast<std::uint32_t>(late), next_,
           static_cast<std::uint64_t>(since_epoch(due))},
          crew_.payload());
  }
  return {crew_.payload(), size};
}

Person Client::person() const noexcept {
  const Plan& plan = crew_.plan();
  const auto& username = plan.session.username;
  return {plan.start_number + number_, session_.client_identifier(), username ? std::string_view(*username) : ""};
}

/// The ring grows where two in flight would meet.
void Client::remember(const Flight& flight) {
  const std::size_t needed = session_.inflight_span();
  if (flights_.size() < needed) {
    std::vector<Flight> larger(std::bit_ceil(std::max<std::size_t>(needed, 16)));
    for (const Flight& old : flights_) {
      if (old.sequence != 0) larger[old.sequence & (larger.size() - 1)] = old;
    }
    flights_.swap(larger);
  }
  flights_[flight.sequence & (flights_.size() - 1)] = flight;
}

void Client::begin(std::uint64_t limit) {
  limit_ = limit;
  sends_ = true;
  if (gone()) finish();
}

void Client::stop_sending() {
  if (!sends_) return;
  if (limit_ != unlimited) crew_.record().unsent += limit_ - next_;
  limit_ = next_;
  check_finished();
}

/// All is sent, and acknowledged.
void Client::check_finished() {
  if (!sends_ || next_ < limit_ || session_.inflight() != 0) return;
  if (connection_ && !session_.outbox().empty()) return;
  if (state_ == State::ready && crew_.plan().qos == 0 && !answered()) return;
  finish();
}

/// At QoS 0 the answer to a PINGREQ tells that the broker has read what was sent before.
bool Client::answered() {
  if (next_ == 0) return true;
  if (!asked_) {
    asked_ = true;
    session_.ping(crew_.now());
    ++crew_.record().counts[Count::packets_out];
    flush();
  }
  if (session_.unanswered_pings() != 0) return false;
  crew_.record().last_sent = crew_.now();
  return true;
}

void Client::finish() {
  if (limit_ != unlimited) crew_.record().unsent += limit_ - next_;
  sends_ = false;
  crew_.publisher_finished();
}

void Client::flush() {
  count_bytes();
  if (connection_) connection_->flush();
}

/// What was appended to the outbox since it was last looked at.
void Client::count_bytes() {
  const std::uint64_t position = session_.outbox().consumed() + session_.outbox().size();
  if (position > counted_) crew_.record().counts[Count::bytes_out] += position - counted_;
  counted_ = position;
}

}  // namespace bench
