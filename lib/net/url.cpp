// Reads URLs of brokers and proxies into their parts.
#include "net/url.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace net {
namespace {

using base::Result;
using base::unexpected;

struct BrokerScheme {
  std::string_view name;
  Transport transport;
};
// wxs and alis are what MQTT.js calls wss inside the WeChat and Alipay mini-programs.
constexpr std::array broker_schemes{
    BrokerScheme{"mqtt", Transport::tcp}, BrokerScheme{"tcp", Transport::tcp}, BrokerScheme{"mqtts", Transport::tls},
    BrokerScheme{"ssl", Transport::tls},  BrokerScheme{"tls", Transport::tls}, BrokerScheme{"ws", Transport::ws},
    BrokerScheme{"wss", Transport::wss},  BrokerScheme{"wxs", Transport::wss}, BrokerScheme{"alis", Transport::wss},
};

struct ProxyScheme {
  std::string_view name;
  ProxySettings::Kind kind;
  std::uint16_t port;
};
constexpr std::array proxy_schemes{
    ProxyScheme{"socks5h", ProxySettings::Kind::socks5h, 1080},
    ProxyScheme{"socks5", ProxySettings::Kind::socks5, 1080},
    ProxyScheme{"http", ProxySettings::Kind::http, 8080},
};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

template <class Rows>
const typename Rows::value_type* find_scheme(const Rows& rows, std::string_view name) noexcept {
  const auto same = [&](const auto& row) {
    return std::equal(name.begin(), name.end(), row.name.begin(), row.name.end(),
                      [](char a, char b) { return lower(a) == b; });
  };
  const auto found = std::find_if(rows.begin(), rows.end(), same);
  return found == rows.end() ? nullptr : &*found;
}

/// What every URL has in common: scheme://[user[:password]@]host[:port]rest
struct Parts {
  std::string_view scheme;
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::string host;
  std::optional<std::uint16_t> port;
  std::string_view rest;  ///< from the '/' or '?' on
};

Result<void, std::string> read_userinfo(std::string_view text, Parts& parts) {
  const auto colon = text.find(':');
  auto username = percent_decode(text.substr(0, colon));
  if (!username) return unexpected<std::string>("its user name has a '%' without two hexadecimal digits (write %25)");
  parts.username = std::move(username);
  if (colon == std::string_view::npos) return {};
  auto password = percent_decode(text.substr(colon + 1));
  if (!password) return unexpected<std::string>("its password has a '%' without two hexadecimal digits (write %25)");
  parts.password = std::move(password);
  return {};
}

Result<void, std::string> read_port(std::string_view text, Parts& parts) {
  if (text.empty()) return {};
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) {
    return unexpected("its port \"" + std::string(text) + "\" is not a number from 1 to 65535");
  }
  parts.port = port;
  return {};
}

Result<void, std::string> read_host(std::string_view text, Parts& parts) {
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) return unexpected<std::string>("the '[' of its address has no ']'");
    parts.host = text.substr(1, bracket - 1);
    const auto behind = text.substr(bracket + 1);
    if (!behind.empty() && behind[0] != ':')
      return unexpected<std::string>("only a port can follow the ']' of its address");
    if (parts.host.empty()) return unexpected<std::string>("it has no host");
    return read_port(behind.empty() ? behind : behind.substr(1), parts);
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
    return unexpected<std::string>("an IPv6 address in it needs brackets, as in mqtt://[::1]:1883");
  }
  auto host = percent_decode(text.substr(0, colon));
  if (!host || host->find('\0') != std::string::npos) return unexpected<std::string>("its host is not a name");
  if (host->empty()) return unexpected<std::string>("it has no host");
  parts.host = std::move(*host);
  return colon == std::string_view::npos ? Result<void, std::string>{} : read_port(text.substr(colon + 1), parts);
}

/// Also for unix://, whose path is all there is.
std::optional<std::pair<std::string_view, std::string_view>> split_scheme(std::string_view text) noexcept {
  const auto mark = text.find("://");
  if (mark == std::string_view::npos || mark == 0) return std::nullopt;
  return std::pair{text.substr(0, mark), text.substr(mark + 3)};
}

