// TLS as a layer: OpenSSL's engine over memory, without a socket.
#pragma once

#include "transport/tls_context.h"

namespace transport {

/// Of the peer's own certificate, for people: bytes of the peer are escaped.
struct TlsCertificate {
  std::string subject;
  std::string issuer;
  std::string names;    ///< of the hosts that it is for
  std::string expires;  ///< in ISO 8601
  std::int64_t seconds_left = 0;
  std::size_t chain = 0;  ///< certificates that the peer sent
};

/// What the handshake agreed on; text from the peer is as it came, unescaped.
struct TlsSession {
  std::string version;  ///< as "TLSv1.3"
  std::string cipher;
  std::string alpn;              ///< empty: none
  std::string peer_common_name;  ///< of the peer's certificate; empty: none
  std::optional<TlsCertificate> certificate;
  std::string psk_identity;  ///< server: who the client said it is; empty: no shared key was used
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
