// MQTT that stands by itself, without a network around it: cut into packets and handed on.
#include "capture/bytes_reader.h"

#include "base/format.h"
#include "capture/packets_in.h"

namespace capture {

Where BytesReader::where() const noexcept {
  Where place;
  place.offset = offset_;
  place.version_guessed = !version_known_;
  return place;
}

void BytesReader::guess(base::Bytes bytes) {
  guessed_ = true;
  const Fit how = fit(bytes);
  version_ = options_.version.value_or(how.version);
  version_known_ = options_.version || how.version_known;
}

void BytesReader::take_frame(const wire::Frame& frame) {
  if (frame.type() == wire::PacketType::connect) {
    if (const auto connect = wire::decode_connect(frame)) {
      if (options_.version && *options_.version != connect->version) {
        handler_.on_note(where(), Note::version_forced,
                         base::format("CONNECT says MQTT {}", wire::name(connect->version)));
      } else {
        version_ = connect->version;
        version_known_ = true;
      }
    }
  }
  handler_.on_packet(where(), frame, version_, version_known_);
}

std::size_t BytesReader::take(base::Bytes bytes) {
  std::size_t taken = 0;
  while (!lost_ && taken < bytes.size()) {
    const base::Bytes rest = bytes.subspan(taken);
    const wire::Split split = wire::split(rest, version_);
    if (split.kind == wire::Split::Kind::incomplete) break;
    if (split.kind == wire::Split::Kind::fault) {
      handler_.on_fault(where(), rest, version_, split.fault);
      lost_ = true;
      break;
    }
    take_frame(split.frame);
    taken += split.frame.packet.size();
    offset_ += split.frame.packet.size();
  }
  return lost_ ? bytes.size() : taken;
}

void BytesReader::feed(base::Bytes bytes) {
  if (!guessed_) guess(bytes);
  if (tail_.empty()) {
    tail_.append(bytes.subspan(take(bytes)));
  } else {
    tail_.append(bytes);
    tail_.consume(take(tail_.view()));
  }
}

void BytesReader::finish() {
  if (tail_.empty() || lost_) return;
  const wire::Split split = wire::split(tail_.view(), version_);
  const std::size_t missing = split.needed > tail_.size() ? split.needed - tail_.size() : 1;
  handler_.on_note(
      where(), Note::incomplete,
      base::format("the input ends inside a packet, {} {} short", missing, missing == 1 ? "byte" : "bytes"));
  handler_.on_fault(where(), tail_.view(), version_,
                    {wire::Clause::field_truncated, static_cast<std::uint32_t>(tail_.size())});
  tail_.clear();
}

}  // namespace capture
