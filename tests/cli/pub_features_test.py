"""What `mqtt pub` can publish: payloads from everywhere, lines with topics, JSON lines, replays, at a rate, to many."""
import base64
import json
import struct

import harness
import peers
from brokers import Broker
from harness import Case, mqtt, run, wait_until
from peers import Peer
from terminal import run_on_terminal


def decoded(packets, version=4):
    """The PUBLISHes as (topic, payload, qos, retain, properties)."""
    result = []
    for kind, flags, body in packets:
        if kind != peers.PUBLISH:
            continue
        size = struct.unpack_from(">H", body)[0]
        topic, rest = body[2 : 2 + size], body[2 + size :]
        qos = flags >> 1 & 3
        rest = rest[2:] if qos else rest
        properties = b""
        if version == 5:
            # The properties of these tests are shorter than 128 bytes.
            properties, rest = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
        result.append((topic.decode(), bytes(rest), qos, flags & 1, properties))
    return result


class PubCase(Case):
    def setUp(self):
        super().setUp()
        self.packets = []
        self.peer = self.enterContext(Peer(peers.serves(keep=self.packets)))
        self.options = ["-h", "127.0.0.1", "-p", self.peer.port]

    def pub(self, *options, stdin=b"", code=0, version=4):
        """Runs pub to its end; gives back what it published. DISCONNECT is the last packet."""
        self.packets.clear()
        result = self.assert_code(run(mqtt("pub", *self.options, *options), stdin), code)
        if code == 0:
            self.assertEqual((result.text, result.errors), ("", ""))
            wait_until(lambda: self.packets and self.packets[-1][0] == peers.DISCONNECT, "DISCONNECT")
        return decoded(self.packets, version)

    def payloads(self, *options, **more):
        return [payload for _, payload, *_ in self.pub(*options, **more)]


class Payloads(PubCase):
    def test_sources(self):
        content = bytes(range(256))
        path = self.file("payload", content)
        for options, stdin, want in (
            (["-m", "grüße"], b"", "grüße".encode()),
            (["-f", path], b"", content),
            (["-s"], content, content),
            (["-n"], b"", b""),
            (["--message-hex", "00ff10"], b"", b"\0\xff\x10"),
            (["--message-base64", "AP8="], b"", b"\0\xff"),
            (["-f", "-"], content, content),
        ):
            with self.subTest(options):
                self.assertEqual(self.payloads("-t", "a", *options, stdin=stdin), [want])

    def test_lines(self):
        for stdin, want in (
            (b"one\ntwo\n", [b"one", b"two"]),
            (b"one\ntwo", [b"one", b"two"]),
            (b"\n\n", [b"", b""]),
            (b"a\0b\n\xff\n", [b"a\0b", b"\xff"]),
            (b"", []),
            (b"x" * 300_000 + b"\ny\n", [b"x" * 300_000, b"y"]),
            (b"dos\r\n", [b"dos\r"]),
        ):
            with self.subTest(stdin[:20]):
                for qos in (0, 1, 2):
                    self.assertEqual(self.payloads("-t", "a", "-l", "-q", qos, stdin=stdin), want)

    def test_lines_leave_as_they_come(self):
        process = self.start(mqtt("pub", *self.options, "-t", "a", "-l"), stdin=-1)
        for n in range(3):
            process.write(f"{n}\n")
            wait_until(lambda: len(decoded(self.packets)) == n + 1, f"line {n}")
        self.assert_ok(process.result())

    def test_several_topics(self):
        self.assertEqual([m[:2] for m in self.pub("-t", "a", "-t", "b", "-m", "x")], [("a", b"x"), ("b", b"x")])
        self.assertEqual(
            [m[:2] for m in self.pub("-t", "a", "-t", "b", "-l", stdin=b"1\n2\n")],
            [("a", b"1"), ("b", b"1"), ("a", b"2"), ("b", b"2")],
        )

    def test_repeat(self):
        self.assertEqual(
            self.payloads("-t", "a", "-m", "x", "--repeat", 3, "--repeat-delay", 0.01, "-q", 1), [b"x"] * 3
        )

    def test_qos_and_retain(self):
        self.assertEqual(self.pub("-t", "a", "-m", "x", "-q", 2, "-r"), [("a", b"x", 2, 1, b"")])

    def test_topic_in_the_url(self):
        self.options = []
        self.assertEqual(
            [m[:2] for m in self.pub("-L", f"mqtt://127.0.0.1:{self.peer.port}/a%2Fb/c", "-m", "x")], [("a/b/c", b"x")]
        )

    def test_properties(self):
        messages = self.pub(
            "-t",
            "a",
            "-m",
            "x",
            "-D",
            "publish",
            "content-type",
            "text/plain",
            "-D",
            "PUBLISH",
            "user-property",
            "k",
            "v",
            "-D",
            "publish",
            "correlation-data",
            "hex:00ff",
            "-D",
            "publish",
            "message-expiry-interval",
            60,
            version=5,
        )
        properties = messages[0][4]
        for one in (
            b"\x03" + peers.text("text/plain"),
            b"\x26" + peers.text("k") + peers.text("v"),
            b"\x09" + peers.text(b"\0\xff"),
            b"\x02\0\0\0\x3c",
        ):
            self.assertIn(one, properties)

    def test_option_spellings(self):
        for options in (["--topic=a", "--message=x"], ["-ta", "-mx"], ["-t", "a", "-rm", "x"]):
            with self.subTest(options):
                self.assertEqual(self.pub(*options)[0][:2], ("a", b"x"))

    def test_options_file(self):
        path = self.file("options", "# a comment\n-t a\n-q 1\n")
        self.assertEqual(self.pub("-o", path, "-m", "x"), [("a", b"x", 1, 0, b"")])

    def test_environment(self):
        result = run(
            mqtt("pub", "-t", "a", "-m", "x"), env={"MQTT_HOST": "127.0.0.1", "MQTT_PORT": str(self.peer.port)}
        )
        self.assert_ok(result)
        wait_until(lambda: decoded(self.packets), "the message")
        result = run(mqtt("pub", "-t", "a", "-m", "x", *self.options), env={"MQTT_HOST": "no-such-host.invalid"})
        self.assert_ok(result)


