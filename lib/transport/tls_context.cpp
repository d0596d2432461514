// What TLS connections share: certificates, keys and rules, read once and checked before the first connection.
#include "transport/tls_context.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/err.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/format.h"
#include "base/hex.h"
#include "transport/tls_files.h"
#include "transport/tls_identity.h"

namespace transport {
namespace {

using Checked = base::Result<void, Error>;

struct VersionRow {
  std::string_view name;
  int number;
};
constexpr std::array version_rows{VersionRow{"tlsv1.2", TLS1_2_VERSION}, VersionRow{"tlsv1.3", TLS1_3_VERSION},
                                  VersionRow{"tlsv1.0", TLS1_VERSION}, VersionRow{"tlsv1.1", TLS1_1_VERSION}};
/// What the obsolete versions need of OpenSSL.
constexpr const char* obsolete_ciphers = "DEFAULT:@SECLEVEL=0";

Checked set_version(SSL_CTX* context, const std::string& version) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (version.empty()) return {};
  for (const VersionRow& row : version_rows) {
    if (row.name != version) continue;
    SSL_CTX_set_min_proto_version(context, row.number);
    SSL_CTX_set_max_proto_version(context, row.number);
    if (row.number < TLS1_2_VERSION) SSL_CTX_set_cipher_list(context, obsolete_ciphers);
    return {};
  }
  return misconfigured(base::format("the TLS version '{}' is neither tlsv1.2 nor tlsv1.3", version));
}

Checked set_ciphers(SSL_CTX* context, const std::string& ciphers, const std::string& suites) {
  if (!ciphers.empty() && SSL_CTX_set_cipher_list(context, ciphers.c_str()) != 1) {
    return misconfigured(base::format("no cipher of TLS 1.2 matches '{}'", ciphers));
  }
  if (!suites.empty() && SSL_CTX_set_ciphersuites(context, suites.c_str()) != 1) {
    return misconfigured(base::format("'{}' is no list of TLS 1.3 cipher suites", suites));
  }
  return {};
}

/// The wire form of a list of protocols: each behind its length.
base::Result<std::string, Error> alpn_list(const std::vector<std::string>& protocols) {
  std::string list;
  for (const std::string& protocol : protocols) {
    if (protocol.empty() || protocol.size() > 255) {
      return misconfigured("an ALPN protocol has a length of 1 to 255 bytes");
    }
    list += static_cast<char>(protocol.size());
    list += protocol;
  }
  return list;
}

const unsigned char* bytes_of(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Checked offer_alpn(SSL_CTX* context, const std::vector<std::string>& protocols) {
  const auto list = alpn_list(protocols);
  if (!list) return base::unexpected(list.error());
  if (!list->empty()) SSL_CTX_set_alpn_protos(context, bytes_of(*list), static_cast<unsigned>(list->size()));
  return {};
}

/// The server's choice. Without a common protocol it goes on with none, as brokers do.
int select_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered, unsigned length,
                void* list) {
  const auto& ours = *static_cast<const std::string*>(list);
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, size, bytes_of(ours), static_cast<unsigned>(ours.size()), offered, length);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

base::Result<std::vector<std::uint8_t>, Error> shared_key(const TlsClientOptions& options) {
  constexpr std::size_t longest_identity = 127;
  constexpr std::size_t longest_key = 256;
  if (options.psk_hex.empty() != options.psk_identity.empty()) {
    return misconfigured("a pre-shared key and its identity need each other");
  }
  if (options.psk_identity.size() > longest_identity) {
    return misconfigured(base::format("the identity of the pre-shared key is longer than {} bytes", longest_identity));
  }
  const auto key = base::from_hex(options.psk_hex);
  if (!key) return misconfigured("the pre-shared key is not written in pairs of hex digits");
  if (key->size() > longest_key) {
    return misconfigured(base::format("the pre-shared key is longer than {} bytes", longest_key));
  }
  return std::vector<std::uint8_t>(key->begin(), key->end());
}

const TlsContext& context_of(const SSL* ssl) {
  return *static_cast<const TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

unsigned client_key(SSL* ssl, const char*, char* identity, unsigned identity_size, unsigned char* key,
                    unsigned key_size) {
  const TlsContext& context = context_of(ssl);
  const std::string& name = context.client_options().psk_identity;
  const auto& secret = context.psk_key();
  if (name.size() >= identity_size || secret.size() > key_size) return 0;
  std::memcpy(identity, name.c_str(), name.size() + 1);
  std::memcpy(key, secret.data(), secret.size());
  return static_cast<unsigned>(secret.size());
}

unsigned server_key(SSL* ssl, const char* identity, unsigned char* key, unsigned key_size) {
  const auto secret = context_of(ssl).server_options().psk(identity);
  if (!secret || secret->empty() || secret->size() > key_size) return 0;
  TlsIdentity::of(ssl).identified(identity);
  std::memcpy(key, secret->data(), secret->size());
  return static_cast<unsigned>(secret->size());
}

int verified(int ok, X509_STORE_CTX* store) {
  if (ok == 1) return 1;
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsIdentity::of(ssl).refused(X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_current_cert(store));
  return 0;
}

/// Called when the server asks for a certificate and none is loaded: goes on without.
int certificate_wanted(SSL* ssl, X509**, EVP_PKEY**) {
  TlsIdentity::of(ssl).asked_for_certificate();
  return 0;
}

void log_line(const SSL* ssl, const char* line) { context_of(ssl).log_key(line); }

/// What clients and servers have in common.
Checked prepare(SSL_CTX* context, const std::string& version, const std::string& ciphers, const std::string& suites) {
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  if (auto result = set_version(context, version); !result) return result;
  return set_ciphers(context, ciphers, suites);
}

Checked refuse_engines(const TlsClientOptions& options) {
  if (!options.engine.empty()) {
    return misconfigured(
        base::format("the TLS engine '{}' cannot be loaded: engines gave way to providers", options.engine));
  }
  if (options.key_form == "engine") return misconfigured("keys in an engine are not supported, only PEM files");
  if (!options.key_form.empty() && options.key_form != "pem") {
    return misconfigured(base::format("the key form '{}' is not pem", options.key_form));
  }
  return {};
}

Checked trust_authorities(SSL_CTX* context, const TlsClientOptions& options) {
  if (!options.cafile.empty()) {
    if (auto result = trust_file(context, {options.cafile, {}}, false); !result) return result;
  }
  if (!options.ca_pem.empty()) {
    if (auto result = trust_file(context, {{}, options.ca_pem}, false); !result) return result;
  }
  if (!options.capath.empty()) {
    if (auto result = trust_directory(context, options.capath); !result) return result;
  }
  const bool nothing_named = options.cafile.empty() && options.ca_pem.empty() && options.capath.empty();
  if (options.use_system_roots || nothing_named) trust_system(context);
  return {};
}

Checked configure(SSL_CTX* context, const TlsClientOptions& options) {
  if (auto result = refuse_engines(options); !result) return result;
  if (auto result = prepare(context, options.version, options.ciphers, options.ciphersuites); !result) return result;
  if (auto result = trust_authorities(context, options); !result) return result;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verified);
  const Pem certificate{options.cert, {}};
  const Pem key{options.key, {}};
  if (certificate.given() || key.given()) {
    if (auto result = use_certificate(context, certificate, key, options.key_password); !result) return result;
  }
  SSL_CTX_set_client_cert_cb(context, certificate_wanted);
  if (!options.psk_hex.empty()) SSL_CTX_set_psk_client_callback(context, client_key);
  return offer_alpn(context, options.alpn);
}

Checked ask_for_certificates(SSL_CTX* context, const TlsServerOptions& options) {
  if (!options.cafile.empty()) {
    if (auto result = trust_file(context, {options.cafile, {}}, true); !result) return result;
  }
  if (!options.ca_pem.empty()) {
    if (auto result = trust_file(context, {{}, options.ca_pem}, true); !result) return result;
  }
  const bool asks = !options.cafile.empty() || !options.ca_pem.empty();
  if (options.require_certificate && !asks)
    return misconfigured("client certificates need a CA file to verify them by");
  if (asks) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (options.require_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       verified);
  }
  return {};
}

