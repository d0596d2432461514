// The layers of one connection as a whole, from the socket upwards.
#pragma once

#include <memory>
#include <vector>

#include "transport/layer.h"

namespace transport {

/// The operations are those of a Layer, with the same rules. With no layers it is open at once and copies bytes;
/// a caller for whom speed matters asks `identity()` and leaves it out. It owns no buffers: what flows between two
/// layers stands in scratch of the thread and is gone when the call returns.
class Stack {
 public:
  Stack() = default;
  /// The one next to the socket comes first.
  explicit Stack(std::vector<std::unique_ptr<Layer>> layers) : layers_(std::move(layers)) {}

  /// The socket is connected.
  base::Result<void, Error> start(base::Buffer& down);
  base::Result<void, Error> receive(base::Bytes from_socket, base::Buffer& up, base::Buffer& down);
  base::Result<void, Error> send(base::Bytes from_above, base::Buffer& down);
  void close(base::Buffer& down);
  /// The socket came to its end: what that means.
  Error cut() const;

  bool open() const noexcept { return open_ == layers_.size(); }
  /// The peer said goodbye in any of the layers.
  bool closed() const noexcept;
  /// Those that are there, from the socket upwards.
  const std::vector<std::unique_ptr<Layer>>& layers() const noexcept { return layers_; }
  /// Plain TCP: no layers, or only proxies that are done.
  bool identity() const noexcept { return layers_.empty(); }
  /// How far it has come: the stage of the layer that is opening, or `connack` once all are open.
  Stage stage() const noexcept { return open() ? Stage::connack : layers_[open_]->stage(); }

 private:
  base::Result<void, Error> start_next(base::Buffer& down);
  base::Result<void, Error> settle(std::size_t index, base::Buffer& down);
  base::Result<void, Error> sink(std::size_t index, base::Buffer& down);

  std::vector<std::unique_ptr<Layer>> layers_;
  std::size_t open_ = 0;  ///< how many are open, counted from the socket
};

}  // namespace transport
