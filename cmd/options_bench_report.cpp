// Options of what the load generator reports.
#include "base/format.h"
#include "option_table.h"
#include "values.h"

namespace cmd {
namespace {

/// "9464", "0.0.0.0:9464", "[::1]:9464".
Stored store_prometheus(Draft& draft, std::string_view value) {
  BenchOptions::Address address;
  const auto colon = value.rfind(':');
  const auto port = read_number(colon == std::string_view::npos ? value : value.substr(colon + 1), 0, 65'535);
  std::string_view host = colon == std::string_view::npos ? std::string_view() : value.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!port) return base::unexpected(is_not(value, "a port, or an address and a port, as 127.0.0.1:9464"));
  if (!host.empty()) address.host = host;
  address.port = static_cast<std::uint16_t>(*port);
  draft.bench.prometheus = std::move(address);
  return {};
}

Stored store_requirement(Draft& draft, std::string_view value) {
  auto requirement = stats::read_requirement(value);
  if (!requirement) {
    return base::unexpected(
        base::format("{}: {}", is_not(value, "a requirement, as \"p99<20ms\""), requirement.error()));
  }
  draft.bench.require.push_back(*std::move(requirement));
  return {};
}

const OptionRow rows[] = {
    {.name = "json",
     .group = Group::report,
     .commands = bench_bit,
     .help = "print the report as JSON",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.bench.json = true;
       return {};
     }},
    {.name = "csv",
     .argument = "FILE",
     .group = Group::report,
     .commands = bench_bit,
     .completion = Completion::file,
     .help = "write a line for each second to FILE",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.bench.csv_file = value;
       return {};
     }},
    {.name = "hdr",
     .argument = "FILE",
     .group = Group::report,
     .commands = bench_bit,
     .completion = Completion::file,
     .help = "write the histograms to FILE, as a log for HdrHistogram's tools",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.bench.hdr_file = value;
       return {};
     }},
    {.name = "html",
     .argument = "FILE",
     .group = Group::report,
     .commands = bench_bit,
     .completion = Completion::file,
     .help = "write a page with plots to FILE, which needs no network",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.bench.html_file = value;
       return {};
     }},
    {.name = "junit",
     .argument = "FILE",
     .group = Group::report,
     .commands = bench_bit,
     .completion = Completion::file,
     .help = "write the --require conditions as test cases to FILE, in JUnit's XML",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.bench.junit_file = value;
       return {};
     }},
    {.name = "prometheus",
     .argument = "[HOST:]PORT",
     .group = Group::report,
     .commands = bench_bit,
     .help = "answer Prometheus at this address while it runs (HOST: 127.0.0.1; PORT 0: any)",
     .more = "Counts are counters and latencies histograms, at /metrics; the address is said on standard error.",
     .store = store_prometheus},
    {.name = "require",
     .argument = "CONDITION",
     .group = Group::report,
     .commands = bench_bit,
     .repeatable = true,
     .help = "end with 1 where this is not so: 'p99<20ms', 'lost==0', 'rate>50000'",
     .more =
         "The names are those of the figures in the JSON report. Of mixed loads those of a group begin with its name: "
         "'sensors.p99<20ms'.",
     .store = store_requirement},
    {.name = "threshold",
     .argument = "PERCENT",
     .group = Group::report,
     .commands = bench_bit,
     .help = "compare: what is less than so much slower counts as no difference (5%)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (value.ends_with('%')) value.remove_suffix(1);
       const auto stored = set(draft.bench.threshold, read_decimal(value, 0, 1000));
       draft.bench.threshold /= 100;
       return stored;
     }},
    {.name = "self-check",
     .group = Group::report,
     .commands = bench_bit,
     .help = "measure the generator itself before a short run too",
     .more =
         "Before a run of pub or latency that is to last for 3 seconds or more, a third of a second goes into this: "
         "how late timers are, and how many messages of this size, QoS, version and transport the program makes "
         "against a sink within itself, by processor time. The report gives both, and says so "
         "where the run came to more than 80 % of that.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.bench.self_check = true;
       return {};
     }},
    {.name = "no-self-check",
     .group = Group::report,
     .commands = bench_bit,
     .help = "measure nothing before the run",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.bench.self_check = false;
       return {};
     }},
    {.name = "no-progress",
     .group = Group::report,
     .commands = bench_bit,
     .help = "show nothing while it runs",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.bench.progress = false;
       return {};
     }},
};

}  // namespace

std::span<const OptionRow> bench_report_rows() noexcept { return rows; }

}  // namespace cmd
