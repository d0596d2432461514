"""What `mqtt sub` can do beyond printing payloads: formats, JSON, expectations, commands, files, and when it ends."""
import json
import os
import re
import signal
import struct

import harness
import peers
from brokers import Mosquitto
from harness import Case, mqtt, needs, run, wait_until
from peers import Peer
from terminal import run_on_terminal


class SubCase(Case):
    """Serves messages from a peer of a few lines, so that each test knows every byte."""

    def serve(self, *deliveries, **options):
        self.packets = []
        peer = self.enterContext(Peer(peers.serves(deliveries=deliveries, keep=self.packets, **options)))
        self.peer = peer
        return ["-h", "127.0.0.1", "-p", peer.port]

    def sub(self, broker, *options, code=0, out=None, **more):
        result = self.assert_code(run(mqtt("sub", *broker, "-W", 30, *options), **more), code)
        if out is not None:
            self.assertEqual(result.stdout, out.encode() if isinstance(out, str) else out, repr(result))
        return result


class Output(SubCase):
    def test_payload_verbose_and_no_end_of_line(self):
        broker = self.serve(("a/b", "one"), ("a/c", ""), ("a/d", b"\0\xff"))
        self.sub(broker, "-t", "a/#", "-C", 3, out=b"one\n\0\xff\n")
        self.sub(broker, "-t", "a/#", "-C", 3, "-v", out=b"a/b one\na/c (null)\na/d \0\xff\n")
        self.sub(broker, "-t", "a/#", "-C", 3, "-N", out=b"one\0\xff")

    def test_format(self):
        broker = self.serve(("a/b", "hello"))
        for text, want in (
            ("%t", "a/b"),
            ("%p", "hello"),
            ("%l", "5"),
            ("%q", "0"),
            ("%r", "0"),
            ("%x", "68656c6c6f"),
            ("%X", "68656C6C6F"),
            ("%%", "%"),
            ("%.2:x", "68:65:6c:6c:6f"),
            ("%8l|", "       5|"),
            ("%-8l|", "5       |"),
            ("%08l", "00000005"),
            (r"a\tb\\\n", "a\tb\\\n"),
            ("@@", "@"),
            ("%3p|", "hel|"),
        ):
            with self.subTest(text):
                self.sub(broker, "-t", "#", "-C", 1, "-F", text, out=want + "\n")

    def test_format_as_mosquitto_does(self):
        """Byte for byte what Debian's mosquitto_sub prints."""
        if not harness.program("mosquitto_sub"):
            self.skipTest("not installed: mosquitto-clients")
        broker = self.serve(("a/b", '{"x": [1, 2.5, "é"], "y": null}'), ("a/b", "plain\ttext \u20ac"))
        for text in (
            "%t %p",
            "%x",
            "%X",
            "%l %q %r %m",
            "%-12t|%12t|",
            "%p|%5l|%-5l|%05l",
            "%R|%S|%A|%C|%D|%E|%P",
            "%.2t",
            "%%|@@",
            r"\a\e\0\r\v",
            "%6p|",
        ):
            with self.subTest(text):
                options = ["-h", "127.0.0.1", "-p", str(self.peer.port), "-t", "#", "-C", "2", "-F", text]
                theirs = run([harness.program("mosquitto_sub"), *options])
                self.sub(broker, "-t", "#", "-C", 2, "-F", text, out=theirs.stdout)

    def test_json_as_mosquitto_does(self):
        """%j and %J hold the same values."""
        if not harness.program("mosquitto_sub"):
            self.skipTest("not installed: mosquitto-clients")
        broker = self.serve(("a/b", '{"x": [1, 2.5, "é"], "y": null}'))
        for text in ("%j", "%J"):
            options = ["-h", "127.0.0.1", "-p", str(self.peer.port), "-t", "#", "-C", "1", "-F", text]
            theirs = json.loads(run([harness.program("mosquitto_sub"), *options]).stdout)
            ours = json.loads(self.sub(broker, "-t", "#", "-C", 1, "-F", text).stdout)
            theirs.pop("tst"), ours.pop("tst")
            self.assertEqual(ours, theirs)

    def test_json(self):
        broker = self.serve(("a/b", 'say "hi"\n\x01'), ("a/c", b"\xff\0"), ("a/d", ""))
        lines = self.sub(broker, "-t", "#", "-C", 3, "--json").text.splitlines()
        objects = [json.loads(line) for line in lines]
        self.assertEqual(
            [list(o) for o in objects],
            [
                ["time", "topic", "qos", "retain", "dup", "payload"],
                ["time", "topic", "qos", "retain", "dup", "payload_base64"],
                ["time", "topic", "qos", "retain", "dup", "payload"],
            ],
        )
        self.assertEqual([o.get("payload", o.get("payload_base64")) for o in objects], ['say "hi"\n\x01', "/wA=", ""])
        for o in objects:
            self.assertRegex(o.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
            self.assertEqual((o["qos"], o["retain"], o["dup"]), (0, False, False))

    def test_json_has_every_property(self):
        name_value = peers.text("k") + peers.text("v")
        properties = (
            b"\x01\x01"
            b"\x02"
            + struct.pack(">I", 60)
            + b"\x03"
            + peers.text("text/plain")
            + b"\x08"
            + peers.text("back")
            + b"\x09"
            + peers.text(b"\xff")
            + b"\x26"
            + name_value
            + b"\x26"
            + name_value
            + b"\x0b\x07"
        )
        body = peers.text("t") + peers.variable_byte_integer(len(properties)) + properties + b"p"
        broker = self.serve(after_suback=peers.packet(peers.PUBLISH, body))
        message = json.loads(self.sub(broker, "-t", "t", "-V", 5, "-C", 1, "--json").stdout)
        self.assertEqual(
            message["properties"],
            {
                "payload_format_indicator": 1,
                "message_expiry_interval": 60,
                "content_type": "text/plain",
                "response_topic": "back",
                "correlation_data_base64": "/w==",
                "user_property": [["k", "v"], ["k", "v"]],
                "subscription_identifier": [7],
            },
        )

    def test_output_is_flushed_before_the_acknowledgement(self):
        """A line of a QoS 1 message is in the pipe once the broker has its PUBACK, however sub dies then."""
        acknowledged = []

        def behaviour(connection):
            connection.read()
            connection.send(peers.connack())
            _, _, body = connection.read()
            connection.send(peers.packet(peers.SUBACK, body[:2] + b"\1"))
            for n in range(1, 200):
                connection.send(peers.publish("a", f"{n}", 1, n))
            while True:
                kind, _, body = connection.read()
                if kind == peers.PUBACK:
                    acknowledged.append(int.from_bytes(body[:2], "big"))
                    if len(acknowledged) == 50:
                        os.kill(process.popen.pid, signal.SIGKILL)

        peer = self.enterContext(Peer(behaviour))
        process = self.start(mqtt("sub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-q", 1))
        lines = set(process.result().text.split())
        self.assertGreaterEqual(len(acknowledged), 50)
        self.assertLessEqual({str(n) for n in acknowledged}, lines)

    def test_a_lone_message_appears_at_once(self):
        broker = self.serve(("a", "now"))
        self.start(mqtt("sub", *broker, "-t", "a")).wait_for_output("now\n")

    def test_filters(self):
        broker = self.serve(("a/b", "1"), ("a/c", "2"), ("a/b/d", "3"), ("a/e", "4"))
        self.sub(broker, "-t", "a/#", "-T", "a/c", "-T", "a/b/+", "-C", 2, out="1\n4\n")
        self.sub(broker, "-t", "a/#", "--random-filter", 100, "-C", 4, out="1\n2\n3\n4\n")

    def test_message_rate(self):
        broker = self.serve(("a", "x"))
        self.start(mqtt("sub", *broker, "-t", "a", "--message-rate")).wait_for(lambda p: re.search(rb"\d+\n", p.stdout))


class Terminal(SubCase):
    EVIL = b"red\x1b[31m\x07 \xc2\x9b bell\r"

    def test_control_characters_are_escaped_on_a_terminal(self):
        broker = self.serve(("evil", self.EVIL), ("end", "end"))
        result = self.assert_ok(run_on_terminal(mqtt("sub", *broker, "-t", "#", "-C", 2, "-W", 30)))
        shown = result.stdout.replace(b"\r\n", b"\n")
        for byte in (b"\x07", b"\xc2\x9b", b"\x1b[31m\x07", b"\r"):
            self.assertNotIn(byte, shown)
        self.assertIn(b"red", shown)

    def test_and_raw_in_a_pipe(self):
        self.sub(self.serve(("evil", self.EVIL)), "-t", "#", "-C", 1, out=self.EVIL + b"\n")

    def test_colour_only_on_a_terminal(self):
        broker = self.serve(("a/b", "x"))
        self.assertNotIn(b"\x1b", self.sub(broker, "-t", "#", "-C", 1, "-v").stdout)
        on_terminal = run_on_terminal(mqtt("sub", *broker, "-t", "#", "-C", 1, "-v"))
        self.assertIn(b"\x1b[", on_terminal.stdout)
        without = run_on_terminal(mqtt("sub", *broker, "-t", "#", "-C", 1, "-v"), env={"NO_COLOR": "1"})
        self.assertNotIn(b"\x1b", without.stdout)

    def test_interrupt(self):
        broker = self.serve(("a", "seen"))
        self.assert_ok(run_on_terminal(mqtt("sub", *broker, "-t", "#"), until=b"seen"))

    def test_watch(self):
        broker = self.serve(("a", "1"), ("b", "2"), ("a", "last"))
        self.assertIn(b"last", run_on_terminal(mqtt("sub", *broker, "-t", "#", "-w"), until=b"last").stdout)


class Endings(SubCase):
    def test_count(self):
        self.sub(self.serve(("a", "1"), ("a", "2"), ("a", "3")), "-t", "a", "-C", 2, out="1\n2\n")
        wait_until(lambda: self.packets[-1][0] == peers.DISCONNECT, "DISCONNECT")

    def test_exit_after_subscribe(self):
        self.sub(self.serve(), "-t", "a", "-t", "b", "-E", out="")
        self.assertEqual(sum(kind == peers.SUBSCRIBE for kind, _, _ in self.packets) > 0, True)

    def test_unsubscribe_only(self):
        self.serve()
        self.assertIn(run(mqtt("sub", "-h", "127.0.0.1", "-p", self.peer.port, "-U", "old", "-W", 1)).code, (0, 27))
        self.assertIn(peers.UNSUBSCRIBE, [kind for kind, _, _ in self.packets])

    def test_why_it_ended(self):
        """A 5.0 broker that closes says why; so do we."""
        closing = peers.packet(peers.DISCONNECT, b"\x8b\0")
        result = self.sub(self.serve(after_suback=closing), "-t", "a", "-V", 5, "--no-reconnect", code=7)
        self.assertRegex(result.errors, "(?i)server shutting down")

    def test_two_clients_with_one_identifier(self):
        taken = peers.packet(peers.DISCONNECT, b"\x8e\0")
        process = self.start(mqtt("sub", *self.serve(after_suback=taken), "-t", "a", "-V", 5, "-i", "twin"))
        process.wait_for(lambda p: re.search(rb"(?i)taken over|another client", p.stderr))
        self.assertIn(b"twin", process.stderr)

    def test_two_clients_with_one_identifier_in_3_1_1(self):
        def throws_out(connection):
            connection.read()
            connection.send(peers.connack())
            connection.read()

        peer = self.enterContext(Peer(throws_out))
        process = self.start(mqtt("sub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-i", "twin"))
        process.wait_for(lambda p: re.search(rb"(?i)another client|same client|identifier", p.stderr))

    def test_reconnects_and_subscribes_again(self):
        opened = []

        def behaviour(connection):
            opened.append(connection)
            connection.read()
            connection.send(peers.connack())
            _, _, body = connection.read()
            connection.send(peers.packet(peers.SUBACK, body[:2] + b"\0") + peers.publish("a", f"{len(opened)}"))
            if len(opened) == 2:
                connection.wait_for_end()

        peer = self.enterContext(Peer(behaviour))
        self.sub(["-h", "127.0.0.1", "-p", peer.port], "-t", "a", "-C", 2, out="1\n2\n")


class Expectations(SubCase):
    def test_expect(self):
        broker = self.serve(("a", "booting"), ("b", '{"state": {"on": true, "n": 7}, "name": "x"}'))
        for options, code in (
            (["--expect", "^boot"], 0),
            (["--expect", "^oot"], 1),
            (["--expect-topic", "b"], 0),
            (["--expect-topic", "c"], 1),
            (["--expect-topic", "+"], 0),
            (["--expect", "boot", "--expect-topic", "b"], 1),
            (["--expect-json", "/state/on=true"], 0),
            (["--expect-json", "/state/on=false"], 1),
            (["--expect-json", "/state/n=7", "--expect-json", "/name=x"], 0),
            (["--expect-json", '/name="x"'], 0),
            (["--expect-json", "/missing=1"], 1),
        ):
            with self.subTest(options):
                self.sub(broker, "-t", "#", "-C", 2, *options, code=code)

    def test_expect_none(self):
        broker = self.serve(("a", "ok"), ("a", "error: 5"))
        self.sub(broker, "-t", "#", "-C", 2, "--expect-none", "--expect", "fatal", code=0)
        self.sub(broker, "-t", "#", "-C", 2, "--expect-none", "--expect", "error", code=1)
        self.sub(self.serve(), "-t", "#", "-W", 1, "--expect-none", code=0)

    def test_ends_as_soon_as_it_was_seen(self):
        self.sub(self.serve(("a", "go")), "-t", "#", "--expect", "go", code=0, out="go\n")


class Commands(SubCase):
    def test_command_after_the_subscription(self):
        marker = self.folder / "marker"
        self.sub(self.serve(("a", "x")), "-t", "a", "-C", 1, "--", "touch", str(marker), out="x\n")
        self.assertTrue(marker.exists())

    def test_command_runs_only_when_subscribed(self):
        marker = self.folder / "marker"
        self.sub(self.serve(suback=0x80), "-t", "a", "--", "touch", str(marker), code=77)
        self.assertFalse(marker.exists())

    def test_its_failure_is_ours(self):
        self.sub(self.serve(), "-t", "a", "-C", 1, "--", "sh", "-c", "exit 9", code=9)
        result = self.sub(self.serve(), "-t", "a", "-C", 1, "--", "/no/such/program", code=127)
        self.assertIn("/no/such/program", result.errors)

    def test_ready_fd(self):
        self.start_subscriber(*self.serve(), "-t", "a")
        self.assertIn(peers.SUBSCRIBE, [kind for kind, _, _ in self.packets])
        result = run(mqtt("sub", *self.serve(), "-t", "a", "--ready-fd", 99))
        self.assert_code(result, 64)

    def test_exec(self):
        """No shell; payload on stdin, topic in the environment."""
        out = self.folder / "out"
        script = self.file("handler", f'#!/bin/sh\nprintf "%s=" "$MQTT_TOPIC" >>{out}\ncat >>{out}\necho >>{out}\n')
        os.chmod(script, 0o755)
        self.sub(self.serve(("a/$(id)", "one; two"), ("b", "three")), "-t", "#", "-C", 2, "--exec", script)
        self.assertEqual(out.read_text(), "a/$(id)=one; two\nb=three\n")

    def test_output_dir(self):
        folder = self.folder / "messages"
        folder.mkdir()
        self.sub(
            self.serve(("a/b", "one"), ("../../evil", b"\0\xff"), ("a/b", "three")),
            "-t",
            "#",
            "-C",
            3,
            "--output-dir",
            folder,
        )
        files = [path for path in folder.rglob("*") if path.is_file()]
        self.assertEqual(sorted(path.read_bytes() for path in files), [b"\0\xff", b"one", b"three"])
        self.assertFalse((self.folder.parent / "evil").exists())


class Subscription(SubCase):
    def test_several_topics_and_options(self):
        self.sub(
            self.serve(),
            "-t",
            "a",
            "-t",
            "b/#",
            "-q",
            2,
            "-V",
            5,
            "--retain-as-published",
            "--retain-handling",
            "new",
            "-E",
        )
        subscribed = b"".join(body[2:] for kind, _, body in self.packets if kind == peers.SUBSCRIBE)
        for topic in ("a", "b/#"):
            self.assertIn(peers.text(topic) + bytes([2 | 8 | 1 << 4]), subscribed)

    def test_properties(self):
        self.sub(
            self.serve(),
            "-t",
            "a",
            "-E",
            "-D",
            "subscribe",
            "user-property",
            "k",
            "v",
            "-D",
            "connect",
            "receive-maximum",
            5,
        )
        packets = {kind: body for kind, _, body in self.packets}
        self.assertIn(b"\x26" + peers.text("k") + peers.text("v"), packets[peers.SUBSCRIBE])
        self.assertIn(b"\x21\0\5", packets[peers.CONNECT])
        self.assertEqual(packets[peers.CONNECT][6], 5)


@needs("mosquitto", "openssl")
class Retained(SubCase):
    def setUp(self):
        super().setUp()
        self.broker = self.enterContext(Mosquitto(transports=["tcp"]))
        for topic in ("r/1", "r/2"):
            self.assert_ok(run(mqtt("pub", *self.broker.options(), "-t", topic, "-r", "-q", 1, "-m", topic)))

    def test_retained_only(self):
        result = self.sub(
            self.broker.options(),
            "-t",
            "r/#",
            "-v",
            "--retained-only",
            "--",
            harness.MQTT,
            "pub",
            *self.broker.options(),
            "-t",
            "r/live",
            "-m",
            "live",
        )
        self.assertEqual(sorted(result.text.splitlines()), ["r/1 r/1", "r/2 r/2"])

    def test_hide_retained(self):
        self.sub(
            self.broker.options(),
            "-t",
            "r/#",
            "-R",
            "-C",
            1,
            "--",
            harness.MQTT,
            "pub",
            *self.broker.options(),
            "-t",
            "r/live",
            "-m",
            "live",
            out="live\n",
        )

    def test_remove_retained(self):
        result = self.sub(self.broker.options(), "-t", "r/#", "-T", "r/2", "--remove-retained", "-C", 1)
        self.assertEqual(result.text, "r/1\n")
        self.sub(self.broker.options(), "-t", "r/#", "-W", 1, code=27, out="r/2\n")

    def test_retained_only_ends_where_nothing_is_live(self):
        self.sub(self.broker.options(), "-t", "r/#", "--retained-only", "-W", 1, code=27)


class Debug(SubCase):
    def test_packets_go_to_stderr(self):
        result = self.sub(self.serve(("a", "x")), "-t", "a", "-C", 1, "-d", out="x\n")
        for name in ("CONNECT", "CONNACK", "SUBSCRIBE", "SUBACK", "PUBLISH", "DISCONNECT"):
            self.assertIn(name, result.errors)


if __name__ == "__main__":
    harness.main()
