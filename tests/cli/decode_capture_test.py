"""mqtt decode on captures: encrypted ones, WebSocket, those that begin late, other protocols, and live interfaces."""
import json
import os
import signal
import socket
import unittest

import harness
from brokers import Broker
from captures import Capture, Recorder
from harness import mqtt, run
from terminal import run_on_terminal

CONNECT = "101000044d5154540402003c000461626364"
CONNECT_5 = "101100044d5154540502003c0000046b697463"
CONNACK = "20020000"
DISCONNECT = "e000"


def connect(name):
    body = bytes.fromhex("00044d5154540402003c") + len(name).to_bytes(2, "big") + name.encode()
    return bytes([0x10, len(body)]) + body


def publish(topic, payload):
    body = len(topic).to_bytes(2, "big") + topic.encode() + payload.encode()
    return bytes([0x30, len(body)]) + body


class DecodeCase(harness.Case):
    def decode(self, *words, stdin=b"", **options):
        return run(mqtt("decode", *words), stdin=stdin, **options)

    def summary(self, capture, *words):
        return self.decode("--output", "summary", *words, stdin=capture)

    def types(self, capture, *words):
        out = self.assert_ok(self.decode("--output", "json", *words, stdin=capture)).text
        return [json.loads(line)["type"] for line in out.splitlines()]


class Encrypted(DecodeCase):
    def recorded(self, *options):
        keylog = self.folder / "keys"
        with Broker() as broker, Recorder(broker.ports["tls"]) as recorder:
            self.assert_ok(run(mqtt(
                "pub", "-L", f"mqtts://localhost:{recorder.port}", "--cafile", broker.ca, "--tls-keylog", keylog,
                "-t", "secret/topic", "-m", "whispered", "-q", 1, *options)))
            return recorder.capture(8883), keylog

    def test_what_pub_logged_decrypts_what_was_captured(self):
        for version in ("tlsv1.2", "tlsv1.3"):
            with self.subTest(version):
                capture, keylog = self.recorded("--tls-version", version)
                result = self.assert_ok(self.summary(capture, "--keylog", keylog))
                self.assertRegex(result.text, r'PUBLISH q1 r0 d0 id 1 topic "secret/topic" 9 bytes')
                self.assertEqual(len(result.text.splitlines()), 5)
                self.assertEqual(
                    result.errors, "mqtt decode: connection 1: encrypted with TLS, decrypted with the keylog\n")

    def test_without_the_keys_it_is_named(self):
        capture, _ = self.recorded()
        result = self.assert_code(self.summary(capture), 65)
        self.assertEqual(result.text, "")
        self.assertEqual(result.errors.splitlines(), [
            "mqtt decode: connection 1: encrypted with TLS and not decrypted: no keylog was given",
            "mqtt decode: no MQTT packet was found; one connection is encrypted, which --keylog can read"])
        other = self.assert_code(self.summary(capture, "--keylog", self.file("keys-of-others", "# none\n")), 65)
        self.assertIn(
            "no MQTT packet was found; one connection is encrypted: the keylog has no secrets for it\n", other.errors)
        self.assert_code(self.summary(capture, "--keylog", self.folder / "missing"), 66)
        for words in (["c000"], []):
            useless = self.assert_code(self.decode("--keylog", self.folder / "missing", *words, stdin=b"c000"), 64)
            self.assertEqual(useless.errors, "mqtt decode: --keylog is for captures, and the input is none\n")


class WebSocket(DecodeCase):
    def test_what_pub_sends_over_websocket(self):
        with Broker() as broker, Recorder(broker.ports["ws"]) as recorder:
            self.assert_ok(run(mqtt("pub", "-L", f"ws://localhost:{recorder.port}/mqtt", "-t", "a/b", "-m", "hello")))
            capture = recorder.capture(8080)
        result = self.assert_ok(self.summary(capture))
        self.assertRegex(result.text, r'c>s PUBLISH q0 r0 d0 topic "a/b" 5 bytes')
        self.assertIn("MQTT over WebSocket, opened by GET /mqtt HTTP/1.1", result.errors)

    def test_a_text_frame_breaks_a_statement(self):
        head = ("GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Protocol: mqtt\r\n\r\n")
        answer = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n")
        capture = Capture()
        packet = bytes.fromhex(CONNECT)
        capture.connection(server_port=8080).send(True, head.encode()).send(False, answer.encode()).send(
            True, bytes([0x81, 0x80 | len(packet), 0, 0, 0, 0]) + packet)
        for options in ([], ["--lint"]):
            result = self.assert_code(self.summary(capture.bytes, *options), 1)
            self.assertIn("connection 1 ! client: packets travel in binary frames [MQTT-6.0.0-1]\n", result.text)


