// Decompresses the messages of permessage-deflate (RFC 7692) in pieces, so that none of them grows memory.
#pragma once

#include <functional>
#include <memory>

#include "base/bytes.h"

struct z_stream_s;

namespace capture {

/// One direction. What a message refers to in earlier ones (the context that is taken over) is kept: 32 KiB.
class Inflater {
 public:
  Inflater();
  ~Inflater();

  /// Hands on what `bytes` become, in pieces that live until the call returns. False: they are no deflate stream, or
  /// the message becomes larger than `limit`.
  bool inflate(base::Bytes bytes, std::size_t limit, const std::function<void(base::Bytes)>& to);
  /// The end of a message.
  bool finish_message(std::size_t limit, const std::function<void(base::Bytes)>& to);

  static constexpr std::size_t held = 48U << 10;

 private:
  std::unique_ptr<z_stream_s> stream_;
  std::size_t size_ = 0;  ///< of the message so far
};

}  // namespace capture
