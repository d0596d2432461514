// TLS as a layer: OpenSSL's engine over memory, without a socket.
#include "transport/tls.h"

#include <algorithm>
#include <cstring>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/format.h"
#include "transport/peer_bytes.h"
#include "transport/tls_errors.h"
#include "transport/tls_identity.h"

namespace transport {
namespace {

using SslPtr = std::unique_ptr<SSL, FreeBy<SSL_free>>;

/// What OpenSSL reads and writes during one call: straight from the bytes received, straight to the buffer below.
struct Wire {
  base::Bytes in;
  base::Buffer* out = nullptr;
};

int read_wire(BIO* bio, char* to, std::size_t size, std::size_t* read) {
  BIO_clear_retry_flags(bio);
  auto& wire = *static_cast<Wire*>(BIO_get_data(bio));
  *read = std::min(size, wire.in.size());
  if (*read == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::memcpy(to, wire.in.data(), *read);
  wire.in = wire.in.subspan(*read);
  return 1;
}

int write_wire(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  static_cast<Wire*>(BIO_get_data(bio))->out->append({reinterpret_cast<const std::uint8_t*>(from), size});
  *written = size;
  return 1;
}

long control_wire(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* wire_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "bytes of a call");
    BIO_meth_set_read_ex(made, read_wire);
    BIO_meth_set_write_ex(made, write_wire);
    BIO_meth_set_ctrl(made, control_wire);
    return made;
  }();
  return method;
}

/// The most that one TLS record carries.
constexpr std::size_t record_size = 16 * 1024;

class Tls final : public TlsLayer, public TlsIdentity {
 public:
  Tls(std::shared_ptr<const TlsContext> context, std::string host, bool is_client);

  base::Result<void, Error> start(base::Buffer& down) override;
  base::Result<void, Error> receive(base::Bytes from_below, base::Buffer& up, base::Buffer& down) override;
  base::Result<void, Error> send(base::Bytes from_above, base::Buffer& down) override;
  void close(base::Buffer& down) override;
  Error cut() const override;
  Stage stage() const noexcept override { return Stage::tls; }
  bool open() const noexcept override { return open_; }
  bool closed() const noexcept override { return closed_; }
  TlsSession session() const override;

  void refused(int code, X509* certificate) override {
    if (!verification_) verification_ = verification_error(code, certificate, host_);
  }
  void identified(std::string_view identity) override { psk_identity_ = identity; }
  void asked_for_certificate() override { asked_for_certificate_ = true; }

 private:
  void expect_host();
  base::Result<void, Error> handshake();
  base::Result<void, Error> read_all(base::Buffer& up);
  base::Result<void, Error> judge(int result);
  Error explained(Error error) const;

  std::shared_ptr<const TlsContext> context_;
  std::string host_;
  Wire wire_;
  SslPtr ssl_;
  std::optional<Error> verification_;
  std::string psk_identity_;
  bool client_;
  bool heard_ = false;  ///< something came from the peer
  bool asked_for_certificate_ = false;
  bool open_ = false;
  bool closed_ = false;
};

Tls::Tls(std::shared_ptr<const TlsContext> context, std::string host, bool is_client)
    : context_(std::move(context)), host_(std::move(host)), ssl_(SSL_new(context_->native())), client_(is_client) {
  if (!ssl_) throw std::bad_alloc();
  BIO* bio = BIO_new(wire_method());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &wire_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), static_cast<TlsIdentity*>(this));
  if (client_) {
    SSL_set_connect_state(ssl_.get());
    expect_host();
  } else {
    SSL_set_accept_state(ssl_.get());
  }
}

void Tls::expect_host() {
  X509_VERIFY_PARAM* rules = SSL_get0_param(ssl_.get());
  const std::string& name = context_->client_options().server_name;
  if (!name.empty()) host_ = name;
  if (!host_.empty() && host_.back() == '.') host_.pop_back();
  const bool verify = context_->client_options().verify_host_name;
  const std::unique_ptr<ASN1_OCTET_STRING, FreeBy<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(host_.c_str()));
  if (address) {
    if (verify) X509_VERIFY_PARAM_set1_ip_asc(rules, host_.c_str());
    return;
  }
  SSL_set_tlsext_host_name(ssl_.get(), host_.c_str());
  if (!verify) return;
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(rules, host_.c_str(), host_.size());
}

