"""A broker that ends one connection after the other: what it does not bear is named, and the attempts come to an end."""
import select

import harness
import peers
from brokers import Broker
from harness import Case, mqtt, run, wait_until
from peers import Peer


def identifier_of(body):
    """The packet identifier in a PUBLISH with QoS 1 or 2."""
    end = 2 + int.from_bytes(body[:2], "big")
    return body[end : end + 2]


def refuses_by_closing(what, keep=None):
    """Acknowledges each publish with QoS 1, but closes on one whose payload ends with `what`."""

    def behaviour(connection):
        while True:
            kind, flags, body = connection.read()
            if kind == peers.CONNECT:
                connection.send(peers.connack(version=connection.version))
            elif kind == peers.PUBLISH and flags & 6:
                if body.endswith(what):
                    return
                if keep is not None:
                    keep.append(body)
                connection.send(peers.packet(peers.PUBACK, identifier_of(body)))
            elif kind == peers.DISCONNECT:
                return

    return behaviour


def dies_of(what, keep):
    """As above, but acknowledges only once nothing more comes: it takes all in between with it."""

    def behaviour(connection):
        connection.read()
        connection.send(peers.connack())
        waiting = []
        while True:
            if not select.select([connection.socket], [], [], 0.2)[0]:
                keep.extend(waiting)
                connection.send(b"".join(peers.packet(peers.PUBACK, identifier_of(body)) for body in waiting))
                waiting = []
            kind, _, body = connection.read()
            if kind == peers.DISCONNECT or (kind == peers.PUBLISH and body.endswith(what)):
                return
            if kind == peers.PUBLISH:
                waiting.append(body)

    return behaviour


def closes_after(*kinds_of_answer, deliver=b""):
    """Answers CONNECT, and SUBSCRIBE where told so; sends `deliver`, and closes."""

    def behaviour(connection):
        connection.read()
        connection.send(peers.connack(version=connection.version))
        body = connection.read()[2]
        if peers.SUBACK in kinds_of_answer:
            connection.send(peers.packet(peers.SUBACK, body[:2] + b"\0") + deliver)

    return behaviour


class LossCase(Case):
    def peer(self, behaviour):
        return self.enterContext(Peer(behaviour))

    @staticmethod
    def at(peer):
        return ["-h", "127.0.0.1", "-p", peer.port, "-t", "a"]


class Messages(LossCase):
    def test_a_line_is_named(self):
        peer = self.peer(refuses_by_closing(b"bad"))
        result = self.assert_code(run(mqtt("pub", *self.at(peer), "-q", 1, "-l"), "1\n2\nbad\n4\n5\n"), 7)
        told = 'without acknowledging standard input, line 3 (topic "a", 3 bytes)'
        self.assertEqual([told in line for line in result.errors.splitlines()].count(True), 2, repr(result))
        self.assertIn("2 of 5 lines were acknowledged", result.errors)
        self.assertLessEqual(peer.connections, 8)

    def test_a_line_with_its_topic(self):
        peer = self.peer(refuses_by_closing(b"bad"))
        lines = '{"topic":"b","payload":"0"}\n{"topic":"b/\\u0007","qos":1,"payload":"so bad"}\n'
        result = self.assert_code(run(mqtt("pub", *self.at(peer)[:4], "--jsonl"), lines), 7)
        self.assertIn('standard input, line 2 (topic "b/\\u0007", 6 bytes)', result.errors)

    def test_the_lines_around_it_get_through(self):
        """The broker takes several with it, so they are sent one by one until it shows which it is."""
        kept = []
        peer = self.peer(dies_of(b"bad", kept))
        result = self.assert_code(run(mqtt("pub", *self.at(peer), "-q", 1, "-l"), "1\n2\n3\nbad\n5\n"), 7)
        self.assertIn("line 4 ", result.errors)
        self.assertEqual([body[-1:] for body in kept], [b"1", b"2", b"3"])

    def test_a_single_message(self):
        peer = self.peer(refuses_by_closing(b"bad"))
        result = self.assert_code(run(mqtt("pub", *self.at(peer), "-q", 1, "-m", "bad", "--reconnect")), 7)
        self.assertIn('without acknowledging the message (topic "a", 3 bytes)', result.errors)

    def test_without_reconnecting_one_loss_is_the_end(self):
        peer = self.peer(refuses_by_closing(b"bad"))
        self.assert_code(run(mqtt("pub", *self.at(peer), "-q", 1, "-l", "--no-reconnect"), "bad\n"), 7)
        self.assertEqual(peer.connections, 1)

    def test_a_broker_that_comes_to_its_senses(self):
        """Four losses, then it takes the message after all."""
        kept = []

        def behaviour(connection):
            refuses_by_closing(b"bad" if peer.connections < 5 else b"never", kept)(connection)

        peer = self.peer(behaviour)
        result = self.assert_ok(run(mqtt("pub", *self.at(peer), "-q", 1, "-l"), "1\nbad\n3\n"))
        self.assertEqual([body[5:] for body in kept], [b"1", b"bad", b"3"])
        self.assertIn("line 2 ", result.errors)


