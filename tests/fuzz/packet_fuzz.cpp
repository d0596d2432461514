// Any bytes as a stream of packets, in each version and from both sides: what decodes is encoded again and decodes to
// the same, and a fault lies in its packet.
#include <cstdlib>
#include <cstring>

#include "wire/decode.h"
#include "wire/encode.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

base::Buffer encoded(const wire::Packet& packet, wire::Version version) {
  base::Buffer buffer;
  demand(wire::append(buffer, packet, version));
  return buffer;
}

/// Reads every view that a packet holds, so that a bad one is found.
std::size_t read_lists(const wire::Packet& packet) {
  std::size_t sum = 0;
  if (const auto* subscribe = std::get_if<wire::Subscribe>(&packet)) {
    for (const wire::Subscription& one : subscribe->subscriptions) sum += one.topic_filter.size() + one.qos;
  } else if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&packet)) {
    for (const std::string_view one : unsubscribe->topic_filters) sum += one.size();
  } else if (const auto* publish = std::get_if<wire::Publish>(&packet)) {
    for (const wire::Property& one : publish->properties) sum += one.number + one.value.size() + one.name.size();
  }
  return sum;
}

/// Encodings differ in what says nothing; the second one must be the encoder's own.
void check_round_trip(const wire::Packet& packet, const wire::Context& context) {
  const base::Buffer once = encoded(packet, context.version);
  const wire::Split split = wire::split(once.view(), context.version);
  demand(split.kind == wire::Split::Kind::frame && split.frame.packet.size() == once.size());
  const auto again = wire::decode(split.frame, context);
  demand(again.has_value());
  demand(read_lists(*again) == read_lists(packet));
  const base::Buffer twice = encoded(*again, context.version);
  demand(twice.size() == once.size() && std::memcmp(twice.view().data(), once.view().data(), once.size()) == 0);
}

void run(base::Bytes stream, const wire::Context& context) {
  while (!stream.empty()) {
    const wire::Split split = wire::split(stream, context.version);
    if (split.kind == wire::Split::Kind::incomplete) return demand(split.needed > stream.size());
    if (split.kind == wire::Split::Kind::fault) return demand(split.fault.offset < stream.size());
    const auto packet = wire::decode(split.frame, context);
    if (packet) {
      check_round_trip(*packet, context);
    } else {
      demand(packet.error().offset <= split.frame.packet.size());
    }
    stream = stream.subspan(split.frame.packet.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto version : {wire::Version::v3_1, wire::Version::v3_1_1, wire::Version::v5_0}) {
    for (const auto sender : {wire::Sender::client, wire::Sender::server}) run({data, size}, {version, sender});
  }
  return 0;
}
