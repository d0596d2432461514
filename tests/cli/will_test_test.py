"""`mqtt will-test` as a program: choosing cases, verdicts, formats, exit codes, and what it leaves behind."""
import json
import signal
import subprocess
import xml.etree.ElementTree as xml

import harness
import peers
from brokers import Broker, Mosquitto
from harness import Case, mqtt, needs, run

QUICK = ("--only", "tcp-*,disconnect,retain")


def will_test(*arguments):
    return mqtt("will-test", *arguments)


def verdicts(result):
    """{(case, version): verdict} of --format json."""
    lines = map(json.loads, result.text.splitlines())
    return {(line["case"], line["version"]): line["verdict"] for line in lines}


class Choosing(Case):
    def names(self):
        return [line.split()[0] for line in self.assert_ok(run(will_test("--list"))).text.splitlines()]

    def test_list_has_each_case_once(self):
        names = self.names()
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 40)

    def test_only_and_skip(self):
        broker = self.enterContext(Broker())
        result = run(will_test(*broker.options(), "--format", "json", "--only", "tcp-*,once", "--skip", "tcp-reset"))
        self.assertEqual({case for case, _ in verdicts(self.assert_ok(result))}, {"tcp-fin", "once"})

    def test_versions(self):
        broker = self.enterContext(Broker())
        for option, versions in (("4", {"3.1.1"}), ("5", {"5.0"}), ("both", {"3.1.1", "5.0"})):
            result = run(will_test(*broker.options(), "-V", option, "--format", "json", "--only", "tcp-fin"))
            self.assertEqual({version for _, version in verdicts(self.assert_ok(result))}, versions)

    def test_wrong_names_and_values(self):
        for wrong in (["--only", "no-such-case"], ["-V", "31"], ["--prefix", "a/#"], ["--keepalive", "0"],
                      ["--format", "yaml"], ["--against", "host"], ["--only", "once", "--skip", "once"]):
            result = self.assert_code(run(will_test(*wrong)), 64)
            self.assertEqual((result.text, len(result.errors.splitlines())), ("", 1))


class Brokers(Case):
    def on_each_transport(self, broker, *options):
        """At the same time, for they mostly wait."""
        start = lambda transport: self.start(will_test(*broker.options(transport), "--burst", 100, *options))
        return [(transport, start(transport)) for transport in harness.TRANSPORTS]

    def test_ours_keeps_every_promise_on_each_transport(self):
        broker = self.enterContext(Broker())
        for transport, process in self.on_each_transport(broker, "--format", "json"):
            with self.subTest(transport):
                result = process.result()
                found = verdicts(self.assert_ok(result))
                self.assertEqual({case for case, verdict in found.items() if verdict not in ("pass", "skip")}, set())
                skipped = {case for (case, _), verdict in found.items() if verdict == "skip"}
                needed = {"tls-cut": ("tls", "wss"), "ws-close": ("ws", "wss"), "ws-cut": ("ws", "wss")}
                expected = {case for case, on in needed.items() if transport not in on}
                self.assertEqual(skipped, expected | {"qos-above-maximum", "retain-unavailable"})

    @needs("mosquitto")
    def test_mosquitto(self):
        broker = self.enterContext(Mosquitto())
        known = "second-connect,delay-no-session,take-over-clean-start"
        for transport, process in self.on_each_transport(broker, "--expect-fail", known):
            with self.subTest(transport):
                self.assert_ok(process.result())

    @needs("mosquitto")
    def test_pingreq_is_sent_four_times_in_each_keep_alive(self):
        broker = self.enterContext(Mosquitto(transports=["tcp"]))
        self.assert_ok(run(will_test(*broker.options(), "--only", "pingreq", "-V", 5, "--keepalive", 1)))
        # For three keep alives, and three times at most where the machine is too busy for one.
        self.assertLessEqual(broker.log.count("Received PINGREQ"), 3 * 12)

    def test_a_broker_without_qos_2_and_retained_messages(self):
        broker = self.enterContext(Broker("--maximum-qos", 1, "--no-retain"))
        found = verdicts(self.assert_ok(run(will_test(*broker.options(), "--burst", 10, "--format", "json"))))
        self.assertEqual(found["qos-above-maximum", "5.0"], "pass")
        self.assertEqual(found["retain-unavailable", "5.0"], "pass")
        self.assertEqual(found["half-qos-2", "3.1.1"], "skip")
        self.assertEqual(found["retain", "3.1.1"], "skip")

    def test_credentials(self):
        broker = self.enterContext(Broker("--password-file", self.file("users", "me:right\n")))
        self.assert_ok(run(will_test(*broker.options(), *QUICK, "-u", "me", "-P", "right")))
        self.assert_code(run(will_test(*broker.options(), *QUICK, "-u", "me", "-P", "wrong", "-V", 5)), 134)
        self.assert_code(run(will_test(*broker.options(), *QUICK, "-u", "me", "-P", "wrong", "-V", 4)), 4)

    def test_no_broker(self):
        result = self.assert_code(run(will_test("-p", harness.free_port())), 69)
        self.assertEqual((result.text, len(result.errors.splitlines())), ("", 1))

    def test_a_broker_that_is_still_starting(self):
        port = harness.free_port()
        process = self.start(will_test("-p", port, "--only", "tcp-fin", "--wait-for-broker", harness.PATIENCE))
        self.start(mqtt("broker", "-p", port))
        self.assert_ok(process.result())


