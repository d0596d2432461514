"""mqtt bench: what it counts against real brokers, and that it tells the truth of one that misbehaves exactly."""
import json
import pathlib
import signal
import struct
import threading
import time
import unittest

import harness
import peers
from brokers import Broker, Mosquitto
from harness import Case, mqtt, needs, run

HDR_JAR = pathlib.Path("/usr/share/java/hdrhistogram.jar")


def relay(deliver):
    """A broker for one publisher and one subscriber at QoS 0. `deliver(number, packet)` makes of each message the list
    of packets that the subscriber gets."""
    lock = threading.Lock()
    subscribers, counted = [], [0]

    def behaviour(connection):
        while True:
            kind, flags, body = connection.read()
            if kind == peers.CONNECT:
                connection.send(peers.connack(version=connection.version))
            elif kind == peers.SUBSCRIBE:
                with lock:
                    subscribers.append(connection)
                connection.send(peers.packet(peers.SUBACK, body[:2] + b"\0"))
            elif kind == peers.PUBLISH:
                with lock:
                    packets = deliver(counted[0], peers.packet(peers.PUBLISH, body, flags))
                    counted[0] += 1
                    for packet in packets:
                        subscribers[0].send(packet)
            elif kind == peers.PINGREQ:
                connection.send(peers.packet(peers.PINGRESP))
            elif kind == peers.DISCONNECT:
                return

    return behaviour


class BenchCase(Case):
    def bench(self, *words, code=0):
        """The JSON report. Whether the schedule was kept is the machine's affair, so 1 is as good as 0."""
        result = run(mqtt("bench", *words, "--json"), timeout=5 * harness.PATIENCE)
        allowed = (0, 1) if code == 0 else (code,)
        self.assertIn(result.code, allowed, repr(result))
        report = json.loads(result.stdout)
        self.errors = result.errors
        return report

    def assert_figures(self, report, **expected):
        self.assertEqual({name: report["figures"][name] for name in expected}, expected)


