"""A broker that answers a QoS 2 PUBLISH with PUBACK: told and taken for QoS 1, or with --strict the end."""
import harness
import peers
from harness import Case, mqtt, run

TOLD = "the broker answered a QoS 2 PUBLISH with PUBACK: it delivers at QoS 1"
BROKEN = r"broke the protocol in PUBACK, byte 0: PUBACK answers QoS 1 and PUBREC answers QoS 2 \[MQTT-3\.3\.4-1\]$"


class Strict(Case):
    def publish(self, *options, stdin=b"", keep=None):
        with peers.Peer(peers.serves(downgrades=True, keep=keep)) as peer:
            return run(mqtt("pub", "-p", peer.port, "-t", "t", *options), stdin)

    def test_it_is_told_once_and_taken(self):
        for version in ("311", "5"):
            with self.subTest(version):
                result = self.assert_ok(self.publish("-V", version, "-q", 2, "-l", stdin=b"a\nb\nc\n"))
                self.assertEqual(result.errors, f"mqtt pub: {TOLD}\n")

    def test_strict_ends_with_76(self):
        for version in ("31", "311", "5"):
            for message, stdin in ((("-m", "x"), b""), (("-l",), b"a\nb\nc\n")):
                with self.subTest(version=version, message=message):
                    result = self.publish("-V", version, "-q", 2, *message, "--strict", stdin=stdin)
                    self.assert_code(result, 76)
                    self.assertNotIn(TOLD, result.errors)
                    self.assertRegex(result.errors.splitlines()[0], BROKEN if version != "31" else "broke the protocol")

    def test_strict_says_so_to_the_broker(self):
        """0x82, Protocol error, in a DISCONNECT of 5.0."""
        keep = []
        self.assert_code(self.publish("-V", 5, "-q", 2, "-m", "x", "--strict", keep=keep), 76)
        self.assertEqual([body[:1] for kind, _, body in keep if kind == peers.DISCONNECT], [b"\x82"])

    def test_strict_changes_nothing_else(self):
        for qos in (0, 1):
            self.assertEqual(self.assert_ok(self.publish("-q", qos, "-m", "x", "--strict")).errors, "")
        with peers.Peer(peers.serves()) as peer:
            self.assert_ok(run(mqtt("pub", "-p", peer.port, "-t", "t", "-q", 2, "-m", "x", "--strict")))

    def test_from_the_environment(self):
        with peers.Peer(peers.serves(downgrades=True)) as peer:
            command = mqtt("pub", "-p", peer.port, "-t", "t", "-q", 2, "-m", "x")
            self.assert_code(run(command, env={"MQTT_STRICT": "1"}), 76)

    def test_requests(self):
        with peers.Peer(peers.serves(downgrades=True)) as peer:
            command = mqtt("rr", "-V", 311, "-p", peer.port, "-t", "t", "-e", "answers", "-q", 2, "-m", "x", "-W", 60)
            self.assert_code(run([*command, "--strict"]), 76)
            self.start(command).wait_for_errors(f"mqtt rr: {TOLD}\n")


if __name__ == "__main__":
    harness.main()
