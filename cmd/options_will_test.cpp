// Options of will-test beyond those of the connection; check has some of them too.
#include <algorithm>

#include "base/format.h"
#include "option_table.h"
#include "values.h"
#include "will_test_selection.h"
#include "wire/topic.h"

namespace cmd {
namespace {

using Format = WillTestOptions::Format;

/// A profile says what clients of the broker want, not what a test of it needs.
bool from_profile(const Draft& draft) noexcept { return draft.origin == Origin::profile; }

Stored store_names(std::vector<std::string>& names, std::string_view value) {
  for (std::string_view rest = value; !rest.empty();) {
    const auto name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    if (!any_case_matches(name)) return base::unexpected(is_not(name, "a case; --list has their names"));
    names.emplace_back(name);
  }
  return {};
}

Stored store_versions(Draft& draft, std::string_view value) {
  if (from_profile(draft)) return {};
  if (value == "both") {
    draft.will_test.versions.clear();
    return {};
  }
  auto version = value == "4" ? wire::Version::v3_1_1 : read_version(value);
  if (!version || *version == wire::Version::v3_1) return base::unexpected(is_not(value, "4, 5 or both"));
  draft.will_test.versions = {*version};
  return {};
}

Stored store_prefix(Draft& draft, std::string_view value) {
  constexpr std::size_t longest = 1024;
  if (value.empty() || value.size() > longest || value[0] == '$' || wire::check_topic_name(value)) {
    return base::unexpected(is_not(value, "the beginning of a topic, without wildcards and $"));
  }
  draft.test_settings.topic_prefix = value;
  return {};
}

Stored store_id_prefix(Draft& draft, std::string_view value) {
  if (value.size() > 1024) return base::unexpected<std::string>("it is too long");
  draft.test_settings.identifier_prefix = value;
  return {};
}

Stored store_format(Draft& draft, std::string_view value) {
  constexpr std::pair<std::string_view, Format> formats[] = {{"table", Format::table},
                                                             {"tap", Format::tap},
                                                             {"junit", Format::junit},
                                                             {"json", Format::json},
                                                             {"markdown", Format::markdown}};
  for (const auto& [name, format] : formats) {
    if (name != value) continue;
    draft.report_format = format;
    return {};
  }
  return base::unexpected(is_not(value, "table, tap, junit, json or markdown"));
}

/// [NAME=]URL, separated by commas. A name has no slash, so that the '=' of a query is none of ours.
Stored store_against(Draft& draft, std::string_view value) {
  for (std::string_view rest = value; !rest.empty();) {
    auto broker = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(broker.size() + 1, rest.size()));
    const auto equals = broker.substr(0, broker.find('/')).find('=');
    std::string name;
    if (equals != std::string_view::npos) {
      name = broker.substr(0, equals);
      broker.remove_prefix(equals + 1);
    }
    auto url = net::parse_url(broker);
    if (!url) return base::unexpected("the URL cannot be used: " + url.error());
    draft.against.emplace_back(std::move(name), *std::move(url));
  }
  return {};
}

const OptionRow rows[] = {
    {.name = "list",
     .group = Group::cases,
     .commands = will_test_bit,
     .help = "print the cases with their clauses and end",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.will_test.list = true;
       return {};
     }},
    {.name = "only",
     .argument = "NAME",
     .group = Group::cases,
     .commands = will_test_bit,
     .repeatable = true,
     .help = "play these cases: names or patterns as 'delay*', separated by commas",
     .store = [](Draft& draft, std::string_view value) { return store_names(draft.will_test.only, value); }},
    {.name = "skip",
     .argument = "NAME",
     .group = Group::cases,
     .commands = will_test_bit,
     .repeatable = true,
     .help = "play all but these",
     .store = [](Draft& draft, std::string_view value) { return store_names(draft.will_test.skip, value); }},
    {.name = "expect-fail",
     .argument = "NAME",
     .group = Group::cases,
     .commands = will_test_bit,
     .repeatable = true,
     .help = "known defects of the broker: that these fail is no failure",
     .more = "Where one of them passes, a line on standard error says so.",
     .store = [](Draft& draft, std::string_view value) { return store_names(draft.will_test.expect_fail, value); }},
    {.name = "against",
     .argument = "URL,URL",
     .group = Group::cases,
     .commands = testing_bits,
     .repeatable = true,
     .secret = true,
     .help = "test several brokers and print them side by side: URL or NAME=URL, with commas between",
     .more = "The options for TLS and credentials hold for all of them; a URL can have a user and a password of its "
             "own.",
     .store = store_against},
    {.name = "format",
     .argument = "FORMAT",
     .group = Group::cases,
     .commands = testing_bits,
     .choices = "table tap junit json markdown",
     .help = "table, tap, junit, json or markdown (table)",
     .store = store_format},
    {.name = "protocol-version",
     .letter = 'V',
     .argument = "VERSION",
     .group = Group::cases,
     .commands = will_test_bit,
     .choices = "4 5 both",
     .help = "4 (MQTT 3.1.1), 5 or both (both, where the broker takes both)",
     .store = store_versions},
    {.name = "prefix",
     .argument = "TOPIC",
     .group = Group::cases,
     .commands = testing_bits,
     .help = "what the topics begin with (mqtt-, the command and a random number)",
     .store = store_prefix},
    {.name = "id-prefix",
     .letter = 'I',
     .argument = "PREFIX",
     .group = Group::cases,
     .commands = testing_bits,
     .help = "what the client identifiers begin with (random letters and digits)",
     .store = store_id_prefix},
    {.name = "timeout",
     .argument = "SECONDS",
     .group = Group::cases,
     .commands = testing_bits,
     .help = "how long to wait for what should happen at once (5)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.test_settings.timeout, read_seconds(value, false)); }},
    {.name = "tolerance",
     .argument = "SECONDS",
     .group = Group::cases,
     .commands = will_test_bit,
     .help = "how long to listen for what should not come, and more time for what is timed (2)",
     .more = "What is timed may come late by this, by --timeout, and by what this machine itself was late.",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.test_settings.tolerance, read_seconds(value, false));
         }},
    {.name = "keepalive",
     .letter = 'k',
     .argument = "SECONDS",
     .group = Group::cases,
     .commands = will_test_bit,
     .help = "keep alive of the clients that fall silent (2)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (from_profile(draft)) return {};
       return set(draft.test_settings.keep_alive, read_number(value, 1, 65'535));
     }},
    {.name = "burst",
     .argument = "N",
     .group = Group::cases,
     .commands = will_test_bit,
     .help = "clients that die at the same time in the case burst (1000)",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.test_settings.burst, read_number(value, 1, 60'000));
         }},
};

}  // namespace

std::span<const OptionRow> will_test_rows() noexcept { return rows; }

}  // namespace cmd
