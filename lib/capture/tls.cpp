// Decrypts a TLS connection with secrets from a keylog, record by record.
#include "capture/tls.h"

#include <algorithm>

namespace capture {
namespace {

constexpr std::size_t header_size = 5;
constexpr std::size_t largest_record_body = (16U << 10) + 2048;
constexpr std::size_t largest_hello = 64U << 10;
/// Records that do not decrypt before the first that does: early data, and the handshake where its secrets are missing.
constexpr std::uint8_t most_refused = 64;
/// How many records a loss may have swallowed.
constexpr std::uint64_t most_lost = 256;

constexpr std::uint8_t change_cipher_spec = 20;
constexpr std::uint8_t handshake = 22;
constexpr std::uint8_t application_data = 23;
constexpr std::uint8_t client_hello = 1;
constexpr std::uint8_t server_hello = 2;
constexpr std::uint8_t key_update = 24;

/// The random of a ServerHello that is a HelloRetryRequest (RFC 8446, 4.1.3).
constexpr std::array<std::uint8_t, 32> retry_random{0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
                                                    0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
                                                    0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

bool is_record(base::Bytes bytes) noexcept {
  if (bytes.size() < header_size) return false;
  const auto size = static_cast<std::size_t>(bytes[3] << 8 | bytes[4]);
  return bytes[0] >= change_cipher_spec && bytes[0] <= application_data && bytes[1] == 3 && bytes[2] <= 4 &&
         size <= largest_record_body;
}

std::size_t record_size(base::Bytes header) noexcept {
  return header_size + static_cast<std::size_t>(header[3] << 8 | header[4]);
}

}  // namespace

Tls::Tls(Keylog& keylog, Side client, Receiver plain, std::function<void(Side)> lost)
    : keylog_(keylog), client_(client), plain_(std::move(plain)), lost_(std::move(lost)) {}

std::size_t Tls::held() const noexcept {
  std::size_t held = sizeof *this + opened_.capacity();
  for (const Half& half : halves_) held += half.partial.capacity() + half.messages.capacity();
  return held;
}

void Tls::fail(std::string_view why) {
  if (failure_.empty()) failure_ = why;
}

void Tls::receive(Side side, base::Bytes bytes) {
  Half& half = halves_[side];
  const std::size_t dropped = std::min(half.skip, bytes.size());
  half.skip -= dropped;
  bytes = bytes.subspan(dropped);
  while (!bytes.empty() && failure_.empty()) {
    if (half.partial.empty() && is_record(bytes) && record_size(bytes) <= bytes.size()) {
      take_record(side, bytes.first(record_size(bytes)));
      bytes = bytes.subspan(record_size(bytes));
      continue;
    }
    const std::size_t had = half.partial.size();
    const std::size_t needed = had < header_size ? header_size : record_size(half.partial.view());
    const std::size_t taken = std::min(needed - had, bytes.size());
    half.partial.append(bytes.first(taken));
    bytes = bytes.subspan(taken);
    const base::Bytes record = half.partial.view();
    if (record.size() < header_size) return;
    if (!is_record(record)) {
      half.partial.clear();
      if (!half.searching) fail("what follows the handshake is no TLS");
      return;  // the next segment may begin with a record
    }
    if (record.size() < record_size(record)) continue;
    take_record(side, record);
    half.partial.clear();
  }
}

/// Within a record the loss costs that record; else the next one that decrypts is searched for.
void Tls::gap(Side side, std::uint64_t missing) {
  Half& half = halves_[side];
  if (half.phase != Phase::application) return fail("bytes of its handshake are missing from the capture");
  const base::Bytes partial = half.partial.view();
  const bool known = half.skip == 0 && !half.searching && partial.size() >= header_size;
  const std::size_t left = known ? record_size(partial) - partial.size() : half.skip;
  half.searching = half.searching || missing > left;
  half.skip = half.searching ? 0 : left - static_cast<std::size_t>(missing);
  if (known && !half.searching) ++half.number;
  half.partial.clear();
  lost_(side);
}

void Tls::take_record(Side side, base::Bytes record) {
  const std::uint8_t type = record[0];
  Half& half = halves_[side];
  if (type == change_cipher_spec) {
    if (!tls13_) start_tls12(side);
    return;
  }
  if (half.phase != Phase::plain && (!tls13_ || type == application_data)) return take_encrypted(side, record);
  if (type == handshake) return take_handshake(side, record.subspan(header_size));
  if (type == application_data) {
    if (++half.refused == most_refused) fail("its handshake was not captured");
  }
}

void Tls::take_handshake(Side side, base::Bytes body) {
  Half& half = halves_[side];
  if (half.hello_read) return;
  half.messages.append(body);
  constexpr std::size_t message_header = 4;
  while (!half.hello_read && half.messages.size() >= message_header) {
    const base::Bytes view = half.messages.view();
    const std::size_t size = message_header + static_cast<std::size_t>(view[1] << 16 | view[2] << 8 | view[3]);
    if (size > largest_hello) return fail("its handshake is larger than what is read");
    if (view.size() < size) return;
    take_hello(side, view.first(size));
    half.messages.consume(size);
  }
  if (half.hello_read) half.messages.release();
}

void Tls::take_hello(Side side, base::Bytes message) {
  constexpr std::size_t fixed = 4 + 2 + 32;
  Half& half = halves_[side];
  if (message.size() < fixed) return;
  if (message[0] == client_hello) {
    std::copy_n(message.begin() + 6, client_random_.size(), client_random_.begin());
    half.hello_read = true;
  } else if (message[0] == server_hello) {
    std::copy_n(message.begin() + 6, server_random_.size(), server_random_.begin());
    if (server_random_ == retry_random) return;
    half.hello_read = true;
    read_server_hello(message.subspan(fixed));
  }
}

/// From the session identifier on.
void Tls::read_server_hello(base::Bytes message) {
  base::Cursor cursor(message);
  if (cursor.empty() || cursor.left() < std::size_t{cursor.peek()} + 4) return fail("its handshake is broken");
  const std::size_t session = cursor.u8();
  cursor.take(session);
  suite_ = find_suite(cursor.u16());
  cursor.u8();  // compression
  if (cursor.left() >= 2) cursor.u16();
  constexpr std::uint16_t supported_versions = 43;
  constexpr std::uint16_t version_1_3 = 0x0304;
  while (cursor.left() >= 4) {
    const std::uint16_t type = cursor.u16();
    const std::size_t size = cursor.u16();
    if (size > cursor.left()) break;
    base::Cursor extension(cursor.take(size));
    if (type == supported_versions && size == 2) tls13_ = extension.u16() == version_1_3;
  }
  if (suite_ == nullptr) return fail("its cipher suite is not read");
  if (tls13_) start_tls13();
}

const Secrets* Tls::secrets() {
  const Secrets* found = keylog_.find(client_random_);
  if (found == nullptr) fail("the keylog has no secrets for it");
  return found;
}

void Tls::enter(Half& half, Phase phase, const Secret& secret) {
  half.phase = phase;
  half.secret = secret;
  half.cipher = RecordCipher::for_tls13(*suite_, secret.view());
  half.number = 0;
}

void Tls::start_tls13() {
  const Secrets* known = secrets();
  if (known == nullptr) return;
  for (const Side side : {0U, 1U}) {
    const Secret& first = known->handshake[role(side)];
    const Secret& second = known->traffic[role(side)];
    if (first.size != 0) {
      enter(halves_[side], Phase::handshake, first);
    } else if (second.size != 0) {
      enter(halves_[side], Phase::application, second);
    } else {
      fail("the keylog lacks some of its secrets");
    }
  }
}

/// From now on this side encrypts.
void Tls::start_tls12(Side side) {
  Half& half = halves_[side];
  if (half.phase == Phase::application) return;
  if (suite_ == nullptr) return fail("its handshake was not captured");
  const Secrets* known = secrets();
  if (known == nullptr) return;
  if (known->master.size == 0) return fail("the keylog lacks some of its secrets");
  auto ciphers = tls12_ciphers(*suite_, known->master.view(), client_random_, server_random_);
  half.cipher = std::move(ciphers[role(side)]);
  half.phase = Phase::application;
  half.number = 0;
}

void Tls::take_encrypted(Side side, base::Bytes record) {
  opened_.clear();
  if (!open(side, record)) return;
  std::uint8_t type = record[0];
  if (tls13_) {
    // The type stands behind the content, before what pads it.
    base::Bytes view = opened_.view();
    while (!view.empty() && view.back() == 0) view = view.first(view.size() - 1);
    if (view.empty()) return;
    type = view.back();
    opened_.truncate(view.size() - 1);
  }
  take_opened(side, type);
}

bool Tls::open(Side side, base::Bytes record) {
  Half& half = halves_[side];
  if (half.cipher.open(record, half.number, opened_)) {
    ++half.number;
    return true;
  }
  if (half.searching) {
    if (open_after_loss(half, record)) return true;
    if (++half.refused == most_refused) fail("too much of it is missing from the capture");
    return false;
  }
  if (half.phase == Phase::handshake) {
    const Secrets* known = secrets();
    if (known == nullptr) return false;
    const Secret& traffic = known->traffic[role(side)];
    if (traffic.size != 0 && RecordCipher::for_tls13(*suite_, traffic.view()).open(record, 0, opened_)) {
      enter(half, Phase::application, traffic);
      half.number = 1;
      return true;
    }
  }
  const bool may_come_early = half.number == 0 || half.phase == Phase::handshake;
  if (!may_come_early || ++half.refused == most_refused) fail("a record does not decrypt with the keylog's secrets");
  return false;
}

bool Tls::open_after_loss(Half& half, base::Bytes record) {
  for (std::uint64_t lost = 1; lost < most_lost; ++lost) {
    if (!half.cipher.open(record, half.number + lost, opened_)) continue;
    half.number += lost + 1;
    half.searching = false;
    return true;
  }
  return false;
}

void Tls::take_opened(Side side, std::uint8_t type) {
  Half& half = halves_[side];
  half.searching = false;
  if (type == application_data) return plain_(side, opened_.view());
  if (type != handshake || !tls13_ || half.phase != Phase::application) return;
  if (opened_.size() == 5 && opened_.view()[0] == key_update) {
    enter(half, Phase::application, next_traffic_secret(*suite_, half.secret));
  }
}

}  // namespace capture
