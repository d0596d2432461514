// The key schedules of TLS 1.2 and 1.3 from a logged secret on, and the ciphers that they key.
#include "capture/tls_keys.h"

#include <algorithm>
#include <cstring>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <utility>
#include <vector>

namespace capture {
namespace {

constexpr std::size_t tag_size = 16;
constexpr std::size_t header_size = 5;

constexpr Suite aes_128_gcm{EVP_aes_128_gcm, EVP_sha256, 16, 4};
constexpr Suite aes_256_gcm{EVP_aes_256_gcm, EVP_sha384, 32, 4};
constexpr Suite chacha20_poly1305{EVP_chacha20_poly1305, EVP_sha256, 32, 12};

struct SuiteRow {
  std::uint16_t number;
  const Suite* suite;
};
constexpr std::array suite_rows{
    SuiteRow{0x1301, &aes_128_gcm},        // TLS_AES_128_GCM_SHA256
    SuiteRow{0x1302, &aes_256_gcm},        // TLS_AES_256_GCM_SHA384
    SuiteRow{0x1303, &chacha20_poly1305},  // TLS_CHACHA20_POLY1305_SHA256
    SuiteRow{0xC02B, &aes_128_gcm},        // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    SuiteRow{0xC02C, &aes_256_gcm},        // TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    SuiteRow{0xC02F, &aes_128_gcm},        // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    SuiteRow{0xC030, &aes_256_gcm},        // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
    SuiteRow{0xCCA8, &chacha20_poly1305},  // TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    SuiteRow{0xCCA9, &chacha20_poly1305},  // TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    SuiteRow{0xCCAA, &chacha20_poly1305},  // TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    SuiteRow{0x009C, &aes_128_gcm},        // TLS_RSA_WITH_AES_128_GCM_SHA256
    SuiteRow{0x009D, &aes_256_gcm},        // TLS_RSA_WITH_AES_256_GCM_SHA384
    SuiteRow{0x009E, &aes_128_gcm},        // TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
    SuiteRow{0x009F, &aes_256_gcm},        // TLS_DHE_RSA_WITH_AES_256_GCM_SHA384
    SuiteRow{0x00A8, &aes_128_gcm},        // TLS_PSK_WITH_AES_128_GCM_SHA256
    SuiteRow{0x00A9, &aes_256_gcm},        // TLS_PSK_WITH_AES_256_GCM_SHA384
    SuiteRow{0xCCAB, &chacha20_poly1305},  // TLS_PSK_WITH_CHACHA20_POLY1305_SHA256
    SuiteRow{0xCCAC, &chacha20_poly1305},  // TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256
    SuiteRow{0xD001, &aes_128_gcm},        // TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256
    SuiteRow{0xD002, &aes_256_gcm},        // TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384
};

using Text = std::vector<std::uint8_t>;

void add(Text& to, base::Bytes bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

Text hmac(const evp_md_st* hash, base::Bytes key, base::Bytes text) {
  Text result(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  HMAC(hash, key.data(), static_cast<int>(key.size()), text.data(), text.size(), result.data(), &size);
  result.resize(size);
  return result;
}

/// HKDF-Expand-Label (RFC 8446, 7.1) without a context. No more than one hash is ever asked for.
Text expand_label(const evp_md_st* hash, base::Bytes secret, std::string_view label, std::size_t size) {
  constexpr std::string_view prefix = "tls13 ";
  Text info{static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size),
            static_cast<std::uint8_t>(prefix.size() + label.size())};
  add(info, base::as_bytes(prefix));
  add(info, base::as_bytes(label));
  info.push_back(0);  // the length of the context
  info.push_back(1);  // the number of the block
  Text block = hmac(hash, secret, info);
  block.resize(size);
  return block;
}

/// P_hash (RFC 5246, 5).
Text expand_tls12(const evp_md_st* hash, base::Bytes secret, base::Bytes seed, std::size_t size) {
  Text result;
  Text a(seed.begin(), seed.end());
  while (result.size() < size) {
    a = hmac(hash, secret, a);
    Text block = a;
    add(block, seed);
    add(result, hmac(hash, secret, block));
  }
  result.resize(size);
  return result;
}

evp_cipher_ctx_st* make_context(const Suite& suite, base::Bytes key) {
  evp_cipher_ctx_st* context = EVP_CIPHER_CTX_new();
  if (context == nullptr) throw std::bad_alloc();
  EVP_DecryptInit_ex(context, suite.cipher(), nullptr, key.data(), nullptr);
  return context;
}

}  // namespace

const Suite* find_suite(std::uint16_t number) noexcept {
  for (const SuiteRow& row : suite_rows) {
    if (row.number == number) return row.suite;
  }
  return nullptr;
}

RecordCipher::~RecordCipher() { EVP_CIPHER_CTX_free(context_); }

RecordCipher::RecordCipher(RecordCipher&& other) noexcept { *this = std::move(other); }

RecordCipher& RecordCipher::operator=(RecordCipher&& other) noexcept {
  std::swap(context_, other.context_);
  iv_ = other.iv_;
  explicit_size_ = other.explicit_size_;
  tls13_ = other.tls13_;
  return *this;
}

RecordCipher RecordCipher::for_tls12(const Suite& suite, base::Bytes key, base::Bytes iv) {
  RecordCipher cipher;
  cipher.context_ = make_context(suite, key);
  std::copy(iv.begin(), iv.end(), cipher.iv_.begin());
  cipher.explicit_size_ = cipher.iv_.size() - iv.size();
  return cipher;
}

RecordCipher RecordCipher::for_tls13(const Suite& suite, base::Bytes traffic_secret) {
  RecordCipher cipher;
  cipher.tls13_ = true;
  cipher.context_ = make_context(suite, expand_label(suite.hash(), traffic_secret, "key", suite.key_size));
  const Text iv = expand_label(suite.hash(), traffic_secret, "iv", cipher.iv_.size());
  std::copy(iv.begin(), iv.end(), cipher.iv_.begin());
  return cipher;
}

bool RecordCipher::open(base::Bytes record, std::uint64_t number, base::Buffer& to) const {
  if (context_ == nullptr || record.size() < header_size + explicit_size_ + tag_size) return false;
  std::array<std::uint8_t, 8> sequence{};
  for (unsigned i = 0; i < 8; ++i) sequence[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  std::array<std::uint8_t, 12> nonce = iv_;
  if (explicit_size_ != 0) {
    std::copy_n(record.begin() + header_size, explicit_size_, nonce.begin() + 4);
  } else {
    for (std::size_t i = 0; i < sequence.size(); ++i) nonce[4 + i] ^= sequence[i];
  }
  base::Bytes sealed = record.subspan(header_size + explicit_size_);
  const base::Bytes tag = sealed.last(tag_size);
  sealed = sealed.first(sealed.size() - tag_size);

  // Authenticated besides: the header, in 1.2 with the number and without nonce and tag.
  std::array<std::uint8_t, 13> besides{};
  std::size_t besides_size = header_size;
  if (tls13_) {
    std::copy_n(record.begin(), header_size, besides.begin());
  } else {
    std::copy(sequence.begin(), sequence.end(), besides.begin());
    std::copy_n(record.begin(), 3, besides.begin() + 8);
    besides[11] = static_cast<std::uint8_t>(sealed.size() >> 8);
    besides[12] = static_cast<std::uint8_t>(sealed.size());
    besides_size = besides.size();
  }
  std::uint8_t* room = to.reserve(sealed.size() + tag_size);
  int size = 0;
  const bool good =
      EVP_DecryptInit_ex(context_, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
      EVP_DecryptUpdate(context_, nullptr, &size, besides.data(), static_cast<int>(besides_size)) == 1 &&
      (sealed.empty() ||
       EVP_DecryptUpdate(context_, room, &size, sealed.data(), static_cast<int>(sealed.size())) == 1) &&
      EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, tag_size, const_cast<std::uint8_t*>(tag.data())) == 1 &&
      EVP_DecryptFinal_ex(context_, room + sealed.size(), &size) == 1;
  if (good) to.commit(sealed.size());
  return good;
}

std::array<RecordCipher, 2> tls12_ciphers(const Suite& suite, base::Bytes master, base::Bytes client_random,
                                          base::Bytes server_random) {
  constexpr std::string_view label = "key expansion";
  Text seed(label.begin(), label.end());
  add(seed, server_random);
  add(seed, client_random);
  const std::size_t key = suite.key_size;
  const std::size_t iv = suite.fixed_iv_size;
  const Text block = expand_tls12(suite.hash(), master, seed, 2 * (key + iv));
  const base::Bytes bytes(block);
  return {RecordCipher::for_tls12(suite, bytes.first(key), bytes.subspan(2 * key, iv)),
          RecordCipher::for_tls12(suite, bytes.subspan(key, key), bytes.subspan(2 * key + iv, iv))};
}

Secret next_traffic_secret(const Suite& suite, const Secret& secret) {
  const Text next = expand_label(suite.hash(), secret.view(), "traffic upd", secret.size);
  Secret result;
  result.size = secret.size;
  std::copy(next.begin(), next.end(), result.bytes.begin());
  return result;
}

}  // namespace capture
