"""Under the names of mosquitto's clients the program keeps their exit codes and texts."""
import os
import signal

import harness
import peers
from harness import Case, run, wait_until
from peers import Peer

V3_REFUSALS = range(1, 6)


def connect_to(peer):
    return ["-h", "127.0.0.1", "-p", str(peer.port)]


class MosquittoCodes(Case):
    """The same program under mosquitto's names keeps mosquitto's codes."""

    def setUp(self):
        super().setUp()
        for name in ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr"):
            (self.folder / name).symlink_to(os.path.abspath(harness.MQTT))

    def tool(self, name, *arguments):
        return [str(self.folder / f"mosquitto_{name}"), *map(str, arguments)]

    def expect(self, code, name, *arguments, **options):
        return self.assert_code(run(self.tool(name, *arguments), **options), code)

    def peer(self, behaviour):
        return self.enterContext(Peer(behaviour))

    def test_1_usage_help_version(self):
        for name in ("pub", "sub", "rr"):
            for arguments in (["--help"], ["--version"], ["--no-such-option"], []):
                with self.subTest(name=name, arguments=arguments):
                    self.expect(1, name, *arguments)

    def test_1_unreachable(self):
        for name, arguments in (("pub", ["-m", "x"]), ("sub", [])):
            result = self.expect(1, name, "-t", "a", *arguments, "-h", "127.0.0.1", "-p", harness.free_port())
            self.assertIn("Connection refused", result.errors)
            self.expect(1, name, "-t", "a", *arguments, "-h", "no-such-host.invalid")

    def test_connack_refused(self):
        for version, codes in (("311", V3_REFUSALS), ("5", (128, 135, 137, 138, 151))):
            for code in codes:
                for name, arguments in (("pub", ["-m", "x"]), ("sub", [])):
                    with self.subTest(code=code, name=name):
                        peer = self.peer(peers.refuses(code))
                        self.expect(code, name, *connect_to(peer), "-t", "a", "-V", version, *arguments)

    def test_2_not_mqtt(self):
        self.expect(
            2, "pub", *connect_to(self.peer(peers.says(peers.packet(peers.SUBACK, b"\0\1\0")))), "-t", "a", "-m", "x"
        )

    def test_7_closed_before_connack(self):
        self.expect(7, "pub", *connect_to(self.peer(peers.closes)), "-t", "a", "-m", "x")

    def test_255_sub_retries_when_closed_before_connack(self):
        peer = self.peer(peers.closes)
        self.expect(255, "sub", *connect_to(peer), "-t", "a", "-W", 3)
        self.assertGreater(peer.connections, 1)

    def test_7_connection_lost(self):
        peer = self.peer(peers.serves(close_after=1))
        self.expect(7, "pub", *connect_to(peer), "-t", "a", "-q", 1, "-m", "x")

    def test_27_and_255_time_is_up(self):
        self.expect(
            27, "sub", *connect_to(self.peer(peers.serves(deliveries=[("a", "1")]))), "-t", "a", "-C", 2, "-W", 1
        )
        self.expect(255, "sub", *connect_to(self.peer(peers.silent)), "-t", "a", "-W", 1)

    def test_0_denied_with_a_warning(self):
        for qos in (1, 2):
            result = self.expect(
                0, "pub", *connect_to(self.peer(peers.serves(puback=0x87))), "-V", "5", "-t", "a", "-q", qos, "-m", "x"
            )
            self.assertRegex(result.errors, "(?i)not authori[sz]ed")
        for arguments in ([], ["-E"], ["-C", 1]):
            result = self.expect(0, "sub", *connect_to(self.peer(peers.serves(suback=0x80))), "-t", "a", *arguments)
            self.assertNotEqual(result.errors, "")

    def test_0_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            packets = []
            peer = self.peer(peers.serves(keep=packets))
            process = self.start(self.tool("sub", *connect_to(peer), "-t", "a"))
            wait_until(lambda: any(kind == peers.SUBSCRIBE for kind, _, _ in packets), "SUBSCRIBE")
            self.assert_ok(process.signal(number).result())

    def test_sub_reconnects_when_the_broker_drops(self):
        def drops(connection):
            connection.read()
            connection.send(peers.connack(version=connection.version))
            connection.read()

        peer = self.peer(drops)
        process = self.start(self.tool("sub", *connect_to(peer), "-t", "a"))
        wait_until(lambda: peer.connections >= 3, "the third connection")
        self.assertFalse(process.ended())

    def test_texts(self):
        for name, arguments, text in (
            ("pub", ["-t", "a", "-m", "x", "-L", "gopher://x"], "Unsupported URL scheme."),
            ("sub", [], "You must specify a topic to subscribe to (-t) or unsubscribe from (-U)."),
            (
                "pub",
                ["-t", "a", "-m", "x", "-D", "nonsense", "content-type", "x"],
                "Invalid command nonsense given in --property argument.",
            ),
            (
                "pub",
                ["-t", "a", "-m", "x", "-D", "publish", "nonsense", "x"],
                "Invalid property name nonsense given in --property argument.",
            ),
            ("pub", ["-t", "a", "-f", "/no/such"], 'Unable to read file "/no/such": No such file or directory.'),
            ("pub", ["-t", "a", "-m", "x", "-o", "/dev/null", "-o", "/dev/null"], "Duplicate -o argument given."),
            (
                "pub",
                ["-t", "a", "-m", "x", "--cafile", "/no/such"],
                "Error: Problem setting TLS options: File not found.",
            ),
        ):
            with self.subTest(text):
                self.assertIn(text, self.expect(1, name, *arguments).errors)


if __name__ == "__main__":
    harness.main()