class Subscriptions(LossCase):
    def test_the_subscription_is_named(self):
        for version in ("311", "5"):
            peer = self.peer(closes_after(peers.CONNACK))
            result = self.assert_code(run(mqtt("sub", *self.at(peer), "-V", version)), 7)
            self.assertIn("without answering our SUBSCRIBE", result.errors)
            self.assertEqual(peer.connections, 6)


class Identifiers(LossCase):
    def fight(self, deliver=b""):
        peer = self.peer(closes_after(peers.CONNACK, peers.SUBACK, deliver=deliver))
        result = self.assert_code(run(mqtt("sub", *self.at(peer), "-i", "mine")), 7)
        self.assertIn('another client may be using the client identifier "mine"', result.errors)
        return peer

    def test_closed_after_suback(self):
        self.assertEqual(self.fight().connections, 6)

    def test_retained_messages_come_each_time(self):
        self.assertEqual(self.fight(peers.publish("a", "old", flags=1)).connections, 6)

    def test_messages_come_through(self):
        self.assertEqual(self.fight(peers.publish("a", "new")).connections, 20)

    def test_nobody_has_an_identifier_that_was_made_up(self):
        peer = self.peer(closes_after(peers.CONNACK, peers.SUBACK))
        sub = self.start(mqtt("sub", *self.at(peer)))
        wait_until(lambda: peer.connections > 6, "the seventh attempt")
        self.assertFalse(sub.ended(), sub.so_far())
        self.assertNotIn(b"identifier", sub.stderr)

    def test_under_a_mosquitto_name_it_goes_on(self):
        link = self.folder / "mosquitto_sub"
        link.symlink_to(harness.MQTT)
        peer = self.peer(closes_after(peers.CONNACK, peers.SUBACK))
        sub = self.start([str(link), *map(str, self.at(peer)), "-i", "mine"])
        wait_until(lambda: peer.connections > 6, "the seventh attempt")
        self.assertFalse(sub.ended(), sub.so_far())
        self.assertIn(b'another client may be using the client identifier "mine"', sub.stderr)

    def test_two_of_ours(self):
        """One of them gives way; the other one stays."""
        broker = self.enterContext(Broker())
        command = mqtt("sub", *broker.options(), "-i", "twin", "-t", "a")
        twins = [self.start(command), self.start(command)]
        wait_until(lambda: any(twin.ended() for twin in twins), "one to give way")
        loser = next(twin for twin in twins if twin.ended())
        self.assert_code(loser.result(), 7)
        self.assertRegex(loser.result().errors, 'another client .*"twin"')


if __name__ == "__main__":
    harness.main(at_a_time=8)