class Counting(BenchCase):
    def test_publish_and_hear_at_every_qos_and_version(self):
        broker = self.enterContext(Broker())
        for qos in (0, 1, 2):
            for version in harness.VERSIONS:
                with self.subTest(qos=qos, version=version):
                    report = self.bench(
                        "latency", *broker.options(), "-q", qos, "-V", version, "-c", 3, "-n", 300, "--rate", 3000
                    )
                    self.assert_figures(
                        report, published=300, received=300, lost=0, duplicated=0, reordered=0, ready=6, unsent=0,
                        acknowledged=0 if qos == 0 else 300,
                    )
                    self.assertGreater(report["figures"]["p99"], 0)

    @needs("mosquitto")
    def test_the_same_with_mosquitto(self):
        broker = self.enterContext(Mosquitto())
        for qos in (0, 1, 2):
            report = self.bench("latency", *broker.options(), "-q", qos, "-c", 2, "-n", 200, "--rate", 2000)
            self.assert_figures(report, published=200, received=200, lost=0, duplicated=0)

    def test_over_every_transport(self):
        broker = self.enterContext(Broker())
        for transport in harness.TRANSPORTS:
            with self.subTest(transport):
                report = self.bench("pub", *broker.options(transport), "-q", 1, "-c", 2, "-n", 500)
                self.assert_figures(report, published=500, acknowledged=500, ready=2)

    def test_shapes(self):
        broker = self.enterContext(Broker())
        common = ["latency", *broker.options(), "-c", 4, "-n", 100, "--rate", 1000]
        self.assert_figures(self.bench(*common, "--shape", "fan-in"), published=100, received=100, expected=100, lost=0)
        self.assert_figures(self.bench(*common, "--shape", "fan-out"), published=100, received=400, expected=400, lost=0)

    def test_each_message_its_topic(self):
        broker = self.enterContext(Broker())
        report = self.bench("latency", *broker.options(), "-c", 2, "-n", 50, "--rate", 1000, "-t", "a/%c/%i/%s")
        self.assert_figures(report, received=50, lost=0)

    def test_sizes(self):
        broker = self.enterContext(Broker())
        report = self.bench("latency", *broker.options(), "-c", 1, "-n", 50, "--rate", 1000, "-s", "32-20000")
        self.assert_figures(report, received=50, lost=0)
        report = self.bench("pub", *broker.options(), "-n", 10, "-s", 0)
        self.assert_figures(report, published=10)

    def test_payloads_of_ones_own(self):
        broker = self.enterContext(Broker())
        sub = self.start_subscriber(*broker.options(), "-t", "own/#", "-C", 5, "-F", "%t %p")
        words = [*broker.options(), "-t", "own/%i", "-u", "me", "--prefix", "c"]
        self.bench("pub", *words, "-c", 2, "-n", 4, "-m", '{"of":"%c %u","n":%s,"full":"100%%"}')
        file = self.file("payload", "100%s\n%%")
        report = self.bench("pub", *words, "-n", 1, "-f", file)
        self.assert_figures(report, published=1)
        self.assertEqual(report["plan"]["most_size"], 8)
        want = [f'own/{i} {{"of":"c{i} me","n":{n},"full":"100%"}}'.encode() for i in range(2) for n in range(2)]
        got = sub.result(30).stdout
        self.assertEqual(sorted(line for line in got.split(b"\n") if b"of" in line), want)
        self.assertTrue(got.endswith(b"own/0 100%s\n%%\n"), got)
        wrong = run(mqtt("bench", "latency", *broker.options(), "-m", "x"))
        self.assertEqual((wrong.code, wrong.stdout), (64, b""))
        missing = run(mqtt("bench", "pub", *broker.options(), "-f", f"{file}-none"))
        self.assertEqual((missing.code, missing.stdout), (64, b""))

    def test_a_shared_subscription_is_counted_as_one(self):
        broker = self.enterContext(Broker())
        words = ["sub", *broker.options(), "-c", 3, "-q", 1, "-n", 3000, "-t", "$share/g/bench/+", "--json"]
        listener = self.start(mqtt("bench", *words, "--no-progress"))
        publish = mqtt("bench", "pub", *broker.options(), "-c", 2, "-q", 1, "-n", 1000, "--no-progress")
        while not listener.ended():
            harness.run(publish)
        report = json.loads(listener.result().stdout)
        self.assert_figures(report, lost=0, duplicated=0, reordered=0)
        self.assertGreaterEqual(report["figures"]["received"], 3000)

    def test_latency_without_a_schedule(self):
        broker = self.enterContext(Broker())
        report = self.bench("latency", *broker.options(), "-c", 2, "-q", 1, "-n", 1000, "--inflight", 5)
        self.assert_figures(report, published=1000, received=1000, lost=0)
        self.assertIsNone(report["plan"]["rate"])

    def test_publisher_and_subscriber_in_two_processes(self):
        broker = self.enterContext(Broker())
        listener = self.start(mqtt("bench", "sub", *broker.options(), "-n", 1000, "-q", 1, "-t", "bench/+", "--json"))
        broker_has = mqtt("bench", "pub", *broker.options(), "-c", 2, "-q", 1, "-n", 1000)
        heard = None
        while heard is None:  # until the subscription stands, messages go nowhere
            harness.run(broker_has)
            if listener.ended():
                heard = json.loads(listener.result().stdout)
        self.assertGreaterEqual(heard["figures"]["received"], 1000)
        self.assertEqual(heard["figures"]["duplicated"], 0)
        self.assertGreater(heard["figures"]["p50"], 0)

    def test_the_rate_of_acknowledged_messages_without_a_schedule(self):
        broker = self.enterContext(Broker())
        for qos in (1, 2):
            for _ in range(3):  # the last acknowledgement may come before or after the end of the measured time
                words = ["pub", *broker.options(), "-q", qos, "--duration", 0.2, "--threads", 1]
                figures = self.bench(*words)["figures"]
                measured = figures["rate"] * figures["seconds"]
                self.assertGreater(measured, 0)
                self.assertAlmostEqual(measured, figures["acknowledged"], delta=20.5)

    def test_connections(self):
        broker = self.enterContext(Broker())
        report = self.bench("conn", *broker.options(), "-c", 300, "--threads", 2)
        self.assert_figures(report, connected=300, ready=300, connect_failures=0)
        self.assertLess(report["figures"]["heap_per_connection"], 8192)

    def test_connections_that_come_and_go(self):
        broker = self.enterContext(Broker())
        report = self.bench("conn", *broker.options(), "-c", 20, "--churn", 50, "--duration", 2)
        self.assert_figures(report, connect_failures=0, connections_lost=0)
        self.assertGreater(report["figures"]["connected"], 40)

    def test_connections_in_their_time(self):
        broker = self.enterContext(Broker())
        report = self.bench("conn", *broker.options(), "-c", 20, "-R", 100)
        self.assert_figures(report, connected=20)
        self.assertLess(report["figures"]["connect_rate"], 150)


