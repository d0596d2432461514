"""`mqtt will-test` as a program: choosing cases, verdicts, formats, exit codes, and what it leaves behind."""
import json
import re
import shutil
import signal
import subprocess
import unittest
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
    def test_ours_keeps_every_promise_on_each_transport(self):
        broker = self.enterContext(Broker())
        for transport in harness.TRANSPORTS:
            with self.subTest(transport):
                result = run(will_test(*broker.options(transport), "--burst", 100, "--format", "json"))
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
        for transport in harness.TRANSPORTS:
            with self.subTest(transport):
                self.assert_ok(run(will_test(*broker.options(transport), "--burst", 100, "--expect-fail", known)))


if __name__ == "__main__":
    harness.main()
