#include "auth/scram.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/format.h"
#include "base/hex.h"

namespace auth {
namespace {

base::unexpected<Why> refusal(Why why) { return base::unexpected<Why>(std::move(why)); }

constexpr std::uint32_t most_iterations = 1'000'000;  ///< a hostile server shall not keep us busy for minutes
constexpr std::string_view client_header = "n,,";     ///< no channel binding, no other identity

struct MethodRow {
  std::string_view name;
  Hash hash;
};
constexpr MethodRow methods[] = {
    {"SCRAM-SHA-1", Hash::sha1}, {"SCRAM-SHA-256", Hash::sha256}, {"SCRAM-SHA-512", Hash::sha512}};

/// Takes "x=value" and its comma off the front; nothing where another attribute stands there.
std::optional<std::string_view> take(std::string_view& message, char name) {
  if (message.size() < 2 || message[0] != name || message[1] != '=') return {};
  const std::string_view value = message.substr(2, message.substr(0, message.find(',')).size() - 2);
  message.remove_prefix(std::min(message.size(), value.size() + 3));
  return value;
}

std::string escape(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '=') {
      out += "=3D";
    } else if (c == ',') {
      out += "=2C";
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> unescape(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    if (name[0] != '=') {
      out += name[0];
      name.remove_prefix(1);
      continue;
    }
    const std::string_view code = name.substr(0, 3);
    if (code != "=3D" && code != "=2C") return {};
    out += code == "=3D" ? '=' : ',';
    name.remove_prefix(3);
  }
  return out;
}

std::string exclusive_or(std::string a, std::string_view b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}

std::string base64(std::string_view text) { return base::to_base64(base::as_bytes(text)); }

/// The same for a name each time, so that asking twice does not tell who is known.
std::string made_up_salt(std::string_view username) {
  static const std::string secret = make_nonce();
  return hmac(Hash::sha256, secret, username).substr(0, 16);
}

/// The message that both proofs sign (RFC 5802 section 3).
std::string signed_text(std::string_view first_bare, std::string_view server_first, std::string_view final_bare) {
  return base::format("{},{},{}", first_bare, server_first, final_bare);
}

}  // namespace

std::optional<Hash> find_scram(std::string_view authentication_method) noexcept {
  for (const MethodRow& row : methods) {
    if (row.name == authentication_method) return row.hash;
  }
  return {};
}

// The client.

ScramClient::ScramClient(Hash hash, std::string_view username, std::string password, std::string nonce)
    : hash_(hash),
      password_(std::move(password)),
      first_bare_(base::format("n={},r={}", escape(username), nonce)),
      nonce_(std::move(nonce)) {}

std::string ScramClient::first() const { return std::string(client_header) + first_bare_; }

base::Result<std::string, Why> ScramClient::answer(std::string_view server_first) {
  std::string_view rest = server_first;
  const auto nonce = take(rest, 'r');
  const auto encoded_salt = take(rest, 's');
  const auto count = take(rest, 'i');
  if (!nonce || !encoded_salt || !count) return refusal("its first SCRAM message cannot be read");
  if (!nonce->starts_with(nonce_) || nonce->size() == nonce_.size()) {
    return refusal("its SCRAM nonce does not go on from ours: the message is not for us");
  }
  const auto salt = base::from_base64(*encoded_salt);
  std::uint32_t iterations = 0;
  const auto read = std::from_chars(count->data(), count->data() + count->size(), iterations);
  if (!salt || read.ec != std::errc() || read.ptr != count->data() + count->size()) {
    return refusal("its first SCRAM message cannot be read");
  }
  if (iterations < scram_iterations || iterations > most_iterations) {
    return refusal(base::format("it asks for {} SCRAM iterations, and {} to {} are acceptable", iterations,
                                scram_iterations, most_iterations));
  }
  const std::string salted = stretch(hash_, password_, *salt, iterations);
  const std::string client_key = hmac(hash_, salted, "Client Key");
  const std::string final_bare = base::format("c={},r={}", base64(client_header), *nonce);
  const std::string text = signed_text(first_bare_, server_first, final_bare);
  const std::string proof = exclusive_or(client_key, hmac(hash_, digest(hash_, client_key), text));
  server_signature_ = hmac(hash_, hmac(hash_, salted, "Server Key"), text);
  return base::format("{},p={}", final_bare, base64(proof));
}

base::Result<void, Why> ScramClient::verify(std::string_view server_final) const {
  if (const auto error = take(server_final, 'e')) return refusal(base::format("it says: {}", *error));
  const auto encoded = take(server_final, 'v');
  const auto signature = encoded ? base::from_base64(*encoded) : std::nullopt;
  if (server_signature_.empty() || !signature || !same(*signature, server_signature_)) {
    return refusal("it does not prove that it knows the password");
  }
  return {};
}

// The server.

ScramCredential make_credential(Hash hash, std::string_view password, std::string salt, std::uint32_t iterations) {
  const std::string salted = stretch(hash, password, salt, iterations);
  return {std::move(salt), iterations, digest(hash, hmac(hash, salted, "Client Key")),
          hmac(hash, salted, "Server Key")};
}

ScramServer::ScramServer(Hash hash, Lookup lookup, std::string nonce)
    : hash_(hash), lookup_(std::move(lookup)), nonce_(std::move(nonce)) {}

base::Result<std::string, Why> ScramServer::begin(std::string_view client_first) {
  // "n" or "y" (no channel binding), another identity or none, and the rest.
  const std::size_t first_comma = client_first.find(',');
  const std::size_t second_comma = client_first.find(',', first_comma == std::string_view::npos ? 0 : first_comma + 1);
  if (second_comma == std::string_view::npos) return refusal("its first SCRAM message cannot be read");
  header_ = client_first.substr(0, second_comma + 1);
  first_bare_ = client_first.substr(second_comma + 1);
  if (header_ != "n,," && header_ != "y,,") return refusal("it asks for channel binding or another identity");
  std::string_view rest = first_bare_;
  const auto name = take(rest, 'n');
  const auto nonce = take(rest, 'r');
  const auto username = name ? unescape(*name) : std::nullopt;
  if (!username || !nonce || nonce->empty()) return refusal("its first SCRAM message cannot be read");
  username_ = *username;
  nonce_ = std::string(*nonce) + nonce_;
  const auto found = lookup_(username_);
  known_ = found.has_value();
  credential_ = found ? *found : ScramCredential{made_up_salt(username_), scram_iterations, {}, {}};
  server_first_ = base::format("r={},s={},i={}", nonce_, base64(credential_.salt), credential_.iterations);
  return server_first_;
}

base::Result<std::string, Why> ScramServer::finish(std::string_view client_final) {
  std::string_view rest = client_final;
  const auto header = take(rest, 'c');
  const auto nonce = take(rest, 'r');
  const std::size_t end = client_final.rfind(",p=");
  if (!header || !nonce || end == std::string_view::npos) return refusal("its last SCRAM message cannot be read");
  const auto proof = base::from_base64(client_final.substr(end + 3));
  if (*nonce != nonce_ || *header != base64(header_)) return refusal("its last SCRAM message is not for us");
  if (!proof || !known_ || proof->size() != credential_.stored_key.size()) return refusal("wrong name or password");
  const std::string text = signed_text(first_bare_, server_first_, client_final.substr(0, end));
  const std::string client_key = exclusive_or(*proof, hmac(hash_, credential_.stored_key, text));
  if (!same(digest(hash_, client_key), credential_.stored_key)) return refusal("wrong name or password");
  return base::format("v={}", base64(hmac(hash_, credential_.server_key, text)));
}

}  // namespace auth
