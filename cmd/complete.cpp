// What each command needs beyond the connection.
#include "complete.h"

#include <algorithm>

#include "base/format.h"
#include "base/line.h"
#include "option_file.h"
#include "values.h"
#include "wire/topic.h"

namespace cmd {
namespace {

using Source = PayloadOptions::Source;

/// The topic of a URL counts where no stronger or, for sub, no other one was given.
void add_url_topic(Draft& draft) {
  if (!draft.url || draft.url->topic.empty()) return;
  const bool together = draft.command == Command::sub && draft.url.origin >= Origin::options_file;
  if (draft.topics.empty() || together) draft.topics.insert(draft.topics.begin(), draft.url->topic);
}

Completed<void> check_topic_name(std::string_view topic, std::string_view kind) {
  if (!wire::check_topic_name(topic)) return {};
  return trouble(base::format("Invalid {} topic '{}', does it contain '+' or '#'?", kind, topic));
}

Completed<void> check_topic_names(const std::vector<std::string>& topics) {
  for (const auto& topic : topics) {
    if (auto checked = check_topic_name(topic, "publish"); !checked) return checked;
  }
  return {};
}

Completed<void> check_filters(const std::vector<std::string>& filters, std::string_view kind) {
  for (const auto& filter : filters) {
    if (wire::check_topic_filter(filter)) {
      return trouble(base::format("Invalid {} topic '{}', are all '+' and '#' wildcards correct?", kind, filter));
    }
  }
  return {};
}

base::unexpected<Trouble> missing_topic_or_message(const Draft& draft) {
  if (draft.manners == Manners::mosquitto) return trouble("Both topic and message must be supplied.");
  if (draft.topics.empty() && draft.payload.source == Source::none)
    return trouble("give a topic (-t) and a message (-m)");
  if (draft.topics.empty()) return trouble("there is no topic: give one with -t");
  return trouble(draft.command == Command::pub
                     ? "there is no message: give one with -m, -f, -s (standard input), -l (its lines) or -n (empty)"
                     : "there is no message: give one with -m, -f, -s (standard input) or -n (empty)");
}

Completed<void> check_pub(const Draft& draft) {
  const auto source = draft.payload.source;
  const bool lines = source == Source::lines || source == Source::jsonl;
  const bool names_topics = source == Source::jsonl || !draft.pub.topic_separator.empty();
  if (source == Source::none || (draft.topics.empty() && !names_topics)) return missing_topic_or_message(draft);
  if (!draft.pub.topic_separator.empty() && source != Source::lines) return trouble("--topic-separator needs -l");
  if (draft.pub.replay && source != Source::jsonl) return trouble("--replay needs --jsonl");
  if (draft.pub.speed != 1 && !draft.pub.replay) return trouble("--speed needs --replay");
  if (lines && draft.pub.repeat != 1 && draft.manners == Manners::ours) {
    return trouble("--repeat is for one message, not for lines");
  }
  if (draft.connection.network.connect_timeout.count() == 0 && draft.connection.wait_for_broker.count() != 0) {
    return trouble("--wait-for-broker needs a --connect-timeout");
  }
  return check_topic_names(draft.topics);
}

Completed<void> check_sub(const Draft& draft) {
  if (draft.topics.empty() && draft.sub.unsubscribe.empty()) {
    return trouble("You must specify a topic to subscribe to (-t) or unsubscribe from (-U).");
  }
  if (draft.hide_retained && draft.sub.retained_only) {
    return trouble("Combining '-R' and '--retained-only' makes no sense.");
  }
  if (auto checked = check_filters(draft.topics, "subscription"); !checked) return checked;
  if (auto checked = check_filters(draft.sub.filter_out, "filter"); !checked) return checked;
  return check_filters(draft.sub.unsubscribe, "unsubscribe");
}

/// As mosquitto_sub: a broker that keeps to it sends no message beyond the count.
void bound_receive_maximum(Draft& draft) {
  constexpr auto id = wire::PropertyId::receive_maximum;
  auto& session = draft.connection.session;
  if (session.version != wire::Version::v5_0 || draft.sub.count == 0 || draft.sub.count >= 20) return;
  if (!session.properties.view().find(id)) session.properties.add(id, static_cast<std::uint32_t>(draft.sub.count));
}

/// A line each: name, colon, password.
Completed<void> read_users(const std::string& file, BrokerOptions& options) {
  const auto text = read_file(file, 16 * 1024 * 1024);
  if (!text) return trouble(text.error(), ExitCode::no_input);
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto line = base::take_line(rest);
    if (line.empty() || line[0] == '#') continue;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      return trouble(base::format("{}:{}: this is not name:password", file, number), ExitCode::bad_data);
    }
    options.users.push_back({std::string(line.substr(0, colon)), std::string(line.substr(colon + 1))});
  }
  if (options.users.empty()) return trouble(file + ": no user in it", ExitCode::bad_data);
  return {};
}

}  // namespace

void warn_if_exposed(Draft& draft, const std::string& file) {
  if (auto warning = why_exposed(file)) draft.connection.warnings.push_back(*std::move(warning));
}

