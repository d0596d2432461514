"""What `mqtt sub` writes: formats, JSON, on a terminal and in a pipe, and when."""
import json
import re
import signal
import struct

import harness
import peers
from harness import mqtt, run, wait_until
from peers import Peer
from subscribing import SubCase
from terminal import run_on_terminal


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

    def test_pretty_json(self):
        broker = self.serve(("a/b", "1"), ("a/c", "2"))
        text = self.sub(broker, "-t", "#", "-C", 2, "--json", "--pretty").text
        shown = re.sub(r'"time":\t"[^"]*"', '"time":\t"now"', text)
        one = '{\n\t"time":\t"now",\n\t"topic":\t"%s",\n\t"qos":\t0,\n\t"retain":\tfalse,\n\t"dup":\tfalse,\n\t"payload":\t"%d"\n}\n'
        self.assertEqual(shown, one % ("a/b", 1) + one % ("a/c", 2))

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

        peer = self.enterContext(Peer(behaviour))
        process = self.start(mqtt("sub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-q", 1))
        wait_until(lambda: len(acknowledged) >= 50, "fifty acknowledgements")
        lines = set(process.signal(signal.SIGKILL).result().text.split())
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


class Debug(SubCase):
    def test_packets_go_to_stderr(self):
        result = self.sub(self.serve(("a", "x")), "-t", "a", "-C", 1, "-d", out="x\n")
        for name in ("CONNECT", "CONNACK", "SUBSCRIBE", "SUBACK", "PUBLISH", "DISCONNECT"):
            self.assertIn(name, result.errors)


if __name__ == "__main__":
    harness.main()
