// What OpenSSL's callbacks, which belong to a context, tell the connection that they were called for.
#pragma once

#include <openssl/ssl.h>
#include <string_view>

namespace transport {

/// The application data of each SSL that this layer makes.
class TlsIdentity {
 public:
  /// Verification failed; the first call counts.
  virtual void refused(int code, X509* certificate) = 0;
  /// The client named this identity, and its key is known.
  virtual void identified(std::string_view identity) = 0;
  /// The server asked for a certificate and we have none.
  virtual void asked_for_certificate() = 0;

  static TlsIdentity& of(const SSL* ssl) noexcept { return *static_cast<TlsIdentity*>(SSL_get_app_data(ssl)); }

 protected:
  ~TlsIdentity() = default;
};

}  // namespace transport
