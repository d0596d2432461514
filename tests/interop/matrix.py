"""The matrix for one broker: transport, version, QoS and direction, messages compared byte for byte."""
import itertools
import json

from cells import Cells, harness
from starter import SCHEMES

QOS = (0, 1, 2)
# Every byte, and what a shell, a line or a format might trip over.
PAYLOAD = bytes(range(256)) + "grüße 你好 🙂\r\n%p\n".encode()
TOPIC = "matrix/kitchen/温度"


class Matrix(Cells):
    def granted(self, qos):
        return min(qos, self.broker.maximum_qos)

    def cells(self, transports):
        """The broker's cells among these transports; the other ones are counted as skipped."""
        for transport, version, qos in itertools.product(transports, harness.VERSIONS, QOS):
            if transport in self.broker.transports:
                yield transport, version, qos, ["-V", version, "-t", f"{TOPIC}/{transport}/{version}/{qos}", "-q", qos]
            else:
                self.without(f"{self.broker.name}, {transport}: {self.broker.missing[transport]}")

    def refused(self, options, version):
        """A version that the broker has not is refused with a word that helps."""
        if version in self.broker.versions:
            return False
        code, words = self.broker.refusals[version]
        self.assertRegex(self.pub(*options, "-m", "x", code=code).errors, words)
        return True

    def test_ours_to_ours(self):
        payload = self.file("payload", PAYLOAD)
        for transport, version, qos, options in self.cells(SCHEMES):
            with self.cell(transport=transport, version=version, qos=qos):
                options = [*self.broker.options(transport), *options]
                if self.refused(options, version):
                    continue
                publish = harness.mqtt("pub", *options, "-f", payload)
                result = self.sub(*options, "-C", 1, "-N", "-F", "%q %t %p", "--", *publish)
                topic = options[options.index("-t") + 1]
                self.assert_bytes(result.stdout, f"{self.granted(qos)} {topic} ".encode() + PAYLOAD)
                self.assert_notices(result, qos)

    def assert_notices(self, result, qos):
        """A lower QoS than asked for is said; nothing else is."""
        lower = self.granted(qos) < qos
        self.assertEqual(f"was granted QoS {self.broker.maximum_qos}" in result.errors, lower, repr(result))
        self.assertEqual("answered a QoS 2 PUBLISH with PUBACK" in result.errors, lower, repr(result))
        if not lower:
            self.assertEqual(result.errors, "")

    def test_mosquitto_pub_to_ours(self):
        payload = self.file("payload", PAYLOAD)
        for transport, version, qos, options in self.cells(("tcp", "tls")):
            if version not in self.broker.versions:
                continue  # theirs, not ours, would be refused
            if qos > self.broker.maximum_qos:
                self.without(f"mosquitto_pub calls it an error that {self.broker.name} answers QoS 2 with PUBACK")
                continue
            with self.cell(transport=transport, version=version, qos=qos, peer="mosquitto_pub"):
                publish = [harness.program("mosquitto_pub"), *self.broker.peer_options(transport), *options]
                result = self.sub(
                    *self.broker.options(transport), *options, "-C", 1, "-N", "--", *map(str, publish), "-f", payload
                )
                self.assert_bytes(result.stdout, PAYLOAD)

    def test_ours_to_mosquitto_sub(self):
        payload = self.file("payload", PAYLOAD)
        for transport, version, qos, options in self.cells(("tcp", "tls")):
            if version not in self.broker.versions:
                continue
            with self.cell(transport=transport, version=version, qos=qos, peer="mosquitto_sub"):
                more = ["-C", 1, "-W", 60, "-F", "%q <%X>"]
                sub = self.mosquitto_subscriber(self.broker, *self.broker.peer_options(transport), *options, *more)
                self.pub(*self.broker.options(transport), *options, "-f", payload)
                heard = self.assert_ok(sub.result()).text
                self.assertIn(f"{self.granted(qos)} <{PAYLOAD.hex().upper()}>", heard)

    def test_versions_meet(self):
        for theirs, ours in itertools.permutations(self.broker.versions, 2):
            with self.cell(sub=theirs, pub=ours):
                options = [*self.broker.options(), "-t", "matrix/meet", "-q", 1]
                publish = harness.mqtt("pub", *options, "-V", ours, "-m", "hello")
                result = self.sub(*options, "-V", theirs, "-C", 1, "--", *publish)
                self.assertEqual(result.text, "hello\n")

    def test_retained(self):
        for version in self.broker.versions:
            with self.cell(version=version, retained=True):
                options = [*self.broker.options(), "-V", version, "-t", f"matrix/kept/{version}", "-q", 1]
                self.pub(*options, "-r", "-f", self.file("payload", PAYLOAD))
                result = self.sub(*options, "-C", 1, "-N", "-F", "%r %p")
                self.assert_bytes(result.stdout, b"1 " + PAYLOAD)
                self.pub(*options, "-r", "-n")
                marker = harness.mqtt("pub", *options, "-m", "marker")
                self.assertEqual(self.sub(*options, "-C", 1, "-F", "%r %p", "--", *marker).text, "0 marker\n")

    def test_will(self):
        for version in self.broker.versions:
            with self.cell(version=version, will=True):
                options = [*self.broker.options(), "-V", version]
                topic = f"matrix/will/{version}"
                watcher = self.start_subscriber(*options, "-t", topic, "-q", 1, "-C", 1, "-W", 60, "-v")
                will = ["--will-topic", topic, "--will-payload", "farewell", "--will-qos", 1]
                client = self.start_subscriber(*options, "-t", "matrix/other", *will)
                client.signal(9)
                self.assertEqual(self.assert_ok(watcher.result()).text, f"{topic} farewell\n")

    def test_check(self):
        names = {"31": "version.3.1", "311": "version.3.1.1", "5": "version.5.0"}
        expected = {name: version in self.broker.versions for version, name in names.items()}
        expected |= {"qos": self.broker.maximum_qos, "retain": True, "anonymous": self.broker.user is None}
        expected |= {"persistent_sessions": True, "clean_sessions": True, "wildcard_subscriptions": True}
        expected |= {"client_identifier_length": 65_535, "empty_client_identifier": True, "dollar_topics": True}
        expected |= {"topic_length": self.broker.longest_topic, "payload": 1024 * 1024} | self.broker.facts
        for transport in self.broker.transports:
            with self.cell(check=transport):
                options = [*self.broker.options(transport), "--format", "json", "--samples", 3, "--timeout", 10]
                if transport in self.broker.largest:
                    options += ["--largest-payload", 65_536]
                result = self.assert_ok(harness.run(harness.mqtt("check", *options), timeout=300))
                found = {line["fact"]: line for line in map(json.loads, result.text.splitlines())}
                if transport in self.broker.largest:
                    del found["payload"]
                values = {name: found[name]["value"] for name in expected if name in found}
                self.assertEqual(values, {name: expected[name] for name in values}, result)

    def test_persistent_session(self):
        for version, qos in itertools.product(self.broker.versions, (1, 2)):
            with self.cell(version=version, qos=qos, session="persistent"):
                options = [*self.broker.options(), "-V", version, "-q", qos, "-t", f"matrix/away/{version}/{qos}"]
                session = ["-c", "-i", f"away-{version}-{qos}", *(["-x", 300] if version == "5" else [])]
                self.sub(*options, *session, "-E")
                self.pub(*options, "-f", self.file("payload", PAYLOAD))
                result = self.sub(*options, *session, "-C", 1, "-N", "-F", "%q %p")
                self.assert_bytes(result.stdout, f"{self.granted(qos)} ".encode() + PAYLOAD)
