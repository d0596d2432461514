// Broker URLs: mqtt[s]://, tcp://, ssl://, tls://, ws[s]://, wxs://, alis://, unix:// and proxies' socks5[h]://,
// http://.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/settings.h"

namespace net {

/// The parts of a broker URL, percent-decoded where the part is text (user, password, topic), as written where it is a
/// request target (path and query of ws and wss).
struct Url {
  Transport transport = Transport::tcp;
  std::string host;  ///< without the brackets of an IPv6 literal
  std::uint16_t port = 0;
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::string unix_path;  ///< of unix://
  /// tcp and tls: what follows the first '/', percent-decoded: the topic. ws and wss: empty.
  std::string topic;
  /// ws and wss: path and query as the request line carries them, or empty where the URL has none.
  std::string path;
};

/// "%41" as "A"; nothing where a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

/// On failure: what is wrong with it, a clause of a sentence that does not repeat a password.
base::Result<Url, std::string> parse_url(std::string_view text);
base::Result<ProxySettings, std::string> parse_proxy_url(std::string_view text);

}  // namespace net