class Verdicts(Case):
    """A broker that does not clear retained messages fails one case, with the packets that show it."""

    def setUp(self):
        super().setUp()
        self.broker = self.enterContext(Broker("--fault", "retained-not-cleared"))

    def verdicts_of(self, *options):
        cases = ("--only", "retain-clears,tcp-fin,tls-cut", "-V", 5, "--tolerance", 1)
        return run(will_test(*self.broker.options(), *cases, *options))

    def test_table(self):
        result = self.assert_code(self.verdicts_of(), 1)
        self.assertRegex(result.text, r"(?m)^tcp-fin +pass$")
        self.assertRegex(result.text, r"(?m)^tls-cut +skip +the connection is not encrypted$")
        self.assertRegex(result.text, r"(?m)^retain-clears +fail +a message came that should not$")
        self.assertRegex(result.text, r"(?m)^retain-clears 5\.0: .*\[MQTT-3\.3\.1-6\]$")
        self.assertRegex(result.text, r"(?m)^ +\d+\.\d{6} latecomer s>c PUBLISH q1 r1 .*$")
        self.assertRegex(result.text, r"(?m)^localhost:\d+: 1 passed, 1 failed, 1 skipped in [\d.]+ s$")

    def test_tap(self):
        lines = self.assert_code(self.verdicts_of("--format", "tap"), 1).text.splitlines()
        self.assertEqual(lines[:2], ["TAP version 14", "1..3"])
        self.assertIn("ok 1 - tcp-fin 5.0", lines)
        self.assertIn("ok 2 - tls-cut 5.0 # SKIP the connection is not encrypted", lines)
        self.assertIn("not ok 3 - retain-clears 5.0", lines)
        self.assertEqual(lines.count("  ---"), 1)

    def test_junit(self):
        root = xml.fromstring(self.assert_code(self.verdicts_of("--format", "junit"), 1).text)
        suite = root.find("testsuite")
        self.assertEqual([suite.get(key) for key in ("tests", "failures", "skipped")], ["3", "1", "1"])
        cases = {case.get("name"): [child.tag for child in case] for case in suite}
        self.assertEqual(cases, {"tcp-fin": [], "tls-cut": ["skipped"], "retain-clears": ["failure"]})
        self.assertIn("latecomer s>c PUBLISH", suite.find("testcase/failure").text)

    def test_json(self):
        result = self.assert_code(self.verdicts_of("--format", "json"), 1)
        lines = {line["case"]: line for line in map(json.loads, result.text.splitlines())}
        self.assertEqual({case: line["verdict"] for case, line in lines.items()},
                         {"tcp-fin": "pass", "tls-cut": "skip", "retain-clears": "fail"})
        self.assertEqual(lines["retain-clears"]["clause"], "MQTT-3.3.1-6")
        self.assertIn("PUBLISH", lines["retain-clears"]["transcript"])

    def test_markdown(self):
        lines = self.assert_code(self.verdicts_of("--format", "markdown"), 1).text.splitlines()
        self.assertRegex(lines[0], r"^\| Case \| Version \| Clause \| localhost:\d+ \|$")
        self.assertIn("| tcp-fin | 5.0 | MQTT-3.1.2-8 | pass |", lines)
        self.assertIn("| retain-clears | 5.0 | MQTT-3.3.1-6 | fail: a message came that should not |", lines)

    def test_expected_failures(self):
        result = self.assert_ok(self.verdicts_of("--expect-fail", "retain-*", "--format", "tap"))
        self.assertIn("not ok 3 - retain-clears 5.0 # TODO known: a message came that should not", result.text)
        self.assertEqual(result.errors, "")
        result = self.assert_code(self.verdicts_of("--expect-fail", "tcp-fin"), 1)
        self.assertRegex(result.errors, "tcp-fin 5.0 passes although")

    def test_side_by_side(self):
        other = self.enterContext(Broker())
        urls = f"bad={self.broker.url('tcp')},good={other.url('tcp')}"
        result = self.assert_code(self.verdicts_of("--against", urls), 1)
        self.assertRegex(result.text, r"(?m)^ +bad +good$")
        self.assertRegex(result.text, r"(?m)^retain-clears 5\.0 +fail +pass +bad: a message came that should not$")
        result = self.assert_code(self.verdicts_of("--against", urls, "--format", "markdown"), 1)
        self.assertIn("| tcp-fin | 5.0 | MQTT-3.1.2-8 | pass | pass |", result.text)

    def test_a_closed_pipe(self):
        command = will_test(*self.broker.options(), "--only", "tcp-fin")
        with open("/dev/full", "wb") as full:
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=harness.environment())
        self.assertEqual((ended.returncode, len(ended.stderr.splitlines())), (74, 1))


