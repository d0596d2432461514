"""What becomes of messages that are on their way when SIGINT or SIGTERM comes."""
import signal
import threading

import harness
import peers
from harness import Case, mqtt, wait_until
from peers import Peer


class Pub(Case):
    """pub -l -M 1: a line goes out once the one before it was acknowledged, so what the broker has says what pub knows."""

    def setUp(self):
        super().setUp()
        self.packets = []

    def serve(self, acknowledge, then=lambda peer: None):
        """Acknowledges so many publishes. On the next one it calls `then`, and goes on without a word."""

        def behaviour(connection):
            while True:
                kind, flags, body = connection.read()
                self.packets.append((kind, flags, body))
                if kind == peers.CONNECT:
                    connection.send(peers.connack(version=connection.version))
                elif kind == peers.PUBLISH and self.kinds().count(peers.PUBLISH) <= acknowledge:
                    end = 2 + int.from_bytes(body[:2], "big")
                    connection.send(peers.packet(peers.PUBACK, body[end : end + 2]))
                elif kind == peers.PUBLISH and then(peer) == "close":
                    return
                elif kind == peers.DISCONNECT:
                    return

        peer = self.enterContext(Peer(behaviour))
        return ["-h", "127.0.0.1", "-p", peer.port, "-t", "a"]

    def kinds(self):
        return [kind for kind, _, _ in self.packets]

    def start_lines(self, broker, count, *options):
        return self.start(mqtt("pub", *broker, "-l", "-M", 1, *options), stdin=-1).write("line\n" * count)

    def wait_for_disconnect(self):
        wait_until(lambda: self.kinds()[-1] == peers.DISCONNECT, "DISCONNECT")

    def test_what_was_not_acknowledged_is_told(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for version in ("311", "5"):
                with self.subTest(signal=number, version=version):
                    self.packets.clear()
                    pub = self.start_lines(self.serve(acknowledge=3), 10, "-q", 1, "-V", version)
                    wait_until(lambda: self.kinds().count(peers.PUBLISH) == 4, "the fourth line")
                    result = self.assert_code(pub.signal(number).result(), 7)
                    self.assertEqual(result.errors, "mqtt pub: interrupted: 3 of 4 lines were acknowledged\n")
                    self.wait_for_disconnect()

    def test_all_acknowledged_so_far_is_success(self):
        pub = self.start_lines(self.serve(acknowledge=2), 2, "-q", 1, "-d")
        pub.wait_for(lambda p: p.stderr.count(b"received PUBACK") == 2)
        result = self.assert_code(pub.signal(signal.SIGINT).result(), 0)
        self.assertNotIn("interrupted", result.errors)
        self.wait_for_disconnect()

    def test_qos_0_awaits_nothing(self):
        pub = self.start_lines(self.serve(acknowledge=0), 2)
        wait_until(lambda: self.kinds().count(peers.PUBLISH) == 2, "the lines")
        result = self.assert_code(pub.signal(signal.SIGINT).result(), 0)
        self.assertEqual(result.errors, "")
        self.wait_for_disconnect()

    def test_while_there_is_no_connection(self):
        def goes_away(peer):
            peer.stop_listening()
            return "close"

        pub = self.start_lines(self.serve(acknowledge=2, then=goes_away), 5, "-q", 1)
        pub.wait_for_errors("trying again")
        result = self.assert_code(pub.signal(signal.SIGINT).result(), 7)
        self.assertEqual(
            result.errors.splitlines()[-1], "mqtt pub: interrupted: 2 of 3 lines were acknowledged", repr(result)
        )

    def test_the_second_signal_ends_it_at_once(self):
        """After the first one it waits for bytes that nobody takes."""
        large = self.folder / "large"
        with open(large, "wb") as file:
            file.truncate(50_000_000)
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number):
                begun, done = threading.Event(), threading.Event()

                def behaviour(connection, begun=begun, done=done):
                    connection.read()
                    connection.send(peers.connack())
                    connection.exactly(1)
                    begun.set()
                    done.wait(harness.PATIENCE)

                peer = self.enterContext(Peer(behaviour))
                pub = self.start(mqtt("pub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-q", 1, "-f", large))
                self.assertTrue(begun.wait(harness.PATIENCE))
                pub.signal(number).wait_for_errors("interrupted")
                self.assert_code(pub.signal(number).result(), code)
                done.set()


if __name__ == "__main__":
    harness.main()
