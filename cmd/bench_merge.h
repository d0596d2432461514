// `mqtt bench merge`: the reports of several runs as one.
#pragma once

#include <string>

#include "bench_options.h"
#include "bench_saved.h"
#include "exit_code.h"

namespace cmd {

/// The report in a file, or with "-" on standard input.
base::Result<SavedRun, Failure> load_bench(const std::string& file);
int merge_benches(const BenchOptions& options, const std::string& command);

}  // namespace cmd