Checked configure(SSL_CTX* context, const TlsServerOptions& options) {
  if (auto result = prepare(context, options.version, options.ciphers, options.ciphersuites); !result) return result;
  const Pem certificate{options.cert, options.cert_pem};
  const Pem key{options.key, options.key_pem};
  if (certificate.given() || key.given() || !options.psk) {
    if (!certificate.given() && !key.given()) return misconfigured("a TLS server needs a certificate and its key");
    if (auto result = use_certificate(context, certificate, key, options.key_password); !result) return result;
  }
  if (auto result = ask_for_certificates(context, options); !result) return result;
  if (options.psk) SSL_CTX_set_psk_server_callback(context, server_key);
  return {};
}

SSL_CTX* new_context(const SSL_METHOD* method) {
  ERR_clear_error();
  SSL_CTX* context = SSL_CTX_new(method);
  if (context == nullptr) throw std::bad_alloc();
  return context;
}

}  // namespace

base::Result<std::shared_ptr<TlsContext>, Error> TlsContext::client(TlsClientOptions options) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  auto key = shared_key(options);
  if (!key) return base::unexpected(key.error());
  made->psk_key_ = std::move(*key);
  made->native_ = new_context(TLS_client_method());
  SSL_CTX_set_app_data(made->native_, made.get());
  if (auto result = configure(made->native_, options); !result) return base::unexpected(result.error());
  made->open_keylog(options.keylog_file);
  made->client_ = std::move(options);
  return made;
}

base::Result<std::shared_ptr<TlsContext>, Error> TlsContext::server(TlsServerOptions options) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  made->native_ = new_context(TLS_server_method());
  SSL_CTX_set_app_data(made->native_, made.get());
  if (auto result = configure(made->native_, options); !result) return base::unexpected(result.error());
  auto list = alpn_list(options.alpn);
  if (!list) return base::unexpected(list.error());
  made->alpn_ = std::move(*list);
  if (!made->alpn_.empty()) SSL_CTX_set_alpn_select_cb(made->native_, select_alpn, &made->alpn_);
  made->open_keylog(options.keylog_file);
  made->server_ = std::move(options);
  return made;
}

TlsContext::~TlsContext() {
  SSL_CTX_free(native_);
  if (keylog_ >= 0) ::close(keylog_);
  OPENSSL_cleanse(psk_key_.data(), psk_key_.size());
}

void TlsContext::open_keylog(const std::string& file) {
  if (file.empty()) return;
  keylog_ = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (keylog_ < 0) {
    warning_ = base::format("TLS secrets are not logged: cannot write '{}': {}", file, std::strerror(errno));
    return;
  }
  SSL_CTX_set_keylog_callback(native_, log_line);
}

/// One write, so that lines of programs that share the file do not mix.
void TlsContext::log_key(const char* line) const noexcept {
  char end = '\n';
  const std::array<iovec, 2> pieces{iovec{const_cast<char*>(line), std::strlen(line)}, iovec{&end, 1}};
  // A full disk harms the log, not the connection.
  [[maybe_unused]] const auto written = ::writev(keylog_, pieces.data(), static_cast<int>(pieces.size()));
}

}  // namespace transport
