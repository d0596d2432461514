// Puts the origins of options together: profile, environment, options file, command line, each stronger than the last.
#include "options.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include "base/format.h"
#include "complete.h"
#include "docs.h"
#include "option_file.h"
#include "option_table.h"
#include "standard_output.h"
#include "suggest.h"
#include "values.h"
#include "words.h"

namespace cmd {
namespace {

constexpr std::size_t largest_options_file = 1024 * 1024;

template <class T>
using Step = base::Result<T, Finished>;

/// One run: whose name, whose manners, and the draft that grows.
class Reading {
 public:
  Reading(Command command, std::string_view called, const Environment& environment)
      : draft(begin(command, called)), environment_(environment) {}

  Step<Words> read(int argc, char** argv) {
    auto words = read_words(draft.command, argc, argv);
    if (!words) return base::unexpected(refuse(words.error()));
    if (given(*words, "help")) return base::unexpected(help());
    if (given(*words, "version")) return base::unexpected(version());
    if (!words->command.empty() && draft.command != Command::sub && draft.command != Command::decode &&
        draft.command != Command::bench) {
      return base::unexpected(fail({ExitCode::usage, "only sub takes words behind --"}));
    }
    for (auto step :
         {&Reading::take_file, &Reading::take_environment, &Reading::take_options_file, &Reading::take_words}) {
      if (auto taken = (this->*step)(*words); !taken) return base::unexpected(std::move(taken.error()));
    }
    return *std::move(words);
  }

  /// A line of a plan: its words upon all that was said before.
  Completed<PlanLine> read_line(std::vector<std::string>& line) {
    std::vector<char*> argv{draft.connection.program.data()};
    for (std::string& word : line) argv.push_back(word.data());
    auto words = read_words(draft.command, static_cast<int>(argv.size()), argv.data());
    if (!words) return base::unexpected(describe(words.error()));
    PlanLine read{begin(draft.command, draft.connection.program), *std::move(words)};
    read.draft.secrets = draft.secrets;
    if (auto repeated = repeat(read); !repeated) return base::unexpected(std::move(repeated.error()));
    read.draft.origin = Origin::plan;
    for (const Given& option : read.words.options) {
      if (option.off || option.row->store == nullptr) continue;
      if (auto stored = option.row->store(read.draft, option.value); !stored) {
        return trouble(base::format("option {}: {}", option.spelled, stored.error()));
      }
    }
    return read;
  }

  /// The line for what is wrong with the options as a whole or with a file.
  Finished fail(const Trouble& trouble) const {
    const auto& program = draft.connection.program;
    Finished finished;
    finished.exit_code = exit_code(trouble.code, draft.manners);
    if (draft.manners == Manners::mosquitto) {
      finished.err = base::format("Error: {}\n\nUse '{} --help' to see usage.\n", trouble.text, program);
    } else if (trouble.code == ExitCode::usage) {
      auto text = trouble.text;
      if (text.ends_with('.')) text.pop_back();
      const std::string_view further = text.ends_with('?') ? " See" : "; see";
      finished.err = base::format("{}: {}{} {} --help\n", program, text, further, program);
    } else {
      finished.err = base::format("{}: {}\n", program, trouble.text);
    }
    return finished;
  }

  Draft draft;

 private:
  /// What was stored, to be said again in another draft.
  struct Taken {
    const OptionRow* row;
    std::string value;
    Origin origin;
    bool forgets = false;
  };

  /// What was said before, but for flags that the line takes back.
  Completed<void> repeat(PlanLine& read) const {
    for (const Taken& taken : taken_) {
      const auto* own = given(read.words, taken.row->name);
      if (own != nullptr && own->off) continue;
      read.draft.origin = taken.origin;
      if (taken.forgets) {
        forget(read.draft, *taken.row);
      } else if (auto stored = taken.row->store(read.draft, taken.value); !stored) {
        return trouble(base::format("option {}: {}", taken.row->name, stored.error()));
      }
    }
    return {};
  }

