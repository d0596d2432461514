// What the subcommands of `mqtt bench` need that read reports instead of making load.
#include "base/format.h"
#include "complete.h"
#include "values.h"

namespace cmd {
namespace {

using Action = BenchOptions::Action;

struct Row {
  std::string_view name;
  Action action;
  std::string_view options;  ///< besides --help and the like
};
constexpr Row rows[] = {{"merge", Action::merge, "json csv hdr html junit require"},
                        {"compare", Action::compare, "json threshold"}};

const Row* find(const Words& words) noexcept {
  for (const Row& row : rows) {
    if (!words.command.empty() && words.command[0] == row.name) return &row;
  }
  return nullptr;
}

bool has(std::string_view list, std::string_view word) noexcept {
  while (!list.empty()) {
    const auto blank = list.find(' ');
    if (list.substr(0, blank) == word) return true;
    list.remove_prefix(blank == std::string_view::npos ? list.size() : blank + 1);
  }
  return false;
}

}  // namespace

bool reads_reports(const Words& words) noexcept { return find(words) != nullptr; }

Completed<BenchOptions> complete_bench_reader(Draft& draft, Words& words) {
  const Row& row = *find(words);
  for (const Given& option : words.options) {
    if (option.row->group == Group::general || has(row.options, option.row->name)) continue;
    return trouble(base::format("{} is not for {}", option.spelled, row.name));
  }
  draft.bench.action = row.action;
  draft.bench.files.assign(words.command.begin() + 1, words.command.end());
  if (draft.bench.files.empty()) return trouble("the files with the reports of --json are missing");
  if (row.action == Action::compare && draft.bench.files.size() != 2) {
    return trouble("compare takes two reports, or two lists of them with commas between");
  }
  auto options = std::move(draft.bench);
  options.connection = std::move(draft.connection);
  return options;
}

}  // namespace cmd
