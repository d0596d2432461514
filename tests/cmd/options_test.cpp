// What command lines become, and the line that says what is wrong with them.
#include "options.h"

#include "catch.h"
#include "command_line.h"

namespace {

using Words = std::vector<std::string>;
using net::Transport;
using Source = cmd::PayloadOptions::Source;

Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

const Words message{"-t", "a", "-m", "b"};

}  // namespace

TEST_CASE("a plain pub has the defaults") {
  const auto options = CommandLine("pub", message).pub();
  REQUIRE(options);
  CHECK(options->connection.program == "mqtt pub");
  CHECK(options->connection.manners == cmd::Manners::ours);
  CHECK(options->connection.network.transport == Transport::tcp);
  CHECK(options->connection.network.host == "localhost");
  CHECK(options->connection.network.port == 1883);
  CHECK(options->connection.network.connect_timeout == std::chrono::seconds(10));
  CHECK(options->connection.session.version == wire::Version::v3_1_1);
  CHECK(options->connection.session.clean_start);
  CHECK(options->connection.session.keep_alive == 60);
  CHECK(options->connection.session.inflight_maximum == 65'535);
  CHECK(options->connection.session.client_identifier.size() == 21);
  CHECK_FALSE(options->connection.session.username);
  CHECK_FALSE(options->connection.session.will);
  CHECK_FALSE(options->connection.reconnect);
  CHECK(options->topics == Words{"a"});
  CHECK(options->payload.source == Source::message);
  CHECK(options->payload.message == "b");
  CHECK(options->qos == 0);
  CHECK(options->repeat == 1);
}

TEST_CASE("words are cut as getopt_long and mosquitto cut them") {
  SECTION("bundled letters, = and values at once") {
    const auto options = CommandLine("pub", {"-rq1", "--topic=a", "-mhello", "-p1884"}).pub();
    REQUIRE(options);
    CHECK(options->retain);
    CHECK(options->qos == 1);
    CHECK(options->topics == Words{"a"});
    CHECK(options->payload.message == "hello");
    CHECK(options->connection.network.port == 1884);
  }
  SECTION("the word after an option is its value") {
    const auto options = CommandLine("pub", {"-t", "-x", "-m", "--"}).pub();
    REQUIRE(options);
    CHECK(options->topics == Words{"-x"});
    CHECK(options->payload.message == "--");
  }
  SECTION("a value may be empty, both ways") {
    CHECK(CommandLine("pub", {"-t", "a", "--message="}).pub()->payload.message.empty());
    CHECK(CommandLine("pub", {"-t", "a", "-m", ""}).pub()->payload.message.empty());
  }
  SECTION("no keep alive is one too") {
    CHECK(CommandLine("pub", message + Words{"-k", "0"}).pub()->connection.session.keep_alive == 0);
  }
  SECTION("a flag can be said off") {
    CHECK_FALSE(CommandLine("pub", message + Words{"--retain=false"}).pub()->retain);
    CHECK(CommandLine("pub", message + Words{"--retain=yes"}).pub()->retain);
  }
  SECTION("-- starts a command of sub") {
    const auto options = CommandLine("sub", {"-t", "a", "--", "echo", "-n", "--"}).sub();
    REQUIRE(options);
    CHECK(options->command == Words{"echo", "-n", "--"});
  }
}

TEST_CASE("usage errors are one line with the option, the value and what would do") {
  const std::pair<Words, const char*> rows[] = {
      {{"-q", "abc"}, "mqtt pub: option -q: \"abc\" is not 0, 1 or 2; see mqtt pub --help\n"},
      {{"--qos=3"}, "mqtt pub: option --qos: \"3\" is not 0, 1 or 2; see mqtt pub --help\n"},
      {{"-p", "0"}, "mqtt pub: option -p: \"0\" is not a number from 1 to 65535; see mqtt pub --help\n"},
      {{"-p", "1883x"}, "mqtt pub: option -p: \"1883x\" is not a number from 1 to 65535; see mqtt pub --help\n"},
      {{"-k", "65536"}, "mqtt pub: option -k: \"65536\" is not a number from 5 to 65535; see mqtt pub --help\n"},
      {{"-k", "4"}, "mqtt pub: option -k: \"4\" is not a number from 5 to 65535; see mqtt pub --help\n"},
      {{"-V", "4"}, "mqtt pub: option -V: \"4\" is not 5, 311 or 31; see mqtt pub --help\n"},
      {{"-W", "0"}, "mqtt pub: option -W: \"0\" is not a number of seconds above 0; see mqtt pub --help\n"},
      {{"--nonsense"}, "mqtt pub: unknown option --nonsense; see mqtt pub --help\n"},
      {{"--retian"}, "mqtt pub: unknown option --retian; did you mean --retain? See mqtt pub --help\n"},
      {{"-S"},
       "mqtt pub: unknown option -S; there are no SRV lookups here (nor in mosquitto as usually built): name the host "
       "with -h; see mqtt pub --help\n"},
      {{"-h", "mqtt://b"},
       "mqtt pub: option -h: \"mqtt://b\" is not a host; a URL goes with -L; see mqtt pub --help\n"},
      {{"-h", "b:1883"}, "mqtt pub: option -h: \"b:1883\" is not a host; the port goes with -p; see mqtt pub --help\n"},
      {{"-rJ"}, "mqtt pub: unknown option -J; see mqtt pub --help\n"},
      {{"stray"},
       "mqtt pub: \"stray\" is not an option; a topic stands behind -t, a payload behind -m; see mqtt pub --help\n"},
      {{"-t"}, "mqtt pub: option -t needs a value (TOPIC); see mqtt pub --help\n"},
      {{"--retain=maybe"}, "mqtt pub: option --retain takes no value; see mqtt pub --help\n"},
      {{"-D", "publish", "content-type"},
       "mqtt pub: option -D needs a value (COMMAND NAME VALUE); see mqtt pub --help\n"},
      {{"-m", "c"}, "mqtt pub: option -m: Only one type of message can be sent at once; see mqtt pub --help\n"},
      {{"-L", "http://h"},
       "mqtt pub: option -L: the URL cannot be used: its scheme \"http\" is not one of mqtt, mqtts, tcp, tls, ssl, ws, "
       "wss, wxs, alis, unix; see mqtt pub --help\n"},
      {{"--psk", "xyz", "--psk-identity", "i"},
       "mqtt pub: option --psk: the key is not hexadecimal; see mqtt pub --help\n"},
      {{"--psk", "abcd"}, "mqtt pub: --psk-identity required if --psk used; see mqtt pub --help\n"},
      {{"--cert", "c"},
       "mqtt pub: Both certfile and keyfile must be provided if one of them is set; see mqtt pub --help\n"},
      {{"-c"}, "mqtt pub: You must provide a client id if you are using the -c option; see mqtt pub --help\n"},
      {{"-x", "-1"},
       "mqtt pub: You must provide a client id if you are using an infinite session expiry interval; see mqtt pub "
       "--help\n"},
      {{"-i", "a", "-I", "b"}, "mqtt pub: -i and -I argument cannot be used together; see mqtt pub --help\n"},
      {{"-P", "secret"}, "mqtt pub: before MQTT 5 a password needs a user name (-u); see mqtt pub --help\n"},
      {{"-t", "a/#"}, "mqtt pub: Invalid publish topic 'a/#', does it contain '+' or '#'? See mqtt pub --help\n"},
      {{"--will-qos", "1"},
       "mqtt pub: Will payload, QoS or retain given, but no will topic given; see mqtt pub --help\n"},
      {{"--tls-engine", "pkcs11"},
       "mqtt pub: option --tls-engine: engines are gone from OpenSSL 3, which has providers in their place; see mqtt "
       "pub "
       "--help\n"},
      {{"--replay"}, "mqtt pub: --replay needs --jsonl; see mqtt pub --help\n"},
      {{"--ws-header", "a: b\r\nc: d"},
       "mqtt pub: option --ws-header: \"a: b??c: d\" is not a header: it has no control characters; see mqtt pub "
       "--help\n"},
      {{"--", "true"}, "mqtt pub: only sub takes words behind --; see mqtt pub --help\n"},
      {{"-o", "/nowhere/file"}, "mqtt pub: /nowhere/file: No such file or directory\n"},
  };
  for (const auto& [words, line] : rows) {
    CAPTURE(words);
    const auto options = CommandLine("pub", message + words).pub();
    REQUIRE_FALSE(options);
    CHECK(options.error().err == line);
    CHECK(options.error().out.empty());
    CHECK(options.error().exit_code == (words[0] == "-o" ? 66 : 64));
  }
}

TEST_CASE("what a command cannot do without") {
  CHECK(CommandLine("pub", {"-t", "a"}).pub().error().err ==
        "mqtt pub: there is no message: give one with -m, -f, -s (standard input), -l (its lines) or -n (empty); see "
        "mqtt pub --help\n");
  CHECK(CommandLine("pub", {"-m", "a"}).pub().error().err ==
        "mqtt pub: there is no topic: give one with -t; see mqtt pub --help\n");
  CHECK(CommandLine("pub", {}).pub().error().err ==
        "mqtt pub: give a topic (-t) and a message (-m); see mqtt pub --help\n");
  CHECK(CommandLine("sub", {}).sub().error().err ==
        "mqtt sub: You must specify a topic to subscribe to (-t) or unsubscribe from (-U); see mqtt sub --help\n");
  CHECK(CommandLine("sub", {"-t", "a#"}).sub().error().err ==
        "mqtt sub: Invalid subscription topic 'a#', are all '+' and '#' wildcards correct? See mqtt sub --help\n");
  CHECK(CommandLine("rr", {"-t", "a"}).rr().error().err ==
        "mqtt rr: there is no message: give one with -m, -f, -s (standard input) or -n (empty); see mqtt rr --help\n");
  CHECK(CommandLine("mosquitto_rr", {"-t", "a", "-m", "b"}).rr().error().err ==
        "Error: All of topic, message, and response topic must be supplied.\n\nUse 'mosquitto_rr --help' to see "
        "usage.\n");
  CHECK(CommandLine("rr", {"-t", "a", "-m", "b"}).rr()->response_topic.empty());
  CHECK(CommandLine("broker", {"--tls-port", "0"}).broker().error().err ==
        "mqtt broker: --tls-port and --wss-port need --tls-self-signed FILE, or --cert and --key; see mqtt broker "
        "--help\n");
}

TEST_CASE("transport and port follow from each other") {
  struct Row {
    Words words;
    Transport transport;
    std::uint16_t port;
  };
  const Row rows[] = {
      {{}, Transport::tcp, 1883},
      {{"--cafile", "f"}, Transport::tls, 8883},
      {{"--capath", "d"}, Transport::tls, 8883},
      {{"--psk", "ab", "--psk-identity", "i"}, Transport::tls, 8883},
      {{"--tls-use-os-certs"}, Transport::tls, 8883},
      {{"--cert", "c", "--key", "k"}, Transport::tls, 8883},
      {{"--cafile", "f", "-p", "1"}, Transport::tls, 1},
      {{"-p", "8883"}, Transport::tls, 8883},
      {{"-p", "8883", "--no-tls"}, Transport::tcp, 8883},
      {{"--cafile", "f", "--no-tls"}, Transport::tcp, 1883},
      {{"--ws"}, Transport::ws, 80},
      {{"--ws", "--cafile", "f"}, Transport::wss, 443},
      {{"--ws", "-p", "8883"}, Transport::ws, 8883},
      {{"-L", "mqtt://h"}, Transport::tcp, 1883},
      {{"-L", "mqtts://h"}, Transport::tls, 8883},
      {{"-L", "mqtts://h", "-p", "1"}, Transport::tls, 1},
      {{"-L", "mqtt://h:8883"}, Transport::tls, 8883},
      {{"-L", "wss://h"}, Transport::wss, 443},
      {{"-L", "ws://h:1", "--cafile", "f"}, Transport::wss, 1},
      {{"-L", "mqtt://h:1", "--ws"}, Transport::ws, 1},
  };
  for (const auto& row : rows) {
    CAPTURE(row.words);
    const auto options = CommandLine("pub", message + row.words).pub();
    REQUIRE(options);
    CHECK(options->connection.network.transport == row.transport);
    CHECK(options->connection.network.port == row.port);
  }
}

TEST_CASE("a URL gives what single options do not") {
  const auto url = CommandLine("pub", {"-L", "mqtt://me:p%40ss@[::1]:1884/a/b", "-m", "x"}).pub();
  REQUIRE(url);
  CHECK(url->connection.network.host == "::1");
  CHECK(url->connection.network.port == 1884);
  CHECK(url->connection.session.username == "me");
  CHECK(url->connection.session.password == "p@ss");
  CHECK(url->topics == Words{"a/b"});

  const auto both = CommandLine("pub", {"-u", "you", "-L", "mqtt://me:pass@h/a", "-t", "t", "-m", "x"}).pub();
  REQUIRE(both);
  CHECK(both->connection.session.username == "you");
  CHECK(both->connection.session.password == "pass");
  CHECK(both->topics == Words{"t"});
  CHECK(CommandLine("sub", {"-L", "mqtt://h/a", "-t", "t"}).sub()->topics == Words{"a", "t"});

  const auto socket = CommandLine("pub", message + Words{"-L", "unix:///run/x"}).pub();
  CHECK(socket->connection.network.unix_path == "/run/x");
  CHECK(socket->connection.network.transport == Transport::tcp);

  const auto ours = CommandLine("sub", {"-L", "ws://h/ws?x", "-t", "t"}).sub();
  CHECK(ours->connection.network.websocket.path == "/ws?x");
  CHECK(ours->topics == Words{"t"});
  const auto theirs = CommandLine("mosquitto_sub", {"-L", "ws://h/ws"}).sub();
  CHECK(theirs->connection.network.websocket.path == "/mqtt");
  CHECK(theirs->topics == Words{"ws"});
}

TEST_CASE("the command line wins over the environment") {
  const std::map<std::string, std::string> environment{
      {"MQTT_URL", "mqtts://me:pass@far:9999"}, {"MQTT_QOS", "1"}, {"MQTT_TOPIC", "env"}, {"MQTT_KEEPALIVE", "7"}};
  const auto only = CommandLine("pub", {"-m", "x"}, environment).pub();
  REQUIRE(only);
  CHECK(only->connection.network.host == "far");
  CHECK(only->connection.network.port == 9999);
  CHECK(only->connection.network.transport == Transport::tls);
  CHECK(only->connection.session.password == "pass");
  CHECK(only->qos == 1);
  CHECK(only->topics == Words{"env"});
  CHECK(only->connection.session.keep_alive == 7);

  // A host on the command line is another broker: it does not get the URL's credentials.
  const auto host = CommandLine("pub", {"-m", "x", "-h", "near", "-q2", "-t", "t"}, environment).pub();
  REQUIRE(host);
  CHECK(host->connection.network.host == "near");
  CHECK(host->connection.network.port == 1883);
  CHECK(host->connection.network.transport == Transport::tcp);
  CHECK_FALSE(host->connection.session.password);
  CHECK(host->qos == 2);
  CHECK(host->topics == Words{"t"});

  const auto url = CommandLine("pub", {"-m", "x", "-t", "t", "-L", "mqtt://near"},
                               {{"MQTT_HOST", "far"}, {"MQTT_PORT", "1"}, {"MQTT_WS", "1"}})
                       .pub();
  CHECK(url->connection.network.host == "near");
  CHECK(url->connection.network.port == 1883);
  CHECK(url->connection.network.transport == Transport::tcp);

  CHECK(CommandLine("pub", message, {{"MQTT_WS", "0"}}).pub()->connection.network.transport == Transport::tcp);
  CHECK(CommandLine("pub", message, {{"MQTT_WS", "what"}}).pub().error().err ==
        "mqtt pub: environment variable MQTT_WS: \"what\" is not 1 or 0; see mqtt pub --help\n");
  CHECK(CommandLine("pub", message, {{"MQTT_PORT", "x"}}).pub().error().err ==
        "mqtt pub: environment variable MQTT_PORT: \"x\" is not a number from 1 to 65535; see mqtt pub --help\n");
}

TEST_CASE("properties go to their packets and make it MQTT 5") {
  const Words words{
      "-D",       "publish",    "content-type", "text/plain",      "-D", "publish", "user-property", "k",
      "-v",       "--property", "connect",      "receive-maximum", "7",  "-D",      "publish",       "correlation-data",
      "hex:00ff", "-D",         "disconnect",   "reason-string",   "bye"};
  const auto options = CommandLine("pub", message + words).pub();
  REQUIRE(options);
  CHECK(options->connection.session.version == wire::Version::v5_0);
  CHECK(options->connection.session.client_identifier.empty());
  CHECK(options->properties.view().text(wire::PropertyId::content_type) == "text/plain");
  CHECK(options->properties.view().text(wire::PropertyId::correlation_data) == std::string_view("\0\xff", 2));
  const auto user = options->properties.view().find(wire::PropertyId::user_property);
  REQUIRE(user);
  CHECK(base::as_text(user->name) == "k");
  CHECK(user->text() == "-v");
  CHECK(options->connection.session.properties.view().number(wire::PropertyId::receive_maximum, 0) == 7);
  CHECK(options->connection.disconnect_properties.view().text(wire::PropertyId::reason_string) == "bye");

  const std::pair<Words, const char*> rows[] = {
      {{"-D", "auth", "reason-string", "x"}, "Invalid command auth given in --property argument"},
      {{"-D", "publish", "nonsense", "x"}, "Invalid property name nonsense given in --property argument"},
      {{"-D", "publish", "receive-maximum", "1"},
       "receive-maximum property not allowed for publish in --property argument"},
      {{"-D", "connect", "receive-maximum", "65536"}, "\"65536\" is not a number from 0 to 65535"},
      {{"-D", "publish", "content-type", "a", "-D", "publish", "content-type", "b"},
       "content-type is given twice for publish"},
      {{"-D", "subscribe", "user-property", "a", "b"}, "pub sends no subscribe"},
      {{"-D", "publish", "correlation-data", "hex:0"}, "\"0\" is not pairs of hexadecimal digits"},
      {{"-D", "publish", "correlation-data", "@/nowhere"}, "/nowhere: No such file or directory"},
  };
  for (const auto& [given, text] : rows) {
    CAPTURE(given);
    const auto refused = CommandLine("pub", message + given).pub();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().err == std::string("mqtt pub: option -D: ") + text + "; see mqtt pub --help\n");
  }
}

