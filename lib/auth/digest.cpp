#include "auth/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/hex.h"

namespace auth {
namespace {

const EVP_MD* algorithm(Hash hash) noexcept {
  constexpr decltype(&EVP_sha1) functions[] = {EVP_sha1, EVP_sha256, EVP_sha512};
  return functions[static_cast<std::size_t>(hash)]();
}

const unsigned char* bytes(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) noexcept { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string digest(Hash hash, std::string_view text) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(algorithm(hash))), '\0');
  EVP_Digest(text.data(), text.size(), bytes(out), nullptr, algorithm(hash), nullptr);
  return out;
}

std::string hmac(Hash hash, std::string_view key, std::string_view text) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(algorithm(hash))), '\0');
  HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()), bytes(text), text.size(), bytes(out), nullptr);
  return out;
}

std::string stretch(Hash hash, std::string_view password, std::string_view salt, std::uint32_t iterations) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(algorithm(hash))), '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes(salt), static_cast<int>(salt.size()),
                    static_cast<int>(iterations), algorithm(hash), static_cast<int>(out.size()), bytes(out));
  return out;
}

bool same(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string make_nonce() {
  std::uint8_t random[18];
  RAND_bytes(random, sizeof random);
  return base::to_base64(random);
}

}  // namespace auth