class Truth(BenchCase):
    def hear(self, deliver, *words):
        peer = self.enterContext(peers.Peer(relay(deliver)))
        return self.bench("latency", "-p", peer.port, "-h", "127.0.0.1", "--patience", 3, *words)

    def test_one_of_a_thousand_lost(self):
        report = self.hear(lambda n, packet: [] if n % 1000 == 500 else [packet], "-n", 5000, "--rate", 5000)
        self.assert_figures(report, published=5000, received=4995, lost=5, duplicated=0, reordered=0)

    def test_the_last_ones_lost(self):
        report = self.hear(lambda n, packet: [packet] if n < 90 else [], "-n", 100, "--rate", 1000)
        self.assert_figures(report, received=90, lost=10, duplicated=0)

    def test_some_twice(self):
        report = self.hear(lambda n, packet: [packet] * (2 if n % 10 == 0 else 1), "-n", 1000, "--rate", 2000)
        self.assert_figures(report, received=1100, lost=0, duplicated=100, reordered=0)

    def test_out_of_order(self):
        held = []

        def swap(number, packet):
            if number % 100 == 50:
                held.append(packet)
                return []
            return [packet, held.pop()] if held else [packet]

        report = self.hear(swap, "-n", 1000, "--rate", 2000)
        self.assert_figures(report, received=1000, lost=0, duplicated=0, reordered=10)

    def test_shared_subscriptions_have_no_order(self):
        waiting = []

        def swap(number, packet):
            waiting.append(packet)
            if number % 2 == 0:
                return []
            pair, waiting[:] = waiting[::-1], []
            return pair

        for topic, reordered in (("a", 5), ("$share/g/a", 0)):
            peer = self.enterContext(peers.Peer(relay(swap)))
            where = ("-h", "127.0.0.1", "-p", peer.port, "--no-progress")
            process = self.start(mqtt("bench", "sub", *where, "-t", topic, "-n", 10, "--json"))
            harness.wait_until(lambda: peer.connections == 1, "the subscriber")
            while not process.ended():
                run(mqtt("bench", "pub", *where, "-t", "a", "-n", 10, "--patience", 0))
            report = json.loads(process.result().stdout)
            self.assert_figures(report, received=10, reordered=reordered, duplicated=0)

    def test_a_stalled_broker_shows_from_when_messages_were_due(self):
        def stall(number, packet):
            if number == 500:
                time.sleep(1.5)  # the fault itself, not a wait
            return [packet]

        report = self.hear(stall, "-n", 2000, "--rate", 1000)
        figures = report["figures"]
        self.assert_figures(report, received=2000, lost=0)
        # Every message that was due meanwhile counts, not only the one that was on its way.
        self.assertGreater(figures["max"], 1.4)
        self.assertGreater(figures["p90"], 0.1)

    def test_of_acknowledgements_the_service_time_hides_it(self):
        stalled = []

        def behaviour(connection):
            count = 0
            while True:
                kind, flags, body = connection.read()
                if kind == peers.CONNECT:
                    connection.send(peers.connack())
                elif kind == peers.PUBLISH:
                    count += 1
                    if count == 500 and not stalled:
                        stalled.append(True)
                        time.sleep(1.5)
                    end = 2 + struct.unpack(">H", body[:2])[0]
                    connection.send(peers.packet(peers.PUBACK, body[end : end + 2]))
                elif kind == peers.DISCONNECT:
                    return

        peer = self.enterContext(peers.Peer(behaviour))
        words = ["pub", "-h", "127.0.0.1", "-p", peer.port, "-q", 1, "--inflight", 1, "-n", 2000, "--rate", 1000]
        figures = self.bench(*words)["figures"]
        self.assertGreater(figures["acknowledge.p90"], 0.1)
        # One message was on its way while the broker slept; more than a handful of slow ones is the machine.
        self.assertGreater(figures["acknowledge.p90"], figures["acknowledge_service.p90"])


