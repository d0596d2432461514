// The key schedules of TLS 1.2 and 1.3 from a logged secret on, and the ciphers that they key.
#pragma once

#include <optional>

#include "capture/keylog.h"

struct evp_cipher_ctx_st;
struct evp_cipher_st;
struct evp_md_st;

namespace capture {

/// An AEAD cipher suite.
struct Suite {
  const evp_cipher_st* (*cipher)();
  const evp_md_st* (*hash)();
  std::uint8_t key_size;
  std::uint8_t fixed_iv_size;  ///< in TLS 1.2: the rest of the nonce stands in each record
};
/// none: the suite is not one that we read.
const Suite* find_suite(std::uint16_t number) noexcept;

/// Decrypts the records of one direction.
class RecordCipher {
 public:
  RecordCipher() = default;
  ~RecordCipher();
  RecordCipher(RecordCipher&& other) noexcept;
  RecordCipher& operator=(RecordCipher&& other) noexcept;

  static RecordCipher for_tls12(const Suite& suite, base::Bytes key, base::Bytes iv);
  static RecordCipher for_tls13(const Suite& suite, base::Bytes traffic_secret);

  explicit operator bool() const noexcept { return context_ != nullptr; }
  /// `record` with its header of five bytes. Appended to `to`: what was encrypted. False: it does not authenticate,
  /// and nothing is appended.
  bool open(base::Bytes record, std::uint64_t number, base::Buffer& to) const;

 private:
  evp_cipher_ctx_st* context_ = nullptr;
  std::array<std::uint8_t, 12> iv_{};
  std::size_t explicit_size_ = 0;  ///< of the part of the nonce that stands in each record
  bool tls13_ = false;
};

/// The keys of both directions, the client's first.
std::array<RecordCipher, 2> tls12_ciphers(const Suite& suite, base::Bytes master, base::Bytes client_random,
                                          base::Bytes server_random);
/// What a KeyUpdate makes of a traffic secret.
Secret next_traffic_secret(const Suite& suite, const Secret& secret);

}  // namespace capture
