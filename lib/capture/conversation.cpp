// What a TCP connection carries: MQTT, found by its content, bare or within WebSocket or TLS.
#include "capture/conversation.h"

namespace capture {
namespace {

/// What is kept of a direction before it is clear what it is.
constexpr std::size_t longest_head = 32U << 10;
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

Side Conversation::client() const noexcept {
  return report_.ends(0).sender_known && report_.ends(0).sender == wire::Sender::server ? 1 : 0;
}

std::size_t Conversation::held() const noexcept {
  return sizeof *this + heads_[0].bytes.capacity() + heads_[1].bytes.capacity() + (tls_ ? tls_->held() : 0) +
         (websocket_ ? websocket_->held() : 0) + (mqtt_ ? mqtt_->held() : 0);
}

void Conversation::receive(Side side, base::Bytes bytes) {
  if (!tls_) return receive_plain(side, bytes);
  tls_->receive(side, bytes);
  if (tls_->failure().empty()) return;
  name_tls({}, tls_->failure());
}

void Conversation::receive_plain(Side side, base::Bytes bytes) {
  switch (stage_) {
    case Stage::mqtt:
      return mqtt_->receive(side, bytes);
    case Stage::websocket:
      return websocket_->receive(side, bytes);
    case Stage::ignored:
      return;
    case Stage::undecided:
      heads_[side].bytes.append(bytes);
      return decide(side);
    case Stage::upgrade:
      heads_[side].bytes.append(bytes);
      return try_upgrade();
  }
}

void Conversation::decide(Side side) {
  const base::Bytes head = heads_[side].bytes.view();
  const Looks connect = like_connect(head);
  if (connect == Looks::yes) {
    report_.set_client(side);
    return start_mqtt(true);
  }
  const Looks http = like_http(head);
  if (http == Looks::yes) {
    stage_ = Stage::upgrade;
    return try_upgrade();
  }
  if (!tls_ && decide_tls(side)) return;
  if (connect == Looks::maybe || http == Looks::maybe) return;
  // The server may be captured a moment before the client's CONNECT.
  const bool answer = opening_.from_start && side != opening_.initiator;
  const base::Bytes question = heads_[opening_.initiator].bytes.view();
  if (answer && head.size() < longest_head && (question.empty() || like_connect(question) == Looks::maybe)) return;
  if (on_mqtt_port()) return start_mqtt(opening_.from_start);
  decide_by_frames();
}

/// True: it is TLS, or more bytes will tell.
bool Conversation::decide_tls(Side side) {
  const base::Bytes head = heads_[side].bytes.view();
  const Looks hello = like_tls_hello(head);
  if (hello == Looks::maybe) return true;
  if (hello == Looks::yes) {
    const auto size = static_cast<std::size_t>(5 + (head[3] << 8 | head[4]));
    if (head.size() >= size || head.size() >= longest_head) start_tls(side);
    return true;
  }
  if (!is_tls_record(head)) return false;
  name_tls(head, "its handshake was not captured");
  return true;
}

void Conversation::start_tls(Side side) {
  constexpr std::size_t type_at = 5;
  constexpr std::uint8_t client_hello = 1;
  const base::Bytes head = heads_[side].bytes.view();
  offered_ = offers_mqtt(head);
  if (report_.options().keylog == nullptr) return name_tls(head, "no keylog was given");
  const Side from = head[type_at] == client_hello ? side : other(side);
  opening_ = {true, from};
  report_.set_client(from);
  tls_ = std::make_unique<Tls>(
      *report_.options().keylog, from, [this](Side sender, base::Bytes bytes) { receive_plain(sender, bytes); },
      [this](Side sender) { lose_plain(sender); });
  for (const Side sender : {from, other(from)}) {
    const base::Buffer bytes = std::exchange(heads_[sender].bytes, base::Buffer());
    if (!bytes.empty() && !ignored()) receive(sender, bytes.view());
  }
}

/// Only where it is MQTT for certain, or likely: other programs use TLS too.
void Conversation::name_tls(base::Bytes hello, std::string_view why) {
  Summary& summary = report_.context().summary;
  if (summary.encrypted++ == 0) summary.why_encrypted = why;
  if (mqtt_ || offered_ || offers_mqtt(hello) || on_mqtt_port()) {
    report_.note(client(), mqtt_ ? mqtt_->offset(client()) : 0, Note::tls,
                 "encrypted with TLS and not decrypted: " + std::string(why));
  }
  if (mqtt_) finish(Closed::open);
  ignore();
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
  if (frames >= 2) return start_mqtt(opening_.from_start);
  if (heads_[0].bytes.size() > longest_head || heads_[1].bytes.size() > longest_head) ignore();
}

void Conversation::try_upgrade() {
  const Upgrade upgrade = read_upgrade({heads_[0].bytes.view(), heads_[1].bytes.view()});
  switch (upgrade.kind) {
    case Upgrade::Kind::agreed:
      return start_websocket(upgrade);
    case Upgrade::Kind::refused:
      report_.set_client(upgrade.client);
      report_.note(other(upgrade.client), 0, Note::websocket, upgrade.text);
      return ignore();
    case Upgrade::Kind::none:
      return ignore();
    case Upgrade::Kind::incomplete:
      if (heads_[0].bytes.size() + heads_[1].bytes.size() > 2 * longest_head) ignore();
  }
}

void Conversation::start_websocket(const Upgrade& upgrade) {
  report_.set_client(upgrade.client);
  report_.note(upgrade.client, 0, Note::websocket, upgrade.text);
  using wire::Clause;
  if (!upgrade.offered) report_.violation(upgrade.client, 0, Clause::websocket_protocol_not_offered);
  if (!upgrade.selected) report_.violation(other(upgrade.client), 0, Clause::websocket_protocol_not_selected);
  for (const Side side : {0U, 1U}) heads_[side].bytes.consume(upgrade.heads[side]);
  mqtt_ = std::make_unique<Mqtt>(report_, true);
  websocket_ = std::make_unique<WebSocket>(report_, *mqtt_, upgrade.client, upgrade.compressed);
  stage_ = Stage::websocket;
  replay_heads();
}

void Conversation::start_mqtt(bool from_start) {
  mqtt_ = std::make_unique<Mqtt>(report_, from_start);
  stage_ = Stage::mqtt;
  replay_heads();
}

void Conversation::replay_heads() {
  if (tls_) report_.note(client(), 0, Note::tls_decrypted, "encrypted with TLS, decrypted with the keylog");
  const Side first = client();
  for (const Side side : {first, other(first)}) {
    const base::Buffer bytes = std::exchange(heads_[side].bytes, base::Buffer());
    if (!bytes.empty()) receive_plain(side, bytes.view());
  }
}

void Conversation::ignore() {
  stage_ = Stage::ignored;
  for (Head& head : heads_) head.bytes.release();
}

void Conversation::gap(Side side, std::uint64_t missing) {
  if (tls_) {
    tls_->gap(side, missing);
    if (!tls_->failure().empty()) name_tls({}, tls_->failure());
    return;
  }
  if (stage_ == Stage::mqtt) return mqtt_->gap(side, missing);
  if (stage_ == Stage::websocket) return websocket_->gap(side, missing);
  opening_.from_start = false;
  heads_[side].bytes.clear();
}

/// Of what was encrypted nobody knows how much is missing.
void Conversation::lose_plain(Side side) {
  if (stage_ == Stage::mqtt) {
    report_.note(side, mqtt_->offset(side), Note::gap, "TLS records are missing from the capture");
    return mqtt_->lost(side);
  }
  if (stage_ == Stage::websocket) return websocket_->lost(side);
  opening_.from_start = false;
  heads_[side].bytes.clear();
}

void Conversation::finish(Closed how) {
  if (stage_ == Stage::undecided && on_mqtt_port() && (!heads_[0].bytes.empty() || !heads_[1].bytes.empty())) {
    start_mqtt(opening_.from_start);
  }
  if (ignored() || !mqtt_) return;
  for (const Side side : {0U, 1U}) mqtt_->finish(side);
  report_.context().handler.on_closed(report_.at(client(), 0), how);
  ignore();
}

}  // namespace capture
