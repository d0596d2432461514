// SCRAM (RFC 5802, RFC 7677), both sides, as messages in and messages out: MQTT 5.0 carries them as Authentication
// Data.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "auth/digest.h"
#include "base/result.h"

namespace auth {

/// "SCRAM-SHA-1", "SCRAM-SHA-256" or "SCRAM-SHA-512".
std::optional<Hash> find_scram(std::string_view authentication_method) noexcept;

/// Why an exchange failed, as one clause of a sentence; nothing of it is secret.
using Why = std::string;

/// One exchange: `first` goes with CONNECT, `answer` with AUTH, and `verify` looks at what CONNACK or AUTH brings last.
/// Names and passwords are taken as their UTF-8 bytes: SASLprep is not applied, which changes no ASCII text.
class ScramClient {
 public:
  ScramClient(Hash hash, std::string_view username, std::string password, std::string nonce = make_nonce());

  /// client-first-message.
  std::string first() const;
  /// client-final-message. Fails for a nonce that does not go on from ours, and for iterations that are too few to
  /// protect the password or too many to be meant.
  base::Result<std::string, Why> answer(std::string_view server_first);
  /// Whether the server knows the password too.
  base::Result<void, Why> verify(std::string_view server_final) const;

 private:
  Hash hash_;
  std::string password_;
  std::string first_bare_;
  std::string nonce_;
  std::string server_signature_;
};

/// What a server keeps of a password.
struct ScramCredential {
  std::string salt;
  std::uint32_t iterations = 0;
  std::string stored_key;
  std::string server_key;
};

inline constexpr std::uint32_t scram_iterations = 4096;  ///< RFC 7677 section 4: at least
ScramCredential make_credential(Hash hash, std::string_view password, std::string salt,
                                std::uint32_t iterations = scram_iterations);

class ScramServer {
 public:
  /// The credential of a user, or nothing.
  using Lookup = std::function<std::optional<ScramCredential>(std::string_view username)>;

  ScramServer(Hash hash, Lookup lookup, std::string nonce = make_nonce());

  /// server-first-message. A user who is not known fails as late as a wrong password, with a made-up salt.
  base::Result<std::string, Why> begin(std::string_view client_first);
  /// server-final-message.
  base::Result<std::string, Why> finish(std::string_view client_final);

  const std::string& username() const noexcept { return username_; }

 private:
  Hash hash_;
  Lookup lookup_;
  std::string nonce_;
  std::string username_;
  std::string header_;  ///< GS2 header
  std::string first_bare_;
  std::string server_first_;
  ScramCredential credential_;
  bool known_ = false;
};

}  // namespace auth
