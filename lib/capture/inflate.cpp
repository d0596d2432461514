// Decompresses the messages of permessage-deflate (RFC 7692) in pieces, so that none of them grows memory.
#include "capture/inflate.h"

#include <array>
#include <new>
#include <zlib.h>

namespace capture {

Inflater::Inflater() : stream_(std::make_unique<z_stream>()) {
  constexpr int raw_with_any_window = -15;
  if (inflateInit2(stream_.get(), raw_with_any_window) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() { inflateEnd(stream_.get()); }

bool Inflater::inflate(base::Bytes bytes, std::size_t limit, const std::function<void(base::Bytes)>& to) {
  std::array<std::uint8_t, 16U << 10> room;
  stream_->next_in = const_cast<std::uint8_t*>(bytes.data());  // zlib does not write to it
  stream_->avail_in = static_cast<uInt>(bytes.size());
  do {
    stream_->next_out = room.data();
    stream_->avail_out = static_cast<uInt>(room.size());
    const int result = ::inflate(stream_.get(), Z_SYNC_FLUSH);
    if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) return false;
    const std::size_t made = room.size() - stream_->avail_out;
    size_ += made;
    if (size_ > limit) return false;
    if (made != 0) to(base::Bytes(room).first(made));
    // A final block ends the stream, not the message: the next begins a stream anew.
    if (result == Z_STREAM_END && inflateReset(stream_.get()) != Z_OK) return false;
    if (made == 0 && result == Z_BUF_ERROR) break;
  } while (stream_->avail_in != 0 || stream_->avail_out == 0);
  return true;
}

bool Inflater::finish_message(std::size_t limit, const std::function<void(base::Bytes)>& to) {
  constexpr std::array<std::uint8_t, 4> left_out_by_the_sender{0x00, 0x00, 0xFF, 0xFF};
  const bool good = inflate(left_out_by_the_sender, limit, to);
  size_ = 0;
  return good;
}

}  // namespace capture