Result<Parts, std::string> read_parts(std::string_view scheme, std::string_view text) {
  Parts parts;
  parts.scheme = scheme;
  const auto end = std::min(text.find_first_of("/?"), text.size());
  auto authority = text.substr(0, end);
  parts.rest = text.substr(end);
  // The last '@', because passwords are often pasted in without encoding theirs.
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    if (auto read = read_userinfo(authority.substr(0, at), parts); !read) return unexpected(read.error());
    authority = authority.substr(at + 1);
  }
  if (auto read = read_host(authority, parts); !read) return unexpected(read.error());
  return parts;
}

Result<Url, std::string> unix_url(std::string_view path) {
  auto decoded = percent_decode(path);
  if (!decoded || decoded->empty()) return unexpected<std::string>("it has no path, as in unix:///run/mosquitto.sock");
  Url url;
  url.unix_path = std::move(*decoded);
  return url;
}

}  // namespace

std::uint16_t default_port(Transport transport) noexcept {
  constexpr std::array<std::uint16_t, 4> ports{1883, 8883, 80, 443};
  return ports[static_cast<std::size_t>(transport)];
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded.push_back(text[at]);
      continue;
    }
    unsigned value = 0;
    const auto digits = text.substr(at + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || digits.size() != 2 || end != digits.data() + 2) return std::nullopt;
    decoded.push_back(static_cast<char>(value));
    at += 2;
  }
  return decoded;
}

Result<Url, std::string> parse_url(std::string_view text) {
  const auto split = split_scheme(text);
  if (!split) return unexpected<std::string>("it has no scheme, as in mqtt://host");
  if (split->first == "unix") return unix_url(split->second);
  const auto* scheme = find_scheme(broker_schemes, split->first);
  if (scheme == nullptr)
    return unexpected("its scheme \"" + std::string(split->first) +
                      "\" is not one of mqtt, mqtts, tcp, tls, ssl, ws, wss, wxs, alis, unix");
  auto parts = read_parts(split->first, split->second);
  if (!parts) return unexpected(parts.error());

  Url url;
  url.transport = scheme->transport;
  url.host = std::move(parts->host);
  url.port = parts->port.value_or(default_port(url.transport));
  url.username = std::move(parts->username);
  url.password = std::move(parts->password);
  if (websocket(url.transport)) {
    url.path = parts->rest.substr(0, parts->rest.find('#'));
    if (url.path.starts_with('?')) url.path.insert(0, 1, '/');
    const auto breaks_the_request = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
    if (std::any_of(url.path.begin(), url.path.end(), breaks_the_request)) {
      return unexpected<std::string>("its path has a blank or control character (write %20)");
    }
  } else if (!parts->rest.empty()) {
    auto topic = percent_decode(parts->rest.substr(parts->rest.starts_with('/') ? 1 : 0));
    if (!topic) return unexpected<std::string>("its topic has a '%' without two hexadecimal digits (write %25)");
    url.topic = std::move(*topic);
  }
  return url;
}

Result<ProxySettings, std::string> parse_proxy_url(std::string_view text) {
  const auto split = split_scheme(text);
  if (!split) return unexpected<std::string>("it has no scheme, as in socks5h://host:1080 or http://host:8080");
  const auto* scheme = find_scheme(proxy_schemes, split->first);
  if (scheme == nullptr)
    return unexpected("its scheme \"" + std::string(split->first) + "\" is not one of socks5h, socks5, http");
  auto parts = read_parts(split->first, split->second);
  if (!parts) return unexpected(parts.error());
  if (!parts->rest.empty() && parts->rest != "/") return unexpected<std::string>("a proxy has no path");
  ProxySettings proxy;
  proxy.kind = scheme->kind;
  proxy.host = std::move(parts->host);
  proxy.port = parts->port.value_or(scheme->port);
  proxy.username = std::move(parts->username).value_or("");
  proxy.password = std::move(parts->password).value_or("");
  return proxy;
}

}  // namespace net
