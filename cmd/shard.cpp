#include "shard.h"

#include <algorithm>

#include "base/format.h"
#include "values.h"

namespace cmd {
namespace {

/// How a system tells a process which one of how many it is.
struct Launcher {
  const char* index;
  const char* count;        ///< nullptr: it does not say
  std::uint32_t first = 0;  ///< the least index
  std::string_view name;
  bool says_so = false;  ///< whoever runs under it without a count should hear of --shard
};

/// The first that applies counts. mpirun can itself run inside a Slurm step. A Slurm batch script has SLURM_PROCID and
/// SLURM_NTASKS as well, though it runs once: only srun sets SLURM_STEP_NUM_TASKS.
constexpr Launcher launchers[] = {
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", 0, "Open MPI"},
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", 0, "Slurm"},
    {"JOB_COMPLETION_INDEX", nullptr, 0, "Kubernetes", true},
    {"PARALLEL_SEQ", nullptr, 1, "GNU parallel"},
};

std::string_view value_of(const Environment& environment, const char* name) {
  const char* value = name == nullptr ? nullptr : environment(name);
  return value == nullptr ? std::string_view() : value;
}

Completed<std::uint32_t> number_of(const Environment& environment, const char* name, std::uint64_t least) {
  const auto number = read_number(value_of(environment, name), least, most_shards);
  if (!number)
    return trouble(base::format("environment variable {}: {} (--shard 0/1 ignores it)", name, number.error()));
  return static_cast<std::uint32_t>(*number);
}

/// Nothing where this launcher did not start us, or does not say enough.
Completed<std::optional<bench::Shard>> ask(const Launcher& launcher, std::uint32_t count_given,
                                           const Environment& environment) {
  if (value_of(environment, launcher.index).empty()) return std::nullopt;
  const bool counts = !value_of(environment, launcher.count).empty();
  if (count_given == 0 && !counts) return std::nullopt;
  auto index = number_of(environment, launcher.index, launcher.first);
  if (!index) return base::unexpected(std::move(index.error()));
  bench::Shard shard{*index - launcher.first, count_given};
  if (count_given == 0) {
    auto count = number_of(environment, launcher.count, 1);
    if (!count) return base::unexpected(std::move(count.error()));
    shard.count = *count;
  }
  if (shard.index < shard.count) return shard;
  return trouble(
      base::format("environment variable {}: it is {}, and there are {} shards", launcher.index, *index, shard.count));
}

Completed<void> look_around(BenchOptions& options, const Environment& environment, std::vector<std::string>& warnings) {
  for (const Launcher& launcher : launchers) {
    auto shard = ask(launcher, options.shard_count, environment);
    if (!shard) return base::unexpected(std::move(shard.error()));
    if (*shard) {
      options.plan.shard = **shard;
      if ((*shard)->count > 1) {
        warnings.push_back(base::format("this is shard {}/{}, as {} says in {}", (*shard)->index, (*shard)->count,
                                        launcher.name, launcher.index));
      }
      return {};
    }
    if (launcher.says_so && !value_of(environment, launcher.index).empty()) {
      warnings.push_back(
          base::format("{} says in {} that there are several of us, but not how many: all make the whole "
                       "load unless --shard N says so",
                       launcher.name, launcher.index));
    }
  }
  if (options.shard_count == 0) return {};
  return trouble(
      base::format("--shard {}: no variable of Slurm, Kubernetes, GNU parallel or Open MPI says which one "
                   "this is; give it as 0/{}",
                   options.shard_count, options.shard_count));
}

}  // namespace

Completed<void> complete_shard(BenchOptions& options, const Environment& environment,
                               std::vector<std::string>& warnings) {
  if (options.shard_index) {
    options.plan.shard = {*options.shard_index, options.shard_count};
  } else if (auto done = look_around(options, environment, warnings); !done) {
    return done;
  }
  const bench::Plan& plan = options.plan;
  if (plan.shard.count == 1) return {};
  if (plan.mode == bench::Mode::latency && plan.shape != bench::Shape::pairs) {
    return trouble("only pairs can be divided into shards: of one subscriber or publisher there is but one");
  }
  // Of a small group beside larger ones some shards have no client.
  if (plan.name.empty() && plan.count < plan.shard.count) {
    return trouble(base::format("{} clients (-c) are too few for {} shards", plan.count, plan.shard.count));
  }
  return {};
}

}  // namespace cmd
