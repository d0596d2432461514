// Options of what sub and rr receive, of how it is shown, and of when a command ends.
#include "base/format.h"
#include "expect.h"
#include "option_table.h"
#include "render/format.h"
#include "shell_words.h"
#include "values.h"
#include "wire/topic.h"

namespace cmd {
namespace {

using Style = OutputOptions::Style;

/// -F wins over -v, wherever it stands.
Stored show(Draft& draft, Style style) {
  if (style > draft.output.style) draft.output.style = style;
  return {};
}

Stored store_format(Draft& draft, std::string_view value) {
  if (auto format = render::Format::compile(value); !format) return base::unexpected(render::describe(format.error()));
  draft.output.format = value;
  return show(draft, Style::format);
}

Stored store_retain_handling(Draft& draft, std::string_view value) {
  draft.retain_handling_given = true;
  if (value == "always")
    draft.retain_handling = wire::RetainHandling::send;
  else if (value == "new")
    draft.retain_handling = wire::RetainHandling::send_if_new;
  else if (value == "never")
    draft.retain_handling = wire::RetainHandling::do_not_send;
  else
    return base::unexpected(is_not(value, "always, new or never"));
  return {};
}

Stored store_color(Draft& draft, std::string_view value) {
  if (value == "auto")
    draft.output.color = When::automatic;
  else if (value == "always")
    draft.output.color = When::always;
  else if (value == "never")
    draft.output.color = When::never;
  else
    return base::unexpected(is_not(value, "auto, always or never"));
  return {};
}

Stored store_expect(Draft& draft, std::string_view value) {
  if (const std::string error = pattern_error(value); !error.empty()) {
    return base::unexpected(is_not(value, "a regular expression: " + error));
  }
  draft.sub.expect.payload_regex = value;
  return {};
}

Stored store_expect_topic(Draft& draft, std::string_view value) {
  if (wire::check_topic_filter(value)) return base::unexpected(is_not(value, "a topic filter"));
  draft.sub.expect.topic_filter = value;
  return {};
}

Stored store_expect_json(Draft& draft, std::string_view value) {
  const auto equals = value.find('=');
  const auto pointer = value.substr(0, equals);
  if (equals == std::string_view::npos || !is_json_pointer(pointer)) {
    return base::unexpected(is_not(value, "POINTER=VALUE, as in /sensor/state=\"on\""));
  }
  draft.sub.expect.fields.push_back({std::string(pointer), std::string(value.substr(equals + 1))});
  return {};
}

Stored store_exec(Draft& draft, std::string_view value) {
  auto words = split_words(value, false);
  if (!words) return base::unexpected(is_not(value, base::format("a command: {}", words.error())));
  if (words->empty()) return base::unexpected(is_not(value, "a command"));
  draft.sub.exec = *std::move(words);
  return {};
}

const OptionRow rows[] = {
    {.name = "topic",
     .letter = 't',
     .argument = "FILTER",
     .group = Group::receive,
     .commands = sub_bit,
     .environment = "MQTT_TOPIC",
     .repeatable = true,
     .help = "topic filter to subscribe to: a/b, a/+/c, a/#, $share/group/a",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.topics.emplace_back(value);
       return {};
     }},
    {.name = "filter-out",
     .letter = 'T',
     .argument = "FILTER",
     .group = Group::receive,
     .commands = sub_bit,
     .repeatable = true,
     .help = "do not show messages whose topic matches",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.sub.filter_out.emplace_back(value);
       return {};
     }},
    {.name = "unsubscribe",
     .letter = 'U',
     .argument = "FILTER",
     .group = Group::receive,
     .commands = sub_bit,
     .repeatable = true,
     .help = "unsubscribe, after subscribing",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.sub.unsubscribe.emplace_back(value);
       return {};
     }},
    {.name = "qos",
     .letter = 'q',
     .argument = "QOS",
     .group = Group::receive,
     .commands = sub_bit,
     .environment = "MQTT_QOS",
     .choices = "0 1 2",
     .help = "highest quality of service to receive with (0)",
     .store = [](Draft& draft, std::string_view value) { return set(draft.qos, read_qos(value)); }},
    {.name = "no-retained",
     .letter = 'R',
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .help = "do not show retained messages",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.hide_retained = true;
       draft.retain_handling = wire::RetainHandling::do_not_send;
       return {};
     }},
    {.name = "retained-only",
     .group = Group::receive,
     .commands = sub_bit,
     .help = "show retained messages, end at the first other one",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.sub.retained_only = true;
       return {};
     }},
    {.name = "remove-retained",
     .group = Group::receive,
     .commands = sub_bit,
     .help = "clear retained messages on the broker as they come",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.sub.remove_retained = true;
       return {};
     }},
    {.name = "retain-as-published",
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .help = "keep the retain flag as the publisher set it; MQTT 5",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.retain_as_published = true;
       return {};
     }},
    {.name = "retain-handling",
     .argument = "WHEN",
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .choices = "always new never",
     .help = "want retained messages always, for new subscriptions, never; MQTT 5",
     .store = store_retain_handling},
    {.name = "verbose",
     .letter = 'v',
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .help = "show topic and payload",
     .store = [](Draft& draft, std::string_view) { return show(draft, Style::verbose); }},
    {.name = "format",
     .letter = 'F',
     .argument = "FORMAT",
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .environment = "MQTT_FORMAT",
     .help = "show messages by a format, as in \"%I %t %p\" (see the manual)",
     .store = store_format},
    {.name = "json",
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .help = "show a JSON object a line, as pub --jsonl reads them",
     .more = "Payloads that are no UTF-8 are in payload_base64.",
     .store = [](Draft& draft, std::string_view) { return show(draft, Style::json); }},
    {.name = "pretty",
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .help = "indent what --json, %j and %J show",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.output.pretty = true;
       return {};
     }},
    {.name = "no-eol",
     .letter = 'N',
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .help = "no end of line behind a message",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.output.end_of_line = false;
       return {};
     }},
    {.name = "color",
     .argument = "WHEN",
     .group = Group::receive,
     .commands = sub_bit | rr_bit,
     .environment = "MQTT_COLOR",
     .choices = "auto always never",
     .help = "colours: auto (on a terminal), always, never",
     .store = store_color},
    {.name = "watch",
     .letter = 'w',
     .group = Group::receive,
     .commands = sub_bit,
     .help = "keep one line of the screen for each topic",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.sub.watch = true;
       return {};
     }},
    {.name = "message-rate",
     .group = Group::receive,
     .commands = sub_bit,
     .help = "show messages a second instead of messages",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.sub.message_rate = true;
       return {};
     }},
    {.name = "random-filter",
     .argument = "PERCENT",
     .group = Group::receive,
     .commands = sub_bit,
     .help = "show a random sample of the messages (100)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.sub.random_filter, read_decimal(value, 0.1, 100)); }},
    {.name = "output-dir",
     .argument = "DIR",
     .group = Group::receive,
     .commands = sub_bit,
     .completion = Completion::directory,
     .help = "write each payload to a file of its own",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (value.empty()) return base::unexpected<std::string>("a directory has a name");
       draft.sub.output_dir = value;
       return {};
     }},
    {.name = "exec",
     .argument = "COMMAND",
     .group = Group::receive,
     .commands = sub_bit,
     .completion = Completion::command,
     .help = "run a program for each message: payload on its stdin, MQTT_TOPIC in its environment",
     .more = "The command is cut into words at blanks outside of quotes; no shell reads it.",
     .store = store_exec},
    {.name = "count",
     .letter = 'C',
     .argument = "N",
     .group = Group::ending,
     .commands = sub_bit,
     .help = "end after N messages",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.sub.count, read_number(value, 1, UINT64_MAX)); }},
    {.name = "timeout",
     .letter = 'W',
     .argument = "SECONDS",
     .group = Group::ending,
     .commands = client_bits,
     .environment = "MQTT_TIMEOUT",
     .help = "end after this long, with status 27",
     .store = [](Draft& draft, std::string_view value) { return set(draft.timeout, read_seconds(value, false)); }},
    {.name = "exit-after-subscribe",
     .letter = 'E',
     .group = Group::ending,
     .commands = sub_bit,
     .help = "end when the subscriptions are acknowledged",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.sub.exit_after_subscribe = true;
       return {};
     }},
    {.name = "expect",
     .argument = "REGEX",
     .group = Group::ending,
     .commands = sub_bit,
     .help = "end with 0 when a payload matches, with 1 if none did by the end (-C, -W)",
     .more = "The expression is RE2's (as Go's) and may match anywhere in the payload. Where several --expect options "
             "are given, one message has to fulfil all of them. The first one that does ends the command.",
     .store = store_expect},
    {.name = "expect-topic",
     .argument = "FILTER",
     .group = Group::ending,
     .commands = sub_bit,
     .help = "the same for topics",
     .store = store_expect_topic},
    {.name = "expect-json",
     .argument = "POINTER=VALUE",
     .group = Group::ending,
     .commands = sub_bit,
     .repeatable = true,
     .help = "the same for a place in a JSON payload: /sensor/state=on",
     .store = store_expect_json},
    {.name = "expect-none",
     .group = Group::ending,
     .commands = sub_bit,
     .help = "the opposite: end with 1 when such a message comes",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.sub.expect.none = true;
       return {};
     }},
    {.name = "ready-fd",
     .argument = "N",
     .group = Group::ending,
     .commands = sub_bit,
     .help = "write a line to file descriptor N when subscribed",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       const auto number = read_number(value, 0, 65'535);
       if (!number) return base::unexpected(number.error());
       draft.sub.ready_fd = static_cast<int>(*number);
       return {};
     }},
};

}  // namespace

std::span<const OptionRow> receive_rows() noexcept { return rows; }

}  // namespace cmd
