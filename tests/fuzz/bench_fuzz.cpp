// Any bytes as a report that `mqtt bench merge` reads: what is taken can be added to itself and reported.
#include "bench_report.h"
#include "bench_saved.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<bench::FinishedRun> runs;
  for (int i = 0; i < 2; ++i) {
    auto saved = cmd::read_bench_json(text);
    if (!saved) return 0;
    runs.push_back(std::move(saved->run));
  }
  const auto merged = bench::merge(std::move(runs));
  if (!merged) return 0;
  const cmd::BenchReport report{merged->plan, merged->outcome, {}, {}, {}};
  base::Buffer out;
  cmd::append_bench_json(out, report);
  (void)cmd::bench_summary(report);
  (void)cmd::bench_csv(report);
  (void)cmd::bench_hdr(report);
  return 0;
}
