// From a host name to a connected socket: resolution, and attempts at its addresses side by side (RFC 8305).
#pragma once

#include <asio/generic/stream_protocol.hpp>
#include <functional>
#include <memory>

#include "base/result.h"
#include "net/settings.h"
#include "net/worker.h"

namespace net {

using Socket = asio::generic::stream_protocol::socket;

/// One way to a socket; `done` is called once, never from inside `dial`, and not after `cancel`.
class Dial : public std::enable_shared_from_this<Dial> {
 public:
  using Done = std::function<void(base::Result<Socket, transport::Error>)>;

  virtual ~Dial() = default;
  virtual void cancel() = 0;
  /// Where it stands: `Stage::resolve` or `Stage::connect`.
  virtual transport::Stage stage() const noexcept = 0;
};

/// Where the first hop is: the broker, or the proxy in front of it.
std::shared_ptr<Dial> dial(Worker& worker, const ConnectSettings& settings, Dial::Done done);

}  // namespace net
