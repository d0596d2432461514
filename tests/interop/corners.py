"""Sizes and odd corners against one broker: what is rare, large or many."""
import itertools
import os

from cells import Cells, harness

SIZES = (0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 16 << 20)
MANY = 10_000
TOPICS = {
    "Chinese": "传感器/厨房/温度",
    "emoji": "🏠/🌡️/🙂",
    "right to left": "مطبخ/حرارة",
    "combining": "e\u0301/\u200d",
    "spaces": " a / b ",
    "only slashes": "///",
    "dollar inside": "a/$b/c",
    "dot": "a.b/c",
}


def numbered(count, text="line"):
    return b"".join(b"%s %d\n" % (text.encode(), n) for n in range(count))


class Corners(Cells):
    def version(self):
        """The newest that it has."""
        return self.broker.versions[-1]

    def through(self, transport, *options, publish=(), subscribe=()):
        """One message from pub to sub over a transport; what sub wrote."""
        options = [*self.broker.options(transport), "-V", self.version(), *options]
        publish = harness.mqtt("pub", *options, *publish)
        return self.sub(*options, *subscribe, "-C", 1, "-N", "--", *publish).stdout

    def test_payload_sizes(self):
        for transport, size in itertools.product(self.broker.transports, SIZES):
            if size > self.broker.largest.get(transport, size):
                self.without(f"{self.broker.name}, {transport}: {self.broker.too_large}")
                continue
            with self.cell(transport=transport, size=size):
                payload = os.urandom(size)
                got = self.through(transport, "-t", "corner/size", "-q", 1, publish=["-f", self.file("p", payload)])
                self.assert_bytes(got, payload)

    def test_longest_topic(self):
        longest = self.broker.longest_topic
        for transport, qos in itertools.product(self.broker.transports, (0, 1)):
            with self.cell(transport=transport, qos=qos, topic=longest):
                topic = ("corner/" + "long-" * 13_200)[:longest]
                file = self.file("options", f"--topic {topic}\n")
                options = [*self.broker.options(transport), "-V", self.version(), "-q", qos, "-o", file]
                publish = harness.mqtt("pub", *options, "-m", "x")
                result = self.sub(*options, "-C", 1, "-F", "%t %p", "--", *publish)
                self.assert_bytes(result.stdout, f"{topic} x\n".encode())

    def test_topics(self):
        for name, topic in TOPICS.items():
            with self.cell(topic=name):
                got = self.through("tcp", "-t", topic, "-q", 1, publish=["-m", name], subscribe=["-F", "%t|%p"])
                self.assert_bytes(got, f"{self.broker.altered.get(topic, topic)}|{name}".encode())

    def test_a_thousand_filters_in_one_subscribe(self):
        filters = sum((["-t", f"corner/filter/{n}/+/end"] for n in range(1000)), [])
        options = [*self.broker.options(), "-V", self.version(), "-q", 1]
        with self.cell(filters=1000):
            lines = b"".join(b"corner/filter/%d/x/end\t%d\n" % (n, n) for n in range(1000))
            publish = harness.mqtt("pub", *options, "-l", "--topic-separator", "TAB")
            result = self.sub(*options, *filters, "-C", 1000, "-F", "%t\t%p", "-d", "--", *publish, stdin=lines)
            self.assertEqual(sorted(result.stdout.splitlines()), sorted(lines.splitlines()))
            self.assertEqual(result.errors.count("sent SUBSCRIBE"), 1)

    def test_retained_flood(self):
        options = [*self.broker.options(), "-V", self.version(), "-q", 1]
        if not self.broker.retained_by_wildcard:
            return self.without(f"{self.broker.name} sends retained messages for filters without wildcards only")
        with self.cell(retained=MANY):
            lines = b"".join(b"corner/kept/%d\t%d\n" % (n, n) for n in range(MANY))
            self.pub(*options, "-r", "-l", "--topic-separator", "TAB", stdin=lines)
            result = self.sub(*options, "-t", "corner/kept/#", "-C", MANY, "-F", "%t\t%p", timeout=120)
            self.assertEqual(sorted(result.stdout.splitlines()), sorted(lines.splitlines()))

    def test_session_with_many_messages(self):
        for qos in (1, 2):
            with self.cell(queued=MANY, qos=qos):
                options = [*self.broker.options(), "-V", self.version(), "-q", qos, "-t", f"corner/queue/{qos}"]
                session = ["-c", "-i", f"queue-{qos}", *(["-x", 300] if self.version() == "5" else [])]
                self.sub(*options, *session, "-E")
                self.pub(*options, "-l", stdin=numbered(MANY))
                self.assert_bytes(self.sub(*options, *session, "-C", MANY, timeout=120).stdout, numbered(MANY))

    def publisher(self, options, file):
        with open(file, "rb") as lines:
            return self.start(harness.mqtt("pub", *options, "-l"), stdin=lines)

    def test_storm(self):
        """Two publishers at once at each QoS; each one's lines arrive in order, at QoS 2 each of them once."""
        for version, qos in itertools.product(self.broker.versions, (0, 1, 2)):
            with self.cell(version=version, qos=qos, storm=2 * MANY):
                options = [*self.broker.options(), "-V", version, "-q", qos, "-t", f"corner/storm/{version}/{qos}"]
                sub = self.start_subscriber(*options, "-C", 2 * MANY, "-W", 120)
                lines = {name: numbered(MANY, name) for name in ("left", "right")}
                publishers = [self.publisher(options, self.file(name, text)) for name, text in lines.items()]
                for publisher in publishers:
                    self.assert_ok(publisher.result())
                got = self.assert_ok(sub.result(120)).stdout.splitlines(keepends=True)
                for name, text in lines.items():
                    self.assert_bytes(b"".join(line for line in got if line.startswith(name.encode())), text)

    def test_empty_client_identifier(self):
        for version in self.broker.versions:
            with self.cell(version=version, identifier=""):
                result = self.pub(*self.broker.options(), "-V", version, "-t", "corner/who", "-m", "x", "-d", "-q", 1)
                if version == "5":
                    self.assertRegex(result.errors, 'CONNECT MQTT 5.0 .*client_identifier ""')
                    self.assertRegex(result.errors, "CONNACK .*assigned_client_identifier")

    def test_server_disconnect(self):
        """Another client with our identifier takes the session over; most 5.0 brokers say so."""
        for version in self.broker.versions:
            with self.cell(version=version, disconnect=True):
                options = [*self.broker.options(), "-V", version, "-i", "corner-twice", "-t", "corner/twice"]
                first = self.start_subscriber(*options, "--no-reconnect")
                second = self.start_subscriber(*options, "-C", 1, "-W", 60, "-q", 1)
                ended = self.assert_code(first.result(), 7)
                if version == "5":
                    told = "Session taken over" in ended.errors
                    self.assertEqual(told, self.broker.tells_of_take_over, repr(ended))
                self.pub(*self.broker.options(), "-V", version, "-t", "corner/twice", "-m", "still", "-q", 1)
                self.assertEqual(self.assert_ok(second.result()).text, "still\n")

    def test_keep_alive(self):
        """An idle subscriber stays connected by pings beyond one and a half times its keep alive."""
        with self.cell(keep_alive=5):
            options = [*self.broker.options(), "-V", self.version(), "-t", "corner/alive", "-q", 1]
            sub = self.start_subscriber(*options, "-k", 5, "-C", 1, "-d", "--no-reconnect")
            sub.wait_for(lambda process: process.stderr.count(b"received PINGRESP") >= 2)
            self.pub(*options, "-m", "awake")
            self.assertEqual(self.assert_ok(sub.result()).text, "awake\n")