  static Draft begin(Command command, std::string_view called) {
    Draft draft;
    const auto& row = row_of(command);
    const auto name = called.substr(called.rfind('/') + 1);
    const bool theirs = !row.mosquitto_name.empty() && name == row.mosquitto_name;
    draft.command = command;
    draft.manners = theirs ? Manners::mosquitto : Manners::ours;
    draft.connection.program = theirs ? std::string(row.mosquitto_name) : base::format("mqtt {}", row.name);
    draft.connection.manners = draft.manners;
    draft.broker.program = draft.connection.program;
    return draft;
  }

  static const Given* given(const Words& words, std::string_view name) {
    const auto found = std::find_if(words.options.begin(), words.options.end(),
                                    [&](const Given& option) { return option.row->name == name; });
    return found == words.options.end() ? nullptr : &*found;
  }

  Finished help() const {
    return {draft.manners == Manners::mosquitto ? 1 : 0, help_text(draft.command, draft.connection.program), {}};
  }
  Finished version() const {
    const bool theirs = draft.manners == Manners::mosquitto;
    return {theirs ? 1 : 0,
            theirs ? base::format("{} version {} (mqtt)\n", draft.connection.program, MQTT_VERSION)
                   : base::format("mqtt {}\n", MQTT_VERSION),
            {}};
  }

  Finished refuse(const WordError& error) const { return fail(describe(error)); }

  Trouble describe(const WordError& error) const {
    const bool theirs = draft.manners == Manners::mosquitto;
    switch (error.kind) {
      case WordError::Kind::unknown_option:
        return {ExitCode::usage, theirs ? base::format("Unknown option '{}'.", error.spelled)
                                        : base::format("unknown option {}{}", error.spelled, guess(error.spelled))};
      case WordError::Kind::no_value:
        return {ExitCode::usage, theirs ? base::format("{} argument given but no value specified.", error.spelled)
                                        : base::format("option {} needs a value ({})", error.spelled, error.argument)};
      case WordError::Kind::flag_with_value:
        return {ExitCode::usage, base::format("option {} takes no value", error.spelled)};
      case WordError::Kind::not_an_option:
        return {ExitCode::usage, theirs ? base::format("Unknown option '{}'.", error.spelled)
                                        : base::format("{}{}", is_not(error.spelled, "an option"), place())};
    }
    return {};
  }

  /// Where a stray word may belong.
  std::string_view place() const {
    switch (draft.command) {
      case Command::pub:
      case Command::rr:
        return "; a topic stands behind -t, a payload behind -m";
      case Command::sub:
        return "; a topic stands behind -t";
      default:
        return "";
    }
  }

  /// What an unknown option may have been meant to be. One dash before a long name is a common slip.
  std::string guess(std::string_view spelled) const {
    std::vector<std::string_view> names;
    for (const auto* row : rows_of(draft.command)) names.push_back(row->name);
    if (spelled == "-S")
      return "; there are no SRV lookups here (nor in mosquitto as usually built): name the host with -h";
    if (!spelled.starts_with("--") && spelled.size() < 4) return {};
    return did_you_mean(spelled.substr(spelled.find_first_not_of('-')), names, "--");
  }

  Step<void> store(const OptionRow& row, std::string_view value, std::string_view where, ExitCode code) {
    if (auto stored = row.store(draft, value); !stored) {
      const bool bare = draft.manners == Manners::mosquitto;
      return base::unexpected(fail({code, bare ? stored.error() : base::format("{}: {}", where, stored.error())}));
    }
    if (draft.command == Command::bench) taken_.push_back({&row, std::string(value), draft.origin});
    return {};
  }

