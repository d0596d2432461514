"""mqtt bench: its connections: where they come from, how many there may be, how they are kept, lost and made again."""
import json
import os
import pathlib
import signal
import time

import harness
import peers
from harness import Case, mqtt, run, wait_until


class ConnectionsCase(Case):
    def bench(self, peer, *words):
        return self.start(mqtt("bench", *words, "-h", "127.0.0.1", "-p", peer.port, "--json", "--no-progress"))

    def report(self, process, *codes):
        result = process.result()
        self.assertIn(result.code, codes or (0,), repr(result))
        return json.loads(result.stdout)

    def assert_figures(self, report, **expected):
        self.assertEqual({name: report["figures"][name] for name in expected}, expected)


class Addresses(ConnectionsCase):
    def test_they_are_taken_in_turn(self):
        seen = []

        def behaviour(connection):
            seen.append(connection.socket.getpeername()[0])
            peers.serves()(connection)

        peer = self.enterContext(peers.Peer(behaviour))
        report = self.report(self.bench(peer, "conn", "-c", 7, "--ifaddr", "127.0.0.2,127.0.0.3", "--threads", 2))
        self.assert_figures(report, connected=7)
        self.assertEqual(sorted(seen), ["127.0.0.2"] * 4 + ["127.0.0.3"] * 3)

    def test_one_that_is_not_of_this_machine(self):
        peer = self.enterContext(peers.Peer(peers.serves()))
        report = self.report(self.bench(peer, "conn", "-c", 4, "--ifaddr", "127.0.0.1,192.0.2.1"))
        self.assert_figures(report, connected=2, connect_failures=2)
        self.assertEqual(report["failures"], [{"reason": "connect: Cannot assign requested address", "count": 2}])


class Limits(ConnectionsCase):
    """The limit on open files, as a user without privileges has it."""

    def setUp(self):
        super().setUp()
        self.nobody = {"user": 65534} if os.geteuid() == 0 else {}
        if run(["sh", "-c", '"$0" --version', *mqtt()], **self.nobody).code != 0:
            self.skipTest("the program is in a folder that others cannot read")

    def limited(self, peer, clients):
        shell = ["sh", "-c", 'ulimit -Sn 100 && ulimit -Hn 200 && exec "$@"', "-"]
        words = mqtt("bench", "conn", "-c", clients, "-h", "127.0.0.1", "-p", peer.port, "--json")
        return run([*shell, *words], **self.nobody)

    def test_it_is_raised_as_far_as_it_goes(self):
        peer = self.enterContext(peers.Peer(peers.serves()))
        self.assert_figures(json.loads(self.assert_ok(self.limited(peer, 130)).stdout), connected=130, connect_failures=0)

    def test_what_goes_beyond_is_said_before_it_starts(self):
        peer = self.enterContext(peers.Peer(peers.serves()))
        result = self.limited(peer, 150)
        self.assert_code(result, 69)
        self.assertEqual((result.stdout, peer.connections), (b"", 0))
        self.assertEqual(
            result.errors,
            "mqtt bench: 150 connections need 214 open files, and the limit is 200; raise it with `ulimit -n 214` in a "
            "root shell, with LimitNOFILE=214 in a systemd unit, or run several processes with --shard\n",
        )

    def test_what_goes_beyond_the_system_takes_another_command_first(self):
        most = int(pathlib.Path("/proc/sys/fs/nr_open").read_text())
        if most > 9_000_000:
            self.skipTest("this system has no such limit")
        peer = self.enterContext(peers.Peer(peers.serves()))
        result = self.limited(peer, most)
        self.assert_code(result, 69)
        self.assertIn(f"raise it with `sysctl fs.nr_open={most + 64}` and `ulimit -n {most + 64}` in", result.errors)


