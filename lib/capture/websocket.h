// Takes MQTT out of WebSocket frames, after the upgrade.
#pragma once

#include <bitset>

#include "capture/inflate.h"
#include "capture/mqtt.h"
#include "transport/ws_frame.h"

namespace capture {

/// What the two HTTP heads agreed on.
struct Upgrade {
  enum class Kind : std::uint8_t { incomplete, none, refused, agreed };
  Kind kind = Kind::incomplete;
  Side client = 0;
  bool compressed = false;             ///< permessage-deflate
  bool offered = true;                 ///< the client names the sub-protocol of MQTT, or its request was not captured
  bool selected = true;                ///< the server does
  std::string text{};                  ///< what to tell about it
  std::array<std::size_t, 2> heads{};  ///< their sizes
};
/// `heads` are the first bytes of both directions; kind none: it is HTTP, but not for MQTT.
Upgrade read_upgrade(const std::array<base::Bytes, 2>& heads);

class WebSocket {
 public:
  /// Both must outlive it.
  WebSocket(Report& report, Mqtt& mqtt, Side client, bool compressed);

  void receive(Side side, base::Bytes bytes);
  void gap(Side side, std::uint64_t missing);
  /// An unknown number of bytes was lost.
  void lost(Side side);
  std::size_t held() const noexcept;

 private:
  struct Stream {
    explicit Stream(transport::WsSender sender) : decoder(sender) {}
    transport::WsDecoder decoder;
    std::unique_ptr<Inflater> inflater{};
    std::uint64_t left = 0;  ///< of the frame under way
    bool deflated = false;   ///< the message under way is compressed
    bool data = false;       ///< the frame under way carries data
    bool searching = false;  ///< for the beginning of a frame
    bool given_up = false;
  };

  void take(Side side, const transport::WsPart& part);
  void begin_frame(Side side, const transport::WsPart& part);
  void expand(Side side, const transport::WsPart& part);
  void give_up(Side side, std::string_view why);
  bool frames_begin(Side side, base::Bytes bytes) const;

  Report& report_;
  Mqtt& mqtt_;
  bool compressed_;
  std::bitset<16> told_;  ///< rules that were broken, by number: each is told once
  std::array<Stream, 2> streams_;
  base::Buffer unmasked_;
};

}  // namespace capture
