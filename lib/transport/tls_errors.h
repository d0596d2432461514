// Turns the failures that OpenSSL reports into ours.
#pragma once

#include <memory>
#include <openssl/ssl.h>
#include <string>

#include "transport/tls.h"

namespace transport {

/// Calls the function that OpenSSL has for giving something back.
template <auto free>
struct FreeBy {
  template <class T>
  void operator()(T* thing) const noexcept {
    free(thing);
  }
};
using BioPtr = std::unique_ptr<BIO, FreeBy<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, FreeBy<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;

/// The reason of the latest entry in OpenSSL's error queue, in its words.
std::string openssl_reason();
/// Why verification failed: X509_V_ERR_ `code` at `certificate` (may be null), which was asked to be for `host`.
Error verification_error(int code, X509* certificate, const std::string& host);
/// From the error queue, after SSL_ERROR_SSL. `opened`: the handshake was over.
Error ssl_error(bool opened);
/// The common name of a certificate's subject; empty: none.
std::string common_name(X509* certificate);
/// All but its chain.
TlsCertificate describe_certificate(X509* certificate);

}  // namespace transport