class KeepAlive(ConnectionsCase):
    def test_silent_connections_send_pings(self):
        kept = []
        peer = self.enterContext(peers.Peer(peers.serves(keep=kept)))
        process = self.bench(peer, "conn", "-c", 3, "-k", 5, "--duration", 1000)
        wait_until(lambda: sum(kind == peers.PINGREQ for kind, _, _ in list(kept)) >= 6, "pings")
        report = self.report(process.signal(signal.SIGINT))
        peer.wait_for_silence()
        pings = sum(kind == peers.PINGREQ for kind, _, _ in kept)
        # CONNECT and DISCONNECT besides.
        self.assert_figures(report, ready=3, connections_lost=0, packets_out=6 + pings)
        # CONNACK besides; the signal may have come before the last answers.
        self.assertGreaterEqual(report["figures"]["packets_in"], 6)

    def test_a_broker_that_does_not_answer_them(self):
        peer = self.enterContext(peers.Peer(peers.serves(answer_pings=False)))
        report = self.report(self.bench(peer, "conn", "-c", 2, "-k", 5, "--duration", 1000))
        self.assert_figures(report, ready=2, connections_lost=2)
        self.assertEqual(report["failures"], [{"reason": "keep alive: no PINGRESP in time", "count": 2}])


class Losses(ConnectionsCase):
    def topics(self, kept):
        return {body[2:9] for kind, _, body in list(kept) if kind == peers.PUBLISH}

    def test_a_broker_that_dies_and_comes_back(self):
        """The report has the time of the loss, and the clients go on where they were told so."""
        first, second = [], []
        with peers.Peer(peers.serves(keep=first)) as peer:
            process = self.bench(peer, "pub", "-q", 1, "-c", 2, "--rate", 50, "--duration", 1000, "--no-self-check", "--reconnect")
            wait_until(lambda: sum(kind == peers.PUBLISH for kind, _, _ in list(first)) >= 10, "messages")
            before = time.time()
        port = peer.port
        time.sleep(0.5)  # for attempts that meet nobody
        after = time.time()
        with peers.Peer(peers.serves(keep=second), port=port):
            wait_until(lambda: {b"bench/0", b"bench/1"} <= self.topics(second), "messages of both")
            report = self.report(process.signal(signal.SIGINT), 0, 1)
        self.assert_figures(report, ready=2, connected=4, connections_lost=2)
        self.assertGreater(report["figures"]["connect_failures"], 0)
        lost_at = report["connections"]["first_lost_at"]
        self.assertLessEqual(before - 1, lost_at)
        self.assertLessEqual(lost_at, after + 1)
        self.assertEqual(sum(kind == peers.CONNECT for kind, _, _ in second), 2)
        self.assertIn("connect: Connection refused", [failure["reason"] for failure in report["failures"]])

    def test_the_summary_has_the_time(self):
        def dies(connection):
            connection.read()
            connection.send(peers.connack())
            time.sleep(0.5)  # the fault itself, not a wait

        peer = self.enterContext(peers.Peer(dies))
        result = run(mqtt("bench", "conn", "-c", 2, "--duration", 1000, "-h", "127.0.0.1", "-p", peer.port))
        line = next(line for line in result.text.splitlines() if line.startswith("connections"))
        self.assertRegex(line, r"; 2 lost, first after [\d.]+ m?s, at 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")

    def test_without_reconnect_what_is_lost_stays_lost(self):
        peer = self.enterContext(peers.Peer(peers.serves(close_after=5)))
        report = self.report(self.bench(peer, "pub", "-q", 1, "--inflight", 1, "-n", 100))
        self.assert_figures(report, connected=1, connections_lost=1, published=5, acknowledged=4, unacknowledged=1, unsent=95)

    def test_with_it_every_message_goes_out(self):
        peer = self.enterContext(peers.Peer(peers.serves(close_after=5)))
        report = self.report(self.bench(peer, "pub", "-q", 1, "--inflight", 1, "-n", 20, "--reconnect"))
        figures = report["figures"]
        self.assertEqual((figures["published"], figures["unsent"]), (20, 0))
        self.assertEqual(figures["acknowledged"] + figures["unacknowledged"], 20)
        self.assertEqual(figures["connected"], peer.connections)
        self.assertGreaterEqual(figures["connections_lost"], 3)

    def test_failed_attempts_are_made_again(self):
        refused = []

        def behaviour(connection):
            if len(refused) < 3:
                refused.append(connection)
                return peers.refuses(3)(connection)
            return peers.serves()(connection)

        peer = self.enterContext(peers.Peer(behaviour))
        process = self.bench(peer, "conn", "-c", 2, "--reconnect")
        report = self.report(process)
        self.assert_figures(report, connected=2, ready=2, connect_failures=3)


if __name__ == "__main__":
    harness.main(at_a_time=4)