  const char* variable(const char* name) const {
    const char* value = environment_(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
  }

  /// Where a program's configuration stands: below XDG_CONFIG_HOME, or .config in the home directory.
  std::string configuration(std::string_view file) const {
    if (const char* base = variable("XDG_CONFIG_HOME")) return base::format("{}/{}", base, file);
    if (const char* home = variable("HOME")) return base::format("{}/.config/{}", home, file);
    return {};
  }

  /// The configuration file: mosquitto's for its names, a section of ours otherwise.
  Step<void> take_file(const Words& words) {
    draft.origin = Origin::profile;
    if (draft.command == Command::broker || draft.command == Command::decode) return {};
    const bool theirs = draft.manners == Manners::mosquitto;
    if (theirs && given(words, "options-file") != nullptr) return {};
    const auto file = configuration(theirs ? draft.connection.program : std::string("mqtt/config"));
    const auto* profile = given(words, "profile");
    const char* from_environment = theirs ? nullptr : variable("MQTT_PROFILE");
    const bool asked = profile != nullptr || from_environment != nullptr;
    const std::string name = profile != nullptr            ? profile->value
                             : from_environment != nullptr ? from_environment
                                                           : "default";
    if (file.empty() || (!asked && ::access(file.c_str(), F_OK) != 0)) {
      if (asked) return base::unexpected(fail({ExitCode::no_input, "there is no configuration file: HOME is not set"}));
      return {};
    }
    auto text = read_file(file, largest_options_file);
    if (!text) return base::unexpected(fail({ExitCode::no_input, text.error()}));
    return take_lines(
        words, file, theirs ? read_option_lines(draft.command, *text) : read_profile(draft.command, *text, name, asked),
        !theirs);
  }

  Step<void> take_options_file(const Words& words) {
    draft.origin = Origin::options_file;
    const auto* option = given(words, "options-file");
    if (option == nullptr) return {};
    const auto same = [&](const Given& other) { return other.row == option->row; };
    if (std::count_if(words.options.begin(), words.options.end(), same) > 1) {
      return base::unexpected(fail({ExitCode::usage, "Duplicate -o argument given."}));
    }
    auto text = read_file(option->value, largest_options_file);
    if (!text) return base::unexpected(fail({ExitCode::no_input, text.error()}));
    return take_lines(words, option->value, read_option_lines(draft.command, *text), false);
  }

  Step<void> take_lines(const Words& words, const std::string& file, FileOptions options, bool give_way) {
    if (!options) {
      const auto line = options.error().line == 0 ? std::string() : base::format(":{}", options.error().line);
      return base::unexpected(
          fail({ExitCode::configuration, base::format("{}{}: {}", file, line, options.error().text)}));
    }
    bool secret = false;
    for (const auto& option : *options) {
      secret = secret || is_secret(*option.row, option.value);
      if (option.off || (give_way && given(words, option.row->name) != nullptr)) continue;
      const auto where = base::format("{}:{}: option {}", file, option.line, option.row->name);
      if (auto stored = store(*option.row, option.value, where, ExitCode::configuration); !stored) return stored;
    }
    if (auto warning = secret ? why_exposed(file) : std::nullopt) {
      draft.connection.warnings.push_back(*std::move(warning));
    }
    return {};
  }

  /// Called by a mosquitto name we read only what its users know of.
  Step<void> take_environment(const Words& words) {
    draft.origin = Origin::environment;
    for (const auto* row : rows_of(draft.command)) {
      if (row->environment == nullptr || row->store == nullptr || given(words, row->name) != nullptr) continue;
      if (draft.manners == Manners::mosquitto && std::string_view(row->environment).starts_with("MQTT_")) continue;
      const char* value = variable(row->environment);
      if (value == nullptr) continue;
      const auto where = base::format("environment variable {}", row->environment);
      const auto on = row->flag() ? read_flag(value) : std::optional(true);
      if (!on) return base::unexpected(fail({ExitCode::usage, where + ": " + is_not(value, "1 or 0")}));
      if (!*on) continue;
      if (row->repeatable) {
        forget(draft, *row);
        taken_.push_back({row, {}, draft.origin, true});
      }
      if (auto stored = store(*row, row->flag() ? std::string_view() : value, where, ExitCode::usage); !stored)
        return stored;
    }
    return {};
  }

  /// What a profile said of an option that adds up gives way to the environment.
  static void forget(Draft& draft, const OptionRow& row) {
    if (row.name == "topic") draft.topics.clear();
    if (row.name == "ws-header") draft.connection.network.websocket.headers.clear();
    if (row.name == "tls-alpn") draft.connection.network.tls.alpn.clear();
  }

  Step<void> take_words(const Words& words) {
    draft.origin = Origin::command_line;
    for (const auto& option : words.options) {
      if (option.off || option.row->store == nullptr) continue;
      auto stored = store(*option.row, option.value, base::format("option {}", option.spelled), ExitCode::usage);
      if (!stored) return stored;
    }
    return {};
  }

  const Environment& environment_;
  std::vector<Taken> taken_;
};

template <class Complete>
auto parse(Command command, int argc, char** argv, const Environment& environment, Complete complete)
    -> Parsed<typename decltype(complete(std::declval<Draft&>(), std::declval<Words&>()))::value_type> {
  Reading reading(command, argc > 0 ? argv[0] : "", environment);
  auto words = reading.read(argc, argv);
  if (!words) return base::unexpected(std::move(words.error()));
  auto options = complete(reading.draft, *words);
  if (!options) return base::unexpected(reading.fail(options.error()));
  return *std::move(options);
}

}  // namespace

int finish(const Finished& finished) {
  std::fwrite(finished.err.data(), 1, finished.err.size(), stderr);
  if (const auto unwritten = print(finished.out)) {
    base::print(stderr, "mqtt: {}\n", unwritten->text);
    if (finished.exit_code == 0) return unwritten->exit_code;
  }
  return finished.exit_code;
}

const Environment& process_environment() {
  static const Environment environment = [](const char* name) -> const char* { return std::getenv(name); };
  return environment;
}

Parsed<PubOptions> parse_pub(int argc, char** argv, const Environment& environment) {
  return parse(Command::pub, argc, argv, environment, [](Draft& draft, Words&) { return complete_pub(draft); });
}

Parsed<SubOptions> parse_sub(int argc, char** argv, const Environment& environment) {
  return parse(Command::sub, argc, argv, environment,
               [](Draft& draft, Words& words) { return complete_sub(draft, std::move(words.command)); });
}

Parsed<RrOptions> parse_rr(int argc, char** argv, const Environment& environment) {
  return parse(Command::rr, argc, argv, environment, [](Draft& draft, Words&) { return complete_rr(draft); });
}

Parsed<DecodeOptions> parse_decode(int argc, char** argv, const Environment& environment) {
  return parse(Command::decode, argc, argv, environment,
               [](Draft& draft, Words& words) { return complete_decode(draft, std::move(words.command)); });
}

Parsed<BenchOptions> parse_bench(int argc, char** argv, const Environment& environment) {
  Reading reading(Command::bench, argc > 0 ? argv[0] : "", environment);
  auto words = reading.read(argc, argv);
  if (!words) return base::unexpected(std::move(words.error()));
  const auto read_line = [&reading](std::vector<std::string>& line) { return reading.read_line(line); };
  auto options = reads_reports(*words) ? complete_bench_reader(reading.draft, *words)
                 : mixes(*words)       ? complete_mixed(reading.draft, *words, environment, read_line)
                                       : complete_bench(reading.draft, words->command, environment);
  if (!options) return base::unexpected(reading.fail(options.error()));
  return *std::move(options);
}

Parsed<BrokerOptions> parse_broker(int argc, char** argv, const Environment& environment) {
  return parse(Command::broker, argc, argv, environment, [](Draft& draft, Words&) { return complete_broker(draft); });
}

Parsed<WillTestOptions> parse_will_test(int argc, char** argv, const Environment& environment) {
  return parse(Command::will_test, argc, argv, environment,
               [](Draft& draft, Words&) { return complete_will_test(draft); });
}

Parsed<CheckOptions> parse_check(int argc, char** argv, const Environment& environment) {
  return parse(Command::check, argc, argv, environment, [](Draft& draft, Words&) { return complete_check(draft); });
}

}  // namespace cmd
