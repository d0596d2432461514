// The system's authorities, read as late as possible: its bundle of some 140 takes 16 ms, a directory of links none.
#include <cstdlib>
#include <mutex>
#include <openssl/x509.h>

#include "transport/tls_files.h"

namespace transport {
namespace {

const char* bundle_file() {
  const char* named = std::getenv(X509_get_default_cert_file_env());
  return named != nullptr ? named : X509_get_default_cert_file();
}

const char* directory() {
  const char* named = std::getenv(X509_get_default_cert_dir_env());
  return named != nullptr ? named : X509_get_default_cert_dir();
}

/// Asked when the directory has no such authority: reads the bundle, once for each store, and looks again.
int find_in_bundle(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name, X509_OBJECT* found) {
  static std::mutex reading;
  X509_STORE* store = X509_LOOKUP_get_store(lookup);
  {
    const std::lock_guard lock(reading);
    if (X509_LOOKUP_get_method_data(lookup) == nullptr) {
      X509_STORE_load_file(store, bundle_file());
      X509_LOOKUP_set_method_data(lookup, lookup);
    }
  }
  X509_STORE_lock(store);
  X509_OBJECT* object = X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), type, name);
  const bool is_certificate = object != nullptr && type == X509_LU_X509;
  if (is_certificate) {
    X509* certificate = X509_OBJECT_get0_X509(object);
    X509_OBJECT_set1_X509(found, certificate);
    // OpenSSL expects a lookup to lend what the store owns, and takes a reference itself.
    X509_free(certificate);
  }
  X509_STORE_unlock(store);
  return is_certificate ? 1 : 0;
}

X509_LOOKUP_METHOD* late_bundle() {
  static X509_LOOKUP_METHOD* const method = [] {
    X509_LOOKUP_METHOD* made = X509_LOOKUP_meth_new("bundle of authorities, read when needed");
    X509_LOOKUP_meth_set_get_by_subject(made, find_in_bundle);
    return made;
  }();
  return method;
}

}  // namespace

void trust_system(SSL_CTX* context) {
  SSL_CTX_load_verify_dir(context, directory());
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  // Reading the bundle needs this one; added later, it would change the list while other threads walk it.
  X509_STORE_add_lookup(store, X509_LOOKUP_file());
  X509_STORE_add_lookup(store, late_bundle());
}

}  // namespace transport
