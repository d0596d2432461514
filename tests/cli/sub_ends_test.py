"""What `mqtt sub` has acknowledged when it ends, with what exit code, and what becomes of the programs it started."""
import os
import subprocess
import time

import harness
import peers
from brokers import Mosquitto
from harness import Case, mqtt, needs, run, wait_until
from peers import Peer


def delivers(messages, codes=None, keep=None, on_acknowledgement=None):
    """A 3.1.1 broker that sends (topic, payload, qos) with packet identifiers from 1, all in one piece with SUBACK.
    Returns the identifiers of PUBACK and PUBREC in the list `keep`."""

    def behaviour(connection):
        while True:
            kind, _, body = connection.read()
            if kind == peers.CONNECT:
                connection.send(peers.connack())
            elif kind == peers.SUBSCRIBE:
                granted = codes or peers.requested_qos(body, 4)
                data = peers.packet(peers.SUBACK, body[:2] + bytes(granted))
                for identifier, (topic, payload, qos) in enumerate(messages, 1):
                    data += peers.publish(topic, payload, qos, identifier)
                connection.send(data)
            elif kind in (peers.PUBACK, peers.PUBREC) and keep is not None:
                keep.append(int.from_bytes(body[:2], "big"))
                if on_acknowledgement:
                    on_acknowledgement()
            elif kind == peers.PINGREQ:
                connection.send(peers.packet(peers.PINGRESP))
            elif kind == peers.DISCONNECT:
                if keep is not None:
                    keep.append("DISCONNECT")
                return

    return behaviour


class EndCase(Case):
    def setUp(self):
        super().setUp()
        self.seen = []

    def serve(self, *messages, **options):
        peer = self.enterContext(Peer(delivers(messages, keep=self.seen, **options)))
        return ["-h", "127.0.0.1", "-p", peer.port, "-t", "#"]

    def sub(self, broker, *options, code=0, **more):
        return self.assert_code(run(mqtt("sub", *broker, "-W", 30, *options), **more), code)

    def wait_for_end(self):
        wait_until(lambda: self.seen[-1:] == ["DISCONNECT"], "DISCONNECT")


class Acknowledgements(EndCase):
    MESSAGES = [("a", "1", 1), ("a", "2", 2), ("a", "3", 1), ("a", "4", 0), ("a", "5", 1)]

    def test_none_beyond_the_count(self):
        """The broker keeps what was not shown."""
        result = self.sub(self.serve(*self.MESSAGES), "-q", 2, "-C", 2)
        self.wait_for_end()
        self.assertEqual((result.text, self.seen), ("1\n2\n", [1, 2, "DISCONNECT"]))

    def test_filtered_out_ones_in_their_order(self):
        result = self.sub(self.serve(("a", "1", 1), ("b", "2", 1), ("a", "3", 1)), "-q", 1, "-T", "b", "-C", 2)
        self.wait_for_end()
        self.assertEqual((result.text, self.seen), ("1\n3\n", [1, 2, 3, "DISCONNECT"]))

    def test_none_that_could_not_be_written(self):
        with open("/dev/full", "wb") as full:
            process = subprocess.run(
                mqtt("sub", *self.serve(*self.MESSAGES), "-q", 2),
                stdout=full,
                stderr=subprocess.PIPE,
                timeout=harness.PATIENCE,
                env=harness.environment(),
            )
        self.assertEqual(process.returncode, 74)
        self.assertIn(b"No space left on device", process.stderr)
        self.wait_for_end()
        self.assertEqual(self.seen, ["DISCONNECT"])

    def test_after_the_command_has_ended(self):
        done = self.folder / "done"
        lengths = []
        script = self.file("handler", f"#!/bin/sh\ncat >>{done}\n")
        os.chmod(script, 0o755)
        broker = self.serve(
            ("a", "one", 1), ("a", "two", 1), on_acknowledgement=lambda: lengths.append(done.stat().st_size)
        )
        self.sub(broker, "-q", 1, "-C", 2, "--exec", script)
        self.wait_for_end()
        self.assertEqual(self.seen, [1, 2, "DISCONNECT"])
        self.assertGreaterEqual(lengths[0], 3)
        self.assertEqual(lengths[1], 6)

    def test_after_the_file_is_there(self):
        folder = self.folder / "messages"
        counts = []
        broker = self.serve(("a", "1", 1), on_acknowledgement=lambda: counts.append(len(list(folder.iterdir()))))
        self.sub(broker, "-q", 1, "-C", 1, "--output-dir", folder)
        self.wait_for_end()
        self.assertEqual(counts, [1])
        self.assertEqual([path.name for path in folder.iterdir()], ["0000000001-a"])


