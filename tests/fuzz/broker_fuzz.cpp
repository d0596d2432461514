// Hostile clients at the broker's hub: whatever they send, what the hub sends are whole, valid packets.
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "broker/world.h"

namespace {

broker::HubOptions tight() {
  broker::HubOptions options;
  options.maximum_connections = 6;
  options.maximum_sessions = 4;
  options.subscriptions_per_client = 8;
  options.queued_messages = 16;
  options.queued_bytes = 4096;
  options.outbox_bytes = 16'384;
  options.server.limits.maximum_packet_size = 4096;
  options.sys_interval = std::chrono::seconds(60);
  return options;
}

/// Four places for connections; the first two begin with a CONNECT and a subscription to everything.
class Room {
 public:
  Room() : world_(tight()) {
    peers_[0] = std::make_unique<test::Peer>(world_, "a", wire::Version::v5_0, 60);
    peers_[1] = std::make_unique<test::Peer>(world_, "b", wire::Version::v3_1_1);
    peers_[0]->subscribe({"#", 2}, 7);
    peers_[1]->subscribe({"+/+", 1});
  }

  void step(std::uint8_t control, base::Cursor& input) {
    auto& peer = peers_[control & 3];
    const unsigned what = control >> 2 & 7;
    if (what == 0) {
      peer = std::make_unique<test::Peer>(world_);
    } else if (what == 1) {
      world_.pass(std::chrono::seconds(control >> 5));
    } else if (what == 2 && peer) {
      peer->lose();
    } else if (peer && peer->open() && !input.empty()) {
      const std::size_t length = input.u8();
      peer->send_bytes(input.take(std::min(length, input.left())));
    }
    if (what != 3) read_all();  // 3: clients that do not read
  }

  void read_all() {
    for (const auto& peer : peers_) {
      if (!peer) continue;
      for (const std::string& line : peer->take()) {
        if (line.starts_with("undecodable")) std::abort();
      }
      if (!peer->take_bytes().empty()) std::abort();
    }
  }

 private:
  test::World world_;
  std::unique_ptr<test::Peer> peers_[4];
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Room room;
  base::Cursor input(base::Bytes(data, size));
  while (!input.empty()) room.step(input.u8(), input);
  room.read_all();
  return 0;
}