class Cleanliness(Case):
    def retained(self, broker):
        result = run(mqtt("sub", *broker.options(), "-t", "#", "--retained-only", "-W", 2, "-F", "%t"))
        return result.text.splitlines()

    @needs("mosquitto")
    def test_nothing_stays_behind(self):
        broker = self.enterContext(Mosquitto("sys_interval 1"))
        names = "retain*,away-subscriber,message-expired,delay*,disconnect-discards"
        for cut_short in (False, True):
            with self.subTest(cut_short=cut_short):
                prefix = "cut-short" if cut_short else "whole"
                process = self.start(will_test(*broker.options(), "--only", names, "--prefix", prefix))
                if cut_short:
                    broker.wait_for_log("cut-short/away-subscriber")
                    process.signal(signal.SIGINT)
                self.assertIn(process.result().code, (130,) if cut_short else (0, 1))
                self.assertEqual(self.retained(broker), [])
                self.assertEqual(self.sessions(broker), "1")

    def test_an_interrupted_test_says_nothing_of_the_broker(self):
        peer = self.enterContext(peers.Peer(peers.silent))
        process = self.start(will_test("-h", "127.0.0.1", "-p", peer.port))
        harness.wait_until(lambda: peer.connections >= 2, "both greetings")
        result = self.assert_code(process.signal(signal.SIGINT).result(), 130)
        self.assertNotIn("does not take", result.errors)

    def sessions(self, broker):
        """Of mosquitto, ours among them, once it has counted."""
        watcher = self.start_subscriber(*broker.options(), "-t", "$SYS/broker/clients/total")
        watcher.wait_for(lambda p: p.stdout.endswith(b"\n1\n") or p.stdout == b"1\n")
        return watcher.signal(signal.SIGTERM).result().text.splitlines()[-1]


if __name__ == "__main__":
    harness.main(at_a_time=6)
