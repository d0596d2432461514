// Certificates and keys from PEM into an OpenSSL context, with errors that say which file and what is wrong with it.
#pragma once

#include "transport/tls_context.h"
#include "transport/tls_errors.h"

namespace transport {

/// An error of our own options.
inline base::unexpected<Error> misconfigured(std::string message, std::error_code code = {}) {
  return base::unexpected(Error{Stage::tls, Kind::configuration, code, std::move(message)});
}

/// Where PEM comes from: a file, or text when there is no file.
struct Pem {
  std::string file;
  std::string text;

  bool given() const noexcept { return !file.empty() || !text.empty(); }
  /// For messages.
  std::string name() const { return file.empty() ? "given as text" : "'" + file + "'"; }
};

base::Result<void, Error> use_certificate(SSL_CTX* context, const Pem& certificate, const Pem& key,
                                          const KeyPassword& password);
base::Result<void, Error> trust_file(SSL_CTX* context, const Pem& authorities, bool name_to_clients);
base::Result<void, Error> trust_directory(SSL_CTX* context, const std::string& directory);
/// The system's authorities, each read when a certificate names it.
void trust_system(SSL_CTX* context);

}  // namespace transport
