// From a draft to a command's options: what belongs together is checked, and what was not said is filled in.
#pragma once

#include <functional>
#include <string>

#include "draft.h"
#include "exit_code.h"
#include "options.h"
#include "words.h"

namespace cmd {

/// What is wrong with the options as a whole.
struct Trouble {
  ExitCode code = ExitCode::usage;
  std::string text;
};

template <class Options>
using Completed = base::Result<Options, Trouble>;

/// Resolves everything in `draft.connection`.
Completed<void> complete_connection(Draft& draft);

Completed<PubOptions> complete_pub(Draft& draft);
Completed<SubOptions> complete_sub(Draft& draft, std::vector<std::string> command);
Completed<RrOptions> complete_rr(Draft& draft);
Completed<BrokerOptions> complete_broker(Draft& draft);
Completed<WillTestOptions> complete_will_test(Draft& draft);
/// `bench merge` and the like have no broker.
bool reads_reports(const Words& words) noexcept;
Completed<BenchOptions> complete_bench_reader(Draft& draft, Words& words);
/// A line of a plan as it was read: words of its own upon what was said for all.
struct PlanLine {
  Draft draft;
  Words words;
};
using ReadLine = std::function<Completed<PlanLine>(std::vector<std::string>& words)>;
/// `bench mixed` reads its loads from a file.
bool mixes(const Words& words) noexcept;
Completed<BenchOptions> complete_mixed(Draft& draft, const Words& words, const Environment& environment,
                                       const ReadLine& read_line);
Completed<CheckOptions> complete_check(Draft& draft);
/// `words` are those that are no options.
Completed<BenchOptions> complete_bench(Draft& draft, const std::vector<std::string>& words,
                                       const Environment& environment);
/// `words` are those that are no options.
Completed<DecodeOptions> complete_decode(Draft& draft, std::vector<std::string> words);

/// Adds a warning where others can read a file that holds a secret.
void warn_if_exposed(Draft& draft, const std::string& file);

inline base::unexpected<Trouble> trouble(std::string text, ExitCode code = ExitCode::usage) {
  return base::unexpected<Trouble>(Trouble{code, std::move(text)});
}

/// Gives the key's password when OpenSSL asks for it: from the file, or else from the terminal.
transport::KeyPassword key_password(const Draft& draft);

}  // namespace cmd
