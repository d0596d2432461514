"""`mqtt check` as a program: each fact seen both ways, requirements, formats, exit codes, and what it leaves behind."""
import json
import signal
import subprocess
import xml.etree.ElementTree as xml

import harness
import peers
from brokers import Broker, Mosquitto
from harness import Case, mqtt, needs, run


def check(*arguments):
    return mqtt("check", *arguments)


def facts(result):
    """{fact: value} of --format json; None where it is not known."""
    lines = map(json.loads, result.text.splitlines())
    return {line["fact"]: line["value"] for line in lines if "fact" in line}


def remarks(result):
    lines = map(json.loads, result.text.splitlines())
    return {line["fact"]: line.get("remark", line.get("reason", "")) for line in lines if "fact" in line}


class Facts(Case):
    def found(self, broker, *options, transport="tcp"):
        return facts(self.assert_ok(run(check(*broker.options(transport), "--format", "json", *options))))

    def assert_found(self, found, **expected):
        """Names with _ for the dots of versions."""
        self.assertEqual({name: found[name] for name in expected}, expected)

    def test_all_of_ours(self):
        broker = self.enterContext(Broker())
        found = self.found(broker, "--samples", 3)
        self.assert_found(
            found,
            **{"version.3.1": True, "version.3.1.1": True, "version.5.0": True},
            anonymous=True, enhanced_authentication=False, client_identifier_length=65535,
            empty_client_identifier=True, assigned_client_identifier=True, persistent_sessions=True,
            clean_sessions=True, session_expiry=4294967295, server_keep_alive=65535, qos=2, retain=True,
            wildcard_subscriptions=True, shared_subscriptions=True, subscription_identifiers=True, sys=True,
            response_information=False, payload=1048576, topic_length=65535,
        )
        self.assertGreater(found["topic_levels"], 100)
        self.assertGreater(found["maximum_packet_size"], 1048576)
        self.assertLessEqual(found["ping.p50"], found["ping.max"])
        self.assertEqual([found["certificate_days"], found["tls.1.2"], found["websocket_subprotocol"]], [None] * 3)

    def test_a_broker_with_limits(self):
        broker = self.enterContext(Broker("--maximum-qos", 1, "--no-retain", "--maximum-packet-size", 2000))
        options = ("--only", "qos,retain,maximum_packet_size,payload,client_identifier_length,topic_length")
        result = self.assert_ok(run(check(*broker.options(), "--format", "json", *options, "--timeout", 2)))
        found = facts(result)
        self.assertEqual((found["qos"], found["retain"], found["maximum_packet_size"]), (1, False, 2000))
        self.assertTrue(1500 < found["payload"] < 2000, found)
        self.assertTrue(1500 < found["topic_length"] < 2000, found)
        self.assertTrue(1500 < found["client_identifier_length"] < 2000, found)
        self.assertEqual((remarks(result)["qos"], remarks(result)["retain"]), ("CONNACK says 1", "CONNACK says so"))

    def test_qos_0_only(self):
        broker = self.enterContext(Broker("--maximum-qos", 0))
        found = self.found(broker, "--only", "qos,retain,persistent_sessions,shared_subscriptions")
        self.assertEqual(found, {"qos": 0, "retain": True, "persistent_sessions": True, "shared_subscriptions": True})

    def test_users(self):
        broker = self.enterContext(Broker("--password-file", self.file("users", "me:right\n")))
        options = ("-u", "me", "-P", "right", "--only", "anonymous,enhanced_authentication,qos")
        result = self.assert_ok(run(check(*broker.options(), "--format", "json", *options)))
        self.assertEqual(facts(result), {"anonymous": False, "enhanced_authentication": True, "qos": 2})
        self.assertRegex(remarks(result)["enhanced_authentication"], "^SCRAM-SHA-1, SCRAM-SHA-256, SCRAM-SHA-512; .*0x8C")
        by_scram = self.found(broker, *options, "--auth-method", "SCRAM-SHA-256")
        self.assertEqual(by_scram["qos"], 2)

    def test_no_sessions(self):
        broker = self.enterContext(Broker("--max-sessions", 0))
        found = self.found(broker, "--only", "*_sessions")
        self.assertNotEqual(found["persistent_sessions"], True)

    def test_versions(self):
        broker = self.enterContext(Broker())
        for version, name in (("31", "3.1"), ("311", "3.1.1"), ("5", "5.0")):
            result = run(check(*broker.options(), "-V", version, "--format", "json", "--only", "qos,shared*,topic_alias*"))
            lines = {line["fact"]: line for line in map(json.loads, self.assert_ok(result).text.splitlines())}
            self.assertEqual((lines["qos"]["version"], lines["qos"]["value"]), (name, 2))
            self.assertEqual(lines["shared_subscriptions"]["value"], True)
            self.assertEqual(lines["topic_alias_maximum"]["value"] is None, version != "5")

    def test_transports(self):
        broker = self.enterContext(Broker())
        for transport in harness.TRANSPORTS:
            with self.subTest(transport):
                found = self.found(broker, "--only", "qos,tls*,certificate*,websocket*", transport=transport)
                secure = transport in ("tls", "wss")
                self.assertEqual(found["qos"], 2)
                self.assertEqual(found["websocket_subprotocol"], "mqtt" if transport in ("ws", "wss") else None)
                self.assertEqual(found["tls.1.3"], True if secure else None)
                self.assertEqual(found["tls.1.1"], False if secure else None)
                self.assertEqual(found["certificate_chain"] is None, not secure)
                if secure:
                    self.assertTrue(0 < found["certificate_days"] <= 30, found)

    @needs("mosquitto")
    def test_mosquitto(self):
        lines = ("sys_interval 1", "max_keepalive 600", "max_packet_size 100000", "max_inflight_messages 7")
        broker = self.enterContext(Mosquitto(*lines))
        for transport in harness.TRANSPORTS:
            with self.subTest(transport):
                found = self.found(broker, "--samples", 2, "--timeout", 10, transport=transport)
                self.assert_found(
                    found,
                    **{"version.3.1": True, "version.3.1.1": True, "version.5.0": True},
                    qos=2, retain=True, shared_subscriptions=True, subscription_identifiers=True, sys=True,
                    persistent_sessions=True, clean_sessions=True, server_keep_alive=600, receive_maximum=7,
                    maximum_packet_size=100000, topic_levels=201, anonymous=True, wildcard_subscriptions=True,
                )
                self.assertRegex(found["broker_version"], "^mosquitto version ")
                self.assertTrue(99000 < found["payload"] <= 100000, found)
                if transport in ("tls", "wss"):
                    self.assertEqual((found["tls.1.2"], found["tls.1.3"]), (True, True))
                    self.assertRegex(found["certificate_subject"], "CN=")

    @needs("mosquitto")
    def test_mosquitto_that_says_no(self):
        lines = ("retain_available false", "sys_interval 0")
        broker = self.enterContext(Mosquitto(*lines, passwords={"me": "right"}))
        options = ("-u", "me", "-P", "right", "--timeout", 2, "--only", "retain,sys,anonymous")
        found = self.found(broker, *options)
        self.assertEqual(found, {"retain": False, "sys": False, "anonymous": False})

    def test_several_brokers(self):
        one, other = self.enterContext(Broker()), self.enterContext(Broker("--no-retain"))
        against = f"one={one.url('tcp')},other={other.url('tcp')}"
        result = self.assert_ok(run(check("--against", against, "--only", "retain,qos")))
        self.assertRegex(result.text, r"(?m)^ +one +other$")
        self.assertRegex(result.text, r"(?m)^retain +yes +no$")
        result = self.assert_ok(run(check("--against", against, "--only", "retain,qos", "--format", "markdown")))
        self.assertIn("| retain | yes | no (CONNACK says so) |", result.text.splitlines())
        result = run(check("--against", against, "--only", "qos", "--require", "retain"))
        self.assertEqual(self.assert_code(result, 1).errors,
                         "mqtt check: other: retain is not met: retain is no (CONNACK says so)\n")


