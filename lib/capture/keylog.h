// The secrets of TLS connections as programs log them (SSLKEYLOGFILE), found by the client's random.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "capture/source.h"

namespace capture {

/// At most 64 bytes, of which `size` count; 0: there is none.
struct Secret {
  std::array<std::uint8_t, 64> bytes{};
  std::uint8_t size = 0;
  base::Bytes view() const noexcept { return base::Bytes(bytes).first(size); }
};

/// Of one connection.
struct Secrets {
  Secret master{};                    ///< TLS 1.2
  std::array<Secret, 2> handshake{};  ///< TLS 1.3, of the client and of the server
  std::array<Secret, 2> traffic{};    ///< likewise
};

class Keylog {
 public:
  static base::Result<Keylog, Error> open(const std::string& path);
  /// The lines themselves.
  static Keylog parse(std::string_view text);

  /// A file is read on when the random is not known: with a live capture it is still being written.
  const Secrets* find(base::Bytes client_random);
  std::size_t size() const noexcept { return secrets_.size(); }

 private:
  using Random = std::array<std::uint8_t, 32>;
  struct Hash {
    std::size_t operator()(const Random& random) const noexcept;
  };

  Keylog() = default;
  bool read_on();
  void add_line(std::string_view line);

  std::string path_;        ///< of a file that may grow
  std::uint64_t read_ = 0;  ///< bytes of the file, in whole lines
  std::unordered_map<Random, Secrets, Hash> secrets_;
};

}  // namespace capture
