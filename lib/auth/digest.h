// Digests and keyed digests of OpenSSL, as strings of bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace auth {

enum class Hash : std::uint8_t { sha1, sha256, sha512 };

std::string digest(Hash hash, std::string_view text);
std::string hmac(Hash hash, std::string_view key, std::string_view text);
/// PBKDF2 (RFC 8018) with HMAC, as long as the digest: `Hi` of RFC 5802.
std::string stretch(Hash hash, std::string_view password, std::string_view salt, std::uint32_t iterations);
/// In a time that does not depend on where they differ.
bool same(std::string_view a, std::string_view b) noexcept;
/// Printable and without a comma: 144 random bits.
std::string make_nonce();

}  // namespace auth
