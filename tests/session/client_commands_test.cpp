// Acknowledgements and pings that the driver asks for.
#include "session/client_fixture.h"

TEST_CASE_METHOD(ClientFixture311, "messages are acknowledged when the driver says so") {
  options.acknowledge_by_command = true;
  connect("20020000");
  feed("3206000174000761");
  expect<session::Message>();
  feed("3406000174000862");
  expect<session::Message>();
  CHECK(sent().empty());
  client->acknowledge(1, 7);
  CHECK(sent() == "40020007");
  // The broker lost patience: it has not been told, and the message is not handed over twice.
  feed("3c06000174000862");
  CHECK(client->poll_event() == nullptr);
  CHECK(sent() == "50020008");
}

TEST_CASE_METHOD(ClientFixture311, "nothing is acknowledged without a connection") {
  options.acknowledge_by_command = true;
  connect("20020000");
  feed("3206000174000761");
  client->handle_closed(now);
  client->acknowledge(1, 7);
  CHECK(sent().empty());
}

TEST_CASE_METHOD(ClientFixture311, "a ping is answered once for each") {
  connect("20020000");
  client->ping(now);
  client->ping(now);
  CHECK(sent() == "c000 c000");
  CHECK(client->unanswered_pings() == 2);
  feed("d000");
  CHECK(client->unanswered_pings() == 1);
  feed("d000");
  CHECK(client->unanswered_pings() == 0);
  client->ping(now);
  CHECK(client->deadline() == now + 10s);
  now += 10s;
  sent();
  client->handle_timeout(now);
  CHECK(expect<session::TimedOut>().waiting == session::TimedOut::Waiting::pingresp);
}
