// Which of the received messages `mqtt sub` takes: -R, -T and --random-filter.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "sub_options.h"
#include "wire/packets.h"

namespace cmd {

class Selection {
 public:
  /// `options` must outlive this; `seed` decides what a sample consists of.
  Selection(const SubOptions& options, std::uint64_t seed);
  bool takes(const wire::Publish& publish);

 private:
  bool in_sample();

  const SubOptions& options_;
  std::optional<std::mt19937_64> random_;  ///< where a sample is wanted
  double share_;
};

}  // namespace cmd