class LinesWithTopics(PubCase):
    def test_topic_separator(self):
        stdin = b"a/b|one|two\nc| three\nd|\n"
        self.assertEqual(
            [m[:2] for m in self.pub("-l", "--topic-separator", "|", stdin=stdin)],
            [("a/b", b"one|two"), ("c", b" three"), ("d", b"")],
        )
        self.assertEqual([m[:2] for m in self.pub("-l", "--topic-separator", "\t", stdin=b"a\tx y\n")], [("a", b"x y")])

    def test_good_lines_before_a_bad_one_are_published(self):
        self.assertEqual(
            self.payloads("-l", "--topic-separator", "|", "-q", 1, stdin=b"a|1\nb|2\nnone\n", code=65), [b"1", b"2"]
        )


class JsonLines(PubCase):
    def test_fields(self):
        lines = [
            {"topic": "a", "payload": "x\n\u20ac"},
            {"topic": "b", "payload_base64": base64.b64encode(b"\0\xff").decode(), "qos": 1},
            {"topic": "c", "retain": True, "unknown": [1, {"x": 2}]},
            {"payload": "last", "topic": "d", "qos": 2},
        ]
        stdin = "".join(json.dumps(line) + "\n" for line in lines)
        self.assertEqual(
            self.pub("--jsonl", stdin=stdin),
            [
                ("a", "x\n\u20ac".encode(), 0, 0, b""),
                ("b", b"\0\xff", 1, 0, b""),
                ("c", b"", 0, 1, b""),
                ("d", b"last", 2, 0, b""),
            ],
        )

    def test_properties(self):
        line = {
            "topic": "a",
            "payload": "x",
            "properties": {
                "payload_format_indicator": 1,
                "message_expiry_interval": 60,
                "content_type": "t",
                "response_topic": "r",
                "correlation_data_base64": "/w==",
                "user_property": [["k", "v"], ["k", "w"]],
            },
        }
        properties = self.pub("--jsonl", "-V", 5, stdin=json.dumps(line) + "\n", version=5)[0][4]
        for one in (
            b"\1\1",
            b"\2\0\0\0\x3c",
            b"\3" + peers.text("t"),
            b"\x08" + peers.text("r"),
            b"\x09" + peers.text(b"\xff"),
            b"\x26" + peers.text("k") + peers.text("v"),
            b"\x26" + peers.text("k") + peers.text("w"),
        ):
            self.assertIn(one, properties)

    def test_properties_that_cannot_be_sent_are_named_once(self):
        line = '{"topic":"a","payload":"x","properties":{"content_type":"t"}}\n'
        broker = self.enterContext(Broker())
        result = self.assert_ok(run(mqtt("pub", *broker.options(), "--jsonl"), 2 * line))
        self.assertRegex(result.errors, r"\Amqtt pub: standard input, line 1: properties need MQTT 5 .*\n\Z")

    def test_sub_json_to_pub_jsonl_mirrors_a_broker(self):
        here, there = self.enterContext(Broker()), self.enterContext(Broker())
        sent = "".join(
            json.dumps(
                {
                    "topic": f"t/{n}",
                    "payload_base64": base64.b64encode(bytes([n, 255, 0])).decode(),
                    "qos": n % 3,
                    "properties": {"user_property": [["n", str(n)]]},
                }
            )
            + "\n"
            for n in range(100)
        )
        tap = self.start_subscriber(*here.options(), "-V", 5, "-t", "#", "-q", 2, "--json", "-C", 100, "-W", 60)
        goal = self.start_subscriber(*there.options(), "-V", 5, "-t", "#", "-q", 2, "--json", "-C", 100, "-W", 60)
        self.assert_ok(run(mqtt("pub", *here.options(), "-V", 5, "--jsonl"), sent))
        mirrored = self.assert_ok(tap.result())
        self.assert_ok(run(mqtt("pub", *there.options(), "-V", 5, "--jsonl"), mirrored.stdout))

        def essence(text):
            return sorted(
                (m["topic"], m.get("payload_base64", m.get("payload")), m["qos"], json.dumps(m["properties"]))
                for m in map(json.loads, text.splitlines())
            )

        self.assertEqual(essence(self.assert_ok(goal.result()).text), essence(mirrored.text))
        self.assertEqual(len(mirrored.text.splitlines()), 100)

    def test_replay(self):
        times = ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00.5Z", "2024-05-01T10:00:01.250000Z")
        stdin = "".join(
            json.dumps({"time": time, "topic": "a", "payload": str(n)}) + "\n" for n, time in enumerate(times)
        )
        self.assertEqual(self.payloads("--jsonl", "--replay", "--speed", 10, stdin=stdin), [b"0", b"1", b"2"])
        for time in ("yesterday", "9999-12-31T23:59:59Z"):
            line = json.dumps({"topic": "a", "time": time}) + "\n"
            self.assertEqual(self.payloads("--jsonl", "--replay", stdin=line, code=65), [])


