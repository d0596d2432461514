#include "scenario/house.h"

namespace scenario {

House::House(net::Worker& its_worker, Settings its_settings)
    : worker(its_worker), settings(std::move(its_settings)), lag(its_worker.io()) {}

std::optional<net::Ending> House::open() {
  if (net::encrypted(settings.network.transport)) {
    auto context = transport::TlsContext::client(settings.network.tls);
    if (!context) {
      net::Ending ending;
      ending.error = std::move(context.error());
      return ending;
    }
    tls = std::move(*context);
  }
  lag.start();
  return {};
}

}  // namespace scenario
