// The window of packets in flight: identifiers, acknowledgements and what is sent again.
#include "session/outgoing.h"

#include <array>
#include <utility>

#include "wire/decode.h"
#include "wire/encode.h"

namespace session {

namespace {

using Kind = Outgoing::Outcome::Kind;

constexpr std::size_t smallest_ring = 16;

}  // namespace

void Outgoing::start_connection(std::uint16_t receive_maximum, Counting counting) noexcept {
  for (std::uint64_t sequence = oldest_; sequence != next_; ++sequence) {
    Entry& waiting = entry(sequence);
    if (waiting.state == State::subscribe || waiting.state == State::unsubscribe) waiting.state = State::free;
  }
  skip_free();
  sent_ = oldest_;
  quota_used_ = 0;
  quota_ = receive_maximum;
  counting_ = counting;
}

void Outgoing::restart_all() noexcept {
  for (std::uint64_t sequence = oldest_; sequence != next_; ++sequence) {
    Entry& waiting = entry(sequence);
    if (waiting.state == State::released && waiting.packet.block) waiting.state = State::publish_2;
  }
}

bool Outgoing::fits(Entry& entry, const Terms& terms, base::Outbox& room) {
  const bool has_properties = terms.version == wire::Version::v5_0;
  if (entry.has_properties != has_properties && !encode_anew(entry, terms.version, room)) return false;
  const std::uint8_t flags = *entry.packet.data();
  const bool retain = (flags & 1) != 0;
  return entry.packet.length <= terms.maximum_packet_size && (flags >> 1 & 3) <= terms.maximum_qos &&
         (!retain || terms.retain_available);
}

/// A session may be resumed by a client of another version: what has no place in 3.x is left out.
bool Outgoing::encode_anew(Entry& entry, wire::Version version, base::Outbox& room) {
  const wire::Version before = entry.has_properties ? wire::Version::v5_0 : wire::Version::v3_1_1;
  const auto front = wire::split(entry.packet.bytes(), before);
  const auto publish = wire::decode_publish(front.frame, {before, wire::Sender::server});
  if (!publish) return false;
  const std::size_t size = wire::encoded_size(*publish, version);
  if (size == 0) return false;
  wire::encode(*publish, version, room.reserve(size));
  base::Place anew = room.commit_and_hold(size);
  bytes_ += size;
  bytes_ -= entry.packet.length;
  entry.packet = std::move(anew);
  entry.has_properties = !entry.has_properties;
  return true;
}

std::uint64_t Outgoing::add_publish(base::Place packet, std::uint8_t qos, wire::Version version) {
  bytes_ += packet.length;
  ++publishes_;
  Entry& added = push();
  added.packet = std::move(packet);
  added.state = qos == 1 ? State::publish_1 : State::publish_2;
  added.has_properties = version == wire::Version::v5_0;
  if (counts(added.state)) ++quota_used_;
  sent_ = next_;
  return next_ - 1;
}

std::uint64_t Outgoing::add_request(wire::PacketType type, std::size_t count) {
  const bool all_sent = resent();
  Entry& added = push();
  added.count = static_cast<std::uint32_t>(count);
  added.state = type == wire::PacketType::subscribe ? State::subscribe : State::unsubscribe;
  if (all_sent) sent_ = next_;
  return next_ - 1;
}

Outgoing::Outcome Outgoing::handle(const wire::Acknowledgement& acknowledgement, wire::Sender sender) noexcept {
  const std::uint64_t sequence = find(acknowledgement.packet_identifier);
  if (sequence == next_ || !is_publish(entry(sequence).state)) return {Kind::unknown};
  Entry& waiting = entry(sequence);
  const bool refused = wire::failed(acknowledgement.reason_code);
  switch (acknowledgement.type) {
    case wire::PacketType::puback: {
      const bool downgraded = waiting.state == State::publish_2;
      const bool fits = waiting.state == State::publish_1 || (downgraded && sender == wire::Sender::server && !strict_);
      if (!fits) return {Kind::unexpected};
      finish(sequence);
      return {Kind::finished, downgraded, sequence};
    }
    case wire::PacketType::pubrec:
      if (waiting.state == State::publish_1) return {Kind::unexpected};
      if (!refused) {
        set_state(sequence, State::released);
        if (!keep_received_) let_go(waiting);
        return {Kind::release, false, sequence};
      }
      break;
    default:
      if (waiting.state != State::released) return {Kind::unexpected};
      break;
  }
  finish(sequence);
  return {Kind::finished, false, sequence};
}

Outgoing::Outcome Outgoing::handle_request(wire::PacketType type, std::uint16_t packet_identifier,
                                           std::size_t count) noexcept {
  const std::uint64_t sequence = find(packet_identifier);
  const State expected = type == wire::PacketType::subscribe ? State::subscribe : State::unsubscribe;
  if (sequence == next_ || entry(sequence).state != expected) return {Kind::unknown};
  if (entry(sequence).count != count) return {Kind::unexpected};
  finish(sequence);
  return {Kind::finished, false, sequence};
}

void Outgoing::resend(base::Outbox& outbox, wire::Version version) {
  for (; sent_ != next_; ++sent_) {
    Entry& waiting = entry(sent_);
    if (!is_publish(waiting.state)) continue;
    if (waiting.state == State::released) {
      const wire::Acknowledgement release{wire::PacketType::pubrel, identifier(sent_)};
      wire::append(outbox, wire::Packet(release), version);
    } else {
      if (counts(waiting.state) && quota_used_ >= quota_) return;
      if (resend_singly_ && oldest_ != sent_) return;  // one that this connection has carried is unfinished
      wire::set_dup(waiting.packet.data());
      outbox.append(waiting.packet);
    }
    if (counts(waiting.state)) ++quota_used_;
  }
}

std::optional<Outgoing::Unanswered> Outgoing::oldest_unanswered() const noexcept {
  if (empty()) return std::nullopt;
  const Entry& oldest = entry(oldest_);
  const wire::PacketType type = is_publish(oldest.state)           ? wire::PacketType::publish
                                : oldest.state == State::subscribe ? wire::PacketType::subscribe
                                                                   : wire::PacketType::unsubscribe;
  return Unanswered{type, oldest_, oldest.packet.block ? oldest.packet.bytes() : base::Bytes()};
}

std::uint64_t Outgoing::find(std::uint16_t packet_identifier) const noexcept {
  if (packet_identifier == 0) return next_;
  const std::uint64_t distance = (packet_identifier + identifiers - identifier(oldest_)) % identifiers;
  return distance < next_ - oldest_ ? oldest_ + distance : next_;
}

Outgoing::Entry& Outgoing::push() {
  if (next_ - oldest_ == ring_.size()) grow();
  return entry(next_++);
}

void Outgoing::grow() {
  std::vector<Entry> larger(ring_.empty() ? smallest_ring : ring_.size() * 2);
  for (std::uint64_t sequence = oldest_; sequence != next_; ++sequence) {
    larger[sequence & (larger.size() - 1)] = std::move(entry(sequence));
  }
  ring_ = std::move(larger);
}

void Outgoing::set_state(std::uint64_t sequence, State state) noexcept {
  Entry& moved = entry(sequence);
  if (counts(moved.state) && !counts(state) && sequence < sent_) --quota_used_;
  moved.state = state;
}

void Outgoing::finish(std::uint64_t sequence) noexcept {
  Entry& finished = entry(sequence);
  if (is_publish(finished.state)) --publishes_;
  set_state(sequence, State::free);
  let_go(finished);
  skip_free();
}

void Outgoing::let_go(Entry& entry) noexcept {
  bytes_ -= entry.packet.length;
  entry.packet = {};
}

void Outgoing::skip_free() noexcept {
  while (oldest_ != next_ && entry(oldest_).state == State::free) ++oldest_;
  if (sent_ < oldest_) sent_ = oldest_;
}

}  // namespace session
