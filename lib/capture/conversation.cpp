// What a TCP connection carries: MQTT, found by its content, bare or within WebSocket or TLS.
#include "capture/conversation.h"

namespace capture {
namespace {

/// What is kept of a direction before it is clear what it is.
constexpr std::size_t longest_head = 16U << 10;
/// How many segments of a connection that was captured late are tried as the beginning of packets.
constexpr std::uint8_t most_attempts = 16;

}  // namespace

Conversation::Conversation(Context& context, const std::array<Address, 2>& ends, Opening opening)
    : report_(context, ends), opening_(opening) {
  const bool low = is_mqtt_port(ends[0].port);
  const bool high = is_mqtt_port(ends[1].port);
  if (low != high) {
    report_.set_client(low ? 1 : 0);
  } else if (opening.from_start) {
    report_.set_client(opening.initiator);
  }
}

Conversation::~Conversation() = default;

bool Conversation::on_mqtt_port() const noexcept {
  return is_mqtt_port(report_.ends(0).from.port) || is_mqtt_port(report_.ends(1).from.port);
}

std::size_t Conversation::held() const noexcept {
  return sizeof *this + heads_[0].bytes.capacity() + heads_[1].bytes.capacity() + (mqtt_ ? mqtt_->held() : 0);
}

void Conversation::receive(Side side, base::Bytes bytes) {
  if (stage_ == Stage::mqtt) return mqtt_->receive(side, bytes);
  if (stage_ == Stage::ignored) return;
  heads_[side].bytes.append(bytes);
  decide(side);
}

void Conversation::decide(Side side) {
  const base::Bytes head = heads_[side].bytes.view();
  switch (like_connect(head)) {
    case Looks::yes:
      report_.set_client(side);
      return start_mqtt(true);
    case Looks::maybe:
      return;
    case Looks::no:
      break;
  }
  // The server may be captured a moment before the client's CONNECT.
  const bool answer = opening_.from_start && side != opening_.initiator;
  if (answer && heads_[opening_.initiator].bytes.empty() && head.size() < longest_head) return;
  if (answer && like_connect(heads_[opening_.initiator].bytes.view()) == Looks::maybe) return;
  if (on_mqtt_port()) return start_mqtt(opening_.from_start);
  decide_by_frames();
}

/// On any other port it takes two packets, on either side, and nothing that is none.
void Conversation::decide_by_frames() {
  std::size_t frames = 0;
  for (Head& head : heads_) {
    if (head.bytes.empty()) continue;
    const Run run = run_of_frames(head.bytes.view(), {}, report_.options().limits.packet);
    if (run.frames < 2 && run.broken) {
      if (opening_.from_start || ++head.attempts == most_attempts) return ignore();
      head.bytes.clear();
    }
    frames += run.frames;
  }
  if (frames >= 2) return start_mqtt(true);
  if (heads_[0].bytes.size() > longest_head || heads_[1].bytes.size() > longest_head) ignore();
}

void Conversation::start_mqtt(bool from_start) {
  stage_ = Stage::mqtt;
  mqtt_ = std::make_unique<Mqtt>(report_, from_start);
  const Side first = report_.ends(0).sender_known && report_.ends(0).sender == wire::Sender::server ? 1 : 0;
  for (const Side side : {first, other(first)}) {
    const base::Buffer head = std::move(heads_[side].bytes);
    heads_[side].bytes = base::Buffer();
    if (!head.empty()) mqtt_->receive(side, head.view());
  }
}

void Conversation::ignore() {
  stage_ = Stage::ignored;
  for (Head& head : heads_) head.bytes.release();
}

void Conversation::gap(Side side, std::uint64_t missing) {
  if (stage_ == Stage::mqtt) return mqtt_->gap(side, missing);
  opening_.from_start = false;
  heads_[side].bytes.clear();
}

void Conversation::finish(Closed how) {
  if (stage_ == Stage::undecided && on_mqtt_port() && (!heads_[0].bytes.empty() || !heads_[1].bytes.empty())) {
    start_mqtt(opening_.from_start);
  }
  if (stage_ != Stage::mqtt) return;
  for (const Side side : {0U, 1U}) mqtt_->finish(side);
  const Side client = report_.ends(0).sender_known && report_.ends(0).sender == wire::Sender::server ? 1 : 0;
  report_.context().handler.on_closed(report_.at(client, 0), how);
  ignore();
}

}  // namespace capture
