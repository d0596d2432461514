#include "net/greeting.h"

#include "transport/peer_bytes.h"

namespace net {
namespace {

using transport::Error;
using transport::Kind;
using transport::Stage;
}  // namespace

std::optional<Error> recognise_greeting(base::Bytes first) {
  const std::string_view text = base::as_text(first);
  if (transport::looks_like_tls(first))
    return Error{Stage::connack, Kind::tls_on_plain, {}, "the answer is TLS, not MQTT"};
  if (text.starts_with("HTTP/")) {
    const std::string_view status = text.substr(0, text.find_first_of("\r\n"));
    return Error{Stage::connack, Kind::http_status, {}, transport::escaped(status)};
  }
  if (text.starts_with("SSH-")) return Error{Stage::connack, Kind::protocol, {}, "the answer is that of an SSH server"};
  return {};
}

}  // namespace net
