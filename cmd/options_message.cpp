// Options of the messages that pub and rr send.
#include "option_table.h"
#include "values.h"

namespace cmd {
namespace {

using Source = PayloadOptions::Source;

Stored choose(Draft& draft, Source source) {
  if (draft.payload.source != Source::none) {
    return base::unexpected<std::string>("Only one type of message can be sent at once.");
  }
  draft.payload.source = source;
  return {};
}

Stored store_message(Draft& draft, base::Result<std::string, std::string> bytes) {
  if (auto chosen = choose(draft, Source::message); !chosen) return chosen;
  return set(draft.payload.message, std::move(bytes));
}

Stored store_separator(Draft& draft, std::string_view value) {
  if (value == "TAB" || value == "\\t") value = "\t";
  if (value.empty()) return base::unexpected<std::string>("a separator has one character at least");
  draft.pub.topic_separator = value;
  return {};
}

/// "100", "100/s".
Stored store_rate(Draft& draft, std::string_view value) {
  auto number = value;
  if (number.ends_with("/s")) number.remove_suffix(2);
  return set(draft.pub.rate, read_decimal(number, 0.001, 1e9));
}

const OptionRow rows[] = {
    {.name = "topic",
     .letter = 't',
     .argument = "TOPIC",
     .group = Group::message,
     .commands = pub_bit,
     .environment = "MQTT_TOPIC",
     .repeatable = true,
     .help = "topic to publish to; several: to each",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.topics.emplace_back(value);
       return {};
     }},
    {.name = "topic",
     .letter = 't',
     .argument = "TOPIC",
     .group = Group::message,
     .commands = rr_bit,
     .environment = "MQTT_TOPIC",
     .help = "topic of the request",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.topics.assign(1, std::string(value));
       return {};
     }},
    {.name = "response-topic",
     .letter = 'e',
     .argument = "TOPIC",
     .group = Group::message,
     .commands = rr_bit,
     .help = "topic on which the response is awaited (one made up)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.rr.response_topic = value;
       return {};
     }},
    {.name = "message",
     .letter = 'm',
     .argument = "TEXT",
     .group = Group::message,
     .commands = pub_bit | rr_bit,
     .help = "payload",
     .store = [](Draft& draft, std::string_view value) { return store_message(draft, std::string(value)); }},
    {.name = "message-hex",
     .argument = "HEX",
     .group = Group::message,
     .commands = pub_bit | rr_bit,
     .help = "payload in hexadecimal",
     .store = [](Draft& draft, std::string_view value) { return store_message(draft, read_hex(value)); }},
    {.name = "message-base64",
     .argument = "BASE64",
     .group = Group::message,
     .commands = pub_bit | rr_bit,
     .help = "payload in base64",
     .store = [](Draft& draft, std::string_view value) { return store_message(draft, read_base64(value)); }},
    {.name = "file",
     .letter = 'f',
     .argument = "FILE",
     .group = Group::message,
     .commands = pub_bit | rr_bit,
     .completion = Completion::file,
     .help = "payload: the contents of a file",
     .store =
         [](Draft& draft, std::string_view value) {
           draft.payload.file = value;
           return choose(draft, Source::file);
         }},
    {.name = "stdin-file",
     .letter = 's',
     .group = Group::message,
     .commands = pub_bit | rr_bit,
     .help = "payload: all of standard input",
     .store = [](Draft& draft, std::string_view) { return choose(draft, Source::input); }},
    {.name = "null-message",
     .letter = 'n',
     .group = Group::message,
     .commands = pub_bit | rr_bit,
     .help = "payload: none",
     .store = [](Draft& draft, std::string_view) { return choose(draft, Source::empty); }},
    {.name = "stdin-line",
     .letter = 'l',
     .group = Group::message,
     .commands = pub_bit,
     .help = "a message for each line of standard input",
     .more =
         "Lines may hold any byte. Input is read as fast as the broker takes it, in constant memory, and with QoS 1 "
         "and 2 the end is a success only when each line is acknowledged.",
     .store = [](Draft& draft, std::string_view) { return choose(draft, Source::lines); }},
    {.name = "topic-separator",
     .argument = "TEXT",
     .group = Group::message,
     .commands = pub_bit,
     .help = "with -l: each line is topic, TEXT (TAB for a tab), payload",
     .store = store_separator},
    {.name = "jsonl",
     .group = Group::message,
     .commands = pub_bit,
     .help = "a message for each JSON object of standard input, as sub --json writes them",
     .more = "An object needs topic and may have payload or payload_base64, qos, retain and properties.",
     .store = [](Draft& draft, std::string_view) { return choose(draft, Source::jsonl); }},
    {.name = "replay",
     .group = Group::message,
     .commands = pub_bit,
     .help = "with --jsonl: wait between messages as their \"time\" says",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.pub.replay = true;
       return {};
     }},
    {.name = "speed",
     .argument = "FACTOR",
     .group = Group::message,
     .commands = pub_bit,
     .help = "with --replay: that many times as fast (1)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.pub.speed, read_decimal(value, 0.001, 1'000'000)); }},
    {.name = "qos",
     .letter = 'q',
     .argument = "QOS",
     .group = Group::message,
     .commands = pub_bit | rr_bit,
     .environment = "MQTT_QOS",
     .choices = "0 1 2",
     .help = "quality of service (0)",
     .store = [](Draft& draft, std::string_view value) { return set(draft.qos, read_qos(value)); }},
    {.name = "strict",
     .group = Group::message,
     .commands = pub_bit | rr_bit,
     .environment = "MQTT_STRICT",
     .help = "end where the broker answers a QoS 2 PUBLISH with PUBACK",
     .more =
         "That breaks the protocol, and the status is then 76. Without this option the message counts as published, "
         "at the QoS 1 that such a broker has (RabbitMQ before 4.0), and pub says so on standard error.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.connection.session.strict = true;
       return {};
     }},
    {.name = "retain",
     .letter = 'r',
     .group = Group::message,
     .commands = pub_bit,
     .help = "the broker keeps the message for later subscribers",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.pub.retain = true;
       return {};
     }},
    {.name = "repeat",
     .argument = "N",
     .group = Group::message,
     .commands = pub_bit,
     .help = "publish the message N times (1)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.pub.repeat, read_number(value, 1, UINT64_MAX)); }},
    {.name = "repeat-delay",
     .argument = "SECONDS",
     .group = Group::message,
     .commands = pub_bit,
     .help = "with --repeat: wait between messages (0)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.pub.repeat_delay, read_seconds(value, true)); }},
    {.name = "rate",
     .argument = "N",
     .group = Group::message,
     .commands = pub_bit,
     .help = "at most N messages a second",
     .store = store_rate},
    {.name = "progress",
     .group = Group::message,
     .commands = pub_bit,
     .help = "show on a terminal how far long input has come",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.pub.progress = true;
       return {};
     }},
    {.name = "latency",
     .group = Group::message,
     .commands = rr_bit,
     .help = "print how long the response took",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.rr.latency = true;
       return {};
     }},
};

}  // namespace

std::span<const OptionRow> message_rows() noexcept { return rows; }

}  // namespace cmd
