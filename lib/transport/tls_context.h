// What TLS connections share: certificates, keys and rules, read once and checked before the first connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/layer.h"

struct ssl_ctx_st;

namespace transport {

/// Asked once when a key turns out to be encrypted, with the name of its file.
using KeyPassword = std::function<std::string(const std::string& file)>;

struct TlsClientOptions {
  std::string cafile;             ///< PEM, authorities to trust
  std::string capath;             ///< a directory of them, prepared by `openssl rehash`
  std::string ca_pem;             ///< authorities as text, in addition
  bool use_system_roots = false;  ///< in addition to the above; without any of the above they are used anyway
  std::string cert;               ///< PEM, our certificate and what leads to its authority
  std::string key;                ///< PEM
  std::string key_form;           ///< "pem" or empty; "engine" is refused
  KeyPassword key_password;       ///< none: an encrypted key is an error
  std::string engine;             ///< refused when not empty: OpenSSL 3 has providers in their place
  std::string ciphers;            ///< of TLS 1.2, in OpenSSL's language
  std::string ciphersuites;       ///< of TLS 1.3
  std::string version;            ///< "tlsv1.2" or "tlsv1.3": exactly that, also "tlsv1.0" and "tlsv1.1" to see who
                                  ///< takes them still; empty: both of the former
  std::vector<std::string> alpn;  ///< the most wanted first
  std::string server_name;        ///< for SNI and for verification, in place of the host
  bool verify_host_name = true;   ///< false: any name will do, but the chain is verified still
  std::string psk_hex;            ///< the shared key; needs `psk_identity`
  std::string psk_identity;
  std::string keylog_file;  ///< secrets are appended, in the format of SSLKEYLOGFILE
};

struct TlsServerOptions {
  std::string cert;  ///< PEM, ours and what leads to its authority; not needed with `psk`
  std::string key;
  std::string cert_pem;  ///< the same as text, when there are no files
  std::string key_pem;
  KeyPassword key_password;
  std::string cafile;  ///< authorities that sign the certificates of clients; none: no certificate is asked for
  std::string ca_pem;  ///< the same as text, in addition
  bool require_certificate = false;
  std::string ciphers;
  std::string ciphersuites;
  std::string version;
  std::vector<std::string> alpn;
  /// The key of an identity, none when it is unknown.
  std::function<std::optional<std::vector<std::uint8_t>>(std::string_view identity)> psk;
  std::string keylog_file;
};

/// Shared by connections, on any number of threads. The first one made initialises OpenSSL; nothing else does.
class TlsContext {
 public:
  static base::Result<std::shared_ptr<TlsContext>, Error> client(TlsClientOptions options);
  static base::Result<std::shared_ptr<TlsContext>, Error> server(TlsServerOptions options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() const noexcept { return native_; }
  const TlsClientOptions& client_options() const noexcept { return client_; }
  const TlsServerOptions& server_options() const noexcept { return server_; }
  const std::vector<std::uint8_t>& psk_key() const noexcept { return psk_key_; }
  /// Something that does no harm but that the user would want to know, as a clause; empty when there is nothing.
  const std::string& warning() const noexcept { return warning_; }
  void log_key(const char* line) const noexcept;

 private:
  TlsContext() = default;
  void open_keylog(const std::string& file);

  ssl_ctx_st* native_ = nullptr;
  TlsClientOptions client_;
  TlsServerOptions server_;
  std::vector<std::uint8_t> psk_key_;
  std::string alpn_;  ///< the list that the server selects from, as on the wire
  std::string warning_;
  int keylog_ = -1;
};

/// A certificate for tests and demonstrations, and the authority made for it alone; all PEM.
struct SelfSigned {
  std::string ca_pem;
  std::string cert_pem;
  std::string key_pem;
};
/// P-256, for the given host names and IP addresses, valid from an hour ago for `days`. The key of the authority is
/// thrown away.
base::Result<SelfSigned, Error> make_self_signed(const std::vector<std::string>& hosts, int days = 30);

}  // namespace transport
