// The layers of one connection as a whole, from the socket upwards.
#include "transport/stack.h"

#include <algorithm>
#include <deque>

namespace transport {
namespace {

/// Beyond this a buffer is not kept for the next call.
constexpr std::size_t largest_kept = 256 * 1024;

/// What flows between two layers within one call. It belongs to the thread, not to the connection: a hundred thousand
/// idle connections share it.
class Scratch {
 public:
  base::Buffer& rising(std::size_t index) { return grown(rising_, index); }
  base::Buffer& sinking(std::size_t index) { return grown(sinking_, index); }

 private:
  /// A deque does not move what it holds when it grows.
  using Buffers = std::deque<base::Buffer>;

  static base::Buffer& grown(Buffers& buffers, std::size_t index) {
    if (buffers.size() <= index) buffers.resize(index + 1);
    return buffers[index];
  }

  Buffers rising_;
  Buffers sinking_;
};

Scratch& scratch() {
  thread_local Scratch mine;
  return mine;
}

void reset(base::Buffer& buffer) noexcept {
  buffer.clear();
  if (buffer.capacity() > largest_kept) buffer.release();
}

}  // namespace

base::Result<void, Error> Stack::start(base::Buffer& down) { return start_next(down); }

/// Starts the layer above the open ones.
base::Result<void, Error> Stack::start_next(base::Buffer& down) {
  if (open()) return {};
  const std::size_t index = open_;
  auto started = layers_[index]->start(index == 0 ? down : scratch().sinking(index));
  auto sunk = sink(index, down);
  return started ? sunk : started;
}

/// Hands what layer `index` wants to send through the ones below it.
base::Result<void, Error> Stack::sink(std::size_t index, base::Buffer& down) {
  base::Result<void, Error> result;
  for (; index > 0; --index) {
    base::Buffer& from = scratch().sinking(index);
    if (!from.empty() && result) {
      result = layers_[index - 1]->send(from.view(), index == 1 ? down : scratch().sinking(index - 1));
    }
    reset(from);
  }
  return result;
}

base::Result<void, Error> Stack::receive(base::Bytes from_socket, base::Buffer& up, base::Buffer& down) {
  if (identity()) {
    up.append(from_socket);
    return {};
  }
  base::Bytes bytes = from_socket;
  base::Result<void, Error> result;
  std::size_t used = 0;
  for (std::size_t index = 0; index < layers_.size() && result; ++index) {
    const bool topmost = index + 1 == layers_.size();
    base::Buffer& out = topmost ? up : scratch().rising(index);
    if (!topmost) used = index + 1;
    result = layers_[index]->receive(bytes, out, index == 0 ? down : scratch().sinking(index));
    if (auto sunk = sink(index, down); result) result = sunk;
    if (result) result = settle(index, down);
    if (topmost) break;
    bytes = out.view();
    if (bytes.empty()) break;
  }
  for (std::size_t index = 0; index < used; ++index) reset(scratch().rising(index));
  while (!layers_.empty() && open_ > 0 && layers_.front()->passes_through()) {
    layers_.erase(layers_.begin());
    --open_;
  }
  return result;
}

/// After layer `index` has received: if that opened it, the next one starts.
base::Result<void, Error> Stack::settle(std::size_t index, base::Buffer& down) {
  if (index != open_ || !layers_[index]->open()) return {};
  ++open_;
  return start_next(down);
}

base::Result<void, Error> Stack::send(base::Bytes from_above, base::Buffer& down) {
  if (identity()) {
    down.append(from_above);
    return {};
  }
  const std::size_t top = layers_.size() - 1;
  auto sent = layers_[top]->send(from_above, top == 0 ? down : scratch().sinking(top));
  auto sunk = sink(top, down);
  return sent ? sunk : sent;
}

void Stack::close(base::Buffer& down) {
  for (std::size_t index = open_; index-- > 0;) {
    layers_[index]->close(index == 0 ? down : scratch().sinking(index));
    // The connection ends here: that a layer below could not encode the goodbye changes nothing.
    (void)sink(index, down);
  }
}

Error Stack::cut() const {
  if (identity()) return {Stage::read, Kind::peer_closed, {}, "the peer closed the connection"};
  return layers_[std::min(open_, layers_.size() - 1)]->cut();
}

bool Stack::closed() const noexcept {
  return std::any_of(layers_.begin(), layers_.end(), [](const auto& layer) { return layer->closed(); });
}

}  // namespace transport