class Requirements(Case):
    def test_met_and_unmet(self):
        broker = self.enterContext(Broker("--maximum-qos", 1))
        met = ("qos>=1", "qos==1", "retain", "retain==yes", "version.5.0", "enhanced_authentication==no",
               "client_identifier_length>=23", "maximum_packet_size>=1MiB", "connect.p50<1h", "echo.max>0s")
        options = [word for text in met for word in ("--require", text)]
        self.assertEqual(self.assert_ok(run(check(*broker.options(), "--only", "qos", *options))).errors, "")
        result = run(check(*broker.options(), "--only", "qos", "--require", "qos>=2", "--require", "anonymous==no",
                           "--require", "certificate_days>14", "--require", "retain"))
        self.assertEqual(self.assert_code(result, 1).errors.splitlines(), [
            "mqtt check: qos>=2 is not met: qos is 1 (CONNACK says 1)",
            "mqtt check: anonymous==no is not met: anonymous is yes",
            "mqtt check: certificate_days>14 is not met: certificate_days is not known: the connection is not encrypted",
        ])

    def test_usage(self):
        for wrong, expected in (
            (["--require", "quos>=1"], '"quos" is not a fact; did you mean qos?'),
            (["--require", "nonsense"], '"nonsense" is not a fact; --list has their names'),
            (["--require", "qos>="], "a number is missing behind the sign"),
            (["--require", "qos=1"], "the signs are"),
            (["--only", "certificat_days"], "did you mean certificate_days?"),
            (["--only", "qos", "--skip", "qos"], "--only and --skip leave no fact"),
            (["--format", "yaml"], "is not table, tap, junit, json or markdown"),
            (["-V", "4.2"], "is not"),
        ):
            result = self.assert_code(run(check(*wrong)), 64)
            self.assertIn(expected, result.errors)
            self.assertEqual((result.text, len(result.errors.splitlines())), ("", 1))

    def test_list_has_each_fact_once(self):
        names = [line.split()[0] for line in self.assert_ok(run(check("--list"))).text.splitlines()]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 40)


