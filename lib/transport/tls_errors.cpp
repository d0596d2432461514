// Turns the failures that OpenSSL reports into ours.
#include "transport/tls_errors.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/format.h"
#include "transport/peer_bytes.h"

namespace transport {
namespace {

/// The failures of verification that have a kind of their own; all others are Kind::certificate.
struct VerificationRow {
  int code;
  Kind kind;
};
constexpr std::array verification_rows{
    VerificationRow{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, Kind::certificate_untrusted},
    VerificationRow{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, Kind::certificate_untrusted},
    VerificationRow{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, Kind::certificate_untrusted},
    VerificationRow{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, Kind::certificate_untrusted},
    VerificationRow{X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, Kind::certificate_untrusted},
    VerificationRow{X509_V_ERR_CERT_UNTRUSTED, Kind::certificate_untrusted},
    VerificationRow{X509_V_ERR_CERT_HAS_EXPIRED, Kind::certificate_expired},
    VerificationRow{X509_V_ERR_CERT_NOT_YET_VALID, Kind::certificate_expired},
    VerificationRow{X509_V_ERR_HOSTNAME_MISMATCH, Kind::certificate_host_mismatch},
    VerificationRow{X509_V_ERR_IP_ADDRESS_MISMATCH, Kind::certificate_host_mismatch},
};

/// The alerts that speak of our certificate.
struct AlertRow {
  int alert;
  Kind kind;
};
constexpr std::array alert_rows{
    AlertRow{SSL_AD_BAD_CERTIFICATE, Kind::certificate_refused},
    AlertRow{SSL_AD_UNSUPPORTED_CERTIFICATE, Kind::certificate_refused},
    AlertRow{SSL_AD_CERTIFICATE_REVOKED, Kind::certificate_refused},
    AlertRow{SSL_AD_CERTIFICATE_EXPIRED, Kind::certificate_refused},
    AlertRow{SSL_AD_CERTIFICATE_UNKNOWN, Kind::certificate_refused},
    AlertRow{SSL_AD_UNKNOWN_CA, Kind::certificate_refused},
    AlertRow{SSL_AD_ACCESS_DENIED, Kind::certificate_refused},
    AlertRow{SSL_AD_CERTIFICATE_REQUIRED, Kind::certificate_required},
};

/// In words: OpenSSL 3.0 has none for two of those of TLS 1.3.
std::string_view alert_name(int alert) {
  if (alert == SSL_AD_CERTIFICATE_REQUIRED) return "certificate required";
  if (alert == SSL_AD_MISSING_EXTENSION) return "missing extension";
  return SSL_alert_desc_string_long(alert);
}

template <class Rows, class Row, class Key>
Kind kind_of(const Rows& rows, Key Row::*key, int wanted, Kind otherwise) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.*key == wanted; });
  return found == rows.end() ? otherwise : found->kind;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string name_text(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  return escaped(text_of(bio.get()));
}

std::string time_text(const ASN1_TIME* time) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  ASN1_TIME_print_ex(bio.get(), time, ASN1_DTFLGS_ISO8601);
  return escaped(text_of(bio.get()));
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(address) != 16) return "an address of unknown form";
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size());
  return text.data();
}

/// The names that a certificate is for, the first few of them.
std::string certified_names(X509* certificate) {
  constexpr int most = 5;
  std::string out;
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  int told = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    if (++told > most) {
      out += " and others";
      break;
    }
    if (told > 1) out += ", ";
    out += name->type == GEN_IPADD
               ? address_text(name->d.iPAddress)
               : escaped({ASN1_STRING_get0_data(name->d.dNSName),
                          static_cast<std::size_t>(std::max(0, ASN1_STRING_length(name->d.dNSName)))});
  }
  GENERAL_NAMES_free(names);
  if (told == 0) out = escaped(common_name(certificate));
  return out.empty() ? "no host" : out;
}

std::string details(Kind kind, int code, X509* certificate, const std::string& host) {
  switch (kind) {
    case Kind::certificate_host_mismatch:
      return base::format("the certificate is for {}, not for {}", certified_names(certificate), escaped(host));
    case Kind::certificate_expired:
      return code == X509_V_ERR_CERT_NOT_YET_VALID
                 ? base::format("the certificate is not valid before {}", time_text(X509_get0_notBefore(certificate)))
                 : base::format("the certificate expired on {}", time_text(X509_get0_notAfter(certificate)));
    default:
      return base::format("{} (subject {}, issuer {})", X509_verify_cert_error_string(code),
                          name_text(X509_get_subject_name(certificate)), name_text(X509_get_issuer_name(certificate)));
  }
}

}  // namespace

std::string openssl_reason() {
  const unsigned long error = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? std::string(reason) : base::format("OpenSSL error {:#x}", error);
}

std::string common_name(X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (size < 0) return {};
  std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return out;
}

TlsCertificate describe_certificate(X509* certificate) {
  TlsCertificate out;
  out.subject = name_text(X509_get_subject_name(certificate));
  out.issuer = name_text(X509_get_issuer_name(certificate));
  out.names = certified_names(certificate);
  const ASN1_TIME* end = X509_get0_notAfter(certificate);
  out.expires = time_text(end);
  int days = 0, seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, nullptr, end) == 1) out.seconds_left = std::int64_t{days} * 86'400 + seconds;
  return out;
}

Error verification_error(int code, X509* certificate, const std::string& host) {
  const Kind kind = kind_of(verification_rows, &VerificationRow::code, code, Kind::certificate);
  return {Stage::tls,
          kind,
          {},
          certificate == nullptr ? X509_verify_cert_error_string(code) : details(kind, code, certificate, host)};
}

Error ssl_error(bool opened) {
  const unsigned long error = ERR_peek_error();
  const int reason = ERR_GET_REASON(error);
  const Stage stage = opened ? Stage::read : Stage::tls;
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return {stage, Kind::handshake, {}, openssl_reason()};
  if (reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255) {
    const int alert = reason - SSL_AD_REASON_OFFSET;
    const Kind kind = kind_of(alert_rows, &AlertRow::alert, alert, opened ? Kind::protocol : Kind::handshake);
    // A server of TLS 1.3 judges our certificate when we already think that all is well.
    const bool of_handshake = kind == Kind::certificate_refused || kind == Kind::certificate_required;
    return {of_handshake ? Stage::tls : stage,
            kind,
            {},
            base::format("the peer answered with the TLS alert '{}' ({})", alert_name(alert), alert)};
  }
  if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
    return {Stage::tls, Kind::certificate_required, {}, "the peer sent no certificate"};
  }
  const char* known = ERR_reason_error_string(error);
  const std::string words = known != nullptr ? std::string(known) : openssl_reason();
  if (!opened) return {stage, Kind::handshake, {}, words};
  return {stage, Kind::protocol, {}, std::string("TLS failed: ").append(words)};
}

}  // namespace transport
