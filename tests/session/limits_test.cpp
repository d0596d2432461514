// Limits to properties and back.
#include "session/limits.h"

#include "catch.h"

using session::Limits;
using wire::PropertyId;

TEST_CASE("no properties are the defaults") {
  wire::Properties properties;
  session::append_limits(properties, Limits{});
  CHECK(properties.empty());
  const Limits limits = session::read_limits({}, 60);
  CHECK(limits.receive_maximum == 65535);
  CHECK(limits.maximum_packet_size == wire::largest_packet);
  CHECK(limits.topic_alias_maximum == 0);
  CHECK(limits.maximum_qos == 2);
  CHECK(limits.retain_available);
  CHECK(limits.wildcard_subscription_available);
  CHECK(limits.subscription_identifier_available);
  CHECK(limits.shared_subscription_available);
  CHECK(limits.keep_alive == 60);
}

TEST_CASE("limits survive the way through CONNACK") {
  const Limits given{.receive_maximum = 10,
                     .maximum_packet_size = 1000,
                     .topic_alias_maximum = 5,
                     .maximum_qos = 1,
                     .retain_available = false,
                     .wildcard_subscription_available = false,
                     .subscription_identifier_available = false,
                     .shared_subscription_available = false};
  wire::Properties properties;
  session::append_limits(properties, given);
  properties.add(PropertyId::server_keep_alive, 7);
  const Limits limits = session::read_limits(properties.view(), 60);
  CHECK(limits.receive_maximum == 10);
  CHECK(limits.maximum_packet_size == 1000);
  CHECK(limits.topic_alias_maximum == 5);
  CHECK(limits.maximum_qos == 1);
  CHECK_FALSE(limits.retain_available);
  CHECK_FALSE(limits.wildcard_subscription_available);
  CHECK_FALSE(limits.subscription_identifier_available);
  CHECK_FALSE(limits.shared_subscription_available);
  CHECK(limits.keep_alive == 7);
}
