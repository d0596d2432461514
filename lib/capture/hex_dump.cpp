// Bytes that somebody pasted: which of the ways to read a text gives MQTT.
#include "capture/hex_dump.h"

#include <algorithm>

#include "base/utf8.h"
#include "capture/plain_text.h"

namespace capture {
namespace {

/// The data of all frames where every part is one, else nothing.
std::vector<std::uint8_t> without_headers(const Reading& reading) {
  std::vector<std::uint8_t> bytes;
  for (const auto& part : reading.parts) {
    const auto payload = tcp_payload(part);
    if (!payload) return {};
    bytes.insert(bytes.end(), payload->begin(), payload->end());
  }
  return bytes;
}

/// A part of the bytes is no other meaning of the text.
bool contains(const std::vector<std::uint8_t>& bytes, const std::vector<std::uint8_t>& part) {
  return base::as_text(bytes).find(base::as_text(part)) != std::string_view::npos;
}

std::optional<Chosen> best_of(const std::vector<Reading>& readings) {
  std::optional<Chosen> best;
  const auto consider = [&best](std::vector<std::uint8_t> bytes, std::string_view dress, bool from_network) {
    if (bytes.empty()) return;
    const Fit how = fit(bytes);
    if (!best || (!best->fit.whole && how.better_than(best->fit))) {
      best = Chosen{std::move(bytes), dress, from_network, how};
    } else if (best->fit.whole && how.whole && best->also.empty() && !contains(best->bytes, bytes)) {
      best->also = dress;
    }
  };
  for (const Reading& reading : readings) {
    consider(without_headers(reading), reading.dress, true);
    consider(reading.joined(), reading.dress, false);
  }
  return best;
}

std::optional<Chosen> choose_hex_of(std::string_view text) {
  std::vector<Reading> readings;
  read_dumps(text, readings);
  read_literals(text, readings);
  read_lists(text, readings);
  read_digits(text, readings);
  auto best = best_of(readings);
  if (best && best->fit.whole) return best;
  // Nobody dumps like this on purpose, and it takes longest to try.
  std::vector<Reading> others;
  read_other_dumps(text, others);
  auto other = best_of(others);
  return other && (!best || other->fit.better_than(best->fit)) ? other : best;
}

std::optional<Chosen> choose_base64_of(std::string_view text) {
  std::vector<Reading> readings;
  read_base64(text, readings);
  return best_of(readings);
}

}  // namespace

std::optional<Chosen> choose_hex(std::string_view text) {
  const PlainText plain(text);
  return choose_hex_of(plain.text());
}

std::optional<Chosen> choose_base64(std::string_view text) {
  const PlainText plain(text);
  return choose_base64_of(plain.text());
}

std::optional<Chosen> choose(std::string_view text) {
  const PlainText plain(text);
  auto hex = choose_hex_of(plain.text());
  if (hex && hex->fit.whole) return hex;
  auto base64 = choose_base64_of(plain.text());
  if (base64 && (base64->fit.whole || (!hex && base64->fit.packets != 0))) return base64;
  return hex;
}

InputKind recognise(base::Bytes start) noexcept {
  constexpr std::string_view magics[] = {"\xA1\xB2\xC3\xD4", "\xD4\xC3\xB2\xA1", "\xA1\xB2\x3C\x4D", "\x4D\x3C\xB2\xA1",
                                         "\x0A\x0D\x0D\x0A"};
  const std::string_view text = base::as_text(start);
  for (const std::string_view magic : magics) {
    if (text.starts_with(magic)) return InputKind::pcap;
  }
  if (is_utf_16(text)) return InputKind::hex;
  const bool control = std::any_of(start.begin(), start.end(), [](std::uint8_t byte) {
    return (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t' && byte != '\f' && byte != 0x1B) ||
           byte == 0x7F;
  });
  // The input may have been cut within a character.
  return control || base::find_ill_formed(text) + 4 <= text.size() ? InputKind::raw : InputKind::hex;
}

}  // namespace capture
