// What `mqtt bench mixed` needs: a plan whose lines are loads, each in the words of a command line of its own.
#include <algorithm>
#include <cerrno>
#include <thread>
#include <unistd.h>

#include "base/format.h"
#include "base/line.h"
#include "bench/audience.h"
#include "bench/figures.h"
#include "bench/payload.h"
#include "bench/record.h"
#include "complete.h"
#include "option_file.h"
#include "shell_words.h"
#include "values.h"

namespace cmd {
namespace {

using bench::Plan;

constexpr std::size_t largest_plan = 1024 * 1024;
constexpr std::string_view form = "a line is NAME: MODE OPTIONS, as sensors: pub -c 100 -t sensors/%i";
/// Threads and times are those of all groups.
constexpr std::string_view whole_run[] = {"duration", "warmup", "shard", "start-at", "threads"};

struct Line {
  std::size_t number;
  std::string_view text;
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = base::take_line(text);
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') continue;
    lines.push_back({number, line.substr(first, line.find_last_not_of(" \t") + 1 - first)});
  }
  return lines;
}

bool of_whole_run(const OptionRow& row) noexcept {
  return row.group == Group::report || row.group == Group::general ||
         std::find(std::begin(whole_run), std::end(whole_run), row.name) != std::end(whole_run);
}

class Mixer {
 public:
  Mixer(Draft& draft, std::string file, const Environment& environment, const ReadLine& read_line)
      : draft_(draft), file_(std::move(file)), environment_(environment), read_line_(read_line) {
    prefix_ = draft_.bench.plan.prefix;
    if (prefix_.empty()) prefix_ = base::format("bench-{:04x}-", bench::random_run() & 0xFFFF);
  }

  Completed<BenchOptions> mix() {
    const std::string path = file_ == "-" ? "/dev/stdin" : file_;
    if (::access(path.c_str(), R_OK) != 0) {
      return trouble(explain_file(ExitCode::no_input, file_, errno, draft_.manners).text, ExitCode::no_input);
    }
    const auto text = read_file(path, largest_plan);
    if (!text) return trouble(text.error(), ExitCode::no_input);
    for (const Line& line : lines_of(*text)) {
      auto added = add(line.text, line.number);
      if (!added) return wrong(base::format("{}:{}: {}", file_, line.number, added.error().text));
    }
    if (groups_.empty()) return wrong(base::format("{} has no group; {}", file_, form));
    if (auto known = check_requirements(); !known) return base::unexpected(std::move(known.error()));
    if (secret_) add_warning(why_exposed(path));
    return whole();
  }

 private:
  static base::unexpected<Trouble> wrong(std::string text) { return trouble(std::move(text), ExitCode::configuration); }

  void add_warning(std::optional<std::string> warning) {
    auto& warnings = draft_.connection.warnings;
    if (warning && std::find(warnings.begin(), warnings.end(), *warning) == warnings.end()) {
      warnings.push_back(*std::move(warning));
    }
  }

  Completed<void> add(std::string_view line, std::size_t number) {
    const auto colon = line.find(':');
    std::string_view name = line.substr(0, colon);
    while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
    if (colon == std::string_view::npos) return trouble(std::string(form));
    if (auto checked = check_name(name); !checked) return checked;
    auto words = split_words(line.substr(colon + 1), true);
    if (!words) return trouble(std::move(words.error()));
    auto read = read_line_(*words);
    if (!read) return base::unexpected(std::move(read.error()));
    for (const Given& option : read->words.options) {
      if (of_whole_run(*option.row)) {
        return trouble(base::format("{} is for the whole run: give it on the command line", option.spelled));
      }
      secret_ = secret_ || is_secret(*option.row, option.value);
    }
    return complete(name, number, *read);
  }

