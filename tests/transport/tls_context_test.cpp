// What is wrong with TLS options is said before the first connection, with the file's name.
#include "transport/tls_context.h"

#include <iomanip>
#include <openssl/pem.h>

#include "pair.h"
#include "tls_files.h"
#include "transport/tls_errors.h"

using namespace transport;
using namespace transport_test;

namespace {

std::string client_error(const TlsClientOptions& options) {
  const auto context = TlsContext::client(options);
  return context ? "none" : text(context.error());
}

std::string server_error(const TlsServerOptions& options) {
  const auto context = TlsContext::server(options);
  return context ? "none" : text(context.error());
}

const std::string prefix = "tls, configuration: ";

/// The key of localhost, encrypted.
std::string encrypted_key(const std::string& password) {
  const BioPtr in(BIO_new_mem_buf(localhost().key_pem.data(), static_cast<int>(localhost().key_pem.size())));
  const KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_128_cbc(), password.data(),
                                static_cast<int>(password.size()), nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

TEST_CASE("files of authorities are checked") {
  const Folder folder;
  TlsClientOptions options;
  CHECK(client_error(options) == "none");

  options.cafile = folder.path("absent.pem");
  CHECK(client_error(options) ==
        prefix + "cannot read the CA file '" + options.cafile + "': No such file or directory");
  CHECK(TlsContext::client(options).error().code == std::errc::no_such_file_or_directory);

  options.cafile = folder.path("");
  CHECK(client_error(options) == prefix + "cannot read the CA file '" + options.cafile + "': Is a directory");

  options.cafile = folder.write("text.pem", "no certificate\n");
  CHECK(client_error(options) == prefix + "the CA file '" + options.cafile + "' holds no certificate in PEM format");

  std::string damaged = localhost().ca_pem + localhost().ca_pem;
  damaged[damaged.size() / 2 + 100] = '!';
  options.cafile = folder.write("damaged.pem", damaged);
  CHECK(client_error(options) ==
        prefix + "certificate 2 in the CA file '" + options.cafile + "' is damaged: bad base64 decode");

  options.cafile = folder.write("ca.pem", localhost().ca_pem);
  CHECK(client_error(options) == "none");

  options.cafile.clear();
  options.capath = folder.path("absent");
  CHECK(client_error(options) ==
        prefix + "cannot read the CA directory '" + options.capath + "': No such file or directory");
}

TEST_CASE("a directory of authorities is searched by their hashes") {
  const Folder folder;
  const BioPtr bio(BIO_new_mem_buf(localhost().ca_pem.data(), static_cast<int>(localhost().ca_pem.size())));
  const X509Ptr authority(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  std::ostringstream hash;
  hash << std::hex << std::setw(8) << std::setfill('0') << X509_subject_name_hash(authority.get()) << ".0";
  folder.write(hash.str(), localhost().ca_pem);
  TlsClientOptions options;
  options.capath = folder.path("");
  Pair pair(layers(tls_client(options)), layers(tls_server()));
  pair.start();
  CHECK(text(pair.client.error) == "none");
}

TEST_CASE("authorities of the system are found in its directory and in its bundle") {
  const Folder folder;
  setenv("SSL_CERT_DIR", folder.path("").c_str(), 1);
  setenv("SSL_CERT_FILE", folder.write("bundle.pem", stranger().ca_pem + localhost().ca_pem).c_str(), 1);
  const auto run = [](const SelfSigned& server, const TlsClientOptions& options) {
    Pair pair(layers(tls_client(options)), layers(tls_server(server_options(server))));
    pair.start();
    return text(pair.client.error);
  };
  CHECK(run(localhost(), {}) == "none");
  CHECK(run(stranger(), {}) == "none");
  auto both = client_options(stranger());
  both.use_system_roots = true;
  CHECK(run(localhost(), both) == "none");
  CHECK(run(localhost(), client_options(stranger())) != "none");
  unsetenv("SSL_CERT_DIR");
  unsetenv("SSL_CERT_FILE");
}

TEST_CASE("certificate and key are checked against each other") {
  const Folder folder;
  auto options = client_options();
  options.cert = folder.write("cert.pem", localhost().cert_pem);
  CHECK(client_error(options) == prefix + "the certificate '" + options.cert + "' needs its key");

  options.key = folder.path("absent.pem");
  CHECK(client_error(options) == prefix + "cannot read the key file '" + options.key + "': No such file or directory");

  options.key = options.cert;
  CHECK(client_error(options) == prefix + "the key file '" + options.key + "' holds no private key in PEM format");

  options.key = folder.write("other.pem", stranger().key_pem);
  CHECK(client_error(options) ==
        prefix + "the key '" + options.key + "' does not belong to the certificate '" + options.cert + "'");

  options.key = folder.write("key.pem", localhost().key_pem);
  CHECK(client_error(options) == "none");

  options.cert.clear();
  CHECK(client_error(options) == prefix + "the key '" + options.key + "' needs its certificate");

  CHECK(server_error({}) == prefix + "a TLS server needs a certificate and its key");
  auto server = server_options();
  server.require_certificate = true;
  CHECK(server_error(server) == prefix + "client certificates need a CA file to verify them by");
  server.key_pem = stranger().key_pem;
  CHECK(server_error(server) == prefix + "the key given as text does not belong to the certificate given as text");
}

TEST_CASE("an encrypted key asks for its password once") {
  const Folder folder;
  auto options = client_options();
  options.cert = folder.write("cert.pem", localhost().cert_pem);
  options.key = folder.write("key.pem", encrypted_key("open sesame"));
  CHECK(client_error(options) == prefix + "the key '" + options.key + "' is encrypted and no password was given");

  std::vector<std::string> asked;
  std::string answer = "open barley";
  options.key_password = [&](const std::string& file) {
    asked.push_back(file);
    return answer;
  };
  CHECK(client_error(options) == prefix + "wrong password for the key '" + options.key + "'");
  answer = "";
  CHECK(client_error(options) == prefix + "wrong password for the key '" + options.key + "'");
  answer = std::string(5000, 'x');
  CHECK(client_error(options) == prefix + "wrong password for the key '" + options.key + "'");
  answer = "open sesame";
  CHECK(client_error(options) == "none");
  CHECK(asked == std::vector<std::string>(4, options.key));

  options.key = folder.write("plain.pem", localhost().key_pem);
  CHECK(client_error(options) == "none");
  CHECK(asked.size() == 4);
}

TEST_CASE("names that OpenSSL does not know are refused") {
  const auto refused = [](auto change) {
    auto options = client_options();
    change(options);
    return client_error(options);
  };
  CHECK(refused([](auto& o) { o.version = "sslv3"; }) ==
        prefix + "the TLS version 'sslv3' is neither tlsv1.2 nor tlsv1.3");
  CHECK(refused([](auto& o) { o.ciphers = "ROT13"; }) == prefix + "no cipher of TLS 1.2 matches 'ROT13'");
  CHECK(refused([](auto& o) { o.ciphersuites = "ROT13"; }) == prefix + "'ROT13' is no list of TLS 1.3 cipher suites");
  CHECK(refused([](auto& o) { o.engine = "pkcs11"; }) ==
        prefix + "the TLS engine 'pkcs11' cannot be loaded: engines gave way to providers");
  CHECK(refused([](auto& o) { o.key_form = "engine"; }) ==
        prefix + "keys in an engine are not supported, only PEM files");
  CHECK(refused([](auto& o) { o.key_form = "der"; }) == prefix + "the key form 'der' is not pem");
  CHECK(refused([](auto& o) { o.key_form = "pem"; }) == "none");
  CHECK(refused([](auto& o) { o.alpn = {""}; }) == prefix + "an ALPN protocol has a length of 1 to 255 bytes");
  CHECK(refused([](auto& o) { o.alpn = {std::string(256, 'a')}; }) ==
        prefix + "an ALPN protocol has a length of 1 to 255 bytes");
}

TEST_CASE("pre-shared keys are checked") {
  const auto refused = [](const std::string& key, const std::string& identity) {
    TlsClientOptions options;
    options.psk_hex = key;
    options.psk_identity = identity;
    return client_error(options);
  };
  CHECK(refused("00ff", "sensor") == "none");
  CHECK(refused("00ff", "") == prefix + "a pre-shared key and its identity need each other");
  CHECK(refused("", "sensor") == prefix + "a pre-shared key and its identity need each other");
  CHECK(refused("00f", "sensor") == prefix + "the pre-shared key is not written in pairs of hex digits");
  CHECK(refused("0x00", "sensor") == prefix + "the pre-shared key is not written in pairs of hex digits");
  CHECK(refused(std::string(514, '0'), "sensor") == prefix + "the pre-shared key is longer than 256 bytes");
  CHECK(refused("00", std::string(128, 's')) == prefix + "the identity of the pre-shared key is longer than 127 bytes");
}

TEST_CASE("a key log that cannot be written is a warning") {
  auto options = client_options();
  options.keylog_file = "/nonexistent/keys.log";
  const auto context = TlsContext::client(options);
  REQUIRE(context);
  CHECK((*context)->warning() ==
        "TLS secrets are not logged: cannot write '/nonexistent/keys.log': No such file or directory");
  Pair pair(layers(make_tls_client(*context, "localhost")), layers(tls_server()));
  pair.start();
  CHECK(text(pair.client.error) == "none");
}

TEST_CASE("hosts of a self-signed certificate are checked") {
  const auto refused = [](const std::vector<std::string>& hosts) {
    const auto made = make_self_signed(hosts);
    return made ? "none" : text(made.error());
  };
  CHECK(refused({}) == prefix + "a certificate needs a host name");
  CHECK(refused({"a,DNS:b"}) == prefix + "'a,DNS:b' is no host name for a certificate");
  CHECK(refused({"fe80::1", "name"}) == "none");
  CHECK(localhost().cert_pem != stranger().cert_pem);
}