class Reports(BenchCase):
    def test_summary(self):
        broker = self.enterContext(Broker())
        result = run(mqtt("bench", "pub", *broker.options(), "-c", 2, "-q", 1, "-n", 100))
        self.assert_ok(result)
        for line in ("bench        pub mqtt://", "connections  2 of 2", "published    100 in ", "acknowledged 100,"):
            self.assertIn(line, result.text)

    def test_requirements(self):
        broker = self.enterContext(Broker())
        words = ["pub", *broker.options(), "-q", 1, "-n", 100]
        self.assert_ok(run(mqtt("bench", *words, "--require", "p99<100s", "--require", "acknowledged==100")))
        result = run(mqtt("bench", *words, "--require", "acknowledged>100", "--require", "p99<100s", "--require", "x<1"))
        self.assert_code(result, 1)
        self.assertIn("acknowledged>100: acknowledged is 100", result.errors)
        self.assertIn("x<1: there is no x in this run", result.errors)
        self.assertNotIn("p99", result.errors)

    def test_csv_adds_up(self):
        broker = self.enterContext(Broker())
        file = pathlib.Path(self.file("series.csv", ""))
        self.bench("latency", *broker.options(), "-c", 2, "--rate", 500, "-n", 1000, "--csv", file)
        head, *lines = [line.split(",") for line in file.read_text().splitlines()]
        self.assertGreaterEqual(len(lines), 2)
        for column in ("published", "received"):
            self.assertEqual(sum(int(line[head.index(column)]) for line in lines), 1000)

    @unittest.skipUnless(HDR_JAR.exists(), "no libhdrhistogram-java")
    @needs("java")
    def test_hdr_log_is_read_by_hdrhistogram(self):
        broker = self.enterContext(Broker())
        file = self.file("log.hdr", "")
        report = self.bench("latency", *broker.options(), "-c", 2, "--rate", 500, "-n", 1000, "--hdr", file)
        for tag in ("deliver", "connect"):
            reader = ["java", "-cp", str(HDR_JAR), "org.HdrHistogram.HistogramLogProcessor", "-i", file, "-tag", tag]
            read = self.assert_ok(run(reader))
            total = [line for line in read.text.splitlines() if line.startswith("#[Max")][0]
            self.assertIn("Total count    =         %4d" % (1000 if tag == "deliver" else 4), total)
            greatest = float(total.split("=")[1].split(",")[0])
            self.assertAlmostEqual(greatest, report["figures"][tag + ".max"] * 1000, delta=greatest / 500 + 0.001)


class Ends(BenchCase):
    def test_nobody_there(self):
        result = run(mqtt("bench", "pub", "-h", "127.0.0.1", "-p", harness.free_port(), "-c", 3, "-n", 10))
        self.assert_code(result, 69)
        self.assertIn("Connection refused (3 times)", result.errors)

    def test_refused_by_the_broker(self):
        peer = self.enterContext(peers.Peer(peers.refuses(5)))
        result = run(mqtt("bench", "conn", "-h", "127.0.0.1", "-p", peer.port, "-c", 2))
        self.assert_code(result, 69)
        self.assertRegex(result.errors, r"(?i)connack: .*not authorized \(2 times\)")

    def test_a_signal_ends_it_with_its_report(self):
        broker = self.enterContext(Broker())
        process = self.start(mqtt("bench", "pub", *broker.options(), "--duration", 1000, "--no-self-check", "-q", 1, "-c", 2, "--json"))
        harness.wait_until(lambda: broker_is_busy(process), "a running bench")
        result = process.signal(signal.SIGINT).result()
        report = json.loads(result.stdout)
        self.assertTrue(report["interrupted"])
        self.assertEqual(report["figures"]["ready"], 2)

    def test_a_broker_that_dies_ends_it(self):
        broker = self.enterContext(Broker())
        process = self.start(mqtt("bench", "pub", *broker.options(), "--duration", 1000, "--no-self-check", "-q", 1, "-c", 2, "--json"))
        harness.wait_until(lambda: broker_is_busy(process), "a running bench")
        broker.process.popen.kill()
        report = json.loads(process.result().stdout)
        self.assertEqual(report["figures"]["connections_lost"], 2)

    def test_usage(self):
        for words, said in (
            ([], "what to do is missing"),
            (["nonsense"], '"nonsense" is not conn, pub, sub, latency, mixed, merge or compare'),
            (["pub", "--rate", "0"], "--rate"),
            (["pub", "--rate", "1", "--rate-per-client", "1"], "either --rate or --rate-per-client"),
            (["latency", "-s", "31"], "32 bytes"),
            (["latency", "-s", "16-300"], "32 bytes"),
            (["pub", "-t", "a/+"], '"a/+" is not a topic name; wildcards are for sub'),
            (["latency", "-t", "a/#"], '"a/#" is not a topic name; wildcards are for sub'),
            (["sub", "-t", "a#"], '"a#" is not a topic filter'),
            (["conn", "--prefix", b"a\xff"], "the client identifier is no valid UTF-8"),
            (["pub", "--require", "p99"], "it compares nothing"),
            (["pub", "--shape", "fan-in"], "--shape is for latency"),
        ):
            with self.subTest(words=words):
                result = run([*mqtt("bench"), *words])
                self.assert_code(result, 64)
                self.assertIn(said, result.errors)


def broker_is_busy(process):
    """The process has used processor time in its threads: it publishes."""
    with open(f"/proc/{process.popen.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12]) >= 5


if __name__ == "__main__":
    harness.main()
