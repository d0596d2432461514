// TLS as a layer: OpenSSL's engine over memory, without a socket.
#pragma once

#include "transport/tls_context.h"

namespace transport {

/// What the handshake agreed on; text from the peer is as it came, unescaped.
struct TlsSession {
  std::string version;  ///< as "TLSv1.3"
  std::string cipher;
  std::string alpn;              ///< empty: none
  std::string peer_common_name;  ///< of the peer's certificate; empty: none
  std::string psk_identity;      ///< server: who the client said it is; empty: no shared key was used
};

class TlsLayer : public Layer {
 public:
  /// Once open.
  virtual TlsSession session() const = 0;
};

/// `host` is a name or an IP address; its certificate is verified within the handshake, so that the server sees why.
std::unique_ptr<TlsLayer> make_tls_client(std::shared_ptr<const TlsContext> context, const std::string& host);
std::unique_ptr<TlsLayer> make_tls_server(std::shared_ptr<const TlsContext> context);

}  // namespace transport
