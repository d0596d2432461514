// Probes of the way in: who may connect, by which TLS, and what is kept of a session.
#include <array>

#include "base/format.h"
#include "scenario/fact.h"
#include "scenario/fact_steps.h"

namespace scenario {
namespace {

using wire::PropertyId;

}  // namespace

Task<> anonymous(Stage& stage, Findings& out) {
  const Part part{.role = "stranger", .anonymous = true};
  const Visit entered = co_await visit(stage, part);
  out.flag("anonymous", static_cast<bool>(entered), entered.why);
}

Task<> no_identifier(Stage& stage, Findings& out) {
  const Part part{.role = "nameless", .nameless = true};
  const Visit entered = co_await visit(stage, part);
  out.flag("empty_client_identifier", static_cast<bool>(entered), entered.why);
  if (!stage.v5()) co_return;
  if (!entered) {
    out.unknown("assigned_client_identifier", "an empty one is refused");
    co_return;
  }
  const std::string assigned(entered.properties().text(PropertyId::assigned_client_identifier));
  out.flag("assigned_client_identifier", !assigned.empty(), assigned);
}

// Sessions.

namespace {

struct Kept {
  bool present = false;
  bool came = false;
};

Part sleeper(const std::string& identifier, bool clean_start) {
  Part part{.role = "sleeper", .client_identifier = identifier, .clean_start = clean_start};
  part.session_expiry = 600;
  return part;
}

/// Comes back after a message was published meanwhile.
Task<Kept> come_back(Stage& stage, const Part& part, const std::string& topic) {
  const Part other{.role = "publisher"};
  const Visit publisher = co_await enter(stage, other);
  const wire::Publish message{.topic = topic, .payload = base::as_bytes("meanwhile"), .qos = usual_qos(stage)};
  const Publication published = co_await publish(stage, *publisher.peer, message);
  if (!published) co_await stage.fail(published.why);
  const Visit back = co_await enter(stage, part);
  Kept kept;
  kept.present = back.peer->session_present();
  const bool expected = part.clean_start == false && message.qos != 0;
  if (expected) {
    const Answer came = co_await delivery(stage, *back.peer);
    kept.came = static_cast<bool>(came);
  } else {
    co_await ping(stage, *back.peer);
    kept.came = back.peer->messages() != 0;
  }
  back.peer->disconnect();
  co_await stage.closed(*back.peer);
  co_return kept;
}

}  // namespace

Task<> sessions(Stage& stage, Findings& out) {
  const std::string identifier = stage.new_client_identifier();
  const std::string topic = stage.base_topic() + "/meanwhile";
  const Part first = sleeper(identifier, false);
  const Visit asleep = co_await enter(stage, first);
  co_await subscribed(stage, *asleep.peer, topic, 1);
  asleep.peer->disconnect();
  co_await stage.closed(*asleep.peer);
  const Kept kept = co_await come_back(stage, first, topic);
  // 3.1 has no word for it in CONNACK.
  const bool told = kept.present || stage.version() == wire::Version::v3_1;
  const bool is_kept = usual_qos(stage) == 0 ? told : kept.came;
  out.flag("persistent_sessions", is_kept,
           is_kept && !told ? "CONNACK denies the session whose message comes"
           : is_kept        ? ""
           : kept.present   ? "the session is there, but not the message that came meanwhile"
                            : "neither the session nor the message that came meanwhile");
  const Part clean = sleeper(identifier, true);
  const Kept cleaned = co_await come_back(stage, clean, topic);
  out.flag("clean_sessions", !cleaned.present && !cleaned.came,
           cleaned.present ? "CONNACK says that there is an older session"
           : cleaned.came  ? "messages of the older session come"
                           : "");
}

// Authentication.

namespace {

/// What CONNECT with a method gets: "AUTH" where the broker goes on with it.
Task<std::string> answer_to(Stage& stage, std::string_view method, std::string_view data) {
  wire::Properties properties;
  properties.add(PropertyId::authentication_data, data);
  const Part part{
      .role = "client", .authentication_method = method, .anonymous = true, .properties = properties.view()};
  Peer& peer = stage.begin(part);
  const auto came = [&peer] {
    return peer.has(wire::PacketType::connack) || peer.has(wire::PacketType::auth) || peer.ended();
  };
  co_await stage.until(stage.answer_deadline(), came);
  std::string result = "nothing";
  if (peer.has(wire::PacketType::auth)) {
    result = "AUTH";
  } else if (const auto connack = peer.take(wire::PacketType::connack)) {
    result = refusal(std::get<wire::Connack>(connack->packet), stage.version());
  } else if (peer.ended()) {
    result = describe(peer.ending(), stage.version());
  }
  peer.drop();
  co_return result;
}

}  // namespace

Task<> authentication(Stage& stage, Findings& out) {
  constexpr std::string_view methods[] = {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"};
  // A client-first-message; whether the name is known is told later, if at all.
  const auto& scram = stage.settings().network.scram;
  const std::string name = scram ? scram->username : stage.settings().username.value_or("check");
  const std::string first = base::format("n,,n={},r=c2NyYW0gaXMgb2ZmZXJlZD8", name);
  std::string offered;
  for (const std::string_view method : methods) {
    const std::string came = co_await answer_to(stage, method, first);
    if (came == "AUTH") offered += base::format("{}{}", offered.empty() ? "" : ", ", method);
  }
  const std::string unknown = co_await answer_to(stage, "made-up", "hello");
  out.flag("enhanced_authentication", !offered.empty(),
           base::format("{}{}a made-up method gets {}", offered, offered.empty() ? "" : "; ", unknown));
}

// Layers.

Task<> subprotocol(Stage& stage, Findings& out) {
  const Part part{.role = "client"};
  co_await enter(stage, part);
  // The handshake has made sure of it.
  out.text("websocket_subprotocol", stage.version() == wire::Version::v3_1 ? "mqttv3.1" : "mqtt");
}

Task<> certificate(Stage& stage, Findings& out) {
  const Part part{.role = "client"};
  const Visit entered = co_await enter(stage, part);
  const auto session = entered.peer->tls_session();
  if (!session) co_await stage.fail("the connection is gone");
  out.text("tls_cipher", session->cipher, session->version);
  if (!session->certificate) co_await stage.fail("the broker has none: a pre-shared key takes its place");
  const transport::TlsCertificate& certificate = *session->certificate;
  constexpr std::int64_t day = 86'400;
  out.text("certificate_subject", certificate.subject, "for " + certificate.names);
  out.text("certificate_issuer", certificate.issuer);
  out.number("certificate_chain", static_cast<double>(certificate.chain));
  out.text("certificate_expires", certificate.expires);
  out.number("certificate_days", static_cast<double>(certificate.seconds_left / day));
}

namespace {

struct TlsRow {
  std::string_view fact;
  std::string_view version;
};

/// One exact version of TLS, with all else as we were told.
Task<> try_tls(Stage& stage, Findings& out, TlsRow row) {
  transport::TlsClientOptions options = stage.settings().network.tls;
  options.version = row.version;
  if (row.fact < "tls.1.2") options.ciphers.clear();
  auto context = transport::TlsContext::client(std::move(options));
  if (!context) {
    out.unknown(row.fact, context.error().message);
    co_return;
  }
  Part part{.role = "client"};
  part.tls = *std::move(context);
  Peer& peer = stage.begin(part);
  const auto settled = [&peer] { return peer.open() || peer.ended(); };
  co_await stage.until(stage.answer_deadline(), settled);
  out.flag(row.fact, peer.open(),
           peer.open()    ? peer.tls_session().value_or(transport::TlsSession{}).cipher
           : peer.ended() ? describe(peer.ending(), stage.version())
                          : std::string("no answer"));
  peer.disconnect();
}

}  // namespace

Task<> current_tls(Stage& stage, Findings& out) {
  co_await try_tls(stage, out, {"tls.1.2", "tlsv1.2"});
  co_await try_tls(stage, out, {"tls.1.3", "tlsv1.3"});
}

Task<> obsolete_tls(Stage& stage, Findings& out) {
  co_await try_tls(stage, out, {"tls.1.0", "tlsv1.0"});
  co_await try_tls(stage, out, {"tls.1.1", "tlsv1.1"});
}

}  // namespace scenario
