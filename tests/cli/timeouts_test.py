"""A broker that never answers: each step on the way to a connection, and after it, ends in a clear timeout."""
import time

import harness
import peers
from harness import Case, mqtt, run
from peers import DeafListener, Peer

IN_TIME = r"(?i)timed? ?out|no answer|no \w+ within|in time|did not answer"


class HandshakeSteps(Case):
    """--connect-timeout bounds every step; exit code 75, and the step is named."""

    def expect_timeout(self, step, *options, seconds=1):
        """`seconds` leave a busy machine time for the steps before this one, where those take some."""
        commands = {
            name: self.start(mqtt(name, *more, "-t", "a", *options, "--connect-timeout", seconds))
            for name, more in (("pub", ["-m", "x"]), ("sub", []))
        }
        for name, command in commands.items():
            with self.subTest(step=step, command=name):
                result = self.assert_code(command.result(), 75)
                self.assertRegex(result.errors, IN_TIME)
                self.assertRegex(result.errors, step)
                self.assertEqual(result.stdout, b"")
                self.assertLessEqual(len(result.errors.splitlines()), 3)

    def peer(self, behaviour=peers.silent, **options):
        return self.enterContext(Peer(behaviour, **options)).port

    def test_connect(self):
        deaf = self.enterContext(DeafListener())
        self.expect_timeout("(?i)connect", "-h", "127.0.0.1", "-p", deaf.port)

    def test_tls(self):
        self.expect_timeout("TLS", "-L", f"mqtts://127.0.0.1:{self.peer()}")

    def test_tls_under_websocket(self):
        self.expect_timeout("TLS", "-L", f"wss://127.0.0.1:{self.peer()}/mqtt")

    def test_upgrade(self):
        self.expect_timeout("(?i)WebSocket|upgrade|HTTP", "-L", f"ws://127.0.0.1:{self.peer()}/mqtt")

    @harness.needs("openssl")
    def test_upgrade_over_tls(self):
        ca = peers.certificates().ca
        self.expect_timeout(
            "(?i)WebSocket|upgrade|HTTP",
            "-L",
            f"wss://localhost:{self.peer(tls=True)}/mqtt",
            "--cafile",
            ca,
            seconds=5,
        )

    def test_connack(self):
        self.expect_timeout("CONNACK", "-h", "127.0.0.1", "-p", self.peer())

    def test_connack_over_websocket(self):
        port = self.peer(peers.upgrades_then_silent)
        self.expect_timeout("CONNACK", "-L", f"ws://127.0.0.1:{port}/mqtt", seconds=5)

    @harness.needs("openssl")
    def test_connack_over_tls(self):
        self.expect_timeout(
            "CONNACK", "-L", f"mqtts://localhost:{self.peer(tls=True)}", "--cafile", peers.certificates().ca, seconds=5
        )

    @harness.needs("openssl")
    def test_connack_over_both(self):
        port = self.peer(peers.upgrades_then_silent, tls=True)
        ca = peers.certificates().ca
        self.expect_timeout("CONNACK", "-L", f"wss://localhost:{port}/mqtt", "--cafile", ca, seconds=5)

    def test_proxies(self):
        for scheme in ("socks5h", "http"):
            port = self.peer()
            self.expect_timeout(f"proxy 127.0.0.1:{port}", "-h", "broker.invalid", "--proxy", f"{scheme}://127.0.0.1:{port}")


class LaterSteps(Case):
    def options(self, behaviour):
        return ["-h", "127.0.0.1", "-p", self.enterContext(Peer(behaviour)).port, "-t", "a"]

    def test_suback(self):
        self.assert_code(run(mqtt("sub", *self.options(peers.connects_then_silent), "-E", "-W", 1)), 27)
        for command in (["sub"], ["rr", "-V", "311", "-e", "b", "-m", "x"]):
            options = self.options(peers.connects_then_silent)
            result = self.assert_code(run(mqtt(*command, *options, "--connect-timeout", 1)), 75)
            self.assertIn("did not answer SUBSCRIBE within 1 s", result.errors)

    def test_puback(self):
        result = self.assert_code(
            run(mqtt("pub", *self.options(peers.connects_then_silent), "-q", 1, "-m", "x", "-W", 1)), 27
        )
        self.assertNotEqual(result.errors, "")

    def test_pingresp(self):
        """A broker that has gone silent is noticed by keep alive."""
        result = self.assert_code(
            run(mqtt("sub", *self.options(peers.serves(answer_pings=False)), "-k", 5, "--no-reconnect")), 7
        )
        self.assertRegex(result.errors, "(?i)ping|keep.?alive|answer")

    def test_a_command_that_never_ends_is_bounded_by_w(self):
        for behaviour in (peers.silent, peers.connects_then_silent):
            result = run(mqtt("pub", *self.options(behaviour), "-q", 2, "-m", "x", "-W", 1))
            self.assertIn(result.code, (27, 75), repr(result))


class WaitForBroker(Case):
    def test_until_there_is_one(self):
        port = harness.free_port()
        pub = self.start(
            mqtt("pub", "-h", "127.0.0.1", "-p", port, "-t", "a", "-q", 1, "-m", "x", "--wait-for-broker", 60)
        )
        packets = []
        # Time for an attempt that finds nobody; should it come later, nothing breaks.
        time.sleep(0.5)
        self.assertFalse(pub.ended(), pub.so_far())
        with Peer(peers.serves(keep=packets), port=port):
            self.assert_ok(pub.result())
        self.assertIn(peers.PUBLISH, [kind for kind, _, _ in packets])

    def test_in_vain(self):
        port = harness.free_port()
        self.assert_code(
            run(mqtt("pub", "-h", "127.0.0.1", "-p", port, "-t", "a", "-m", "x", "--wait-for-broker", 1)), 69
        )


if __name__ == "__main__":
    harness.main(at_a_time=8)
