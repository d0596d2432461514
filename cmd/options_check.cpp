// Options of check beyond those of the connection and of will-test.
#include <algorithm>
#include <fnmatch.h>

#include "base/format.h"
#include "option_table.h"
#include "scenario/fact.h"
#include "suggest.h"
#include "values.h"

namespace cmd {
namespace {

std::string no_fact(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& fact : scenario::facts()) names.push_back(fact.name);
  const std::string guess = did_you_mean(name, names);
  return is_not(name, guess.empty() ? "a fact; --list has their names" : "a fact") + guess;
}

Stored store_facts(std::vector<std::string>& names, std::string_view value) {
  for (std::string_view rest = value; !rest.empty();) {
    const std::string name(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    const auto facts = scenario::facts();
    const auto matches = [&](const auto& fact) {
      return ::fnmatch(name.c_str(), std::string(fact.name).c_str(), 0) == 0;
    };
    if (std::none_of(facts.begin(), facts.end(), matches)) return base::unexpected(no_fact(name));
    names.push_back(name);
  }
  return {};
}

Stored store_requirement(Draft& draft, std::string_view value) {
  auto requirement = stats::read_requirement(value, true);
  if (!requirement) {
    return base::unexpected(
        base::format("{}: {}", is_not(value, "a requirement, as \"qos>=1\" or \"retain\""), requirement.error()));
  }
  if (scenario::find_fact(requirement->name) == nullptr) return base::unexpected(no_fact(requirement->name));
  draft.check.require.push_back(*std::move(requirement));
  return {};
}

const OptionRow rows[] = {
    {.name = "list",
     .group = Group::cases,
     .commands = check_bit,
     .help = "print the facts with their clauses and how they are found, and end",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.check.list = true;
       return {};
     }},
    {.name = "require",
     .argument = "CONDITION",
     .group = Group::cases,
     .commands = check_bit,
     .repeatable = true,
     .help = "end with 1 where this is not so: 'qos>=1', retain, 'certificate_days>14'",
     .more = "A fact's name alone demands that it is so; with a sign, a number, with a unit where wanted (ms, s, KiB, "
             "MiB), or yes or no. What could not be found out does not meet any demand.",
     .store = store_requirement},
    {.name = "only",
     .argument = "NAME",
     .group = Group::cases,
     .commands = check_bit,
     .repeatable = true,
     .help = "find out these facts: names or patterns as 'certificate*', separated by commas",
     .more = "Those that --require names are found out as well.",
     .store = [](Draft& draft, std::string_view value) { return store_facts(draft.check.only, value); }},
    {.name = "skip",
     .argument = "NAME",
     .group = Group::cases,
     .commands = check_bit,
     .repeatable = true,
     .help = "find out all but these",
     .store = [](Draft& draft, std::string_view value) { return store_facts(draft.check.skip, value); }},
    {.name = "protocol-version",
     .letter = 'V',
     .argument = "VERSION",
     .group = Group::cases,
     .commands = check_bit,
     .choices = "5 311 31 mqttv5 mqttv311 mqttv31",
     .help = "ask by MQTT 5, 311 or 31 (the newest that the broker takes)",
     .more = "Which versions it takes is found out in any case.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (draft.origin == Origin::profile) return {};
       return set(draft.check.version, read_version(value));
     }},
    {.name = "largest-payload",
     .argument = "BYTES",
     .group = Group::cases,
     .commands = check_bit,
     .help = "the largest payload to try (1048576)",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.test_settings.largest_payload, read_number(value, 1, 32 * 1024 * 1024));
         }},
    {.name = "samples",
     .argument = "N",
     .group = Group::cases,
     .commands = check_bit,
     .help = "how often to measure each round trip (20)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.test_settings.samples, read_number(value, 1, 10'000)); }},
};

}  // namespace

std::span<const OptionRow> check_rows() noexcept { return rows; }

}  // namespace cmd
