"""What `mqtt sub` can do beyond printing: expectations, commands, files, retained messages, and when it ends."""
import os
import re

import harness
import peers
from brokers import Mosquitto
from harness import mqtt, needs, run, wait_until
from peers import Peer
from subscribing import SubCase


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
        process.wait_for(lambda p: re.search(rb'another client .*"twin"', p.stderr))

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


if __name__ == "__main__":
    harness.main()