class Parts(DecodeCase):
    def test_a_capture_that_begins_late_has_its_version_guessed(self):
        capture = Capture()
        capture.connection(handshake=False).send(True, "300a0003612f62000103" + "6869").send(False, "d000")
        result = self.assert_ok(self.decode(stdin=capture.bytes))
        self.assertIn("connection 1: no CONNECT was captured: read as MQTT", result.text)
        self.assertIn("(assumed)", result.text)
        line = json.loads(self.decode("--output", "json", stdin=capture.bytes).text.splitlines()[0])
        self.assertNotIn("version", line)
        forced = self.assert_ok(self.decode("-V", "311", "--output", "json", stdin=capture.bytes)).text
        self.assertEqual(json.loads(forced.splitlines()[0])["version"], "3.1.1")

    def test_a_loss_is_told_and_reading_goes_on(self):
        capture = Capture()
        connection = capture.connection().send(True, CONNECT).send(False, CONNACK).lose(True, 100)
        connection.send(True, publish("a", "after")).send(True, DISCONNECT).send(False, "d000").close()
        result = self.summary(capture.bytes)
        self.assertIn('topic "a" 5 bytes', result.text)
        self.assertIn("100 bytes are missing from the capture", result.errors)

    def test_mqtt_sn_is_named_and_left_alone(self):
        capture = Capture()
        capture.datagram(b"\x0a\x04\x04\x01\x00\x3cnode")
        result = self.assert_code(self.summary(capture.bytes), 65)
        self.assertIn("MQTT-SN over UDP, which is another protocol, begins here; it is not decoded", result.errors)

    def test_a_capture_that_is_cut(self):
        capture = Capture()
        capture.connection().send(True, CONNECT).send(False, CONNACK)
        result = self.assert_ok(self.summary(capture.bytes[:-10]))
        self.assertEqual(len(result.text.splitlines()), 1)
        self.assertRegex(result.errors, r"the capture ends inside a record at byte \d+")


class Selected(DecodeCase):
    def setUp(self):
        super().setUp()
        capture = Capture()
        self.first = capture.connection(40001)
        self.first.send(True, connect("one")).send(False, CONNACK).send(True, publish("a/b", "1"))
        second = capture.connection(40002)
        second.send(True, CONNECT_5).send(False, "2003000000")
        # An alias is set, then stands for the topic.
        second.send(True, "300a0003612f62" + "03230001" + "32").send(True, "3007" + "0000" + "03230001" + "33")
        second.send(True, "8208" + "0001" + "00" + "0002" + "612f" + "00")
        self.first.send(True, DISCONNECT).close()
        self.capture = capture.bytes

    def test_by_connection_and_client(self):
        first = ["CONNECT", "CONNACK", "PUBLISH", "DISCONNECT"]
        self.assertEqual(self.types(self.capture, "--connection", 1), first)
        self.assertEqual(self.types(self.capture, "--client-id", "one"), first)
        self.assertEqual(len(self.types(self.capture, "--client-id", "kitc")), 5)
        self.assertEqual(self.types(self.capture, "--client-id", "nobody"), [])
        self.assertEqual(self.types(self.capture, "--connection", 2, "--only", "SUBSCRIBE,CONNACK"),
                         ["CONNACK", "SUBSCRIBE"])

    def test_by_topic_also_behind_an_alias(self):
        def payloads(*words):
            out = self.assert_ok(self.decode("--output", "json", "--only", "PUBLISH", *words, stdin=self.capture)).text
            return [json.loads(line).get("payload") for line in out.splitlines()]

        self.assertEqual(payloads("-t", "a/+"), ["1", "2", "3"])
        self.assertEqual(payloads("-t", "a/b", "--client-id", "kitc"), ["2", "3"])
        self.assertEqual(payloads("-t", "b"), [])

    def test_by_time(self):
        self.assertEqual(self.types(self.capture, "--since", "2023-11-14T22:13:21Z", "--until", "+2"),
                         ["CONNACK", "PUBLISH"])

    def test_statistics_of_one(self):
        result = self.assert_ok(self.decode("--stats", "--client-id", "one", stdin=self.capture))
        self.assertEqual(result.text, """\
Connection 1, 10.0.0.1:40001 > 10.0.0.2:1883
  client identifier  "one"
  version            MQTT 3.1.1
  keep alive         60 s
  time               2023-11-14T22:13:20.000000Z, 8.000 s
  bytes              27 by the client, 4 by the server
  packets            4, 1 CONNECT, 1 CONNACK, 1 PUBLISH, 1 DISCONNECT
  end                DISCONNECT of the client, closed
  topics             "a/b": 1 message, 1 byte
""")


