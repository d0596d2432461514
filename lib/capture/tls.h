// Decrypts a TLS connection with secrets from a keylog, record by record.
#pragma once

#include <functional>

#include "capture/report.h"
#include "capture/tls_keys.h"

namespace capture {

/// Of the handshake only what keys and ciphers depend on is read: randoms, version, suite.
class Tls {
 public:
  using Receiver = std::function<void(Side, base::Bytes)>;
  /// `plain` gets what was encrypted, `lost` is told of a loss in it. The keylog must outlive the session.
  Tls(Keylog& keylog, Side client, Receiver plain, std::function<void(Side)> lost);

  void receive(Side side, base::Bytes bytes);
  void gap(Side side, std::uint64_t missing);
  /// Why the connection is not decrypted; empty: so far it is.
  const std::string& failure() const noexcept { return failure_; }
  std::size_t held() const noexcept;

 private:
  enum class Phase : std::uint8_t { plain, handshake, application };

  struct Half {
    base::Buffer partial;      ///< of a record
    base::Buffer messages;     ///< of the handshake, until the hello is whole
    RecordCipher cipher;       ///< of the phase
    Secret secret;             ///< TLS 1.3: of the phase
    std::uint64_t number = 0;  ///< of the next record
    Phase phase = Phase::plain;
    bool hello_read = false;
    bool searching = false;    ///< after a loss, for the beginning of a record
    std::size_t skip = 0;      ///< bytes of a record that is given up
    std::uint8_t refused = 0;  ///< records before the first that could be decrypted
  };

  void take_record(Side side, base::Bytes record);
  void take_handshake(Side side, base::Bytes body);
  void take_hello(Side side, base::Bytes message);
  void read_server_hello(base::Bytes message);
  void start_tls13();
  void start_tls12(Side side);
  void take_encrypted(Side side, base::Bytes record);
  bool open(Side side, base::Bytes record);
  bool open_after_loss(Half& half, base::Bytes record);
  void take_opened(Side side, std::uint8_t type);
  void enter(Half& half, Phase phase, const Secret& secret);
  void fail(std::string_view why);
  std::size_t role(Side side) const noexcept { return side == client_ ? 0 : 1; }
  const Secrets* secrets();

  Keylog& keylog_;
  Side client_;
  Receiver plain_;
  std::function<void(Side)> lost_;
  std::array<Half, 2> halves_;
  std::array<std::uint8_t, 32> client_random_{};
  std::array<std::uint8_t, 32> server_random_{};
  const Suite* suite_ = nullptr;
  bool tls13_ = false;
  std::string failure_;
  base::Buffer opened_;
};

}  // namespace capture
