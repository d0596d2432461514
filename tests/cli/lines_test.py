"""200,000 lines through a network that breaks fifty times, and through a broker that is killed: all arrive."""
import threading

import harness
import peers
from brokers import Broker, Mosquitto
from harness import Case, mqtt, needs, payloads, run, wait_until
from peers import Peer
from proxy import Proxy

LINES = 200_000
CUTS = 50
# What a line takes on the wire at the least, PUBLISH and its acknowledgements: what the fifty cuts are spread over.
BYTES = {1: 18, 2: 26}


def numbered(count):
    return b"".join(b"%07d\n" % n for n in range(count))


class Lines(Case):
    """Compares what should have come with what came. `bounds` are pub's options for what is in flight."""

    bounds = []

    def assert_all(self, got, count, qos):
        """At QoS 1 each at least once, at QoS 2 each once."""
        want = [b"%07d" % n for n in range(count)]
        missing = set(want) - set(got)
        self.assertEqual(len(missing), 0, f"lost: {sorted(missing)[:5]} …")
        self.assertEqual(len(set(got) - set(want)), 0, "lines that nobody sent")
        if qos == 2:
            self.assertEqual(len(got), count, "some came twice")

    def publish_through_cuts(self, broker, qos, *options):
        """Our pub through the cuts, a subscriber of ours straight at the broker."""
        sub = self.start_subscriber(*broker.options(), "-t", "lines", "-q", qos, *options)
        cuts = self.enterContext(Proxy(broker.ports["tcp"], cuts=CUTS, within=BYTES[qos] * LINES, seed=qos))
        self.assert_ok(
            run(
                mqtt(
                    "pub",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    cuts.port,
                    "-t",
                    "lines",
                    "-q",
                    qos,
                    "-l",
                    "-c",
                    "-i",
                    f"lines-{qos}",
                    *self.bounds,
                    *options,
                ),
                numbered(LINES),
                timeout=400,
            )
        )
        self.assertEqual(cuts.cuts, CUTS)
        # The last line was acknowledged, so it is on its way: one more after it says that all are through.
        self.assert_ok(run(mqtt("pub", *broker.options(), "-t", "lines", "-q", qos, "-m", "end")))
        sub.wait_for(lambda p: p.stdout.endswith(b"end\n"), 120)
        self.assert_all(bytes(sub.stdout).split(b"\n")[:-2], LINES, qos)

    def subscribe_through_cuts(self, broker, qos, *options, exactly_once=False):
        """Our sub through the cuts with a session that lasts, a publisher straight at the broker."""
        cuts = self.enterContext(Proxy(broker.ports["tcp"], cuts=CUTS, within=BYTES[qos] * LINES, seed=10 + qos))
        sub = self.start_subscriber(
            "-h", "127.0.0.1", "-p", cuts.port, "-t", "lines", "-q", qos, "-c", "-i", f"reader-{qos}", *options
        )
        pub = self.start(mqtt("pub", *broker.options(), "-t", "lines", "-q", qos, "-l", *self.bounds), stdin=-1)
        # mosquitto numbers what it queues: with more than 65,535 waiting, identifiers come twice and messages are lost.
        lines = numbered(LINES)
        for start in range(0, len(lines), 8 * 10_000):
            pub.write(lines[start : start + 8 * 10_000])
            sub.wait_for(lambda p: len(p.stdout) > start - 8 * 20_000, 120)
        self.assert_ok(pub.result(120))
        self.assert_ok(run(mqtt("pub", *broker.options(), "-t", "lines", "-q", qos, "-m", "end")))
        sub.wait_for(lambda p: p.stdout.endswith(b"end\n"), 400)
        self.assertEqual(cuts.cuts, CUTS)
        self.assert_all(bytes(sub.stdout).split(b"\n")[:-2], LINES, 2 if exactly_once else 1)