class Pace(PubCase):
    def test_rate(self):
        lines = b"".join(b"%d\n" % n for n in range(20))
        self.assertEqual(self.payloads("-t", "a", "-l", "--rate", "100/s", stdin=lines), lines.split())
        self.assertEqual(self.payloads("-t", "a", "-l", "--rate", "50", stdin=lines), lines.split())

    def test_progress_is_for_terminals(self):
        lines = self.file("lines", b"x\n" * 1000)
        command = [
            "sh",
            "-c",
            f'exec "$0" "$@" <{lines}',
            *mqtt("pub", *self.options, "-t", "a", "-q", 1, "-l", "--progress"),
        ]
        self.assertIn(b"1000", run_on_terminal(command).stdout.replace(b",", b""))
        self.assertEqual(self.pub("-t", "a", "-l", "--progress", stdin=b"x\n"), [("a", b"x", 0, 0, b"")])


class Refusals(PubCase):
    def test_a_refused_publish_does_not_stop_the_rest(self):
        peer = self.enterContext(Peer(peers.serves(puback=0x87, keep=self.packets)))
        result = self.assert_code(
            run(mqtt("pub", "-h", "127.0.0.1", "-p", peer.port, "-V", 5, "-t", "a", "-q", 1, "-l"), b"1\n2\n3\n"), 77
        )
        self.assertEqual(len(decoded(self.packets, 5)), 3)
        self.assertRegex(result.errors, "(?i)not authori[sz]ed")

    def test_signal_ends_in_order(self):
        process = self.start(mqtt("pub", *self.options, "-t", "a", "-l"), stdin=-1)
        process.write("1\n")
        wait_until(lambda: decoded(self.packets), "the line")
        process.signal(2)
        process.popen.wait(harness.PATIENCE)
        self.assert_ok(process.result())
        wait_until(lambda: self.packets[-1][0] == peers.DISCONNECT, "DISCONNECT")

    def test_empty_stdin_is_no_message(self):
        result = run(mqtt("pub", *self.options, "-t", "a", "-s"))
        self.assertNotEqual(result.code, 0)
        self.assertNotEqual(result.errors, "")


if __name__ == "__main__":
    harness.main()
