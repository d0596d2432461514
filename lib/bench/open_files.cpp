#include "bench/open_files.h"

#include <algorithm>
#include <fstream>
#include <sys/resource.h>

#include "base/format.h"

namespace bench {
namespace {

/// Standard streams, event loops, timers, the files of reports.
constexpr std::uint64_t others = 64;

/// What no process may exceed, root's neither.
std::uint64_t most_of_the_system() {
  std::uint64_t most = UINT64_MAX;
  std::ifstream("/proc/sys/fs/nr_open") >> most;
  return most;
}

}  // namespace

std::optional<std::string> make_room_for(std::uint64_t connections) {
  const std::uint64_t needed = connections + others;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return std::nullopt;
  if (limit.rlim_max < needed) {
    // Root can raise the hard limit, up to that of the kernel.
    rlimit raised{needed, needed};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return std::nullopt;
  }
  const rlim_t before = limit.rlim_max;
  limit.rlim_cur = std::min<rlim_t>(before, std::max<rlim_t>(limit.rlim_cur, needed));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (before >= needed) return std::nullopt;
  const std::uint64_t most = most_of_the_system();
  const std::string first = most < needed ? base::format("`sysctl fs.nr_open={}` and ", needed) : "";
  return base::format(
      "{} connections need {} open files, and the limit is {}; raise it with {}`ulimit -n {}` in a root shell, with "
      "LimitNOFILE={} in a systemd unit, or run several processes with --shard",
      connections, needed, before, first, needed, needed);
}

}  // namespace bench
