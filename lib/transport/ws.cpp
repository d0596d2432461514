// WebSocket as a layer: the upgrade, one binary frame for each run of bytes, pings answered, the closing handshake.
#include "transport/ws.h"

#include "base/format.h"
#include "base/hex.h"
#include "transport/peer_bytes.h"
#include "transport/random.h"
#include "transport/ws_frame.h"

namespace transport {
namespace {

WsMask fresh_mask() {
  WsMask mask;
  fill_random(mask);
  return mask;
}

/// What both sides do once the upgrade is through.
class WebSocket : public Layer {
 public:
  explicit WebSocket(bool masks) : decoder_(masks ? WsSender::server : WsSender::client), masks_(masks) {}

  base::Result<void, Error> receive(base::Bytes from_below, base::Buffer& up, base::Buffer& down) final;
  base::Result<void, Error> send(base::Bytes from_above, base::Buffer& down) final;
  void close(base::Buffer& down) final;
  Error cut() const final;
  Stage stage() const noexcept final { return Stage::upgrade; }
  bool open() const noexcept final { return open_; }
  bool closed() const noexcept final { return closed_; }

 protected:
  /// The head is complete; whether the connection may open.
  virtual base::Result<void, Error> judge(std::string_view head, base::Buffer& down) = 0;
  /// What came is no head.
  virtual void refuse(std::string_view why, base::Buffer& down) = 0;

 private:
  base::Result<void, Error> upgrade(base::Bytes& bytes, base::Buffer& down);
  void handle_control(const WsPart& part, base::Buffer& down);
  base::Result<void, Error> fail(WsRule rule, base::Buffer& down);
  void send_frame(WsOpcode opcode, base::Bytes payload, base::Buffer& down) const;
  void send_close(std::uint16_t code, base::Buffer& down);

