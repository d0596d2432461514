"""wss ends at nginx, which hands plain WebSocket on to a broker: the setup that mini-programs demand."""
import harness
from brokers import Broker, Mosquitto, Nginx
from harness import Case, mqtt, needs, run


class BehindNginx:
    """The tests; a class below gives `behind`, the broker with a ws listener."""

    def setUp(self):
        super().setUp()
        behind = self.enterContext(self.behind())
        self.nginx = self.enterContext(Nginx(behind.ports["ws"]))
        self.direct = behind.options("ws")

    def options(self, scheme="wss", path="/mqtt"):
        return ["-L", f"{scheme}://localhost:{self.nginx.ports['wss']}{path}", "--cafile", self.nginx.ca]

    def test_round_trip(self):
        for scheme in ("wss", "wxs", "alis"):
            for version in harness.VERSIONS:
                for qos in "012":
                    with self.subTest(scheme=scheme, version=version, qos=qos):
                        common = [*self.options(scheme), "-t", "mini/program", "-q", qos, "-V", version]
                        result = run(
                            mqtt("sub", *common, "-C", 1, "-W", 30, "--", harness.MQTT, "pub", *common, "-m", "hello")
                        )
                        self.assert_ok(result)
                        self.assertEqual(result.text, "hello\n")

    def test_the_default_path(self):
        self.assert_ok(run(mqtt("pub", *self.options(path=""), "-t", "a", "-q", 1, "-m", "x")))

    def test_large_payload_and_many_lines(self):
        # mosquitto 2.0.11 cannot send a megabyte over WebSocket.
        payload = bytes(range(256)) * 400
        result = run(
            mqtt(
                "sub",
                *self.options(),
                "-t",
                "large",
                "-C",
                1,
                "-N",
                "-W",
                60,
                "--",
                harness.MQTT,
                "pub",
                *self.direct,
                "-t",
                "large",
                "-f",
                self.file("payload", payload),
            )
        )
        self.assert_ok(result)
        self.assertTrue(result.stdout == payload, f"{len(result.stdout)} bytes")
        lines = "".join(f"line {n}\n" for n in range(20_000))
        sub = self.start_subscriber(*self.options(), "-t", "lines", "-q", 1, "-C", 20_000, "-W", 60)
        self.assert_ok(run(mqtt("pub", *self.options(), "-t", "lines", "-q", 1, "-l"), lines))
        self.assertTrue(self.assert_ok(sub.result()).text == lines)

    def test_wrong_path(self):
        result = run(mqtt("pub", *self.options(path="/elsewhere"), "-t", "a", "-m", "x"))
        self.assert_code(result, 76)
        self.assertIn("404 Not Found", result.errors)

    def test_broker_behind_it_is_gone(self):
        with Nginx(harness.free_port()) as lonely:
            result = run(
                mqtt(
                    "pub",
                    "-L",
                    f"wss://localhost:{lonely.ports['wss']}/mqtt",
                    "--cafile",
                    lonely.ca,
                    "-t",
                    "a",
                    "-m",
                    "x",
                )
            )
        self.assert_code(result, 76)
        self.assertIn("502 Bad Gateway", result.errors)


@needs("nginx", "mosquitto", "openssl")
class ToMosquitto(BehindNginx, Case):
    @staticmethod
    def behind():
        # No limit on what waits: else lines are dropped by design.
        return Mosquitto("max_queued_messages 0")


@needs("nginx", "openssl")
class ToOurBroker(BehindNginx, Case):
    behind = Broker


if __name__ == "__main__":
    harness.main(at_a_time=4)