  Completed<void> check_name(std::string_view name) const {
    if (bench::is_metric(name)) return trouble(base::format("a latency is called {}, so no group can be", name));
    if (!bench::is_group_name(name)) {
      return trouble(is_not(
          name, base::format("a name of letters, digits, - and _, at most {}; {}", bench::longest_group_name, form)));
    }
    if (groups_.size() == bench::most_groups)
      return trouble(base::format("a plan has {} groups at most", bench::most_groups));
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i].name != name) continue;
      return trouble(base::format("there is a group {} already, in line {}", name, numbers_[i]));
    }
    return {};
  }

  Completed<void> complete(std::string_view name, std::size_t number, PlanLine& read) {
    const bool prefix_given = std::any_of(read.words.options.begin(), read.words.options.end(),
                                          [](const Given& option) { return option.row->name == "prefix"; });
    if (!prefix_given) read.draft.bench.plan.prefix = base::format("{}{}-", prefix_, name);
    read.draft.bench.plan.name = name;
    auto options = complete_bench(read.draft, read.words.command, environment_);
    if (!options) return base::unexpected(std::move(options.error()));
    for (const Plan& other : groups_) {
      if (auto checked = check_pair(other, options->plan); !checked) return checked;
    }
    for (auto& warning : options->connection.warnings) add_warning(std::move(warning));
    groups_.push_back(std::move(options->plan));
    connections_.push_back(std::move(options->connection));
    numbers_.push_back(number);
    return {};
  }

  static Completed<void> check_pair(const Plan& a, const Plan& b) {
    const auto end = [](const Plan& plan) { return std::uint64_t{plan.start_number} + plan.clients(); };
    if (a.prefix == b.prefix && a.start_number < end(b) && b.start_number < end(a)) {
      return trouble(base::format(
          "its client identifiers are those of group {}; give it a --prefix or --start-number of its own", a.name));
    }
    if (a.shares_subscription() && b.shares_subscription() && a.topic == b.topic && bench::same_broker(a, b)) {
      return trouble(base::format("group {} has this shared subscription; give it more clients instead", a.name));
    }
    return {};
  }

  /// Before the run, which would be for nothing.
  Completed<void> check_requirements() const {
    for (const stats::Requirement& requirement : draft_.bench.require) {
      const auto name = requirement.name.substr(0, requirement.name.find('.'));
      if (bench::is_of_one_load(requirement.name)) {
        return trouble(
            base::format("--require {0}: of which group? Say it as {1}.{0}", requirement.text, groups_[0].name));
      }
      const bool known =
          name == requirement.name || bench::is_metric(name) ||
          std::any_of(groups_.begin(), groups_.end(), [&](const Plan& plan) { return plan.name == name; });
      if (!known) return trouble(base::format("--require {}: the plan has no group {}", requirement.text, name));
    }
    return {};
  }

  Completed<BenchOptions> whole() {
    BenchOptions options = std::move(draft_.bench);
    options.connection = std::move(draft_.connection);
    options.connections = std::move(connections_);
    Plan& plan = options.plan;
    plan.mode = bench::Mode::mixed;
    plan.groups = std::move(groups_);
    plan.shard = plan.groups.front().shard;
    if (plan.own_clients() == 0) {
      return trouble(base::format("{} clients are too few for {} shards", plan.clients(), plan.shard.count));
    }
    if (plan.threads == 0) plan.threads = std::max(1U, std::thread::hardware_concurrency());
    plan.threads = std::min(plan.threads, plan.own_clients());
    // A load without an end of its own has the usual one, and then so have all.
    for (const Plan& group : plan.groups) plan.duration = std::max(plan.duration, group.duration);
    for (Plan& group : plan.groups) group.duration = plan.duration;
    return options;
  }

  Draft& draft_;
  std::string file_;
  const Environment& environment_;
  const ReadLine& read_line_;
  std::string prefix_;
  std::vector<Plan> groups_;
  std::vector<ConnectionOptions> connections_;
  std::vector<std::size_t> numbers_;  ///< of their lines
  bool secret_ = false;
};

}  // namespace

bool mixes(const Words& words) noexcept { return !words.command.empty() && words.command[0] == "mixed"; }

Completed<BenchOptions> complete_mixed(Draft& draft, const Words& words, const Environment& environment,
                                       const ReadLine& read_line) {
  if (words.command.size() < 2) return trouble("the file with the plan is missing");
  if (words.command.size() > 2) return trouble(is_not(words.command[2], "an option"));
  if (draft.bench.self_check.value_or(false)) return trouble("--self-check is for pub and latency");
  return Mixer(draft, words.command[1], environment, read_line).mix();
}

}  // namespace cmd