class Sessions(DecodeCase):
    def test_a_server_that_keeps_the_older_connection(self):
        capture = Capture()
        older = capture.connection(40001).send(True, CONNECT).send(False, CONNACK)
        capture.connection(40002).send(True, CONNECT).send(False, CONNACK)
        capture.second += 10
        older.send(True, "c000").send(False, "d000")
        result = self.assert_code(self.decode("--lint", stdin=capture.bytes), 1)
        self.assertIn("a server ends the older connection of a client that connects again [MQTT-3.1.4-2]", result.text)

    def test_what_is_told_of_a_whole_connection_has_a_time(self):
        capture = Capture()
        capture.connection().send(True, CONNECT).send(False, CONNACK).close()
        last = self.assert_ok(self.decode("--lint", "--output", "json", stdin=capture.bytes)).text.splitlines()[-1]
        line = json.loads(last)
        self.assertEqual((list(line), line["connection"]), (["time", "connection", "lint"], 1))
        result = self.assert_ok(self.decode("--lint", stdin=capture.bytes))
        self.assertIn(f"{line['time']} connection 1 ? client: a client ends its connection with DISCONNECT", result.text)

    def test_what_comes_first_must_be_connect(self):
        capture = Capture()
        capture.connection().send(True, publish("a", "x")).close()
        result = self.assert_code(self.decode("--lint", stdin=capture.bytes), 1)
        self.assertIn("[MQTT-3.1.0-1]", result.text)
        late = Capture()
        late.connection(handshake=False).send(True, publish("a", "x")).close()
        self.assert_ok(self.decode("--lint", stdin=late.bytes))


