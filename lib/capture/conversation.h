// What a TCP connection carries: MQTT, found by its content, bare or within WebSocket or TLS.
#pragma once

#include <memory>

#include "capture/mqtt.h"
#include "capture/tls.h"
#include "capture/websocket.h"

namespace capture {

/// Who opened a connection, and from where on it was captured.
struct Opening {
  bool from_start = false;  ///< the handshake was captured
  Side initiator = 0;       ///< where from_start
};

/// Takes the bytes of both directions in order.
class Conversation {
 public:
  Conversation(Context& context, const std::array<Address, 2>& ends, Opening opening);
  ~Conversation();

  void receive(Side side, base::Bytes bytes);
  void gap(Side side, std::uint64_t missing);
  void finish(Closed how);
  /// Nothing that we read: it need not be fed any more.
  bool ignored() const noexcept { return stage_ == Stage::ignored; }
  std::size_t held() const noexcept;

 private:
  enum class Stage : std::uint8_t { undecided, upgrade, mqtt, websocket, ignored };

  struct Head {
    base::Buffer bytes;
    std::uint8_t attempts = 0;
  };

  void receive_plain(Side side, base::Bytes bytes);
  void lose_plain(Side side);
  void decide(Side side);
  bool decide_tls(Side side);
  void decide_by_frames();
  void start_tls(Side side);
  void name_tls(base::Bytes hello, std::string_view why);
  void try_upgrade();
  void start_websocket(const Upgrade& upgrade);
  void start_mqtt(bool from_start);
  void replay_heads();
  Side client() const noexcept;
  bool on_mqtt_port() const noexcept;
  void ignore();

  Report report_;
  Opening opening_;
  Stage stage_ = Stage::undecided;
  bool offered_ = false;  ///< encrypted, but its hello says that it is MQTT
  std::array<Head, 2> heads_;
  std::unique_ptr<Tls> tls_;
  std::unique_ptr<WebSocket> websocket_;
  std::unique_ptr<Mqtt> mqtt_;
};

}  // namespace capture
