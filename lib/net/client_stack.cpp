#include "net/client_stack.h"

#include "base/format.h"
#include "transport/proxy.h"
#include "transport/tls.h"
#include "transport/ws.h"

namespace net {
namespace {

/// The Host header leaves out the scheme's own port; an IPv6 literal stands in brackets (RFC 9110 section 7.2).
std::string host_header(const ConnectSettings& settings) {
  const bool literal_v6 = settings.host.find(':') != std::string::npos;
  std::string host = literal_v6 ? base::format("[{}]", settings.host) : settings.host;
  if (settings.port != default_port(settings.transport)) host += base::format(":{}", settings.port);
  return host;
}

std::unique_ptr<transport::Layer> proxy_layer(const ProxySettings& proxy, const ConnectSettings& settings) {
  transport::ProxyOptions options{settings.host, settings.port, proxy.username, proxy.password};
  return proxy.kind == ProxySettings::Kind::http ? make_http_connect(std::move(options))
                                                 : make_socks5(std::move(options));
}

std::unique_ptr<transport::Layer> websocket_layer(const ConnectSettings& settings, wire::Version version) {
  transport::WsClientOptions options;
  options.host = host_header(settings);
  options.target = settings.websocket.path;
  options.protocol = version == wire::Version::v3_1 ? "mqttv3.1" : "mqtt";
  options.origin = settings.websocket.origin;
  options.headers = settings.websocket.headers;
  return make_ws_client(std::move(options));
}

}  // namespace

transport::Stack make_client_stack(const ConnectSettings& settings, wire::Version version,
                                   const std::shared_ptr<const transport::TlsContext>& tls) {
  std::vector<std::unique_ptr<transport::Layer>> layers;
  if (settings.proxy) layers.push_back(proxy_layer(*settings.proxy, settings));
  if (encrypted(settings.transport)) layers.push_back(make_tls_client(tls, settings.host));
  if (websocket(settings.transport)) layers.push_back(websocket_layer(settings, version));
  return transport::Stack(std::move(layers));
}

}  // namespace net
