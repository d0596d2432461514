"""mqtt bench: signals, at any time and in any number, end it: in order, or at once."""
import json
import pathlib
import signal
import time

import harness
import peers
from brokers import Broker
from harness import Case, mqtt, wait_until

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
# Seconds from one signal to the next. The second finds the run while it ends, or just after.
GAPS = (0, 0.0001, 0.0005, 0.001, 0.005)


def connections_of(process):
    links = pathlib.Path(f"/proc/{process.popen.pid}/fd").iterdir()
    return sum(link.is_socket() for link in links)


class Signals(Case):
    def bench(self, place, *words):
        where = place.options() if isinstance(place, Broker) else ("-h", "127.0.0.1", "-p", place.port)
        return self.start(mqtt("bench", *words, *where, "--json", "--no-progress"))

    def assert_report(self, result, code, valid):
        self.assert_code(result, code)
        report = json.loads(result.stdout)
        self.assertEqual((report["interrupted"], report["valid"]), (True, valid))
        return report

    def test_one_that_comes_during_the_self_check(self):
        peer = self.enterContext(peers.Peer(peers.serves()))
        for number, code in CODES.items():
            for _ in range(50):
                connections = peer.connections
                process = self.bench(peer, "pub", "--duration", 1000, "--self-check")
                threads = pathlib.Path(f"/proc/{process.popen.pid}/task")
                wait_until(lambda: process.ended() or len(list(threads.iterdir())) > 1, "the check's threads")
                result = process.signal(number).result()
                if peer.connections == connections:
                    break
                # Too late: the run had begun, and ends in order as well.
                self.assertTrue(json.loads(self.assert_ok(result).stdout)["interrupted"])
            self.assert_code(result, code)
            self.assertEqual(result.stdout, b"")
            self.assertRegex(result.errors, r"^mqtt bench: (interrupted|terminated) before CONNACK\n$")

    def test_one_after_another(self):
        broker = self.enterContext(Broker())
        for words in (
            ("conn", "-c", 50, "--duration", 1000),
            ("pub", "-c", 10, "-q", 1, "--duration", 1000, "--no-self-check"),
            ("sub", "-c", 20, "-t", "nothing"),
            ("latency", "-c", 10, "--rate", 100, "--threads", 2, "--duration", 1000, "--no-self-check"),
            ("pub", "--rate", 10, "--duration", 1000, "--self-check"),
        ):
            for gap in GAPS:
                for number in CODES:
                    with self.subTest(words=words, gap=gap, signal=number):
                        self.end_twice(self.bench(broker, *words), number, gap)

    def end_twice(self, process, number, gap):
        """A second signal that comes after the run, while its report is made, has its usual effect."""
        wait_until(lambda: process.ended() or connections_of(process) >= 2, "connections")
        process.signal(number)
        time.sleep(gap)
        process.signal(number)
        result = process.result()
        self.assertIn(result.code, (0, 1, CODES[number], -number), repr(result))
        if result.code in (0, 1):
            self.assertTrue(json.loads(result.stdout)["interrupted"])

    def test_a_second_one_does_not_wait_for_the_broker(self):
        peer = self.enterContext(peers.Peer(peers.serves()))
        process = self.bench(peer, "conn", "-c", 3, "--duration", 1000)
        wait_until(lambda: peer.connections >= 3, "the connections")
        process.signal(signal.SIGINT).signal(signal.SIGTERM)
        self.assertIn(process.result().code, (0, 130, 143, -15, -2))

    def test_before_any_connack(self):
        peer = self.enterContext(peers.Peer(peers.silent))
        for words in (
            ("pub", "-n", 10),
            ("conn", "-c", 3),
            ("sub", "-t", "a"),
            ("latency", "-n", 10, "--no-self-check"),
        ):
            for number, code in CODES.items():
                with self.subTest(words=words, signal=number):
                    connections = peer.connections
                    process = self.bench(peer, *words)
                    wait_until(lambda: peer.connections > connections, "a connection")
                    result = process.signal(number).result()
                    said = "a signal ended it before any CONNACK"
                    self.assertEqual(self.assert_report(result, code, False)["objections"], [said])
                    self.assertEqual(result.errors, f"mqtt bench: {said}\n")

    def test_while_nobody_answers_at_all(self):
        """The system goes on with such an attempt for minutes."""
        deaf = self.enterContext(peers.DeafListener())
        process = self.bench(deaf, "conn", "-c", 2)
        wait_until(lambda: connections_of(process) >= 2, "two sockets")
        self.assert_report(process.signal(signal.SIGTERM).result(), 143, False)

    def test_while_it_waits_for_its_beginning(self):
        peer = self.enterContext(peers.Peer(peers.serves()))
        process = self.bench(peer, "conn", "-c", 2, "--start-at", int(time.time()) + 1000)
        wait_until(lambda: catches(process, signal.SIGTERM), "its handler")
        self.assert_report(process.signal(signal.SIGTERM).result(), 143, False)
        self.assertEqual(peer.connections, 0)


def catches(process, number):
    status = pathlib.Path(f"/proc/{process.popen.pid}/status").read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return int(mask, 16) >> (number - 1) & 1


if __name__ == "__main__":
    harness.main(at_a_time=4)