class Violations(DecodeCase):
    def test_json_has_what_could_be_read(self):
        """A will with QoS 3; then what is whole of a SUBSCRIBE that ends inside its second filter."""
        result = self.assert_code(self.decode(
            "--output", "json", "101600044d515454041e003c0001610001770000" + "00026f6b"[:8]), 1)
        line = json.loads(result.text.splitlines()[0])
        self.assertEqual(list(line)[:10], ["offset", "length", "type", "version", "protocol_name", "protocol_level",
                                           "clean_session", "keep_alive", "client_identifier", "will"])
        self.assertEqual(line["will"], {"topic": "w", "qos": 3, "retain": False, "payload": ""})
        self.assertEqual((line["error"]["clause"], line["error"]["offset"]), ("MQTT-3.1.2-14", 9))
        result = self.assert_code(self.decode("--output", "json", "820a" + "0007" + "0001" + "6101" + "0009" + "6263"), 1)
        line = json.loads(result.text.splitlines()[0])
        self.assertEqual(line["packet_identifier"], 7)
        self.assertEqual(line["subscriptions"], [{"topic_filter": "a", "qos": 1}])
        self.assertLess(list(line).index("subscriptions"), list(line).index("error"))

    def test_json_has_what_there_is_of_a_payload(self):
        for words, payload in (("300a0001616869", "hi"), ("300a000161", ""), ("300a00016168c3", None)):
            with self.subTest(words):
                line = json.loads(self.assert_code(self.decode("--output", "json", words), 1).text)
                self.assertEqual((line["topic"], line.get("payload"), line["error"]["offset"]),
                                 ("a", payload, len(words) // 2))
        self.assertEqual(line["payload_base64"], "aMM=")
        properties_are_cut = self.assert_code(self.decode("-V", 5, "--output", "json", "300a000161050101"), 1)
        self.assertNotIn("payload", json.loads(properties_are_cut.text))


class Terminals(DecodeCase):
    def test_colours_are_for_terminals_that_want_them(self):
        coloured = run_on_terminal(mqtt("decode", CONNECT))
        self.assertIn(b"\x1b[", coloured.stdout)
        self.assertNotIn(b"\x1b[", run_on_terminal(mqtt("decode", CONNECT), env={"NO_COLOR": "1"}).stdout)
        self.assertNotIn("\x1b", self.decode(CONNECT).text)

    def test_who_types_is_told_what_to_do(self):
        typed = run_on_terminal(mqtt("decode", "--output", "summary"), stdin=b"c0 00\n\x04", wait_for=b"Ctrl-D")
        self.assertEqual(typed.code, 0)
        self.assertIn(b"PINGREQ", typed.stdout)

    def test_controls_from_the_network_are_escaped(self):
        shown = run_on_terminal(mqtt("decode", publish("a\x1b[2J", "\x1b]0;x\x07").hex()), env={"NO_COLOR": "1"})
        self.assertNotIn(b"\x1b", shown.stdout)
        self.assertIn(b"\\x1b[2J", shown.stdout.replace(b"\\u001b", b"\\x1b"))


class Live(DecodeCase):
    """The loopback interface, where this user may capture."""

    def setUp(self):
        super().setUp()
        # The filter is wrong, but that is found out only by those who may capture.
        probe = self.decode("--interface", "lo", "--filter", "wrong")
        if probe.code != 64:
            self.skipTest(probe.errors)

    def listening(self, *options):
        """A process that has shown the first CONNECT of connections which are made until it does."""
        server = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        port = server.getsockname()[1]
        process = self.start(mqtt("decode", "--interface", "lo", "--filter", f"tcp port {port}", *options))
        self.send = lambda: self.connect_to(port)
        return process

    @staticmethod
    def connect_to(port):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(bytes.fromhex(CONNECT))

    def send_until(self, condition):
        def attempt():
            self.send()
            return condition()
        harness.wait_until(attempt, "a packet that was captured")

    def test_the_first_signal_ends_it_with_what_was_asked_for(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.listening("--output", "summary", "--stats")
            self.send_until(lambda: b"CONNECT" in process.stdout)
            result = process.signal(number).result()
            self.assertEqual((result.code, result.errors), (0, ""))
            self.assertIn("Connection 1, 127.0.0.1:", result.text)

    def test_a_reader_that_goes_away_is_noticed_in_silence(self):
        server = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        port = server.getsockname()[1]
        self.send = lambda: self.connect_to(port)
        command = f"'{harness.MQTT}' decode --interface lo --filter 'tcp port {port}' --output summary"
        shell = self.start(["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"])
        self.send_until(lambda: shell.stdout)
        result = self.assert_ok(shell.result())
        self.assertEqual((len(result.text.splitlines()), result.errors), (1, ""))

    def test_what_cannot_be_captured(self):
        unknown = self.assert_code(self.decode("--interface", "no-such"), 66)
        self.assertRegex(unknown.errors, r"no-such: no such interface; there are .*\blo\b")
        wrong = self.assert_code(self.decode("--interface", "lo", "--filter", "tcp prot 1"), 64)
        self.assertIn('filter "tcp prot 1": ', wrong.errors)
        self.assert_code(self.decode("--interface", "lo", "-r", "file"), 64)
        self.assert_code(self.decode("--filter", "tcp", "c000"), 64)

    @unittest.skipIf(os.getuid() != 0, "only root can give its rights away")
    @harness.needs("setpriv")
    def test_without_the_right_to_capture_it_says_what_it_takes(self):
        result = run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", harness.MQTT, "decode",
                      "--interface", "lo"])
        self.assert_code(result, 66)
        self.assertIn("it takes root or CAP_NET_RAW, or: sudo tcpdump -i lo", result.errors)


if __name__ == "__main__":
    harness.main()
