"""A port that is for something else: what it speaks is named, and what to try instead."""
import harness
import peers
from brokers import Broker, Mosquitto
from harness import SCHEMES, Case, mqtt, needs, run
from peers import Peer

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class PortCase(Case):
    def pub(self, url, *options):
        return run(mqtt("pub", "-t", "a", "-m", "x", "-L", url, *options))

    def expect(self, scheme, port, code, *words, options=()):
        """Fails with one line, in which these words stand."""
        result = self.assert_code(self.pub(f"{scheme}://localhost:{port}", *options), code)
        self.assertEqual(len(result.errors.splitlines()), 1, repr(result))
        for word in words:
            self.assertIn(word, result.errors)

    def says(self, data, **options):
        return self.enterContext(Peer(peers.says(data), **options)).port

    def closes(self, **options):
        return self.enterContext(Peer(lambda connection: connection.socket.recv(4096), **options)).port


class OneWord(PortCase):
    """Peers that give themselves away by what they answer."""

    def test_plain_client_on_a_tls_port(self):
        alert = b"\x15\x03\x01\x00\x02\x02\x46"
        self.expect("mqtt", self.says(alert), 76, "TLS", "mqtts://")
        self.expect("ws", self.says(alert), 76, "TLS", "wss://")

    def test_tls_client_on_a_plain_port(self):
        self.expect("mqtts", self.says(peers.connack(1)), 79, "does not speak TLS", "mqtt://")
        self.expect("wss", self.says(peers.HTTP_ANSWER), 79, "does not speak TLS", "ws://")

    def test_mqtt_client_on_a_web_server(self):
        self.expect("mqtt", self.says(peers.HTTP_ANSWER), 76, "400 Bad Request", "web server", " ws://")

    @needs("openssl")
    def test_mqtt_client_on_a_web_server_with_tls(self):
        port = self.says(peers.HTTP_ANSWER, tls=True)
        ca = ("--cafile", peers.certificates().ca)
        self.expect("mqtts", port, 76, "400 Bad Request", "web server", "wss://", options=ca)

    def test_websocket_client_on_an_mqtt_port(self):
        self.expect("ws", self.says(peers.connack(1)), 76, "does not speak HTTP", "mqtt://")

    def test_another_path(self):
        self.expect("ws", self.says(NOT_FOUND), 76, "404 Not Found", '"/mqtt"', "--ws-path")

    def test_ssh(self):
        self.expect("mqtt", self.says(b"SSH-2.0-OpenSSH_9.2\r\n"), 76, "SSH")


class NotAWord(PortCase):
    """Peers that only close."""

    def test_each_stage(self):
        self.expect("mqtt", self.closes(), 7, "mqtts://", "ws://", "-V")
        self.expect("ws", self.closes(), 7, "upgrade", "mqtt://", "wss://")
        self.expect("mqtts", self.closes(), 79, "TLS handshake", "mqtt://")
        self.expect("wss", self.closes(), 79, "TLS handshake", "ws://")

    @needs("openssl")
    def test_behind_tls(self):
        ca = ("--cafile", peers.certificates().ca)
        self.expect("mqtts", self.closes(tls=True), 7, "wss://", options=ca)
        self.expect("wss", self.closes(tls=True), 7, "mqtts://", options=ca)


class RealBrokers(PortCase):
    """Every transport on every other one's port: what is named is the transport that would have been right, or, where
    both TLS and WebSocket differ, one that is nearer to it."""

    def mix(self, broker, ca):
        for ours, scheme in SCHEMES.items():
            for theirs, port in broker.ports.items():
                if ours == theirs:
                    continue
                with self.subTest(client=ours, port=theirs):
                    encrypted = ("--cafile", ca) if ours in ("tls", "wss") else ()
                    result = self.pub(f"{scheme}://localhost:{port}", *encrypted)
                    self.assertIn(result.code, (7, 76, 79), repr(result))
                    near = self.one_step_from(ours)
                    wanted = [theirs] if theirs in near else near
                    named = [other for other in wanted if f"{SCHEMES[other]}://" in result.errors]
                    self.assertTrue(named, f"{wanted} {result!r}")

    @staticmethod
    def one_step_from(transport):
        """The transports that differ in TLS, or in WebSocket."""
        return {"tcp": ("tls", "ws"), "tls": ("tcp", "wss"), "ws": ("tcp", "wss"), "wss": ("tls", "ws")}[transport]

    @needs("mosquitto", "openssl")
    def test_mosquitto(self):
        broker = self.enterContext(Mosquitto())
        self.mix(broker, broker.ca)

    @needs("openssl")
    def test_ours(self):
        broker = self.enterContext(Broker())
        self.mix(broker, broker.ca)


@needs("openssl")
class Certificates(PortCase):
    def test_a_self_signed_one_names_cafile(self):
        port = self.enterContext(Peer(peers.serves(), tls=True)).port
        for scheme in ("mqtts", "wss"):
            self.expect(scheme, port, 79, "certificate", "--cafile")


class Proxies(PortCase):
    """The proxy is what failed, so the proxy is what is named."""

    def through(self, proxy, code, *words):
        result = self.assert_code(self.pub("mqtt://broker.invalid:4321", "--proxy", proxy), code)
        self.assertEqual(len(result.errors.splitlines()), 1, repr(result))
        for word in words:
            self.assertIn(word, result.errors)
        return result

    def test_nobody_there(self):
        port = harness.free_port()
        for scheme in ("socks5h", "http"):
            result = self.through(f"{scheme}://127.0.0.1:{port}", 69, f"proxy 127.0.0.1:{port}", "--proxy")
            self.assertNotIn("broker.invalid", result.errors)

    def test_unknown_name(self):
        for scheme in ("socks5h", "http"):
            result = self.through(f"{scheme}://proxy.invalid:1", 68, 'the proxy "proxy.invalid"')
            self.assertNotIn("broker.invalid", result.errors)

    def test_closes(self):
        for scheme in ("socks5h", "http"):
            port = self.closes()
            self.through(f"{scheme}://127.0.0.1:{port}", 7, f"proxy 127.0.0.1:{port}")

    def test_refuses(self):
        port = self.says(b"\5\0\5\5\0\1\0\0\0\0\0\0")
        self.through(f"socks5h://127.0.0.1:{port}", 69, f"127.0.0.1:{port}", "refused", "broker.invalid:4321")
        port = self.says(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        self.through(f"http://127.0.0.1:{port}", 69, f"127.0.0.1:{port}", "502", "broker.invalid:4321")

    def test_speaks_another_protocol(self):
        for scheme in ("socks5h", "http"):
            port = self.says(b"220 mail.example ESMTP\r\n")
            self.through(f"{scheme}://127.0.0.1:{port}", 76, f"proxy 127.0.0.1:{port}", "does not speak")


if __name__ == "__main__":
    harness.main()
