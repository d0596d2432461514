// What `mqtt bench` was told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/plan.h"
#include "connection_options.h"
#include "stats/figure.h"

namespace cmd {

inline constexpr std::uint32_t most_shards = 100'000;

struct BenchOptions {
  enum class Action : std::uint8_t { run, merge, compare } action = Action::run;
  std::vector<std::string> files;  ///< reports to read
  ConnectionOptions connection;    ///< its network and session parts are moved to the plan
  bench::Plan plan;
  std::vector<ConnectionOptions> connections;  ///< `mixed`: of each group
  double rate_per_client = 0;
  std::optional<std::uint32_t> shard_index;  ///< without it, what started us says which shard this is
  std::uint32_t shard_count = 0;             ///< 0: not given
  std::vector<stats::Requirement> require;
  bool json = false;     ///< on stdout, in place of the summary
  std::string csv_file;  ///< the series
  std::string hdr_file;  ///< the histograms, as HdrHistogram's tools read them
  std::string html_file;
  std::string junit_file;
  struct Address {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
  };
  std::optional<Address> prometheus;  ///< where to answer while it runs
  double threshold = 0.05;            ///< how much slower is too slow, as a part
  bool progress = true;
  std::optional<bool> self_check;  ///< without it, before runs that are long enough
};

}  // namespace cmd
