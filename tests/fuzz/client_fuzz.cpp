// A hostile broker: whatever it answers, the client sends whole, valid packets, and no more than it may hold.
#include <cstdint>
#include <cstdlib>

#include "session/client.h"
#include "session/hex.h"
#include "wire/decode.h"

namespace {

using namespace std::chrono_literals;
using session::Client;

session::ClientOptions options_of(std::uint8_t control) {
  session::ClientOptions options;
  options.version = static_cast<wire::Version>(3 + control % 3);
  options.client_identifier = "c";
  options.clean_start = (control & 0x08) != 0;
  options.acknowledge_by_command = (control & 0x10) != 0;
  options.inflight_bytes = 4096;
  if (options.version == wire::Version::v5_0 && (control & 0x80) != 0) {
    options.properties.add(wire::PropertyId::receive_maximum, 2);
    options.properties.add(wire::PropertyId::topic_alias_maximum, 3);
    options.properties.add(wire::PropertyId::authentication_method, "m");
  }
  return options;
}

class Room {
 public:
  explicit Room(std::uint8_t control) : client_(options_of(control), pool_) {
    client_.set_use_topic_alias((control & 0x20) != 0);
    client_.set_republish((control & 0x40) != 0);
    client_.connect(now_);
    check_sent();
  }

  /// The broker's packet at the front of `input`, or a command of ours.
  void step(base::Cursor& input) {
    const std::uint8_t what = input.u8();
    if (what >= 8) {
      command(what);
    } else if (!input.empty()) {
      const std::size_t length = input.u8();
      receive(input.take(std::min(length, input.left())));
    }
    drain_events();
    check_sent();
  }

 private:
  wire::Version version() const { return client_.options().version; }

  void receive(base::Bytes bytes) {
    if (client_.state() != Client::State::connecting && client_.state() != Client::State::connected) return;
    while (!bytes.empty() && client_.state() != Client::State::disconnected) {
      const wire::Split split = wire::split(bytes, version());
      if (split.kind == wire::Split::Kind::fault) return client_.handle_fault(now_, split.fault);
      if (split.kind == wire::Split::Kind::incomplete) return;
      client_.handle_frame(now_, split.frame);
      drain_events();
      bytes = bytes.subspan(split.frame.packet.size());
    }
  }

  void drain_events() {
    while (const session::Event* event = client_.poll_event()) {
      const auto* message = std::get_if<session::Message>(event);
      if (message == nullptr || !client_.options().acknowledge_by_command) continue;
      client_.acknowledge(message->publish.qos, message->publish.packet_identifier);
    }
  }

  void command(std::uint8_t what) {
    switch (what % 8) {
      case 0:
      case 1:
      case 2:
        return publish(what % 8);
      case 3: {
        wire::Subscriptions subscriptions;
        subscriptions.add({"$share/g/a/#", 1});
        (void)client_.subscribe({0, subscriptions.view()});
        return;
      }
      case 4:
        client_.handle_closed(now_);
        client_.options().clean_start = false;
        return client_.connect(now_);
      case 5:
        now_ += 1s * (what >> 3);
        if (client_.deadline() <= now_) client_.handle_timeout(now_);
        return;
      case 6:
        return client_.ping(now_);
      default:
        return client_.disconnect();
    }
  }

  void publish(unsigned qos) {
    const std::string payload(qos * 700, 'x');
    const wire::Publish publish{
        .topic = "a/b", .payload = base::as_bytes(payload), .qos = static_cast<std::uint8_t>(qos)};
    (void)client_.publish(publish);
  }

  void check_sent() {
    const auto sent = drain(client_.outbox());
    for (base::Bytes rest = sent; !rest.empty();) {
      const wire::Split split = wire::split(rest, version());
      if (split.kind != wire::Split::Kind::frame) std::abort();
      if (!wire::decode(split.frame, {version(), wire::Sender::client})) std::abort();
      rest = rest.subspan(split.frame.packet.size());
    }
    if (client_.inflight() > 64) std::abort();  // 4096 bytes of at least 60 each
  }

  base::Pool pool_;
  Client client_;
  session::Time now_{1h};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  base::Cursor input(base::Bytes(data, size));
  Room room(input.u8());
  while (!input.empty()) room.step(input);
  return 0;
}
