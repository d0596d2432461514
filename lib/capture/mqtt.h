// Cuts both directions of a connection into MQTT packets, and finds the next one where bytes are missing or broken.
#pragma once

#include "capture/recognise.h"
#include "capture/report.h"

namespace capture {

/// Packets are cut off in place; only one that straddles two calls is copied.
class Mqtt {
 public:
  /// `from_start`: the first bytes of both directions are the first that were sent.
  Mqtt(Report& report, bool from_start);

  void receive(Side side, base::Bytes bytes);
  /// That many bytes of the stream were lost.
  void gap(Side side, std::uint64_t missing);
  /// An unknown number of bytes was lost.
  void lost(Side side);
  /// The side will send no more.
  void finish(Side side);
  /// Of the next byte of that direction.
  std::uint64_t offset(Side side) const noexcept { return sides_[side].offset + sides_[side].partial.size(); }
  std::size_t held() const noexcept {
    return sizeof *this + sides_[0].partial.capacity() + sides_[1].partial.capacity();
  }

 private:
  struct Stream {
    base::Buffer partial;       ///< the beginning of a packet; while searching, all bytes since
    std::uint64_t offset = 0;   ///< of the first byte of `partial`, or of the next to come
    std::size_t needed = 0;     ///< bytes that `partial` should have before it is looked at again
    std::uint64_t skip = 0;     ///< bytes to drop: the rest of a packet that is not read
    std::uint64_t skipped = 0;  ///< while searching: bytes that were no packet
    unsigned reserved = 0;      ///< packets of type 0 in a row
    bool searching = false;
  };

  base::Bytes drop(Stream& stream, base::Bytes bytes) noexcept;
  base::Bytes complete(Side side, base::Bytes bytes);
  void search(Side side, base::Bytes bytes);
  bool find(Side side);
  /// Cuts what it can; what is left is the beginning of a packet.
  base::Bytes cut(Side side, base::Bytes bytes);
  base::Bytes refuse(Side side, base::Bytes bytes, const wire::Fault& fault);
  base::Bytes refuse_type(Side side, base::Bytes bytes, const wire::Frame& frame);
  base::Bytes begin_search(Side side, base::Bytes bytes) noexcept;
  base::Bytes skip_large(Side side, base::Bytes bytes, std::size_t size);
  void emit(Side side, const wire::Frame& frame);
  void learn(Side side, const wire::Frame& connect);
  void guess(Side side, const wire::Frame& frame);
  void guess_sender(Side side, const wire::Frame& frame);

  Report& report_;
  std::array<Stream, 2> sides_;
  wire::Version version_ = wire::Version::v3_1_1;
  bool version_known_ = false;    ///< from CONNECT, or forced
  bool version_settled_ = false;  ///< known, or guessed from a packet that is one version only
};

}  // namespace capture