@needs("mosquitto", "openssl")
class ThroughMosquitto(Lines):
    bounds = ["-M", 1000]

    def broker(self, **options):
        # Nothing is dropped for want of room. mosquitto searches what is in flight message by message, and closes where
        # a 3.x client has more: these tests are about cuts, so both sides agree on a thousand.
        return self.enterContext(
            Mosquitto("max_queued_messages 0", "max_inflight_messages 1000", transports=["tcp"], **options)
        )

    def test_pub_qos_1(self):
        self.publish_through_cuts(self.broker(), 1)

    def test_pub_qos_2(self):
        self.publish_through_cuts(self.broker(), 2)

    def test_pub_qos_2_version_5(self):
        self.publish_through_cuts(self.broker(), 2, "-V", "5", "-x", "600")

    def test_sub_qos_1(self):
        self.subscribe_through_cuts(self.broker(), 1)

    def test_sub_qos_2(self):
        """Each arrives, though not each once: mosquitto 2.0.11 forgets a PUBREC when the connection is cut again before
        its PUBREL went out, and publishes anew what was complete. Against our broker each comes once.
        """
        self.subscribe_through_cuts(self.broker(), 2)

    def kill_in_the_middle(self, qos):
        """kill -9 while lines are on their way. What the broker has acknowledged is in its store, because nothing
        passes between the last write of the store and the kill; what is on the way then is lost with the connections.
        """
        broker = self.broker(persistence=True)
        near = self.enterContext(Proxy(broker.ports["tcp"]))
        far = self.enterContext(Proxy(broker.ports["tcp"]))
        sub = self.start_subscriber("-h", "127.0.0.1", "-p", far.port, "-t", "lines", "-q", qos, "-c", "-i", "reader")
        pub = self.start(
            mqtt(
                "pub",
                "-h",
                "127.0.0.1",
                "-p",
                near.port,
                "-t",
                "lines",
                "-q",
                qos,
                "-l",
                "-c",
                "-i",
                "writer",
                *self.bounds,
            ),
            stdin=-1,
        )
        writer = threading.Thread(target=lambda: pub.write(numbered(LINES)).popen.stdin.close(), daemon=True)
        writer.start()
        for part in (LINES // 4, LINES // 2):
            sub.wait_for(lambda p: p.stdout.count(b"\n") > part, 120)
            near.hold()
            far.hold()
            broker.save()
            broker.kill()
            near.cut_all()
            far.cut_all()
            near.release()
            far.release()
            broker.restart()
        writer.join(300)
        self.assert_ok(pub.result(300))
        self.assert_ok(run(mqtt("pub", *broker.options(), "-t", "lines", "-q", qos, "-m", "end")))
        sub.wait_for(lambda p: p.stdout.endswith(b"end\n"), 300)
        self.assert_all(bytes(sub.stdout).split(b"\n")[:-2], LINES, qos)

    def test_broker_is_killed_qos_1(self):
        self.kill_in_the_middle(1)

    def test_broker_is_killed_qos_2(self):
        self.kill_in_the_middle(2)

    @needs("mosquitto_sub")
    def test_mosquitto_sub_gets_them_all(self):
        broker = self.broker()
        sub = self.mosquitto_subscriber(broker, *broker.peer_options(), "-t", "lines", "-q", "2", "-C", LINES)
        self.assert_ok(
            run(
                mqtt("pub", *broker.options(), "-t", "lines", "-q", 2, "-l", *self.bounds), numbered(LINES), timeout=300
            )
        )
        self.assertEqual(payloads(sub.result(300).stdout), numbered(LINES).split())


class ThroughOurBroker(Lines):
    def test_pub_qos_1(self):
        self.publish_through_cuts(self.enterContext(Broker()), 1)

    def test_pub_qos_2(self):
        self.publish_through_cuts(self.enterContext(Broker()), 2)

    def test_sub_qos_2(self):
        self.subscribe_through_cuts(self.enterContext(Broker()), 2, exactly_once=True)

    def test_a_new_session_gets_what_was_not_acknowledged(self):
        """The broker forgets everything in the middle; the lines that it had not acknowledged go to the next one."""
        packets = []
        first = self.enterContext(Peer(peers.serves(keep=packets, close_after=10)))
        second_broker = self.enterContext(Broker())
        sub = self.start_subscriber(*second_broker.options(), "-t", "lines", "-q", 1)

        gate = self.enterContext(Proxy(first.port))
        pub = self.start(mqtt("pub", "-h", "127.0.0.1", "-p", gate.port, "-t", "lines", "-q", 1, "-l"), stdin=-1)
        pub.write(numbered(1000))
        wait_until(lambda: sum(kind == peers.PUBLISH for kind, _, _ in packets) >= 10, "ten lines")
        gate.redirect(second_broker.ports["tcp"])
        self.assert_ok(pub.result())
        self.assert_ok(run(mqtt("pub", *second_broker.options(), "-t", "lines", "-q", 1, "-m", "end")))
        sub.wait_for_output("end\n")
        got = set(bytes(sub.stdout).split())
        # The nine before the tenth were acknowledged by the first broker.
        self.assertLessEqual(set(numbered(1000).split()[9:]), got)


class WhatPubSays(Case):
    def test_how_many_lines_were_acknowledged(self):
        peer = self.enterContext(Peer(peers.serves(close_after=6)))
        result = self.assert_code(
            run(
                mqtt("pub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-q", 1, "-l", "--no-reconnect"),
                numbered(20),
            ),
            7,
        )
        self.assertRegex(result.errors, r"\b5\b")

    def test_duplicates_are_marked(self):
        """What is sent again carries DUP and its packet identifier, in the same order."""
        packets = []

        def behaviour(connection):
            first = not packets
            while True:
                kind, flags, body = connection.read()
                packets.append((kind, flags, body))
                if kind == peers.CONNECT:
                    connection.send(peers.connack(session_present=0 if first else 1))
                elif kind == peers.PUBLISH:
                    if first and sum(k == peers.PUBLISH for k, _, _ in packets) == 3:
                        return
                    if not first:
                        connection.send(peers.packet(peers.PUBACK, body[3:5]))

        peer = self.enterContext(Peer(behaviour))
        self.assert_ok(
            run(
                mqtt("pub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-q", 1, "-l", "-c", "-i", "x"), b"1\n2\n3\n"
            )
        )
        published = [(flags >> 3, body[3:]) for kind, flags, body in packets if kind == peers.PUBLISH]
        self.assertEqual([dup for dup, _ in published], [0, 0, 0, 1, 1, 1])
        self.assertEqual([body for _, body in published[:3]], [body for _, body in published[3:]])

    def test_memory_is_bounded(self):
        """Two million lines pass through less than 16 MiB."""
        received = 0

        def counts(connection):
            nonlocal received
            connection.read()
            connection.send(peers.connack())
            while data := connection.socket.recv(1 << 18):
                received += len(data)

        peer = self.enterContext(Peer(counts))
        pub = self.start(mqtt("pub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-l"), stdin=-1)
        for _ in range(100):
            pub.write(numbered(20_000))
        # PUBLISH: two bytes of header, three of topic, seven of payload.
        wait_until(lambda: received == 2_000_000 * 12, "all lines")
        with open(f"/proc/{pub.popen.pid}/status") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        self.assertLess(peak, 16 * 1024)
        self.assert_ok(pub.result())


if __name__ == "__main__":
    harness.main(at_a_time=2)
