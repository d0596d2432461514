"""How a broker is reached: URLs, addresses, unix sockets, the WebSocket's own rules, and proxies."""
import socket
import struct
import threading

import harness
import peers
from brokers import Mosquitto
from harness import Case, mqtt, needs, run
from peers import Peer


class TransportCase(Case):
    def pub(self, *options, code=0, **more):
        return self.assert_code(run(mqtt("pub", "-t", "a", "-q", 1, "-m", "x", *options), **more), code)


class Addresses(TransportCase):
    def peer(self, **options):
        return self.enterContext(Peer(peers.serves(), **options)).port

    def test_every_scheme_for_tcp(self):
        for scheme in ("mqtt", "tcp"):
            self.pub("-L", f"{scheme}://127.0.0.1:{self.peer()}")

    @needs("openssl")
    def test_every_scheme_for_tls(self):
        for scheme in ("mqtts", "ssl", "tls"):
            port = self.peer(tls=True)
            self.pub("-L", f"{scheme}://localhost:{port}", "--cafile", peers.certificates().ca)

    def test_ipv6(self):
        try:
            port = self.peer(host="::1")
        except OSError:
            self.skipTest("no IPv6 on the loopback interface")
        self.pub("-L", f"mqtt://[::1]:{port}")
        self.pub("-h", "::1", "-p", port)

    def test_bind_address(self):
        seen = []

        def behaviour(connection):
            seen.append(connection.socket.getpeername()[0])
            peers.serves()(connection)

        port = self.enterContext(Peer(behaviour)).port
        self.pub("-h", "127.0.0.1", "-p", port, "-A", "127.0.0.9")
        self.assertEqual(seen, ["127.0.0.9"])

    @needs("mosquitto", "openssl")
    def test_unix_socket(self):
        path = self.folder / "socket"
        self.enterContext(Mosquitto(f"listener 0 {path}", transports=["tcp"]))
        self.pub("--unix", str(path))


class WebSocket(TransportCase):
    """The peer looks at each frame that we send, and sends frames in forms that a client seldom meets."""

    def setUp(self):
        super().setUp()
        self.request = b""
        self.frames = []

    def serve(self, answer, protocol=b"mqtt"):
        """Upgrades, then hands each MQTT packet's bytes to `answer`, whose frames go out as they are."""

        def behaviour(connection):
            self.request = connection.upgrade(protocol)
            while True:
                first, masked, payload = connection.read_frame()
                self.frames.append((first, masked, payload))
                if first & 15 == 8:
                    connection.send(peers.frame(8, payload))
                    return
                for reply in answer(payload):
                    connection.send(reply)

        return self.enterContext(Peer(behaviour)).port

    @staticmethod
    def replies(payload):
        if payload[:1] == b"\x10":
            return [peers.connack()]
        if payload[:1] == b"\x32":
            size = struct.unpack_from(">H", payload, 2)[0]
            return [peers.packet(peers.PUBACK, payload[4 + size : 6 + size])]
        return []

    def header(self, name):
        for line in self.request.split(b"\r\n"):
            if line.lower().startswith(name.lower() + b":"):
                return line.split(b":", 1)[1].strip()
        return None

    def test_request(self):
        port = self.serve(lambda data: [peers.frame(2, reply) for reply in self.replies(data)])
        self.pub(
            "-L",
            f"ws://127.0.0.1:{port}/some/path?token=a%20b",
            "--ws-header",
            "X-Key: one",
            "--ws-header",
            "X-Other: 2",
        )
        self.assertTrue(self.request.startswith(b"GET /some/path?token=a%20b HTTP/1.1\r\n"), self.request)
        self.assertEqual(self.header(b"Host"), b"127.0.0.1:%d" % port)
        self.assertEqual(self.header(b"Sec-WebSocket-Protocol"), b"mqtt")
        self.assertEqual(self.header(b"Sec-WebSocket-Version"), b"13")
        self.assertEqual((self.header(b"X-Key"), self.header(b"X-Other")), (b"one", b"2"))

    def test_default_path_and_ws_options(self):
        for options in (["-L", "ws://127.0.0.1:{}"], ["--ws", "-h", "127.0.0.1", "-p", "{}"]):
            port = self.serve(lambda data: [peers.frame(2, reply) for reply in self.replies(data)])
            self.pub(*[option.format(port) for option in options])
            self.assertTrue(self.request.startswith(b"GET /mqtt HTTP/1.1\r\n"), self.request)

    def test_sub_protocol_of_3_1(self):
        port = self.serve(lambda data: [peers.frame(2, reply) for reply in self.replies(data)], b"mqttv3.1")
        self.pub("-L", f"ws://127.0.0.1:{port}", "-V", "31")
        self.assertEqual(self.header(b"Sec-WebSocket-Protocol"), b"mqttv3.1")

    def test_every_frame_is_masked_and_binary(self):
        port = self.serve(lambda data: [peers.frame(2, reply) for reply in self.replies(data)])
        self.pub("-L", f"ws://127.0.0.1:{port}")
        self.assertTrue(all(masked for _, masked, _ in self.frames))
        self.assertEqual({first for first, _, _ in self.frames} - {0x88}, {0x82})

    def test_fragments_pings_and_split_packets(self):
        def in_pieces(data):
            for reply in self.replies(data):
                yield peers.frame(9, b"are you there")
                yield peers.frame(2, reply[:1], final=False)
                yield peers.frame(9, b"still?")
                yield peers.frame(0, b"", final=False)
                yield peers.frame(0, reply[1:])

        self.pub("-L", f"ws://127.0.0.1:{self.serve(in_pieces)}")
        pongs = [payload for first, _, payload in self.frames if first & 15 == 10]
        self.assertEqual(pongs, [b"are you there", b"still?"] * 2)

    def test_broken_frames(self):
        for name, broken in (
            ("masked", peers.frame(2, b"\x20\x02\0\0", mask=b"abcd")),
            ("text", peers.frame(1, b"hello")),
            ("reserved bits", b"\xf2\x04\x20\x02\0\0"),
            ("unknown opcode", peers.frame(3, b"x")),
            ("fragmented control", peers.frame(9, b"x", final=False)),
            ("huge", b"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"),
            ("continuation of nothing", peers.frame(0, b"x")),
        ):
            with self.subTest(name):
                port = self.serve(lambda data: [broken])
                self.pub("-L", f"ws://127.0.0.1:{port}", code=76)

    def test_peer_says_goodbye(self):
        port = self.serve(lambda data: [peers.frame(8, struct.pack(">H", 1001) + b"going away")])
        result = run(mqtt("pub", "-t", "a", "-q", 1, "-m", "x", "-L", f"ws://127.0.0.1:{port}"))
        self.assertIn(result.code, (7, 76), repr(result))
        self.assertRegex(result.errors, r"\S")

    def test_wrong_accept(self):
        peer = Peer(
            peers.says(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
            )
        )
        self.pub("-L", f"ws://127.0.0.1:{self.enterContext(peer).port}", code=76)


