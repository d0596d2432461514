// The way through a proxy as a layer that is out of the way once it is open: SOCKS5 (RFC 1928, 1929) and HTTP CONNECT.
#include "transport/proxy.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

#include "base/format.h"
#include "transport/http_head.h"
#include "transport/peer_bytes.h"

namespace transport {
namespace {

base::unexpected<Error> failed(Kind kind, std::string message) {
  return base::unexpected(Error{Stage::proxy, kind, {}, std::move(message)});
}

/// The proxy lets nobody in without a login, or not with ours.
base::unexpected<Error> login_failed(std::string message) {
  return base::unexpected(
      Error{Stage::proxy, Kind::proxy_refused, std::make_error_code(std::errc::permission_denied), std::move(message)});
}

/// What both have in common: once open they hand bytes on.
class Proxy : public Layer {
 public:
  explicit Proxy(ProxyOptions options) : options_(std::move(options)) {}

  base::Result<void, Error> receive(base::Bytes from_below, base::Buffer& up, base::Buffer& down) final {
    base::Bytes bytes = from_below;
    while (!open_ && !bytes.empty()) {
      if (auto result = negotiate(bytes, down); !result) return result;
    }
    up.append(bytes);
    return {};
  }
  base::Result<void, Error> send(base::Bytes from_above, base::Buffer& down) final {
    down.append(from_above);
    return {};
  }
  void close(base::Buffer&) final {}
  Error cut() const final {
    if (open_) return {Stage::read, Kind::peer_closed, {}, "the peer closed the connection"};
    return {Stage::proxy, Kind::peer_closed, {}, "the proxy closed the connection before it answered"};
  }
  Stage stage() const noexcept final { return Stage::proxy; }
  bool open() const noexcept final { return open_; }
  bool closed() const noexcept final { return false; }
  bool passes_through() const noexcept final { return true; }

 protected:
  /// Takes bytes of the proxy's answer, and no more than those, from the front; at least one.
  virtual base::Result<void, Error> negotiate(base::Bytes& bytes, base::Buffer& down) = 0;

  bool authenticates() const noexcept { return !options_.user.empty() || !options_.password.empty(); }

  ProxyOptions options_;
  bool open_ = false;
};

constexpr std::uint8_t socks_version = 5;
constexpr std::uint8_t without_authentication = 0;
constexpr std::uint8_t by_password = 2;
constexpr std::uint8_t no_method = 0xff;
constexpr std::uint8_t connect_command = 1;

enum AddressType : std::uint8_t { ipv4 = 1, domain_name = 3, ipv6 = 4 };

/// The replies of RFC 1928, section 6, from 1 on.
constexpr std::array<std::string_view, 8> socks_replies{
    "general failure",    "not allowed by its rules", "network unreachable",   "host unreachable",
    "connection refused", "time to live expired",     "command not supported", "address type not supported",
};

class Socks5 final : public Proxy {
 public:
  using Proxy::Proxy;

  base::Result<void, Error> start(base::Buffer& down) override {
    constexpr std::size_t longest = 255;
    if (options_.host.empty() || options_.host.size() > longest) {
      return failed(Kind::configuration, "a host name for a SOCKS5 proxy has 1 to 255 bytes");
    }
    if (options_.user.size() > longest || options_.password.size() > longest) {
      return failed(Kind::configuration, "user and password for a SOCKS5 proxy have at most 255 bytes each");
    }
    down.push(socks_version);
    if (authenticates()) {
      down.push(std::uint8_t{2});
      down.push(without_authentication);
      down.push(by_password);
    } else {
      down.push(std::uint8_t{1});
      down.push(without_authentication);
    }
    return {};
  }

 private:
  enum class Step : std::uint8_t { method, password, reply };

  base::Result<void, Error> negotiate(base::Bytes& bytes, base::Buffer& down) override {
    answer_.push(bytes.front());
    bytes = bytes.subspan(1);
    const base::Bytes answer = answer_.view();
    const std::uint8_t expected = step_ == Step::password ? 1 : socks_version;
    if (answer[0] != expected) {
      return failed(Kind::protocol, base::format("the proxy does not speak SOCKS5: it sent '{}'", escaped(answer)));
    }
    if (answer.size() < answer_length(answer)) return {};
    auto result = step_ == Step::method     ? handle_method(answer[1], down)
                  : step_ == Step::password ? handle_password(answer[1], down)
                                            : handle_reply(answer[1]);
    answer_.clear();
    return result;
  }

  /// How long the answer is, as far as its beginning tells.
  std::size_t answer_length(base::Bytes answer) const noexcept {
    constexpr std::size_t port = 2;
    if (step_ != Step::reply) return 2;
    // A refusal may be cut short, and what follows tells nothing.
    if (answer.size() >= 2 && answer[1] != 0) return 2;
    if (answer.size() < 5) return 5;
    const std::size_t address = answer[3] == ipv4 ? 4 : answer[3] == ipv6 ? 16 : std::size_t{1} + answer[4];
    return 4 + address + port;
  }

