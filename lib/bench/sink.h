// The least a broker can do, in this process: what a generator reaches against it is the generator's own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/listener.h"
#include "wire/version.h"

namespace bench {

/// Listens on a port of 127.0.0.1 and serves in a thread of its own: takes whatever is published, answers it, and
/// passes it to the one who subscribed to just this topic. Trusts its clients, which are ours.
class Sink {
 public:
  static base::Result<std::unique_ptr<Sink>, std::error_code> start(wire::Version version);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  std::uint16_t port() const noexcept { return listener_.port(); }

 private:
  class Guest;

  explicit Sink(wire::Version version);
  Guest* find(std::string_view topic) const noexcept;

  wire::Version version_;
  net::Worker worker_;
  net::Listener listener_;
  std::vector<std::unique_ptr<Guest>> guests_;
  std::vector<std::pair<std::string, Guest*>> routes_;
  std::thread thread_;
};

}  // namespace bench
