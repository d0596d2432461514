"""Messages from pub to sub: every QoS, version, kind of session and transport, against mosquitto and our broker, with
ours and mosquitto's clients on either end."""
import itertools

import harness
from brokers import Broker, Mosquitto
from harness import TRANSPORTS, VERSIONS, Case, mqtt, needs, program, run

QOS = ("0", "1", "2")
FORMAT = ("-F", "%q|%t|%p")


class Matrix:
    """The tests; a class below gives `broker`, and the `largest` payload that it can deliver where that is little."""

    largest = {}

    def combinations(self):
        for number, values in enumerate(itertools.product(QOS, VERSIONS, TRANSPORTS)):
            yield f"matrix/{number}", *values

    def test_clean_session(self):
        for topic, qos, version, transport in self.combinations():
            common = [*self.broker.options(transport), "-V", version, "-t", topic, "-q", qos]
            with self.subTest(qos=qos, version=version, transport=transport):
                result = run(
                    mqtt(
                        "sub",
                        *common,
                        *FORMAT,
                        "-C",
                        1,
                        "-W",
                        30,
                        "--",
                        harness.MQTT,
                        "pub",
                        *common,
                        "-m",
                        f"hello {topic}",
                    )
                )
                self.assert_ok(result)
                self.assertEqual(result.text, f"{qos}|{topic}|hello {topic}\n", repr(result))
                self.assertEqual(result.errors, "")

    def test_persistent_session(self):
        """What comes while the subscriber is away waits for it; QoS 0 need not, so there the subscriber stays."""
        for topic, qos, version, transport in self.combinations():
            common = [*self.broker.options(transport), "-V", version, "-q", qos, "-t", topic]
            session = ["-c", "-i", topic.replace("/", ""), *(["-x", 600] if version == "5" else [])]
            publish = mqtt("pub", *common, "-m", f"kept {topic}")
            with self.subTest(qos=qos, version=version, transport=transport):
                if qos == "0":
                    result = run(mqtt("sub", *common, *session, *FORMAT, "-C", 1, "-W", 30, "--", *publish))
                else:
                    self.assert_ok(run(mqtt("sub", *common, *session, "-E", "-W", 30)))
                    self.assert_ok(run(publish))
                    result = run(mqtt("sub", *common, *session, *FORMAT, "-C", 1, "-W", 30))
                self.assert_ok(result)
                self.assertEqual(result.text, f"{qos}|{topic}|kept {topic}\n", repr(result))

    def test_mosquitto_pub_on_the_other_end(self):
        for qos, version, transport in itertools.product(QOS, VERSIONS, ("tcp", "tls")):
            with self.subTest(qos=qos, version=version, transport=transport):
                result = run(
                    mqtt(
                        "sub",
                        *self.broker.options(transport),
                        "-V",
                        version,
                        "-t",
                        "theirs",
                        "-q",
                        qos,
                        *FORMAT,
                        "-C",
                        1,
                        "-W",
                        30,
                        "--",
                        program("mosquitto_pub"),
                        *self.broker.peer_options(transport),
                        "-V",
                        version,
                        "-t",
                        "theirs",
                        "-q",
                        qos,
                        "-m",
                        "hello",
                    )
                )
                self.assert_ok(result)
                self.assertEqual(result.text, f"{qos}|theirs|hello\n")

    def test_mosquitto_sub_on_the_other_end(self):
        for qos, version, transport in itertools.product(QOS, VERSIONS, ("tcp", "tls")):
            with self.subTest(qos=qos, version=version, transport=transport):
                sub = self.mosquitto_subscriber(
                    self.broker,
                    *self.broker.peer_options(transport),
                    "-V",
                    version,
                    "-t",
                    "ours",
                    "-q",
                    qos,
                    "-C",
                    1,
                    "-W",
                    30,
                    "-F",
                    "<%q|%t|%p>",
                )
                self.assert_ok(
                    run(
                        mqtt(
                            "pub",
                            *self.broker.options(transport),
                            "-V",
                            version,
                            "-t",
                            "ours",
                            "-q",
                            qos,
                            "-m",
                            "hello",
                        )
                    )
                )
                self.assertIn(f"<{qos}|ours|hello>", sub.result().text)

    def test_versions_meet(self):
        for theirs, ours in itertools.permutations(VERSIONS, 2):
            with self.subTest(sub=theirs, pub=ours):
                options = self.broker.options()
                result = run(
                    mqtt(
                        "sub",
                        *options,
                        "-V",
                        theirs,
                        "-t",
                        "meet",
                        "-q",
                        2,
                        "-C",
                        1,
                        "-W",
                        30,
                        "--",
                        harness.MQTT,
                        "pub",
                        *options,
                        "-V",
                        ours,
                        "-t",
                        "meet",
                        "-q",
                        "2",
                        "-m",
                        "hello",
                    )
                )
                self.assert_ok(result)
                self.assertEqual(result.text, "hello\n")

    def test_bytes_arrive_as_they_were(self):
        """Payloads with every byte, without any, and a large one, over each transport."""
        contents = {
            "all": bytes(range(256)),
            "empty": b"",
            "newlines": b"\n\n\r\n",
            "large": bytes(range(251)) * 40_000,
        }
        for transport, (name, content) in itertools.product(TRANSPORTS, contents.items()):
            with self.subTest(transport=transport, payload=name):
                content = content[: self.largest.get(transport)]
                options = self.broker.options(transport)
                result = run(
                    mqtt(
                        "sub",
                        *options,
                        "-t",
                        "bytes",
                        "-q",
                        1,
                        "-N",
                        "-C",
                        1,
                        "-W",
                        60,
                        "--",
                        harness.MQTT,
                        "pub",
                        *options,
                        "-t",
                        "bytes",
                        "-q",
                        1,
                        "-f",
                        self.file("payload", content),
                    )
                )
                self.assert_ok(result)
                self.assertTrue(result.stdout == content, f"{len(result.stdout)} bytes for {len(content)}")

    def test_lines_keep_their_order(self):
        lines = [f"line {n}" for n in range(20_000)]
        for qos in QOS:
            with self.subTest(qos=qos):
                sub = self.start_subscriber(
                    *self.broker.options(), "-t", "order", "-q", qos, "-C", len(lines), "-W", 60
                )
                self.assert_ok(
                    run(mqtt("pub", *self.broker.options(), "-t", "order", "-q", qos, "-l"), "\n".join(lines) + "\n")
                )
                result = self.assert_ok(sub.result())
                self.assertTrue(result.text.splitlines() == lines, f"{len(result.text.splitlines())} lines")

    def test_retained_and_will(self):
        options = self.broker.options()
        self.assert_ok(run(mqtt("pub", *options, "-t", "kept", "-r", "-q", 1, "-m", "still here")))
        result = self.assert_ok(run(mqtt("sub", *options, "-t", "kept", "-C", 1, "-W", 30, "-F", "%r %p")))
        self.assertEqual(result.text, "1 still here\n")
        self.assert_ok(run(mqtt("pub", *options, "-t", "kept", "-r", "-q", 1, "-n")))
        self.assert_code(run(mqtt("sub", *options, "-t", "kept", "-C", 1, "-W", 1)), 27)

        watcher = self.start_subscriber(*options, "-t", "gone", "-q", 1, "-C", 1, "-W", 60, "-v")
        client = self.start_subscriber(
            *options, "-t", "other", "--will-topic", "gone", "--will-payload", "farewell", "--will-qos", 1
        )
        client.signal(9)
        self.assertEqual(self.assert_ok(watcher.result()).text, "gone farewell\n")


@needs("mosquitto", "mosquitto_pub", "openssl")
class AgainstMosquitto(Matrix, Case):
    # mosquitto 2.0.11 sends nothing of a payload of a megabyte over WebSocket, to whichever client.
    largest = {"ws": 100_000, "wss": 100_000}

    @classmethod
    def setUpClass(cls):
        # No limit on what waits: else lines are dropped by design.
        cls.broker = cls.enterClassContext(Mosquitto("max_queued_messages 0"))


@needs("mosquitto_pub")
class AgainstOurBroker(Matrix, Case):
    @classmethod
    def setUpClass(cls):
        cls.broker = cls.enterClassContext(Broker())


if __name__ == "__main__":
    harness.main()
