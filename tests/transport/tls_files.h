// Certificates for tests: made once for each program, written to files that go when it ends.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdlib.h>
#include <string>

#include "catch.h"
#include "transport/tls.h"

namespace transport_test {

/// A folder that is removed with its contents.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mqtt-transport-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// For localhost and both loopback addresses.
inline const transport::SelfSigned& localhost() {
  static const auto made = transport::make_self_signed({"localhost", "*.example.org", "127.0.0.1", "::1"});
  REQUIRE(made.has_value());
  return *made;
}
/// Of another authority.
inline const transport::SelfSigned& stranger() {
  static const auto made = transport::make_self_signed({"localhost"});
  REQUIRE(made.has_value());
  return *made;
}

inline transport::TlsServerOptions server_options(const transport::SelfSigned& identity = localhost()) {
  transport::TlsServerOptions options;
  options.cert_pem = identity.cert_pem;
  options.key_pem = identity.key_pem;
  return options;
}
inline transport::TlsClientOptions client_options(const transport::SelfSigned& identity = localhost()) {
  transport::TlsClientOptions options;
  options.ca_pem = identity.ca_pem;
  return options;
}

inline std::unique_ptr<transport::TlsLayer> tls_client(transport::TlsClientOptions options,
                                                       const std::string& host = "localhost") {
  auto context = transport::TlsContext::client(std::move(options));
  if (!context) FAIL(context.error().message);
  return make_tls_client(*context, host);
}
inline std::unique_ptr<transport::TlsLayer> tls_server(transport::TlsServerOptions options = server_options()) {
  auto context = transport::TlsContext::server(std::move(options));
  if (!context) FAIL(context.error().message);
  return make_tls_server(*context);
}

}  // namespace transport_test
