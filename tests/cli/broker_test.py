"""`mqtt broker` as a program: its line of ports, its certificate, passwords, limits, and how it ends."""
import re
import signal
import socket

import harness
import peers
from brokers import Broker
from harness import Case, mqtt, needs, run, wait_until


class Ports(Case):
    def test_one_parsable_line(self):
        broker = self.enterContext(Broker())
        lines = bytes(broker.process.stdout).decode().splitlines()
        self.assertEqual(len(lines), 1)
        self.assertEqual(len(set(broker.ports.values())), 4)
        for port in broker.ports.values():
            self.assertTrue(harness.accepts(port))

    def test_loopback_only_by_default(self):
        broker = self.enterContext(Broker())
        with open("/proc/net/tcp") as table:
            listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
        ours = [a for a in listening if int(a.split(":")[1], 16) in broker.ports.values()]
        self.assertEqual({a.split(":")[0] for a in ours}, {"0100007F"})

    def test_a_taken_port(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            result = run(mqtt("broker", "--port", taken.getsockname()[1]))
        self.assert_code(result, 69)
        self.assertRegex(result.errors, "(?i)in use")

    def test_signals_end_it_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            broker = self.enterContext(Broker())
            watcher = self.start_subscriber(*broker.options(), "-V", 5, "-t", "a", "--no-reconnect")
            self.assert_ok(broker.process.signal(number).result())
            self.assertRegex(self.assert_code(watcher.result(), 7).errors, "(?i)shutting down")

    @needs("openssl")
    def test_its_certificate_satisfies_openssl(self):
        broker = self.enterContext(Broker())
        for name in ("localhost", "127.0.0.1"):
            flag = "-verify_ip" if name[0].isdigit() else "-verify_hostname"
            result = run(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{broker.ports['tls']}", "-CAfile", broker.ca]
                + ["-verify_return_error", flag, name]
            )
            self.assert_ok(result)
            self.assertIn("Verify return code: 0 (ok)", result.text)


class Behaviour(Case):
    def test_passwords(self):
        users = self.file("users", "me:right\nyou:also right\n")
        broker = self.enterContext(Broker("--password-file", users))
        command = mqtt("pub", *broker.options(), "-t", "a", "-q", 1, "-m", "x")
        self.assert_ok(run([*command, "-u", "me", "-P", "right"]))
        self.assert_ok(run([*command, "-u", "you", "-P", "also right"]))
        for version, codes in (("311", (4, 5)), ("5", (134, 135))):
            for options in (["-u", "me", "-P", "wrong"], [], ["-u", "nobody", "-P", "right"]):
                result = run([*command, "-V", version, *options])
                self.assertIn(result.code, codes, repr(result))

    def test_shared_subscriptions_divide(self):
        broker = self.enterContext(Broker())
        members = [self.start_subscriber(*broker.options(), "-V", 5, "-t", "$share/g/work", "-q", 1) for _ in range(2)]
        self.assert_ok(run(mqtt("pub", *broker.options(), "-t", "work", "-q", 1, "-l"), "x\n" * 100))
        wait_until(lambda: sum(m.stdout.count(b"x\n") for m in members) >= 100, "all work")
        self.assertEqual(sum(m.stdout.count(b"x\n") for m in members), 100)
        self.assertTrue(all(m.stdout for m in members))

    def test_will_delay_is_void_on_return(self):
        broker = self.enterContext(Broker())
        will = ["--will-topic", "gone", "--will-payload", "x", "-D", "will", "will-delay-interval", 600]
        common = [*broker.options(), "-V", 5, "-c", "-i", "stays", "-x", 900, "-t", "a"]
        watcher = self.start_subscriber(*broker.options(), "-t", "gone", "-t", "end", "-C", 1, "-W", 30)
        self.start_subscriber(*common, *will).signal(9)
        self.start_subscriber(*common, *will)
        self.assert_ok(run(mqtt("pub", *broker.options(), "-t", "end", "-q", 1, "-m", "end")))
        self.assertEqual(self.assert_ok(watcher.result()).text, "end\n")

    def test_a_taken_over_session(self):
        broker = self.enterContext(Broker())
        common = [*broker.options(), "-V", 5, "-i", "twin", "-t", "a"]
        first = self.start_subscriber(*common)
        self.start_subscriber(*common)
        first.wait_for(lambda p: re.search(rb"(?i)taken over|another client", p.stderr))

    def test_hostile_bytes_do_not_end_it(self):
        broker = self.enterContext(Broker())
        for garbage in (
            b"\0" * 1000,
            b"\xff" * 1000,
            peers.HTTP_ANSWER,
            b"\x10\xff\xff\xff\x7f",
            b"\x16\3\1\2\0\1\0\1\xfc\3\3",
        ):
            for transport in harness.TRANSPORTS:
                with socket.create_connection(("127.0.0.1", broker.ports[transport])) as sock:
                    sock.sendall(garbage)
                    sock.shutdown(socket.SHUT_WR)
                    sock.settimeout(harness.PATIENCE)
                    try:
                        while sock.recv(65536):
                            pass
                    except ConnectionError:
                        pass
        for transport in harness.TRANSPORTS:
            self.assert_ok(run(mqtt("pub", *broker.options(transport), "-t", "a", "-q", 1, "-m", "x")))

    def test_limits(self):
        broker = self.enterContext(Broker("--maximum-qos", 1, "--maximum-packet-size", 2000))
        result = run(mqtt("pub", *broker.options(), "-V", 5, "-t", "a", "-q", 2, "-m", "x"))
        self.assertNotEqual(result.code, 0)
        self.assertRegex(result.errors, "(?i)qos")
        result = run(mqtt("pub", *broker.options(), "-V", 5, "-t", "a", "-q", 1, "-s"), b"x" * 3000)
        self.assertNotEqual(result.code, 0)
        self.assertRegex(result.errors, "(?i)large|size")


if __name__ == "__main__":
    harness.main()