Completed<PubOptions> complete_pub(Draft& draft) {
  if (auto done = complete_connection(draft); !done) return base::unexpected(std::move(done.error()));
  add_url_topic(draft);
  if (draft.manners == Manners::mosquitto && draft.topics.size() > 1) {
    draft.topics.erase(draft.topics.begin(), draft.topics.end() - 1);
  }
  if (auto checked = check_pub(draft); !checked) return base::unexpected(std::move(checked.error()));

  const bool lines = draft.payload.source == Source::lines || draft.payload.source == Source::jsonl;
  auto options = std::move(draft.pub);
  draft.connection.reconnect =
      draft.reconnect.value_or(lines && (draft.qos > 0 || draft.payload.source == Source::jsonl));
  options.connection = std::move(draft.connection);
  options.topics = std::move(draft.topics);
  options.payload = std::move(draft.payload);
  options.qos = draft.qos;
  options.timeout = draft.timeout;
  options.properties = std::move(draft.publish_properties);
  return options;
}

Completed<SubOptions> complete_sub(Draft& draft, std::vector<std::string> command) {
  if (auto done = complete_connection(draft); !done) return base::unexpected(std::move(done.error()));
  add_url_topic(draft);
  bound_receive_maximum(draft);
  if (auto checked = check_sub(draft); !checked) return base::unexpected(std::move(checked.error()));

  auto options = std::move(draft.sub);
  draft.connection.reconnect = draft.reconnect.value_or(true);
  options.connection = std::move(draft.connection);
  options.topics = std::move(draft.topics);
  options.qos = draft.qos;
  options.retain_handling = draft.retain_handling;
  options.retain_as_published = draft.retain_as_published;
  options.subscribe_properties = std::move(draft.subscribe_properties);
  options.unsubscribe_properties = std::move(draft.unsubscribe_properties);
  options.output = std::move(draft.output);
  options.hide_retained = draft.hide_retained;
  options.timeout = draft.timeout;
  options.command = std::move(command);
  return options;
}

Completed<RrOptions> complete_rr(Draft& draft) {
  if (auto done = complete_connection(draft); !done) return base::unexpected(std::move(done.error()));
  add_url_topic(draft);
  const bool ours = draft.manners == Manners::ours;
  if (draft.topics.empty() || draft.payload.source == Source::none || (draft.rr.response_topic.empty() && !ours)) {
    if (ours) return missing_topic_or_message(draft);
    return trouble("All of topic, message, and response topic must be supplied.");
  }
  auto options = std::move(draft.rr);
  if (auto checked = check_topic_names(draft.topics); !checked) return base::unexpected(std::move(checked.error()));
  if (!options.response_topic.empty()) {
    auto checked = check_topic_name(options.response_topic, "response");
    if (!checked) return base::unexpected(std::move(checked.error()));
  }
  draft.connection.reconnect = draft.reconnect.value_or(false);
  options.connection = std::move(draft.connection);
  options.topic = std::move(draft.topics.front());
  options.payload = std::move(draft.payload);
  options.qos = draft.qos;
  options.retain_handling = draft.retain_handling;
  options.retain_as_published = draft.retain_as_published;
  options.hide_retained = draft.hide_retained;
  options.output = std::move(draft.output);
  options.timeout = draft.timeout;
  options.publish_properties = std::move(draft.publish_properties);
  options.subscribe_properties = std::move(draft.subscribe_properties);
  return options;
}

Completed<BrokerOptions> complete_broker(Draft& draft) {
  auto options = std::move(draft.broker);
  if (!draft.password_file.empty()) {
    if (auto read = read_users(draft.password_file, options); !read) return base::unexpected(std::move(read.error()));
    warn_if_exposed(draft, draft.password_file);
  }
  if (options.listeners.empty()) options.listeners.push_back({net::Transport::tcp, 1883});
  const bool encrypted = std::any_of(options.listeners.begin(), options.listeners.end(),
                                     [](const auto& listener) { return net::encrypted(listener.transport); });
  const bool certificate = !options.tls.cert.empty() || !options.tls.key.empty();
  if (options.tls.cert.empty() != options.tls.key.empty()) return trouble("--cert and --key belong together");
  if (certificate && options.self_signed) return trouble("either --tls-self-signed or --cert and --key");
  if (encrypted && !certificate && !options.self_signed) {
    return trouble("--tls-port and --wss-port need --tls-self-signed FILE, or --cert and --key");
  }
  if (!encrypted && (certificate || options.self_signed)) return trouble("there is no --tls-port or --wss-port");
  if (options.tls.require_certificate && options.tls.cafile.empty())
    return trouble("--require-certificate needs --cafile");
  options.tls.key_password = key_password(draft);
  options.warnings = std::move(draft.connection.warnings);
  return options;
}

Completed<DecodeOptions> complete_decode(Draft& draft, std::vector<std::string> words) {
  auto options = std::move(draft.decode);
  const bool network = options.input == capture::InputKind::pcap || options.input == capture::InputKind::raw;
  if (options.file && !words.empty()) return trouble("either bytes on the command line or --read");
  if (!options.interface.empty() && (options.file || !words.empty())) return trouble("either --interface or an input");
  if (!options.filter.empty() && options.interface.empty()) return trouble("--filter is for --interface");
  if (options.lint && !words.empty()) return trouble("--lint follows connections: it needs a capture");
  if (!words.empty() && network) return trouble("words of the command line are hex or base64, not raw bytes");
  const auto output = options.output.value_or(DecodeOptions::Output::text);
  if (options.pretty && output != DecodeOptions::Output::text) return trouble("--pretty is for --output text");
  if (options.stats && output == DecodeOptions::Output::json)
    return trouble("--stats is a table, not for --output json");
  options.words = std::move(words);
  return options;
}

}  // namespace cmd
