"""`mqtt rr`: a request goes out once the response topic is subscribed, and the answer to it comes back."""
import struct

import harness
import peers
from brokers import Broker, Mosquitto
from harness import Case, mqtt, needs, run
from peers import Peer


def request(body, version):
    """Topic, response topic and correlation data of a PUBLISH at QoS 0 (5.0: as rr sends them)."""
    size = struct.unpack_from(">H", body)[0]
    topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
    found = {}
    if version == 5:
        at, end = 1, 1 + rest[0]
        while at < end:
            kind, length = rest[at], struct.unpack_from(">H", rest, at + 1)[0]
            found[kind] = rest[at + 3 : at + 3 + length]
            at += 3 + length
    return topic, found.get(8, b"").decode(), found.get(9)


def answers(*replies, keep=None, connack=b""):
    """A broker and responder in one: once a request is here, it sends these (payload, with its correlation data? None: with none)."""

    def behaviour(connection):
        while True:
            kind, flags, body = connection.read()
            if keep is not None:
                keep.append((kind, flags, body))
            version = connection.version
            if kind == peers.CONNECT:
                connection.send(peers.connack(version=version, properties=connack))
            elif kind == peers.SUBSCRIBE:
                connection.send(peers.packet(peers.SUBACK, body[:2] + (b"\0" if version == 5 else b"") + b"\0"))
            elif kind == peers.PUBLISH:
                _, response_topic, correlation = request(body, version)
                for payload, ours in replies:
                    data = {True: correlation, False: b"another's", None: None}[ours]
                    properties = b"\x09" + peers.text(data) if version == 5 and data is not None else b""
                    middle = bytes([len(properties)]) + properties if version == 5 else b""
                    topic = response_topic or "answer"
                    connection.send(peers.packet(peers.PUBLISH, peers.text(topic) + middle + payload.encode()))
            elif kind == peers.DISCONNECT:
                return

    return behaviour


class RequestResponse(Case):
    def rr(self, behaviour, *options, code=0, **more):
        peer = self.enterContext(Peer(behaviour))
        base = ["-h", "127.0.0.1", "-p", peer.port, "-t", "question", "-e", "answer", "-W", 30]
        return self.assert_code(run(mqtt("rr", *base, *options), **more), code)

    def test_answer(self):
        for version in harness.VERSIONS:
            with self.subTest(version=version):
                result = self.rr(answers(("hello", True)), "-m", "x", "-V", version)
                self.assertEqual((result.text, result.errors), ("hello\n", ""))

    def test_subscribes_before_it_asks(self):
        packets = []
        self.rr(answers(("hello", True), keep=packets), "-m", "x")
        kinds = [kind for kind, _, _ in packets]
        self.assertLess(kinds.index(peers.SUBSCRIBE), kinds.index(peers.PUBLISH))
        topic, response_topic, _ = request(next(body for kind, _, body in packets if kind == peers.PUBLISH), 5)
        self.assertEqual((topic, response_topic), ("question", "answer"))

    def test_an_answer_to_another_request_is_not_ours(self):
        behaviour = answers(("not ours", False), ("ours", True))
        result = self.rr(behaviour, "-m", "x", "-D", "publish", "correlation-data", "mine")
        self.assertEqual(result.text, "ours\n")

    def test_a_responder_without_correlation_data(self):
        """One of 3.1.1 knows none; what the user asked for must come."""
        self.assertEqual(self.rr(answers(("hello", None)), "-m", "x").text, "hello\n")
        given = ["-D", "publish", "correlation-data", "mine"]
        self.assertEqual(self.rr(answers(("none", None), ("ours", True)), "-m", "x", *given).text, "ours\n")

    def test_a_response_topic_of_its_own(self):
        """Without -e, and below what the broker keeps for responses where it says so."""
        for information, want in (("", r"^mqtt-rr/[0-9a-f]{16}$"), ("responses/c", r"^responses/c/[0-9a-f]{16}$")):
            with self.subTest(information):
                packets = []
                properties = b"\x1a" + peers.text(information) if information else b""
                behaviour = answers(("hello", True), keep=packets, connack=properties)
                peer = self.enterContext(Peer(behaviour))
                command = mqtt("rr", "-h", "127.0.0.1", "-p", peer.port, "-t", "question", "-m", "x", "-W", 30)
                self.assertEqual(self.assert_ok(run(command)).text, "hello\n")
                _, response_topic, _ = request(next(body for kind, _, body in packets if kind == peers.PUBLISH), 5)
                self.assertRegex(response_topic, want)

    def test_output_options(self):
        for options, want in ((["-v"], "answer hello\n"), (["-N"], "hello"), (["-F", "%t|%p"], "answer|hello\n")):
            with self.subTest(options):
                self.assertEqual(self.rr(answers(("hello", True)), "-m", "x", *options).text, want)

    def test_latency(self):
        self.assertRegex(self.rr(answers(("hello", True)), "-m", "x", "--latency").text, r"\d")

    def test_payload_sources(self):
        for options, stdin in ((["-f", self.file("payload", "x")], b""), (["-s"], b"x"), (["-n"], b"")):
            with self.subTest(options):
                self.assertEqual(self.rr(answers(("hello", True)), *options, stdin=stdin).text, "hello\n")

    def test_no_answer(self):
        self.rr(answers(), "-m", "x", "-W", 1, code=27)

    def test_usage(self):
        for options in (["-t", "a", "-e", "b"], ["-e", "b", "-m", "x"]):
            with self.subTest(options):
                self.assert_code(run(mqtt("rr", *options)), 64)


class ThroughBrokers:
    """A responder made of `mqtt sub --exec` and `mqtt pub`; a class below gives `server`."""

    def test_there_and_back(self):
        broker = self.enterContext(self.server())
        for transport in harness.TRANSPORTS:
            with self.subTest(transport=transport):
                options = broker.options(transport)
                words = " ".join(map(str, mqtt("pub", *options, "-t", "answer", "-s")))
                self.start_subscriber(*options, "-t", "question", "--exec", words)
                result = run(
                    mqtt("rr", *options, "-V", "311", "-t", "question", "-e", "answer", "-m", "ping", "-W", 30)
                )
                self.assert_ok(result)
                self.assertEqual(result.text, "ping\n")

    @needs("mosquitto_rr")
    def test_mosquitto_rr_asks(self):
        broker = self.enterContext(self.server())
        options = broker.options()
        words = " ".join(map(str, mqtt("pub", *options, "-t", "answer", "-s")))
        self.start_subscriber(*options, "-t", "question", "--exec", words)
        command = [harness.program("mosquitto_rr"), *broker.peer_options(), "-V", "311"]
        result = self.assert_ok(run([*command, "-t", "question", "-e", "answer", "-m", "ping", "-W", "30"]))
        self.assertEqual(result.text, "ping\n")


@needs("mosquitto", "openssl")
class ThroughMosquitto(ThroughBrokers, Case):
    @staticmethod
    def server():
        return Mosquitto()


class ThroughOurBroker(ThroughBrokers, Case):
    @staticmethod
    def server():
        return Broker()


if __name__ == "__main__":
    harness.main()
