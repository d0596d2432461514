// A layer of a transport: bytes from below in, bytes for above out, and the other way; no socket.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"

namespace transport {

/// How far a connection had come when it failed; the order of the way to CONNACK.
enum class Stage : std::uint8_t { resolve, connect, proxy, tls, upgrade, connack, read, write };
std::string_view name(Stage stage) noexcept;

/// What kind of failure, for exit codes and advice.
enum class Kind : std::uint8_t {
  system,  ///< `code` says
  timeout,
  peer_closed,
  not_resolved,
  configuration,              ///< our own options cannot be used; `code` is set when a file could not be read
  certificate,                ///< verification of the peer's failed: `message` says how; also the kinds that follow
  certificate_untrusted,      ///< no authority that we know signed it
  certificate_expired,        ///< or is not valid yet
  certificate_host_mismatch,  ///< it is for other names
  certificate_refused,        ///< the peer did not like ours
  certificate_required,       ///< one side asked for a certificate and got none
  handshake,                  ///< the peers found no common ground, or an alert came
  plain_on_tls,               ///< the peer answered TLS with something else: it is no TLS port
  tls_on_plain,               ///< the peer speaks TLS where we did not
  http_status,                ///< an HTTP answer other than 101: `message` has the status line
  not_websocket,              ///< neither HTTP nor WebSocket came back
  proxy_refused,
  authentication,  ///< the broker did not prove that it knows our password
  protocol,        ///< the peer broke the layer's own protocol
};
std::string_view name(Kind kind) noexcept;

struct Error {
  Stage stage;
  Kind kind;
  std::error_code code{};
  std::string message;  ///< one clause of a sentence, no full stop; bytes from the peer escaped
};

/// One protocol between the socket and MQTT: a proxy's greeting, TLS, WebSocket. A connection holds them from the
/// socket upwards; with none it is plain TCP. Each call appends to the buffers it is given and keeps none of the views.
/// A call that fails may still have left bytes in `down` (an alert, a close frame, an HTTP answer): they are to be sent
/// before the connection is closed, and the layer is not to be called again.
class Layer {
 public:
  virtual ~Layer() = default;

  /// Opening bytes go to `down`. Layers start from the bottom, each when the one below is open.
  virtual base::Result<void, Error> start(base::Buffer& down) = 0;
  /// Bytes that came from below; payload goes to `up`, answers (handshakes, pongs, close frames) to `down`.
  /// Bytes received together with the end of the handshake are payload already.
  virtual base::Result<void, Error> receive(base::Bytes from_below, base::Buffer& up, base::Buffer& down) = 0;
  /// Payload from above, encoded to `down`. Only once open.
  virtual base::Result<void, Error> send(base::Bytes from_above, base::Buffer& down) = 0;
  /// Says goodbye (close_notify, a close frame) where the protocol has it.
  virtual void close(base::Buffer& down) = 0;
  /// The layer below came to its end without a goodbye: what that means here (a cut handshake is an error of its
  /// stage).
  virtual Error cut() const = 0;

  /// The stage its opening is: `proxy`, `tls` or `upgrade`.
  virtual Stage stage() const noexcept = 0;
  virtual bool open() const noexcept = 0;
  /// The peer said goodbye.
  virtual bool closed() const noexcept = 0;
  /// Once open it hands bytes on unchanged, so that it can be taken out: a proxy.
  virtual bool passes_through() const noexcept { return false; }
};

}  // namespace transport