class Formats(Case):
    def setUp(self):
        super().setUp()
        self.broker = self.enterContext(Broker("--maximum-qos", 1))

    def report(self, *options):
        facts_ = ("--only", "qos,retain,certificate_days", "--require", "retain", "--require", "qos>1")
        return self.assert_code(run(check(*self.broker.options(), *facts_, *options)), 1)

    def test_table(self):
        text = self.report().text
        self.assertRegex(text, r"(?m)^qos +1 +CONNACK says 1$")
        self.assertRegex(text, r"(?m)^retain +yes$")
        self.assertRegex(text, r"(?m)^certificate_days +- +the connection is not encrypted$")
        self.assertRegex(text, r"(?m)^localhost:\d+: asked by MQTT 5\.0, in [\d.]+ s$")

    def test_tap(self):
        self.assertEqual(self.report("--format", "tap").text.splitlines(), [
            "TAP version 14",
            "1..5",
            "ok 1 - certificate_days # SKIP the connection is not encrypted",
            "ok 2 - qos: 1 (CONNACK says 1)",
            "ok 3 - retain: yes",
            "ok 4 - require retain",
            "not ok 5 - require qos>1",
            "  ---",
            '  message: "qos is 1 (CONNACK says 1)"',
            "  ...",
        ])

    def test_junit(self):
        suite = xml.fromstring(self.report("--format", "junit").text).find("testsuite")
        self.assertEqual([suite.get(key) for key in ("tests", "failures", "skipped")], ["5", "1", "1"])
        cases = {case.get("name"): [child.tag for child in case] for case in suite}
        self.assertEqual(cases, {"certificate_days": ["skipped"], "qos": ["system-out"], "retain": ["system-out"],
                                 "require retain": [], "require qos>1": ["failure"]})
        self.assertEqual(suite.find("testcase/failure").get("message"), "qos is 1 (CONNACK says 1)")

    def test_json(self):
        lines = [json.loads(line) for line in self.report("--format", "json").text.splitlines()]
        self.assertEqual([line.get("fact", line.get("requirement")) for line in lines],
                         ["certificate_days", "qos", "retain", "retain", "qos>1"])
        self.assertEqual(lines[0]["value"], None)
        self.assertEqual(lines[4]["verdict"], "fail")

    def test_markdown(self):
        lines = self.report("--format", "markdown").text.splitlines()
        self.assertRegex(lines[0], r"^\| Fact \| localhost:\d+ \|$")
        self.assertIn("| qos | 1 (CONNACK says 1) |", lines)

    def test_a_full_disk(self):
        command = check(*self.broker.options(), "--only", "version*")
        with open("/dev/full", "wb") as full:
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=harness.environment())
        self.assertEqual((ended.returncode, len(ended.stderr.splitlines())), (74, 1))


