// Probes of what can be published and subscribed to.
#include "base/format.h"
#include "scenario/fact.h"
#include "scenario/fact_steps.h"

namespace scenario {
namespace {

using wire::PropertyId;

constexpr std::string_view said = "CONNACK says so";

/// Whether CONNACK denies it.
bool denied(const Visit& visit, PropertyId property) { return visit.properties().number(property, 1) == 0; }

/// Subscribed, published and delivered at that QoS; else why not.
Task<std::string> carries(Stage& stage, std::uint8_t qos) {
  const Part part{.role = "client"};
  const Visit entered = co_await visit(stage, part);
  if (!entered) co_return entered.why;
  const std::string topic = base::format("{}/{}", stage.base_topic(), qos);
  const Grant grant = co_await subscribe(stage, *entered.peer, topic, qos);
  if (!grant) co_return grant.why;
  const wire::Publish message{.topic = topic, .payload = base::as_bytes("qos"), .qos = qos};
  const Publication published = co_await publish(stage, *entered.peer, message);
  std::string why;
  if (*grant.qos < qos) why = base::format("SUBACK grants {}", *grant.qos);
  if (published.downgraded) {
    why += base::format("{}a QoS 2 PUBLISH is answered by PUBACK", why.empty() ? "" : ", ");
  }
  if (!published) why += base::format("{}{}", why.empty() ? "" : ", ", published.why);
  if (!why.empty()) co_return why;
  const Answer came = co_await delivery(stage, *entered.peer);
  if (!came) co_return came.why;
  if (came.packet->publish().qos != qos) co_return base::format("it comes with QoS {}", came.packet->publish().qos);
  co_return why;
}

}  // namespace

Task<> quality(Stage& stage, Findings& out) {
  const Part part{.role = "client"};
  const Visit entered = co_await enter(stage, part);
  const auto stated = static_cast<std::uint8_t>(entered.properties().number(PropertyId::maximum_qos, 2));
  std::string remark = stated < 2 ? base::format("CONNACK says {}", stated) : std::string();
  for (int qos = stated; qos >= 0; --qos) {
    const std::string why = co_await carries(stage, static_cast<std::uint8_t>(qos));
    if (why.empty()) {
      out.number("qos", qos, remark);
      co_return;
    }
    remark += base::format("{}QoS {}: {}", remark.empty() ? "" : "; ", qos, why);
  }
  out.unknown("qos", remark);
}

Task<> retaining(Stage& stage, Findings& out) {
  const Part part{.role = "publisher"};
  const Visit publisher = co_await enter(stage, part);
  if (denied(publisher, PropertyId::retain_available)) {
    out.flag("retain", false, std::string(said));
    co_return;
  }
  const std::string topic = stage.base_topic() + "/kept";
  const wire::Publish message{
      .topic = topic, .payload = base::as_bytes("kept"), .qos = usual_qos(stage), .retain = true};
  const Publication published = co_await publish(stage, *publisher.peer, message);
  if (!published) {
    out.flag("retain", false, published.why);
    co_return;
  }
  const Part later{.role = "subscriber"};
  const Visit subscriber = co_await enter(stage, later);
  co_await subscribed(stage, *subscriber.peer, topic, 1);
  const Answer came = co_await delivery(stage, *subscriber.peer);
  const bool kept = came && came.packet->publish().retain;
  out.flag("retain", kept,
           kept   ? std::string()
           : came ? std::string("it comes to a later subscriber, but without RETAIN")
                  : std::string("it is taken, but does not come to a later subscriber"));
}

Task<> wildcards(Stage& stage, Findings& out) {
  const Part part{.role = "client"};
  const Visit entered = co_await enter(stage, part);
  if (denied(entered, PropertyId::wildcard_subscription_available)) {
    out.flag("wildcard_subscriptions", false, std::string(said));
    co_return;
  }
  const std::string filter = stage.base_topic() + "/+/b/#";
  const Grant grant = co_await subscribe(stage, *entered.peer, filter);
  if (!grant) {
    out.flag("wildcard_subscriptions", false, grant.why);
    co_return;
  }
  const std::string topic = stage.base_topic() + "/a/b/c/d";
  const wire::Publish message{.topic = topic, .payload = base::as_bytes("wild")};
  co_await publish(stage, *entered.peer, message);
  const Answer came = co_await delivery(stage, *entered.peer);
  out.flag("wildcard_subscriptions", static_cast<bool>(came), came ? std::string() : "granted, but " + came.why);
}

namespace {

constexpr std::size_t shared_messages = 6;

/// How many of them came to two that share; all of them to each would be twice as many.
Task<std::size_t> share(Stage& stage, Peer& one, Peer& other, const std::string& topic) {
  const Part part{.role = "publisher"};
  const Visit publisher = co_await enter(stage, part);
  for (std::size_t i = 0; i < shared_messages; ++i) {
    const wire::Publish message{.topic = topic, .payload = base::as_bytes("shared"), .qos = usual_qos(stage)};
    co_await publish(stage, *publisher.peer, message);
  }
  const auto all = [&] { return one.messages() + other.messages() >= shared_messages; };
  co_await stage.until(session::Clock::now() + stage.settings().timeout, all);
  co_await ping(stage, one);
  co_await ping(stage, other);
  co_return one.messages() + other.messages();
}

}  // namespace

Task<> sharing(Stage& stage, Findings& out) {
  const Part part{.role = "subscriber"}, another{.role = "other"};
  const Visit one = co_await enter(stage, part);
  const Visit other = co_await enter(stage, another);
  if (denied(one, PropertyId::shared_subscription_available)) {
    out.flag("shared_subscriptions", false, std::string(said));
    co_return;
  }
  const std::string topic = stage.base_topic() + "/shared";
  const std::string filter = "$share/group/" + topic;
  for (Peer* peer : {one.peer, other.peer}) {
    const Grant grant = co_await subscribe(stage, *peer, filter, 1);
    if (grant) continue;
    out.flag("shared_subscriptions", false, grant.why);
    co_return;
  }
  const std::size_t came = co_await share(stage, *one.peer, *other.peer, topic);
  const bool once = came == shared_messages;
  out.flag("shared_subscriptions", once,
           once ? std::string() : base::format("granted, but of {} messages {} come", shared_messages, came));
}

Task<> subscription_identifiers(Stage& stage, Findings& out) {
  constexpr std::string_view fact = "subscription_identifiers";
  constexpr std::uint32_t identifier = 7;
  const Part part{.role = "client"};
  const Visit entered = co_await enter(stage, part);
  if (denied(entered, PropertyId::subscription_identifier_available)) {
    out.flag(fact, false, std::string(said));
    co_return;
  }
  const std::string topic = stage.base_topic() + "/identified";
  const Grant grant = co_await subscribe(stage, *entered.peer, topic, 0, identifier);
  if (!grant) {
    out.flag(fact, false, grant.why);
    co_return;
  }
  const wire::Publish message{.topic = topic, .payload = base::as_bytes("identified")};
  co_await publish(stage, *entered.peer, message);
  const Answer came = co_await delivery(stage, *entered.peer);
  if (!came) {
    out.flag(fact, false, "granted, but " + came.why);
    co_return;
  }
  const bool there = came.packet->publish().properties.number(PropertyId::subscription_identifier, 0) == identifier;
  out.flag(fact, there, there ? "" : "granted, but the message comes without it");
}

Task<> dollar_topics(Stage& stage, Findings& out) {
  const Part part{.role = "client"};
  const Visit entered = co_await enter(stage, part);
  const std::string topic = "$" + stage.base_topic();
  co_await subscribed(stage, *entered.peer, topic, 1);
  const wire::Publish message{.topic = topic, .payload = base::as_bytes("dollar"), .qos = usual_qos(stage)};
  const Publication published = co_await publish(stage, *entered.peer, message);
  if (!published) {
    out.flag("dollar_topics", false, published.why);
    co_return;
  }
  const Answer came = co_await delivery(stage, *entered.peer);
  out.flag("dollar_topics", static_cast<bool>(came),
           came ? std::string() : std::string("the PUBLISH is taken, but its message does not come"));
}

Task<> broker_topics(Stage& stage, Findings& out) {
  const Part part{.role = "client"};
  const Visit entered = co_await enter(stage, part);
  Peer& peer = *entered.peer;
  const Grant grant = co_await subscribe(stage, peer, "$SYS/#");
  Answer first;
  if (grant) first = co_await delivery(stage, peer);
  out.flag("sys", static_cast<bool>(first),
           first   ? std::string()
           : grant ? std::string("the subscription is granted, but nothing comes")
                   : grant.why);
  std::string version;
  if (first) co_await ping(stage, peer);
  for (auto message = std::move(first.packet); message; message = peer.take(wire::PacketType::publish)) {
    if (message->publish().topic.ends_with("/version")) version = base::as_text(message->publish().payload);
  }
  if (version.empty()) {
    out.unknown("broker_version", "no topic of $SYS tells it");
  } else {
    out.text("broker_version", version.substr(0, 200));
  }
}

Task<> topic_alias(Stage& stage, Findings& out) {
  const Part part{.role = "client"};
  const Visit entered = co_await enter(stage, part);
  const auto most = entered.properties().number(PropertyId::topic_alias_maximum, 0);
  if (most == 0) {
    out.number("topic_alias_maximum", 0);
    co_return;
  }
  const std::string topic = stage.base_topic() + "/alias";
  co_await subscribed(stage, *entered.peer, topic);
  wire::Properties alias;
  alias.add(PropertyId::topic_alias, 1);
  const wire::Publish naming{.topic = topic, .payload = base::as_bytes("1"), .properties = alias.view()};
  const wire::Publish by_alias{.topic = {}, .payload = base::as_bytes("2"), .properties = alias.view()};
  co_await publish(stage, *entered.peer, naming);
  co_await publish(stage, *entered.peer, by_alias);
  const Answer first = co_await delivery(stage, *entered.peer);
  const Answer second = co_await delivery(stage, *entered.peer);
  const bool works = first && second && second.packet->publish().topic == topic;
  out.number("topic_alias_maximum", most, works ? "" : "stated, but a message sent by an alias does not come");
}

}  // namespace scenario