  base::Result<void, Error> handle_method(std::uint8_t method, base::Buffer& down) {
    if (method == without_authentication) {
      send_request(down);
      return {};
    }
    if (method == by_password && authenticates()) {
      step_ = Step::password;
      down.push(std::uint8_t{1});
      down.push(static_cast<std::uint8_t>(options_.user.size()));
      down.append(options_.user);
      down.push(static_cast<std::uint8_t>(options_.password.size()));
      down.append(options_.password);
      return {};
    }
    if (method == by_password) return login_failed("the proxy asks for a user and a password");
    if (method != no_method) {
      return failed(Kind::protocol, base::format("the proxy chose authentication {}, which was not offered", method));
    }
    return login_failed(authenticates() ? "the proxy accepts neither a password nor none"
                                        : "the proxy asks for a user and a password");
  }

  base::Result<void, Error> handle_password(std::uint8_t status, base::Buffer& down) {
    if (status != 0) return login_failed("the proxy refused the user or the password");
    send_request(down);
    return {};
  }

  void send_request(base::Buffer& down) {
    step_ = Step::reply;
    down.push(socks_version);
    down.push(connect_command);
    down.push(std::uint8_t{0});
    std::array<std::uint8_t, 16> address{};
    if (inet_pton(AF_INET, options_.host.c_str(), address.data()) == 1) {
      down.push(static_cast<std::uint8_t>(ipv4));
      down.append(base::Bytes(address).first(4));
    } else if (inet_pton(AF_INET6, options_.host.c_str(), address.data()) == 1) {
      down.push(static_cast<std::uint8_t>(ipv6));
      down.append(base::Bytes(address));
    } else {
      down.push(static_cast<std::uint8_t>(domain_name));
      down.push(static_cast<std::uint8_t>(options_.host.size()));
      down.append(options_.host);
    }
    down.push(static_cast<std::uint8_t>(options_.port >> 8));
    down.push(static_cast<std::uint8_t>(options_.port));
  }

  base::Result<void, Error> handle_reply(std::uint8_t reply) {
    open_ = reply == 0;
    if (open_) return {};
    const std::string host = escaped(options_.host);
    if (reply > socks_replies.size()) {
      return failed(Kind::proxy_refused, base::format("the proxy cannot connect to {}: reply {}", host, reply));
    }
    return failed(Kind::proxy_refused,
                  base::format("the proxy cannot connect to {}: {}", host, socks_replies[reply - std::size_t{1}]));
  }

  Step step_ = Step::method;
  base::Buffer answer_;
};

class HttpConnect final : public Proxy {
 public:
  using Proxy::Proxy;

  base::Result<void, Error> start(base::Buffer& down) override {
    if (options_.host.empty() || !fits_http_line(options_.host) || options_.host.find(' ') != std::string::npos) {
      return failed(Kind::configuration, base::format("'{}' is no host name", escaped(options_.host)));
    }
    const bool literal = options_.host.find(':') != std::string::npos && options_.host.front() != '[';
    const std::string target = literal ? base::format("[{}]:{}", options_.host, options_.port)
                                       : base::format("{}:{}", options_.host, options_.port);
    down.append(base::format("CONNECT {} HTTP/1.1\r\nHost: {}\r\n", target, target));
    if (authenticates()) {
      down.append(base::format("Proxy-Authorization: {}\r\n", basic_authorization(options_.user, options_.password)));
    }
    down.append("\r\n");
    return {};
  }

 private:
  base::Result<void, Error> negotiate(base::Bytes& bytes, base::Buffer&) override {
    const auto state = head_.take(bytes);
    if (state == HttpHeadReader::State::too_large || !may_become_http(head_.text())) {
      return failed(Kind::protocol,
                    base::format("the proxy does not speak HTTP: it sent '{}'", escaped(head_.text(), 40)));
    }
    if (state != HttpHeadReader::State::complete) return {};
    const auto head = parse_http_head(head_.text());
    const int status = head ? head->status() : 0;
    if (status == 0) {
      return failed(Kind::protocol,
                    base::format("the proxy does not speak HTTP: it sent '{}'", escaped(head_.text(), 40)));
    }
    if (status == 407 || status == 401) return refused_login(*head);
    if (status / 100 != 2) return base::unexpected(http_refusal(*head, Stage::proxy, Kind::proxy_refused));
    open_ = true;
    head_.release();
    return {};
  }

  /// Proxies for the web answer 407, simple ones 401. Of the schemes that they may want we know Basic.
  base::Result<void, Error> refused_login(const HttpHead& head) const {
    const std::string_view header = head.status() == 407 ? "Proxy-Authenticate" : "WWW-Authenticate";
    const std::string line = escaped(head.start_line);
    const auto wanted = head.find(header);
    if (wanted && !head.offers_basic(header)) {
      return failed(Kind::proxy_refused, base::format("the proxy wants a login by {}, which we do not know: {}",
                                                      escaped(*wanted, 40), line));
    }
    if (authenticates()) return login_failed(base::format("the proxy refused the user or the password: {}", line));
    return login_failed(base::format("the proxy asks for a user and a password: {}", line));
  }

  HttpHeadReader head_;
};

}  // namespace

std::unique_ptr<Layer> make_socks5(ProxyOptions options) { return std::make_unique<Socks5>(std::move(options)); }

std::unique_ptr<Layer> make_http_connect(ProxyOptions options) {
  return std::make_unique<HttpConnect>(std::move(options));
}

}  // namespace transport
