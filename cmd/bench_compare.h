// `mqtt bench compare`: whether a second run was slower than a first, and how surely.
#pragma once

#include "bench_options.h"

namespace cmd {

int compare_benches(const BenchOptions& options);

}  // namespace cmd
