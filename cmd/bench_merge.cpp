#include "bench_merge.h"

#include <cerrno>
#include <unistd.h>

#include "base/format.h"
#include "bench_ending.h"
#include "values.h"

namespace cmd {
namespace {

/// A day of seconds with their histograms takes some tens of mebibytes.
constexpr std::size_t largest_file = 512 * 1024 * 1024;

Failure bad(std::string text) { return {exit_code(ExitCode::bad_data, Manners::ours), std::move(text)}; }

base::Result<bench::FinishedRun, Failure> merge(const BenchOptions& options, std::vector<std::string>& objections) {
  std::vector<bench::FinishedRun> runs;
  for (const std::string& file : options.files) {
    auto saved = load_bench(file);
    if (!saved) return base::unexpected(std::move(saved.error()));
    for (const std::string& objection : saved->objections) {
      objections.push_back(base::format("{}: {}", file, objection));
    }
    runs.push_back(std::move(saved->run));
    if (const auto differing = bench::difference(runs.front().plan, runs.back().plan)) {
      return base::unexpected(bad(base::format("{} and {} differ in {}", options.files.front(), file, *differing)));
    }
  }
  auto merged = bench::merge(std::move(runs));
  if (!merged) return base::unexpected(bad(std::move(merged.error())));
  return *std::move(merged);
}

}  // namespace

base::Result<SavedRun, Failure> load_bench(const std::string& file) {
  const std::string path = file == "-" ? "/dev/stdin" : file;
  if (::access(path.c_str(), R_OK) != 0) {
    return base::unexpected(explain_file(ExitCode::no_input, file, errno, Manners::ours));
  }
  auto text = read_file(path, largest_file);
  if (!text) return base::unexpected(Failure{exit_code(ExitCode::no_input, Manners::ours), std::move(text.error())});
  auto saved = read_bench_json(*text);
  if (!saved) return base::unexpected(bad(base::format("{}: {}", file, saved.error())));
  return *std::move(saved);
}

int merge_benches(const BenchOptions& options, const std::string& command) {
  std::vector<std::string> objections;
  auto merged = merge(options, objections);
  if (!merged) {
    say(options, merged.error().text);
    return merged.error().exit_code;
  }
  return end_bench(options, {merged->plan, merged->outcome, std::move(objections), {}, command});
}

}  // namespace cmd