class Endings(EndCase):
    def test_reader_that_goes_away_while_nothing_comes(self):
        reading, writing = os.pipe()
        process = subprocess.Popen(mqtt("sub", *self.serve()), stdout=writing, env=harness.environment())
        os.close(writing)
        os.close(reading)
        self.assertEqual(process.wait(harness.PATIENCE), 0)

    def test_reader_that_goes_away_between_messages(self):
        result = run(["sh", "-c", '{ "$@"; echo $? >&2; } | head -n 1', "sh", *mqtt("sub", *self.serve(("a", "1", 0)))])
        self.assertEqual((result.text, result.errors), ("1\n", "0\n"))

    def test_some_subscriptions_denied(self):
        broker = self.serve(("a", "1", 0), codes=[0, 0x80])
        result = self.sub(broker, "-t", "secret", "-C", 1, code=77)
        self.assertEqual(result.text, "1\n")
        self.assertIn('"secret" was denied', result.errors)
        self.assertNotIn('"#"', result.errors)

    def test_lower_qos_is_told(self):
        self.assertIn('"#" was granted QoS 1', self.sub(self.serve(codes=[1]), "-q", 2, "-E").errors)
        self.assertEqual(self.sub(self.serve(), "-q", 2, "-E").errors, "")

    def test_what_was_expected_is_told(self):
        result = self.sub(self.serve(("a", "1", 0)), "-C", 1, "--expect", "^2$", "--expect-topic", "a", code=1)
        self.assertEqual(
            result.errors,
            'mqtt sub: expected a message on a topic matching "a" with a payload matching "^2$"; '
            "it was not among 1 message\n",
        )
        result = self.sub(self.serve(("a", "1", 0)), "--expect-none", code=1)
        self.assertIn('a message came on topic "a" although none was expected', result.errors)


class Programs(EndCase):
    def test_success_ends_what_waits_for_nothing(self):
        result = run(mqtt("sub", *self.serve(("a", "1", 0), ("a", "2", 1)), "-q", 1, "--", "true"))
        self.assert_ok(result)
        self.assertEqual(result.text, "1\n2\n")

    def test_failure_is_ours(self):
        self.sub(self.serve(), "--", "sh", "-c", "exit 5", code=5)
        self.sub(self.serve(), "--", "sh", "-c", "kill -9 $$", code=137)
        self.sub(self.serve(("a", "1", 0)), "-C", 1, "--", "sh", "-c", "exit 5", code=5)

    def test_one_that_goes_on_is_ended(self):
        mark = self.folder / "pid"
        self.sub(self.serve(("a", "1", 0)), "-C", 1, "--", "sh", "-c", f"echo $$ >{mark}; exec sleep 1000")
        self.assertRaises(ProcessLookupError, os.kill, int(mark.read_text()), 0)

    def test_it_has_neither_our_connection_nor_our_signals(self):
        script = "ls -l /proc/self/fd | grep -c socket; grep SigIgn /proc/self/status"
        result = run(mqtt("sub", *self.serve(), "--", "sh", "-c", script))
        sockets, ignored = result.text.splitlines()
        self.assertEqual(sockets, "0")
        self.assertEqual(int(ignored.split()[1], 16) >> 12 & 1, 0)

    def test_exec_failure_is_the_exit_code(self):
        result = self.sub(self.serve(("a", "1", 0), ("b", "2", 0)), "-C", 2, "--exec", "sh -c 'exit $(cat)'", code=1)
        self.assertEqual(result.errors.count("ended with status"), 2)

    def test_exec_leaves_what_its_time_does_not_suffice_for(self):
        started = time.monotonic()
        result = run(mqtt("sub", *self.serve(("a", "1", 1), ("a", "2", 1)), "-q", 1, "-W", 1, "--exec", "sleep 1000"))
        self.assert_code(result, 27)
        self.assertIn("1 message was not given to the command", result.errors)
        self.assertLess(time.monotonic() - started, 30)
        self.wait_for_end()
        self.assertEqual(self.seen, ["DISCONNECT"])


@needs("mosquitto", "openssl")
class OneIdentifier(Case):
    def test_two_clients(self):
        broker = self.enterContext(Mosquitto(transports=["tcp"]))
        for version in ("311", "5"):
            with self.subTest(version=version):
                command = mqtt("sub", *broker.options(), "-V", version, "-i", "twin", "-t", "a")
                twins = [self.start(command), self.start(command)]
                wait_until(lambda: any(twin.ended() for twin in twins), "one to give way")
                loser = next(twin for twin in twins if twin.ended()).result()
                self.assert_code(loser, 7)
                self.assertRegex(loser.errors, 'another client .*"twin"')
                for twin in twins:
                    twin.popen.kill()


if __name__ == "__main__":
    harness.main(at_a_time=4)