def relay(left, right):
    """Both ways, until either side ends."""

    def one_way(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        finally:
            for sock in (source, target):
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    thread = threading.Thread(target=one_way, args=(right, left), daemon=True)
    thread.start()
    one_way(left, right)
    thread.join(5)


class Proxies(TransportCase):
    """Proxies that take us to the broker whatever name we ask for, and remember what that was."""

    def setUp(self):
        super().setUp()
        self.broker = self.enterContext(Peer(peers.serves()))
        self.asked = []

    def onward(self, connection):
        with socket.create_connection(("127.0.0.1", self.broker.port)) as broker:
            relay(connection.socket, broker)

    def socks5(self, credentials=None, reply=0):
        def behaviour(connection):
            version, count = connection.exactly(2)
            methods = connection.exactly(count)
            if credentials:
                assert version == 5 and 2 in methods
                connection.send(b"\5\2")
                _, size = connection.exactly(2)
                user = connection.exactly(size)
                password = connection.exactly(connection.exactly(1)[0])
                right = (user, password) == credentials
                connection.send(b"\1\0" if right else b"\1\1")
                if not right:
                    return
            else:
                connection.send(b"\5\0")
            kind = connection.exactly(4)[3]
            host = connection.exactly(connection.exactly(1)[0] if kind == 3 else {1: 4, 4: 16}[kind])
            self.asked.append((kind, host, struct.unpack(">H", connection.exactly(2))[0]))
            connection.send(b"\5" + bytes([reply]) + b"\0\1\0\0\0\0\0\0")
            if not reply:
                self.onward(connection)

        return self.enterContext(Peer(behaviour)).port

    def http(self, answer=b"HTTP/1.1 200 Connection established\r\n\r\n"):
        def behaviour(connection):
            self.asked.append(connection.read_head())
            connection.send(answer)
            if b" 200 " in answer:
                self.onward(connection)

        return self.enterContext(Peer(behaviour)).port

    def test_socks5h_lets_the_proxy_resolve(self):
        self.pub("-h", "broker.invalid", "--proxy", f"socks5h://127.0.0.1:{self.socks5()}")
        self.assertEqual(self.asked, [(3, b"broker.invalid", 1883)])

    def test_socks5_with_credentials(self):
        self.pub("-h", "broker.invalid", "--proxy", f"socks5h://me:p%40ss@127.0.0.1:{self.socks5((b'me', b'p@ss'))}")
        result = run(
            mqtt(
                "pub",
                "-t",
                "a",
                "-m",
                "x",
                "-h",
                "broker.invalid",
                "--proxy",
                f"socks5h://me:no@127.0.0.1:{self.socks5((b'me', b'yes'))}",
            )
        )
        self.assertIn(result.code, (69, 76), repr(result))

    def test_socks5_refusals_in_words(self):
        for reply, words in ((5, "refused"), (4, "unreachable"), (2, "not allowed")):
            result = self.pub(
                "-h", "broker.invalid", "--proxy", f"socks5h://127.0.0.1:{self.socks5(reply=reply)}", code=69
            )
            self.assertRegex(result.errors, f"(?i){words}")

    def test_http_connect(self):
        self.pub("-h", "broker.invalid", "-p", 4321, "--proxy", f"http://127.0.0.1:{self.http()}")
        self.assertTrue(self.asked[0].startswith(b"CONNECT broker.invalid:4321 HTTP/1.1\r\n"), self.asked)

    def test_http_connect_with_credentials(self):
        self.pub("-h", "broker.invalid", "--proxy", f"http://me:p%40ss@127.0.0.1:{self.http()}")
        self.assertIn(b"Proxy-Authorization: Basic bWU6cEBzcw==", self.asked[0])

    def test_http_connect_refused(self):
        port = self.http(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        result = self.pub("-h", "broker.invalid", "--proxy", f"http://127.0.0.1:{port}", code=69)
        self.assertIn("the proxy asks for a user and a password: HTTP/1.1 407", result.errors)
        self.assertIn("; they stand in the proxy's URL, SCHEME://USER:PASSWORD@HOST:PORT", result.errors)


if __name__ == "__main__":
    harness.main()