  HttpHeadReader head_;
  WsDecoder decoder_;
  std::string goodbye_;  ///< what the peer's close frame said
  bool masks_;
  bool open_ = false;
  bool closed_ = false;
  bool said_goodbye_ = false;
};

base::Result<void, Error> WebSocket::receive(base::Bytes from_below, base::Buffer& up, base::Buffer& down) {
  base::Bytes bytes = from_below;
  if (!open_) {
    if (auto result = upgrade(bytes, down); !result) return result;
  }
  WsPart part;
  while (open_ && !closed_ && decoder_.next(bytes, part)) {
    if (part.broken != WsRule::none) return fail(part.broken, down);
    if (is_control(part.opcode)) {
      handle_control(part, down);
    } else {
      part.append_to(up);
    }
  }
  return {};
}

base::Result<void, Error> WebSocket::upgrade(base::Bytes& bytes, base::Buffer& down) {
  if (bytes.empty()) return {};
  const auto state = head_.take(bytes);
  const base::Bytes head = base::as_bytes(head_.text());
  // No HTTP begins with that byte, so that it need not wait for another.
  if (looks_like_tls(head.first(1))) {
    return base::unexpected(Error{Stage::upgrade, Kind::tls_on_plain, {}, "the peer speaks TLS"});
  }
  if (state == HttpHeadReader::State::complete) {
    auto result = judge(head_.text(), down);
    open_ = result.has_value();
    head_.release();
    return result;
  }
  if (state == HttpHeadReader::State::incomplete && may_become_http(head_.text())) return {};
  std::string why = state == HttpHeadReader::State::too_large
                        ? base::format("the HTTP head is larger than {} bytes", HttpHeadReader::limit)
                        : base::format("the peer does not speak HTTP: it sent '{}'", escaped(head, 40));
  refuse(why, down);
  return base::unexpected(Error{Stage::upgrade, Kind::not_websocket, {}, std::move(why)});
}

void WebSocket::handle_control(const WsPart& part, base::Buffer& down) {
  if (part.opcode == WsOpcode::ping) {
    if (!said_goodbye_) send_frame(WsOpcode::pong, part.wire, down);
    return;
  }
  if (part.opcode != WsOpcode::close) return;
  closed_ = true;
  if (part.wire.empty()) {
    send_close(1000, down);
    return;
  }
  base::Cursor payload(part.wire);
  const std::uint16_t code = payload.u16();
  const std::string_view name = ws_close_name(code);
  goodbye_ = base::format(" with {}{}{}", code, name.empty() ? "" : " ", name);
  if (!payload.empty()) goodbye_ += base::format(": {}", escaped(payload.rest()));
  send_close(code, down);
}

/// The peer broke a rule of frames: tells it so.
base::Result<void, Error> WebSocket::fail(WsRule rule, base::Buffer& down) {
  const WsRuleRow& facts = row(rule);
  send_close(facts.close_code, down);
  return base::unexpected(
      Error{Stage::read, Kind::protocol, {}, base::format("{} [{}]", facts.sentence, facts.reference)});
}

void WebSocket::send_frame(WsOpcode opcode, base::Bytes payload, base::Buffer& down) const {
  if (!masks_) return append_ws_frame(down, opcode, payload, nullptr);
  const WsMask mask = fresh_mask();
  append_ws_frame(down, opcode, payload, &mask);
}

void WebSocket::send_close(std::uint16_t code, base::Buffer& down) {
  if (std::exchange(said_goodbye_, true)) return;
  const WsMask mask = fresh_mask();
  append_ws_close(down, code, {}, masks_ ? &mask : nullptr);
}

base::Result<void, Error> WebSocket::send(base::Bytes from_above, base::Buffer& down) {
  // Behind a close frame nothing may follow; the connection ends.
  if (!from_above.empty() && !said_goodbye_) send_frame(WsOpcode::binary, from_above, down);
  return {};
}

void WebSocket::close(base::Buffer& down) {
  if (open_) send_close(1000, down);
}

Error WebSocket::cut() const {
  if (!open_)
    return {Stage::upgrade, Kind::peer_closed, {}, "the peer closed the connection during the WebSocket upgrade"};
  if (closed_) return {Stage::read, Kind::peer_closed, {}, "the peer closed the WebSocket" + goodbye_};
  return {Stage::read, Kind::peer_closed, {}, "the peer closed the connection without closing the WebSocket"};
}

class WsClient final : public WebSocket {
 public:
  explicit WsClient(WsClientOptions options) : WebSocket(true), options_(std::move(options)) {}

  base::Result<void, Error> start(base::Buffer& down) override {
    std::array<std::uint8_t, 16> nonce;
    fill_random(nonce);
    key_ = base::to_base64(nonce);
    const auto request = make_upgrade_request(options_, key_);
    if (!request) return base::unexpected(request.error());
    down.append(*request);
    return {};
  }

 private:
  base::Result<void, Error> judge(std::string_view head, base::Buffer&) override {
    auto result = check_upgrade_response(head, key_, options_.protocol);
    options_ = {};
    return result;
  }
  void refuse(std::string_view, base::Buffer&) override {}

  WsClientOptions options_;
  std::string key_;
};

class WsServer final : public WebSocket {
 public:
  explicit WsServer(std::shared_ptr<const WsServerOptions> options) : WebSocket(false), options_(std::move(options)) {}

  base::Result<void, Error> start(base::Buffer&) override { return {}; }

 private:
  base::Result<void, Error> judge(std::string_view head, base::Buffer& down) override {
    UpgradeAnswer answer = answer_upgrade(head, *options_);
    down.append(answer.response);
    if (answer.refusal) return base::unexpected(std::move(*answer.refusal));
    return {};
  }
  void refuse(std::string_view why, base::Buffer& down) override { down.append(bad_request(why)); }

  std::shared_ptr<const WsServerOptions> options_;
};

}  // namespace

std::unique_ptr<Layer> make_ws_client(WsClientOptions options) {
  return std::make_unique<WsClient>(std::move(options));
}

std::unique_ptr<Layer> make_ws_server(std::shared_ptr<const WsServerOptions> options) {
  return std::make_unique<WsServer>(std::move(options));
}

}  // namespace transport
