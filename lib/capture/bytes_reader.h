// MQTT that stands by itself, without a network around it: cut into packets and handed on.
#pragma once

#include <optional>

#include "base/buffer.h"
#include "capture/handler.h"

namespace capture {

struct BytesOptions {
  std::optional<wire::Version> version;  ///< forced
};

/// Takes bytes in pieces. The version is that of a CONNECT, or a guess from the first piece. Both directions may be
/// mixed, so that a packet's sender is known only where one alone may send it.
class BytesReader {
 public:
  BytesReader(Handler& handler, const BytesOptions& options) : handler_(handler), options_(options) {}

  void feed(base::Bytes bytes);
  /// The input is over: what is left is a packet that was cut off.
  void finish();

 private:
  /// Bytes of whole packets at the front.
  std::size_t take(base::Bytes bytes);
  void take_frame(const wire::Frame& frame);
  void guess(base::Bytes bytes);
  Where where() const noexcept;

  Handler& handler_;
  BytesOptions options_;
  base::Buffer tail_;
  std::uint64_t offset_ = 0;
  wire::Version version_ = wire::Version::v3_1_1;
  bool version_known_ = false;
  bool guessed_ = false;
  bool lost_ = false;  ///< no packet begins at a known place any more
};

}  // namespace capture
