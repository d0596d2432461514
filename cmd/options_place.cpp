// Options that say where the broker is and how to get there.
#include "option_table.h"
#include "values.h"

namespace cmd {
namespace {

/// A place said by a stronger origin replaces all of a weaker one's.
template <class T>
void say(Draft& draft, Said<T>& what, T value) {
  draft.url.yield_to(draft.origin);
  draft.host.yield_to(draft.origin);
  draft.unix_path.yield_to(draft.origin);
  what.value = std::move(value);
  what.origin = draft.origin;
}

/// In a mosquitto URL what follows the host is a topic, for WebSocket too, and as good as one of -t.
void take_topic(Draft& draft, net::Url& url) {
  std::string topic = std::move(url.topic);
  if (!url.path.empty()) topic = net::percent_decode(url.path.substr(1)).value_or(url.path.substr(1));
  url.topic.clear();
  url.path.clear();
  if (draft.command == Command::rr) draft.topics.clear();
  if (!topic.empty()) draft.topics.push_back(std::move(topic));
}

/// The two slips that a name server would only call an unknown host.
Stored store_host(Draft& draft, std::string_view value) {
  if (value.empty()) return base::unexpected<std::string>("a host has a name");
  const auto colon = value.find(':');
  if (draft.manners == Manners::ours && colon != std::string_view::npos) {
    if (value.substr(colon).starts_with("://")) return base::unexpected(is_not(value, "a host; a URL goes with -L"));
    if (value.find(':', colon + 1) == std::string_view::npos) {
      return base::unexpected(is_not(value, "a host; the port goes with -p"));
    }
  }
  say(draft, draft.host, std::string(value));
  return {};
}

Stored store_url(Draft& draft, std::string_view value) {
  auto url = net::parse_url(value);
  if (!url) {
    const bool scheme = url.error().starts_with("its scheme") || url.error().starts_with("it has no scheme");
    if (draft.manners == Manners::mosquitto && scheme) return base::unexpected<std::string>("Unsupported URL scheme.");
    return base::unexpected("the URL cannot be used: " + url.error());
  }
  if (draft.manners == Manners::mosquitto) take_topic(draft, *url);
  draft.port.yield_to(draft.origin);
  draft.ws.yield_to(draft.origin);
  say(draft, draft.url, *std::move(url));
  return {};
}

Stored store_port(Draft& draft, std::string_view value) {
  draft.port.origin = draft.origin;
  return set(draft.port.value.emplace(), read_number(value, 1, 65'535));
}

Stored store_proxy(Draft& draft, std::string_view value) {
  auto proxy = net::parse_proxy_url(value);
  if (!proxy) return base::unexpected("the URL cannot be used: " + proxy.error());
  draft.connection.network.proxy = *std::move(proxy);
  return {};
}

Stored store_ws_path(Draft& draft, std::string_view value) {
  if (!value.starts_with('/')) return base::unexpected(is_not(value, "a path: it starts with /"));
  for (const char c : value) {
    if (static_cast<unsigned char>(c) <= ' ') return base::unexpected(is_not(value, "a path: it has no blanks"));
  }
  draft.ws_path = value;
  return {};
}

Stored store_ws_header(Draft& draft, std::string_view value) {
  const auto colon = value.find(':');
  const auto bad = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  const auto name = value.substr(0, colon);
  if (colon == std::string_view::npos || name.empty() || name.find(' ') != std::string_view::npos) {
    return base::unexpected(is_not(value, "a header, as in \"Name: value\""));
  }
  for (const char c : value) {
    if (bad(c)) return base::unexpected(is_not(value, "a header: it has no control characters"));
  }
  auto text = value.substr(colon + 1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  draft.connection.network.websocket.headers.emplace_back(name, text);
  return {};
}

const OptionRow rows[] = {
    {.name = "host",
     .letter = 'h',
     .argument = "HOST",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_HOST",
     .completion = Completion::host,
     .help = "name or address of the broker (localhost)",
     .more = "All addresses of the name are tried.",
     .store = store_host},
    {.name = "port",
     .letter = 'p',
     .argument = "PORT",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_PORT",
     .help = "port (1883; TLS 8883; WebSocket 80; with TLS 443)",
     .more = "Port 8883 with no other word about TLS means TLS with the system's authorities.",
     .store = store_port},
    {.name = "url",
     .letter = 'L',
     .argument = "URL",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_URL",
     .secret = true,
     .help = "all in one: mqtt[s]://[user[:password]@]host[:port][/topic]",
     .more =
         "The schemes mqtt, tcp, mqtts, tls, ssl, ws, wss, unix and the mini-program aliases wxs and alis (both are "
         "wss) are known. For ws and wss what follows the host is the path of the WebSocket with its query, /mqtt "
         "where there is none. Percent-encoding is decoded. Single options win over parts of the URL.",
     .store = store_url},
    {.name = "unix",
     .argument = "PATH",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_UNIX",
     .completion = Completion::file,
     .help = "connect to a unix socket",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (value.empty()) return base::unexpected<std::string>("a socket has a path");
       say(draft, draft.unix_path, std::string(value));
       return {};
     }},
    {.name = "bind",
     .letter = 'A',
     .argument = "ADDRESS",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_BIND",
     .help = "local address to connect from",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.connection.network.bind_address = value;
       return {};
     }},
    {.name = "nodelay",
     .group = Group::place,
     .commands = connecting_bits,
     .help = "send small packets at once (the default)",
     .more = "Nagle's algorithm is always off; the option is there for scripts that give it.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.connection.network.no_delay = true;
       return {};
     }},
    {.name = "ws",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_WS",
     .help = "MQTT over WebSocket",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.ws.value = true;
       draft.ws.origin = draft.origin;
       return {};
     }},
    {.name = "ws-path",
     .argument = "PATH",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_WS_PATH",
     .help = "path of the WebSocket, with its query (/mqtt)",
     .store = store_ws_path},
    {.name = "ws-header",
     .argument = "HEADER",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_WS_HEADER",
     .repeatable = true,
     .secret = true,
     .help = "one more header of the WebSocket request: \"Name: value\"",
     .store = store_ws_header},
    {.name = "proxy",
     .argument = "URL",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_PROXY",
     .secret = true,
     .help = "go through a proxy: socks5h://, socks5:// or http://[user[:password]@]host[:port]",
     .more = "With socks5h and http (the CONNECT method) the proxy resolves the name of the broker, with socks5 we do.",
     .store = store_proxy},
    {.name = "connect-timeout",
     .argument = "SECONDS",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_CONNECT_TIMEOUT",
     .help = "give up an attempt after this long without CONNACK (10; 0: never)",
     .more = "The same time is given to SUBACK.",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.connection.network.connect_timeout, read_seconds(value, true));
         }},
    {.name = "wait-for-broker",
     .argument = "SECONDS",
     .group = Group::place,
     .commands = connecting_bits,
     .environment = "MQTT_WAIT_FOR_BROKER",
     .help = "try again for this long until there is a broker",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.connection.wait_for_broker, read_seconds(value, true)); }},
};

}  // namespace

std::span<const OptionRow> place_rows() noexcept { return rows; }

}  // namespace cmd
