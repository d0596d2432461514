// A certificate for tests and demonstrations, and the authority made for it alone.
#include <array>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/format.h"
#include "base/hex.h"
#include "transport/random.h"
#include "transport/tls_context.h"
#include "transport/tls_errors.h"

namespace transport {
namespace {

struct Extension {
  int nid;
  std::string value;
};

bool add_extension(X509* certificate, X509* issuer, const Extension& wanted) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, FreeBy<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, wanted.nid, wanted.value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// A random serial number: browsers and OpenSSL's stores take two certificates with the same one for the same.
bool set_serial(X509* certificate) {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(bytes);
  bytes[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, FreeBy<BN_free>> number(
      BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

/// Two authorities must not bear one name: a store that looks for one by its name would stop at the other.
std::string authority_name() {
  std::array<std::uint8_t, 4> bytes{};
  fill_random(bytes);
  return "mqtt test authority " + base::to_hex(bytes);
}

struct Issue {
  std::string common_name;
  EVP_PKEY* key;
  X509* issuer;  ///< null: itself
  EVP_PKEY* issuer_key;
  int days;
  std::vector<Extension> extensions;
};

X509Ptr issue(const Issue& wanted) {
  constexpr long hour = 3600;
  constexpr int version_3 = 2;
  X509Ptr certificate(X509_new());
  if (!certificate || !set_serial(certificate.get())) return nullptr;
  X509_set_version(certificate.get(), version_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -hour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * hour * wanted.days);
  X509_set_pubkey(certificate.get(), wanted.key);
  X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wanted.common_name.data()),
                             static_cast<int>(wanted.common_name.size()), -1, 0);
  X509* issuer = wanted.issuer == nullptr ? certificate.get() : wanted.issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  for (const Extension& extension : wanted.extensions) {
    if (!add_extension(certificate.get(), issuer, extension)) return nullptr;
  }
  return X509_sign(certificate.get(), wanted.issuer_key, EVP_sha256()) > 0 ? std::move(certificate) : nullptr;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

bool is_address(const std::string& host) {
  const std::unique_ptr<ASN1_OCTET_STRING, FreeBy<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(host.c_str()));
  return address != nullptr;
}

/// The value of a subjectAltName extension in OpenSSL's language, where a comma separates.
base::Result<std::string, Error> alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    if (host.empty() || host.find_first_of(",:;\n\r") != std::string::npos) {
      if (!is_address(host)) {
        return base::unexpected(
            Error{Stage::tls, Kind::configuration, {}, base::format("'{}' is no host name for a certificate", host)});
      }
    }
    if (!names.empty()) names += ',';
    names += is_address(host) ? "IP:" : "DNS:";
    names += host;
  }
  return names;
}

base::unexpected<Error> failed() {
  return base::unexpected(
      Error{Stage::tls, Kind::configuration, {}, base::format("no certificate could be made: {}", openssl_reason())});
}

}  // namespace

base::Result<SelfSigned, Error> make_self_signed(const std::vector<std::string>& hosts, int days) {
  if (hosts.empty()) {
    return base::unexpected(Error{Stage::tls, Kind::configuration, {}, "a certificate needs a host name"});
  }
  const auto names = alternative_names(hosts);
  if (!names) return base::unexpected(names.error());
  ERR_clear_error();
  const KeyPtr authority_key(EVP_EC_gen("P-256"));
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!authority_key || !key) return failed();
  const X509Ptr authority = issue({authority_name(),
                                   authority_key.get(),
                                   nullptr,
                                   authority_key.get(),
                                   days,
                                   {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                    {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                    {NID_subject_key_identifier, "hash"}}});
  if (!authority) return failed();
  const X509Ptr certificate = issue({hosts.front().substr(0, 64),
                                     key.get(),
                                     authority.get(),
                                     authority_key.get(),
                                     days,
                                     {{NID_basic_constraints, "critical,CA:FALSE"},
                                      {NID_key_usage, "critical,digitalSignature"},
                                      {NID_ext_key_usage, "serverAuth,clientAuth"},
                                      {NID_subject_key_identifier, "hash"},
                                      {NID_authority_key_identifier, "keyid"},
                                      {NID_subject_alt_name, *names}}});
  if (!certificate) return failed();
  return SelfSigned{pem(authority.get()), pem(certificate.get()), pem(key.get())};
}

}  // namespace transport