base::Result<void, Error> Tls::start(base::Buffer& down) {
  if (!client_) return {};
  wire_ = {{}, &down};
  return handshake();
}

base::Result<void, Error> Tls::receive(base::Bytes from_below, base::Buffer& up, base::Buffer& down) {
  if (closed_ || from_below.empty()) return {};
  if (!heard_) {
    heard_ = true;
    if (!looks_like_tls(from_below)) {
      return base::unexpected(
          Error{Stage::tls,
                Kind::plain_on_tls,
                {},
                base::format("the peer does not speak TLS: it sent '{}'", escaped(from_below, 40))});
    }
  }
  wire_ = {from_below, &down};
  if (!open_) {
    auto result = handshake();
    if (!result || !open_) return result;
  }
  return read_all(up);
}

base::Result<void, Error> Tls::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) return judge(result);
  open_ = true;
  return {};
}

base::Result<void, Error> Tls::read_all(base::Buffer& up) {
  for (;;) {
    ERR_clear_error();
    std::size_t read = 0;
    const int result = SSL_read_ex(ssl_.get(), up.reserve(record_size), record_size, &read);
    if (result != 1) return judge(result);
    up.commit(read);
  }
}

/// What it means that an operation did not succeed.
base::Result<void, Error> Tls::judge(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {};
    case SSL_ERROR_ZERO_RETURN:
      closed_ = true;
      if (open_) return {};
      return base::unexpected(cut());
    default:
      if (verification_) return base::unexpected(*verification_);
      return base::unexpected(explained(ssl_error(open_)));
  }
}

/// A server that misses a certificate says so by various alerts.
Error Tls::explained(Error error) const {
  const bool about_us = error.kind == Kind::handshake || error.kind == Kind::certificate_refused;
  if (!asked_for_certificate_ || !about_us) return error;
  error.kind = Kind::certificate_required;
  error.message = "the peer asked for a certificate of ours: " + error.message;
  return error;
}

base::Result<void, Error> Tls::send(base::Bytes from_above, base::Buffer& down) {
  if (from_above.empty()) return {};
  wire_ = {{}, &down};
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(ssl_.get(), from_above.data(), from_above.size(), &written);
  if (result == 1) return {};
  return base::unexpected(Error{Stage::write, Kind::protocol, {}, base::format("TLS failed: {}", openssl_reason())});
}

void Tls::close(base::Buffer& down) {
  if (!open_) return;
  wire_ = {{}, &down};
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

Error Tls::cut() const {
  if (closed_ && open_) return {Stage::read, Kind::peer_closed, {}, "the peer closed the TLS connection"};
  if (open_) return {Stage::read, Kind::peer_closed, {}, "the peer closed the connection without ending TLS"};
  return {Stage::tls, Kind::peer_closed, {}, "the peer closed the connection during the TLS handshake"};
}

TlsSession Tls::session() const {
  TlsSession session;
  session.version = SSL_get_version(ssl_.get());
  session.cipher = SSL_get_cipher_name(ssl_.get());
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
  if (size != 0) session.alpn.assign(reinterpret_cast<const char*>(protocol), size);
  const X509Ptr certificate(SSL_get1_peer_certificate(ssl_.get()));
  if (certificate) {
    session.peer_common_name = common_name(certificate.get());
    session.certificate = describe_certificate(certificate.get());
    // Of a client its chain has the certificate, of a server's clients it has not.
    if (const auto* chain = SSL_get_peer_cert_chain(ssl_.get())) {
      session.certificate->chain = static_cast<std::size_t>(sk_X509_num(chain)) + (client_ ? 0 : 1);
    }
  }
  // In TLS 1.3 the identity is looked up before it is decided whether the key will be used.
  if (SSL_version(ssl_.get()) != TLS1_3_VERSION || SSL_session_reused(ssl_.get()) == 1) {
    session.psk_identity = psk_identity_;
  }
  return session;
}

}  // namespace

std::unique_ptr<TlsLayer> make_tls_client(std::shared_ptr<const TlsContext> context, const std::string& host) {
  return std::make_unique<Tls>(std::move(context), host, true);
}

std::unique_ptr<TlsLayer> make_tls_server(std::shared_ptr<const TlsContext> context) {
  return std::make_unique<Tls>(std::move(context), std::string(), false);
}

}  // namespace transport
