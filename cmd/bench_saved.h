// Reads the JSON reports of load tests, as bench_json.cpp writes them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "bench/merge.h"

namespace cmd {

struct SavedRun {
  bench::FinishedRun run;
  std::string command;
  std::vector<std::string> objections;
};

/// What is wrong is a clause of a sentence.
base::Result<SavedRun, std::string> read_bench_json(std::string_view text);

}  // namespace cmd