class NotABroker(Case):
    """Whatever is there: one clear line, the documented code, and an end."""

    def assert_line(self, behaviour, code, pattern, *options, tls=False):
        with peers.Peer(behaviour, tls=tls) as peer:
            bounds = ("--connect-timeout", 2, "--timeout", 1)
            result = self.assert_code(run(check("-p", peer.port, *bounds, *options)), code)
        self.assertRegex(result.errors, pattern)
        self.assertEqual((result.text, len(result.errors.splitlines())), ("", 1))

    def test_nobody(self):
        self.assert_code(run(check("-p", harness.free_port())), 69)

    def test_silence(self):
        self.assert_line(peers.silent, 75, "no CONNACK came in time")

    def test_silence_after_connack(self):
        self.assert_line(peers.connects_then_silent, 76, "answers no SUBSCRIBE")

    def test_closes(self):
        self.assert_line(peers.closes, 7, "is that a port for MQTT")

    def test_garbage(self):
        self.assert_line(peers.says(b"\x20\x02\x00\x63rubbish"), 76, "broke the protocol|not speak|does not")

    def test_a_web_server(self):
        self.assert_line(peers.says(peers.HTTP_ANSWER), 76, "web server")

    def test_refusals(self):
        self.assert_line(peers.refuses(5), 5, "refused the connection")
        self.assert_line(peers.says(b"\x20\x02\x00\x01"), 1, "refused the connection")

    def test_tls_where_there_is_none(self):
        broker = self.enterContext(Broker())
        self.assert_code(run(check("-L", f"mqtts://localhost:{broker.ports['tcp']}")), 79)

    def test_an_untrusted_certificate(self):
        broker = self.enterContext(Broker())
        result = self.assert_code(run(check("-L", broker.url("tls"), "--tls-use-os-certs")), 79)
        self.assertIn("--cafile", result.errors)

    def test_little_of_a_broker(self):
        """One that agrees to all but delivers nothing: facts that say no, and no wait without an end."""
        with peers.Peer(peers.serves()) as peer:
            result = run(check("-p", peer.port, "--timeout", 1, "--format", "json", "--skip", "*_length,topic_levels"))
        found = facts(self.assert_ok(result))
        self.assertEqual((found["retain"], found["wildcard_subscriptions"], found["sys"]), (False, False, False))

    def test_hostile_text(self):
        def behaviour(connection):
            peers.serves(deliveries=[("$SYS/broker/version", "\x1b[31mred\n")])(connection)

        with peers.Peer(behaviour) as peer:
            result = run(check("-p", peer.port, "--timeout", 1, "--only", "broker_version"))
        self.assertNotIn(b"\x1b", self.assert_ok(result).stdout)
        self.assertIn("\\u001b[31mred\\n", result.text)


class Cleanliness(Case):
    @needs("mosquitto")
    def test_nothing_stays_behind(self):
        for cut_short in (False, True):
            with self.subTest(cut_short=cut_short), Mosquitto("sys_interval 1") as broker:
                facts_ = "retain,*_sessions,session_expiry,payload"
                process = self.start(check(*broker.options(), "--only", facts_, "--timeout", 20))
                if cut_short:
                    broker.wait_for_log("/kept'")
                    process.signal(signal.SIGINT)
                result = process.result()
                self.assertIn(result.code, (130, 0) if cut_short else (0,), repr(result))
                self.assertEqual(self.retained(broker), [])
                self.assertEqual(self.sessions(broker), "1")

    def retained(self, broker):
        return run(mqtt("sub", *broker.options(), "-t", "#", "--retained-only", "-W", 2, "-F", "%t")).text.splitlines()

    def sessions(self, broker):
        """Of mosquitto, ours among them, once it has counted."""
        watcher = self.start_subscriber(*broker.options(), "-t", "$SYS/broker/clients/total")
        watcher.wait_for(lambda p: p.stdout.endswith(b"\n1\n") or p.stdout == b"1\n")
        return watcher.signal(signal.SIGTERM).result().text.splitlines()[-1]


if __name__ == "__main__":
    harness.main()
