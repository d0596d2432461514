// What all stages of one run share: the event loop, the settings, TLS, and how late we are ourselves.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/ending.h"
#include "net/worker.h"
#include "scenario/lag.h"
#include "scenario/settings.h"
#include "transport/tls.h"

namespace scenario {

/// Outlives its stages.
struct House {
  House(net::Worker& worker, Settings settings);

  /// Before the first stage. Gives back what stands against it: TLS that cannot be had with these settings.
  std::optional<net::Ending> open();
  /// Of TLS, worth showing to the user; empty: there is none.
  std::string warning() const { return tls ? tls->warning() : std::string(); }

  net::Worker& worker;
  const Settings settings;
  Lag lag;
  std::shared_ptr<const transport::TlsContext> tls;  ///< where the transport is encrypted
};

}  // namespace scenario
