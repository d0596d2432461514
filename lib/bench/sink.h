// The least a broker can do, in this process: what a generator reaches against it is the generator's own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/listener.h"
#include "net/settings.h"
#include "transport/stack.h"
#include "wire/version.h"

namespace bench {

/// Listens on a port of 127.0.0.1 and serves in a thread of its own: takes whatever is published, answers it, and
/// passes it to the one who subscribed to just this topic. Trusts its clients, which are ours.
class Sink {
 public:
  /// With a certificate of its own for tls and wss. None where it could not be done.
  static std::unique_ptr<Sink> start(wire::Version version, net::Transport transport);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  std::uint16_t port() const noexcept { return listener_.port(); }
  /// What its certificate is verified with, PEM.
  const std::string& authority() const noexcept { return authority_; }

 private:
  class Guest;

  Sink(wire::Version version, net::Transport transport);
  bool make_certificate();
  transport::Stack make_stack() const;
  Guest* find(std::string_view topic) const noexcept;

  wire::Version version_;
  net::Transport transport_;
  std::string authority_;
  std::shared_ptr<const transport::TlsContext> tls_;
  net::Worker worker_;
  net::Listener listener_;
  std::vector<std::unique_ptr<Guest>> guests_;
  std::vector<std::pair<std::string, Guest*>> routes_;
  std::thread thread_;
};

}  // namespace bench
