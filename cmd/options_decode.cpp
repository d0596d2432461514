// Options of the decoder.
#include <algorithm>
#include <cctype>

#include "option_table.h"
#include "values.h"
#include "wire/topic.h"

namespace cmd {
namespace {

struct Choice {
  std::string_view name;
  unsigned value;
};

base::Result<unsigned, std::string> choose(std::string_view text, std::span<const Choice> choices,
                                           std::string_view what) {
  const auto found =
      std::find_if(choices.begin(), choices.end(), [text](const Choice& choice) { return choice.name == text; });
  if (found == choices.end()) return base::unexpected(is_not(text, what));
  return found->value;
}

Stored store_input(Draft& draft, std::string_view value) {
  using capture::InputKind;
  static constexpr Choice kinds[] = {{"auto", static_cast<unsigned>(InputKind::automatic)},
                                     {"hex", static_cast<unsigned>(InputKind::hex)},
                                     {"raw", static_cast<unsigned>(InputKind::raw)},
                                     {"base64", static_cast<unsigned>(InputKind::base64)},
                                     {"pcap", static_cast<unsigned>(InputKind::pcap)}};
  return set(draft.decode.input, choose(value, kinds, "auto, hex, raw, base64 or pcap"));
}

Stored store_output(Draft& draft, std::string_view value) {
  using Output = DecodeOptions::Output;
  static constexpr Choice outputs[] = {{"text", static_cast<unsigned>(Output::text)},
                                       {"summary", static_cast<unsigned>(Output::summary)},
                                       {"json", static_cast<unsigned>(Output::json)},
                                       {"hex", static_cast<unsigned>(Output::hex)}};
  const auto chosen = choose(value, outputs, "text, summary, json or hex");
  if (!chosen) return base::unexpected(chosen.error());
  draft.decode.output = static_cast<Output>(*chosen);
  return {};
}

bool same_word(std::string_view word, std::string_view name) noexcept {
  return std::equal(word.begin(), word.end(), name.begin(), name.end(),
                    [](char ours, char theirs) { return std::toupper(static_cast<unsigned char>(ours)) == theirs; });
}

/// Names of packet types between commas.
Stored store_only(Draft& draft, std::string_view value) {
  while (!value.empty()) {
    const auto word = value.substr(0, value.find(','));
    value.remove_prefix(std::min(word.size() + 1, value.size()));
    unsigned type = 1;
    while (type <= 15 && !same_word(word, wire::name(static_cast<wire::PacketType>(type)))) ++type;
    if (type > 15) return base::unexpected(is_not(word, "a packet type as PUBLISH"));
    draft.decode.types |= 1U << type;
  }
  return {};
}

Stored store_filter(Draft& draft, std::string_view value) {
  if (const auto fault = wire::check_topic_filter(value)) {
    return base::unexpected(is_not(value, "a topic filter: ") + std::string(wire::row(fault->clause).sentence));
  }
  draft.decode.topic = value;
  return {};
}

const OptionRow rows[] = {
    {.name = "read",
     .letter = 'r',
     .argument = "FILE",
     .group = Group::input,
     .commands = decode_bit,
     .completion = Completion::file,
     .help = "read this file instead of standard input; - is standard input",
     .more = "A capture, raw packets, a hex dump or base64: the content tells.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.decode.file = value;
       return {};
     }},
    {.name = "input",
     .argument = "KIND",
     .group = Group::input,
     .commands = decode_bit,
     .choices = "auto hex raw base64 pcap",
     .help = "what the input is, where its content does not tell (auto)",
     .store = store_input},
    {.name = "interface",
     .argument = "NAME",
     .group = Group::input,
     .commands = decode_bit,
     .help = "capture from this network interface, until Ctrl-C",
     .more = "Needs libpcap and the right to capture, on Linux CAP_NET_RAW.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.decode.interface = value;
       return {};
     }},
    {.name = "filter",
     .argument = "FILTER",
     .group = Group::input,
     .commands = decode_bit,
     .help = "capture only these frames, as pcap-filter(7) has it: 'tcp port 1883'",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.decode.filter = value;
       return {};
     }},
    {.name = "keylog",
     .argument = "FILE",
     .group = Group::input,
     .commands = decode_bit,
     .completion = Completion::file,
     .help = "decrypt TLS in a capture with these secrets: a file as --tls-keylog writes it",
     .more = "TLS 1.2 and 1.3 with AEAD suites.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.decode.keylog = value;
       return {};
     }},
    {.name = "protocol-version",
     .letter = 'V',
     .argument = "VERSION",
     .group = Group::input,
     .commands = decode_bit,
     .choices = "5 311 31",
     .help = "read all packets as of this version, whatever CONNECT says",
     .more = "Without it a connection's version is that of its CONNECT, and guessed where there is none.",
     .store = [](Draft& draft, std::string_view value) { return set(draft.decode.version, read_version(value)); }},
    {.name = "output",
     .argument = "FORMAT",
     .group = Group::show,
     .commands = decode_bit,
     .choices = "text summary json hex",
     .help = "a tree of fields, a line a packet, JSON lines, or a marked hex dump (text)",
     .store = store_output},
    {.name = "pretty",
     .group = Group::show,
     .commands = decode_bit,
     .help = "lay out payloads that are JSON, with the output text",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.decode.pretty = true;
       return {};
     }},
    {.name = "lint",
     .group = Group::show,
     .commands = decode_bit,
     .help = "name the rules that each connection breaks, and packets only with --output",
     .more = "Without --output only the packets that break a rule are shown, a line each. "
             "Needs a capture or an interface.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.decode.lint = true;
       return {};
     }},
    {.name = "stats",
     .group = Group::show,
     .commands = decode_bit,
     .help = "a table for each connection at the end, and packets only with --output",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.decode.stats = true;
       return {};
     }},
    {.name = "extract",
     .argument = "DIRECTORY",
     .group = Group::show,
     .commands = decode_bit,
     .completion = Completion::directory,
     .help = "write each payload to a file there, and packets only with --output",
     .more = "Names are those of mqtt sub --output-dir: a number, then the topic.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.decode.extract = value;
       return {};
     }},
    {.name = "list-clauses",
     .group = Group::show,
     .commands = decode_bit,
     .help = "print the rules that are known, with their places in the standards, and end",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.decode.list_clauses = true;
       return {};
     }},
    {.name = "only",
     .argument = "TYPE,...",
     .group = Group::narrow,
     .commands = decode_bit,
     .repeatable = true,
     .help = "packets of these types: PUBLISH,PUBACK",
     .store = store_only},
    {.name = "topic",
     .letter = 't',
     .argument = "FILTER",
     .group = Group::narrow,
     .commands = decode_bit,
     .help = "packets with a topic that matches: PUBLISH, wills, and subscriptions to it",
     .store = store_filter},
    {.name = "client-id",
     .argument = "ID",
     .group = Group::narrow,
     .commands = decode_bit,
     .help = "connections of this client identifier",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.decode.client_identifier = value;
       return {};
     }},
    {.name = "connection",
     .argument = "N",
     .group = Group::narrow,
     .commands = decode_bit,
     .help = "the connection of this number",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.decode.connection, read_number(value, 1, UINT64_MAX)); }},
    {.name = "since",
     .argument = "TIME",
     .group = Group::narrow,
     .commands = decode_bit,
     .help = "from then on: 2026-11-21T03:33:28Z, or +SECONDS after the first packet",
     .store = [](Draft& draft, std::string_view value) { return set(draft.decode.since, read_time_bound(value)); }},
    {.name = "until",
     .argument = "TIME",
     .group = Group::narrow,
     .commands = decode_bit,
     .help = "until then, in the same forms",
     .store = [](Draft& draft, std::string_view value) { return set(draft.decode.until, read_time_bound(value)); }},
};

}  // namespace

std::span<const OptionRow> decode_rows() noexcept { return rows; }

}  // namespace cmd
