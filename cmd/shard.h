// Which part of a load this process makes: as it was told, or as the system that started it says.
#pragma once

#include "complete.h"
#include "options.h"

namespace cmd {

/// Settles `options.plan.shard`; what it found in the environment is said among `warnings`.
Completed<void> complete_shard(BenchOptions& options, const Environment& environment,
                               std::vector<std::string>& warnings);

}  // namespace cmd