TEST_CASE("sessions and their expiry") {
  using Id = wire::PropertyId;
  const auto expiry = [](const Words& words) {
    const auto options = CommandLine("sub", Words{"-t", "a"} + words).sub();
    REQUIRE(options);
    return options->connection.session.properties.view().number(Id::session_expiry_interval, 0);
  };
  CHECK(expiry({"-V", "5"}) == 0);
  CHECK(expiry({"-V", "mqttv5", "-c", "-i", "me"}) == 0xFFFF'FFFF);
  CHECK(expiry({"-V", "5", "-c", "-i", "me", "-x", "60"}) == 60);
  CHECK(expiry({"-x", "60"}) == 60);
  CHECK(expiry({"-x", "\u221e", "-i", "me"}) == 0xFFFF'FFFF);
  CHECK(expiry({"-c", "-i", "me"}) == 0);  // 3.1.1 has no such property

  const auto counted = CommandLine("sub", {"-t", "a", "-V", "5", "-C", "3"}).sub();
  CHECK(counted->connection.session.properties.view().number(Id::receive_maximum, 0) == 3);
  CHECK(counted->count == 3);
}

TEST_CASE("reconnection is what the work needs, unless said otherwise") {
  CHECK(CommandLine("pub", {"-t", "a", "-l", "-q", "1"}).pub()->connection.reconnect);
  CHECK_FALSE(CommandLine("pub", {"-t", "a", "-l"}).pub()->connection.reconnect);
  CHECK(CommandLine("pub", {"-t", "a", "-l", "--reconnect"}).pub()->connection.reconnect);
  CHECK(CommandLine("sub", {"-t", "a"}).sub()->connection.reconnect);
  CHECK_FALSE(CommandLine("sub", {"-t", "a", "--no-reconnect"}).sub()->connection.reconnect);
}

TEST_CASE("sub's options") {
  const auto options = CommandLine("sub", {"-t",
                                           "a",
                                           "-t",
                                           "b/#",
                                           "-T",
                                           "b/c",
                                           "-U",
                                           "d",
                                           "-q2",
                                           "-v",
                                           "-F",
                                           "%t",
                                           "-N",
                                           "--pretty",
                                           "--retain-handling",
                                           "new",
                                           "--retain-as-published",
                                           "-V5",
                                           "-W",
                                           "0.5",
                                           "--expect",
                                           "o+k",
                                           "--expect-topic",
                                           "a/+",
                                           "--expect-json",
                                           "/x=1=2",
                                           "--ready-fd",
                                           "3",
                                           "--exec",
                                           "prog 'a b' c\\ d \"\"",
                                           "--color",
                                           "never",
                                           "--random-filter",
                                           "12.5"})
                           .sub();
  REQUIRE(options);
  CHECK(options->topics == Words{"a", "b/#"});
  CHECK(options->filter_out == Words{"b/c"});
  CHECK(options->unsubscribe == Words{"d"});
  CHECK(options->qos == 2);
  CHECK(options->output.style == cmd::OutputOptions::Style::format);
  CHECK(options->output.format == "%t");
  CHECK_FALSE(options->output.end_of_line);
  CHECK(options->output.pretty);
  CHECK(options->output.color == cmd::When::never);
  CHECK(options->retain_handling == wire::RetainHandling::send_if_new);
  CHECK(options->retain_as_published);
  CHECK(options->timeout == std::chrono::milliseconds(500));
  CHECK(options->expect.payload_regex == "o+k");
  CHECK(options->expect.topic_filter == "a/+");
  REQUIRE(options->expect.fields.size() == 1);
  CHECK(options->expect.fields[0].pointer == "/x");
  CHECK(options->expect.fields[0].value == "1=2");
  CHECK(options->ready_fd == 3);
  CHECK(options->exec == Words{"prog", "a b", "c d", ""});
  CHECK(options->random_filter == 12.5);

  CHECK(CommandLine("sub", {"-t", "a", "-F", "%y"}).sub().error().err ==
        "mqtt sub: option -F: Invalid format specifier 'y'; see mqtt sub --help\n");
  CHECK(CommandLine("sub", {"-t", "a", "--expect", "("}).sub().error().err ==
        "mqtt sub: option --expect: \"(\" is not a regular expression: missing ): (; see mqtt sub --help\n");
  CHECK(CommandLine("sub", {"-t", "a", "--exec", "x 'y"}).sub().error().err ==
        "mqtt sub: option --exec: \"x 'y\" is not a command: a quote is open; see mqtt sub --help\n");
  CHECK(CommandLine("sub", {"-t", "a", "--retain-as-published"}).sub().error().err ==
        "mqtt sub: --retain-as-published is an option of MQTT 5; add -V 5; see mqtt sub --help\n");
}

TEST_CASE("rr speaks MQTT 5 unless told otherwise") {
  const auto options = CommandLine("rr", {"-t", "a", "-e", "b", "-n", "--latency"}).rr();
  REQUIRE(options);
  CHECK(options->connection.session.version == wire::Version::v5_0);
  CHECK(options->topic == "a");
  CHECK(options->response_topic == "b");
  CHECK(options->payload.source == Source::empty);
  CHECK(options->latency);
  CHECK(CommandLine("rr", {"-t", "a", "-e", "b", "-n", "-V", "311"}).rr()->connection.session.version ==
        wire::Version::v3_1_1);
}

TEST_CASE("broker listens where it is told, on 1883 of the loopback without a word") {
  const auto plain = CommandLine("broker", {}).broker();
  REQUIRE(plain);
  CHECK(plain->bind_address == "127.0.0.1");
  REQUIRE(plain->listeners.size() == 1);
  CHECK(plain->listeners[0].transport == Transport::tcp);
  CHECK(plain->listeners[0].port == 1883);

  const auto all =
      CommandLine("broker", {"-p", "0", "--wss-port", "0", "--tls-self-signed", "ca", "--maximum-qos", "1"}).broker();
  REQUIRE(all);
  REQUIRE(all->listeners.size() == 2);
  CHECK(all->listeners[1].transport == Transport::wss);
  CHECK(all->listeners[1].port == 0);
  CHECK(all->self_signed == "ca");
  CHECK(all->maximum_qos == 1);
}

TEST_CASE("secrets are wiped from the words") {
  CommandLine line("pub", message + Words{"-u", "me", "-P", "secret", "--psk=abcd", "--psk-identity", "i", "-L",
                                          "mqtt://me:secret@h"});
  const auto options = line.pub();
  REQUIRE(options);
  CHECK(options->connection.session.password == "secret");
  CHECK(line.word(8) == "******");
  CHECK(line.word(9) == "--psk=****");
  CHECK(line.word(13) == "******************");
}

TEST_CASE("a mosquitto name has its manners") {
  const auto unknown = CommandLine("/usr/bin/mosquitto_pub", {"--nonsense"}).pub();
  CHECK(unknown.error().exit_code == 1);
  CHECK(unknown.error().err == "Error: Unknown option '--nonsense'.\n\nUse 'mosquitto_pub --help' to see usage.\n");
  CHECK(
      CommandLine("mosquitto_sub", {}).sub().error().err ==
      "Error: You must specify a topic to subscribe to (-t) or unsubscribe from (-U).\n\nUse 'mosquitto_sub --help' to "
      "see usage.\n");
  CHECK(CommandLine("mosquitto_pub", message + Words{"-L", "foo://h"}).pub().error().err ==
        "Error: Unsupported URL scheme.\n\nUse 'mosquitto_pub --help' to see usage.\n");
  CHECK(CommandLine("mosquitto_pub", message + Words{"-D", "publish", "X", "1"}).pub().error().err ==
        "Error: Invalid property name X given in --property argument.\n\nUse 'mosquitto_pub --help' to see usage.\n");
  CHECK(CommandLine("mosquitto_pub", message + Words{"-o", "a", "-o", "b"}).pub().error().err ==
        "Error: Duplicate -o argument given.\n\nUse 'mosquitto_pub --help' to see usage.\n");
  CHECK(CommandLine("mosquitto_pub", {"--help"}).pub().error().exit_code == 1);
  CHECK(CommandLine("mosquitto_pub", {"--version"}).pub().error().exit_code == 1);
  CHECK(CommandLine("pub", {"--help"}).pub().error().exit_code == 0);

  const auto last = CommandLine("mosquitto_pub", message + Words{"-t", "c"}, {{"MQTT_HOST", "far"}}).pub();
  REQUIRE(last);
  CHECK(last->topics == Words{"c"});
  CHECK(last->connection.network.host == "localhost");
  CHECK(last->connection.program == "mosquitto_pub");
  CHECK(CommandLine("pub", message + Words{"-t", "c"}).pub()->topics == Words{"a", "c"});

  const auto password = CommandLine("mosquitto_pub", message + Words{"-P", "x"}).pub();
  REQUIRE_FALSE(password);
  CHECK(password.error().exit_code == 1);
}
