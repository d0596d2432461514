// Certificates and keys from PEM into an OpenSSL context, with errors that say which file and what is wrong with it.
#include "transport/tls_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/format.h"

namespace transport {
namespace {

/// Bundles of all public authorities have a quarter of a MiB; a device that never ends is no file of PEM.
constexpr std::size_t largest_file = 16 * 1024 * 1024;

using FilePtr = std::unique_ptr<std::FILE, FreeBy<std::fclose>>;

std::error_code last_error() { return {errno, std::generic_category()}; }

base::Result<std::string, Error> contents(const Pem& pem, std::string_view what) {
  if (pem.file.empty()) return pem.text;
  const auto unreadable = [&] {
    const std::error_code code = last_error();
    return misconfigured(base::format("cannot read the {} file '{}': {}", what, pem.file, code.message()), code);
  };
  const FilePtr file(std::fopen(pem.file.c_str(), "re"));
  if (!file) return unreadable();
  std::string text;
  char chunk[4096];
  while (const std::size_t read = std::fread(chunk, 1, sizeof chunk, file.get())) {
    text.append(chunk, read);
    if (text.size() > largest_file) return misconfigured(base::format("the {} file '{}' is too large", what, pem.file));
  }
  OPENSSL_cleanse(chunk, sizeof chunk);
  if (std::ferror(file.get()) != 0) return unreadable();
  return text;
}

BioPtr reader_of(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// All certificates of a PEM text, at least one.
base::Result<std::vector<X509Ptr>, Error> certificates_of(const Pem& pem, std::string_view what) {
  const auto text = contents(pem, what);
  if (!text) return base::unexpected(text.error());
  const BioPtr bio = reader_of(*text);
  std::vector<X509Ptr> certificates;
  ERR_clear_error();
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!at_end) {
    return misconfigured(base::format("certificate {} in the {} file {} is damaged: {}", certificates.size() + 1, what,
                                      pem.name(), openssl_reason()));
  }
  ERR_clear_error();
  if (certificates.empty()) {
    return misconfigured(base::format("the {} file {} holds no certificate in PEM format", what, pem.name()));
  }
  return certificates;
}

/// Answers OpenSSL's question for a password, and remembers that it was asked.
struct Question {
  const KeyPassword& password;
  const std::string& file;
  bool asked = false;
  std::string answer{};

  static int ask(char* to, int size, int, void* self) {
    auto& question = *static_cast<Question*>(self);
    if (!question.asked && question.password) question.answer = question.password(question.file);
    question.asked = true;
    if (!question.password || question.answer.size() > static_cast<std::size_t>(size)) return -1;
    std::copy(question.answer.begin(), question.answer.end(), to);
    return static_cast<int>(question.answer.size());
  }
  ~Question() { OPENSSL_cleanse(answer.data(), answer.size()); }
};

base::Result<KeyPtr, Error> key_of(const Pem& pem, const KeyPassword& password) {
  auto text = contents(pem, "key");
  if (!text) return base::unexpected(text.error());
  ERR_clear_error();
  Question question{password, pem.file};
  KeyPtr key(PEM_read_bio_PrivateKey(reader_of(*text).get(), nullptr, &Question::ask, &question));
  OPENSSL_cleanse(text->data(), text->size());
  if (key) return key;
  if (question.asked) {
    return misconfigured(password ? base::format("wrong password for the key {}", pem.name())
                                  : base::format("the key {} is encrypted and no password was given", pem.name()));
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE || text->find("-----BEGIN") == std::string::npos) {
    return misconfigured(base::format("the key file {} holds no private key in PEM format", pem.name()));
  }
  return misconfigured(base::format("the key {} is damaged: {}", pem.name(), openssl_reason()));
}

}  // namespace

base::Result<void, Error> use_certificate(SSL_CTX* context, const Pem& certificate, const Pem& key,
                                          const KeyPassword& password) {
  if (!certificate.given()) return misconfigured(base::format("the key {} needs its certificate", key.name()));
  if (!key.given()) return misconfigured(base::format("the certificate {} needs its key", certificate.name()));
  const auto chain = certificates_of(certificate, "certificate");
  if (!chain) return base::unexpected(chain.error());
  if (SSL_CTX_use_certificate(context, chain->front().get()) != 1) {
    return misconfigured(base::format("the certificate {} cannot be used: {}", certificate.name(), openssl_reason()));
  }
  for (auto next = chain->begin() + 1; next != chain->end(); ++next) {
    if (SSL_CTX_add1_chain_cert(context, next->get()) != 1) {
      return misconfigured(base::format("the chain in {} cannot be used: {}", certificate.name(), openssl_reason()));
    }
  }
  const auto secret = key_of(key, password);
  if (!secret) return base::unexpected(secret.error());
  if (X509_check_private_key(chain->front().get(), secret->get()) != 1) {
    return misconfigured(
        base::format("the key {} does not belong to the certificate {}", key.name(), certificate.name()));
  }
  if (SSL_CTX_use_PrivateKey(context, secret->get()) != 1) {
    return misconfigured(base::format("the key {} cannot be used: {}", key.name(), openssl_reason()));
  }
  return {};
}

base::Result<void, Error> trust_file(SSL_CTX* context, const Pem& authorities, bool name_to_clients) {
  const auto certificates = certificates_of(authorities, "CA");
  if (!certificates) return base::unexpected(certificates.error());
  for (const X509Ptr& certificate : *certificates) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
    if (name_to_clients) SSL_CTX_add_client_CA(context, certificate.get());
  }
  return {};
}

base::Result<void, Error> trust_directory(SSL_CTX* context, const std::string& directory) {
  const std::unique_ptr<DIR, FreeBy<closedir>> opened(opendir(directory.c_str()));
  if (!opened) {
    const std::error_code code = last_error();
    return misconfigured(base::format("cannot read the CA directory '{}': {}", directory, code.message()), code);
  }
  if (SSL_CTX_load_verify_dir(context, directory.c_str()) != 1) {
    return misconfigured(base::format("the CA directory '{}' cannot be used: {}", directory, openssl_reason()));
  }
  return {};
}

}  // namespace transport
