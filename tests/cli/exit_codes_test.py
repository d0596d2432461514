"""Every row of the exit-code table."""
import os
import shlex
import signal
import subprocess

import harness
import peers
from brokers import Mosquitto
from harness import Case, environment, mqtt, needs, run, wait_until
from peers import Peer

V3_REFUSALS = range(1, 6)
V5_REFUSALS = (128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 140, 144, 149, 151, 153, 154, 155, 156, 157, 159)


def connect_to(peer):
    return ["-h", "127.0.0.1", "-p", str(peer.port)]


class OurCodes(Case):
    def peer(self, behaviour, **options):
        return self.enterContext(Peer(behaviour, **options))

    def served(self, **options):
        return connect_to(self.peer(peers.serves(**options)))

    def expect(self, code, arguments, *, error=r"\S", stdin=b"", out="", env=None, **options):
        """Runs with these arguments: this exit code, a line like `error` on stderr, nothing but `out` on stdout."""
        result = self.assert_code(run(mqtt(*arguments), stdin, env=env, **options), code)
        if error:
            self.assertRegex(result.errors, error)
        self.assertEqual(result.text, out)
        return result

    def test_0_help_and_version_go_to_stdout(self):
        for command in ([], ["pub"], ["sub"], ["rr"], ["broker"]):
            for flag in ("--help", "--version"):
                with self.subTest(command=command, flag=flag):
                    result = self.assert_ok(run(mqtt(*command, flag)))
                    self.assertNotEqual(result.text, "")
                    self.assertEqual(result.errors, "")

    def test_0_reader_of_stdout_went_away(self):
        peer = self.served(deliveries=[("a", "x" * 1000)] * 2000)
        reading, writing = os.pipe()
        process = subprocess.Popen(
            mqtt("sub", *peer, "-t", "a"), stdout=writing, stderr=subprocess.PIPE, env=environment()
        )
        os.close(writing)
        os.read(reading, 100)
        os.close(reading)
        errors = process.communicate(timeout=harness.PATIENCE)[1]
        self.assertEqual((process.returncode, errors), (0, b""))

    def test_1_expectation_not_met(self):
        peer = self.served(deliveries=[("a", "no")])
        self.expect(1, ["sub", *peer, "-t", "a", "--expect", "yes", "-C", 1, "-W", 30], out="no\n")
        self.expect(1, ["sub", *self.served(), "-t", "a", "--expect", "yes", "-W", 1])
        self.expect(1, ["sub", *peer, "-t", "a", "--expect-none", "-W", 30], out="no\n")

    def test_connack_refused(self):
        for version, codes in (("311", V3_REFUSALS), ("31", V3_REFUSALS), ("5", V5_REFUSALS)):
            for code in codes:
                for command in (["pub", "-m", "x"], ["sub"]):
                    with self.subTest(version=version, code=code, command=command[0]):
                        peer = self.peer(peers.refuses(code))
                        self.expect(code, [*command, *connect_to(peer), "-t", "a", "-V", version])
                        self.assertEqual(peer.connections, 1, "a refusal is final")

    def test_connack_refused_by_a_real_broker(self):
        if not harness.program("mosquitto"):
            self.skipTest("not installed: mosquitto")
        broker = self.enterContext(Mosquitto(passwords={"me": "right"}))
        for version, code in (("311", 5), ("5", 135)):
            self.expect(
                code,
                ["pub", *broker.options(), "-u", "me", "-P", "wrong", "-t", "a", "-m", "x", "-V", version],
                error="(?i)not authori[sz]ed",
            )

    def test_7_connection_lost(self):
        self.expect(7, ["pub", *self.served(close_after=1), "-t", "a", "-q", 1, "-m", "x"])
        self.expect(
            7,
            ["pub", *self.served(close_after=3), "-t", "a", "-q", 1, "-l", "--no-reconnect"],
            stdin="1\n2\n3\n4\n",
            error=r"\b2\b.*(lines|messages)",
        )

        def says_goodbye_early(connection):
            connection.read()
            connection.send(peers.connack(version=connection.version))
            connection.read()

        self.expect(7, ["sub", *connect_to(self.peer(says_goodbye_early)), "-t", "a", "--no-reconnect"])

    def test_7_closed_before_connack(self):
        self.expect(7, ["pub", *connect_to(self.peer(peers.closes)), "-t", "a", "-m", "x"])

    def test_27_time_is_up(self):
        self.expect(27, ["sub", *self.served(), "-t", "a", "-W", 1], error="-W is over: no message came")
        self.expect(
            27, ["sub", *self.served(deliveries=[("a", "one")]), "-t", "a", "-C", 2, "-W", 1], out="one\n", error="1 of 2 messages came"
        )
        self.expect(27, ["sub", *self.served(), "-t", "a", "-W", 0.2], error="no message came")
        quiet = self.expect(27, ["sub", *self.served(), "-t", "a", "-W", 0.2, "--quiet"], error="")
        self.assertEqual(quiet.errors, "")
        peer = self.peer(peers.connects_then_silent)
        self.expect(27, ["pub", *connect_to(peer), "-t", "a", "-q", 1, "-m", "x", "-W", 1])

    def test_64_usage(self):
        for arguments in (
            ["pub", "-m", "x"],
            ["pub", "-t", "a"],
            ["pub", "-t", "a", "-m", "x", "-n"],
            ["sub"],
            ["pub", "-t", "a", "-m", "x", "-q", "abc"],
            ["pub", "-t", "a", "-m", "x", "-q", "3"],
            ["pub", "-t", "a", "-m", "x", "-p", "70000"],
            ["pub", "-t", "a", "-m", "x", "-p", "1x"],
            ["pub", "-t", "a/#", "-m", "x"],
            ["sub", "-t", "a/#/b"],
            ["sub", "-t", "a+"],
            ["sub", "-t", "a", "--no-such-option"],
            ["sub", "-t", "a", "-C", "0"],
            ["sub", "-t", "a", "-k", "4"],
            ["sub", "-t", "a", "-c"],
            ["sub", "-t", "a", "-F", "%z"],
            ["sub", "-t", "a", "--expect", "("],
            ["pub", "-t", "a", "-m", "x", "-D", "publish", "no-such-property", "1"],
            ["pub", "-t", "a", "-m", "x", "-L", "gopher://localhost"],
            ["pub", "-t"],
            ["sub", "-t", "a", "-V", "4"],
            ["pub", "-t", "a", "-m", "x", "--cert", "only-half"],
            ["no-such-command"],
            [],
            ["sub", "-t", "a", "-i", "x", "-I", "y"],
            ["sub", "-t", "a", "--retain-handling", "perhaps"],
            # Bytes that are no UTF-8.
            ["pub", "-t", "a", "-m", "x", "-i", "a\udcff"],
            ["sub", "-t", "a", "-u", "\udced\udca0\udc80"],
        ):
            with self.subTest(arguments):
                self.expect(64, arguments)

    def test_65_bad_data(self):
        for line in (
            "not json",
            "[]",
            '{"payload":"no topic"}',
            '{"topic":"a/#","payload":"x"}',
            '{"topic":"a","qos":3}',
            '{"topic":"a","payload_base64":"%"}',
            '{"topic":"a","payload":1}',
        ):
            with self.subTest(line):
                self.expect(
                    65, ["pub", *self.served(), "--jsonl"], stdin=f'{{"topic":"a"}}\n{line}\n', error=r"line 2\b"
                )
        self.expect(
            65, ["pub", *self.served(), "-l", "--topic-separator", "|"], stdin="a|1\nnothing\n", error=r"line 2\b"
        )
        self.expect(
            65, ["pub", *self.served(), "-l", "--topic-separator", "|"], stdin="a|1\nb/+|2\n", error=r"line 2\b"
        )
        self.expect(
            65, ["pub", *self.served(), "-l", "--topic-separator", "|"], stdin="a|1\n|2\nc|3\n", error=r"line 2\b"
        )
        for text, error in (("no colon\n", "users:1: "), ("# nobody\n", "no user")):
            with self.subTest(users=text):
                self.expect(65, ["broker", "-p", 0, "--password-file", self.file("users", text)], error=error)

    def test_66_file_not_readable(self):
        missing = str(self.folder / "missing")
        for arguments in (
            ["pub", "-t", "a", "-f", missing],
            ["pub", "-t", "a", "-m", "x", "-o", missing],
            ["pub", "-t", "a", "-m", "x", "--cafile", missing],
            ["sub", "-t", "a", "--cafile", missing],
            ["pub", "-t", "a", "-m", "x", "-u", "me", "--password-file", missing],
            ["sub", "-t", "a", "--cert", missing, "--key", missing],
        ):
            with self.subTest(arguments):
                self.expect(66, [*arguments, *self.served()], error="missing")
        for arguments in (["--password-file", missing], ["--tls-port", 0, "--cert", missing, "--key", missing]):
            with self.subTest(arguments):
                self.expect(66, ["broker", "-p", 0, *arguments], error="missing")

    def test_66_standard_input_closed(self):
        for arguments in (["-s"], ["-l"], ["--jsonl"], ["-l", "-q", 1]):
            with self.subTest(arguments):
                command = [str(word) for word in mqtt("pub", *self.served(), "-t", "a", *arguments)]
                closed = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
                result = self.assert_code(run(closed), 66)
                self.assertIn("standard input", result.errors)

    def test_68_unknown_host(self):
        for command in (["pub", "-m", "x"], ["sub"]):
            self.expect(68, [*command, "-h", "no-such-host.invalid", "-t", "a"], error="no-such-host.invalid")

    def test_69_refused(self):
        port = harness.free_port()
        for command in (["pub", "-m", "x"], ["sub"]):
            self.expect(69, [*command, "-h", "127.0.0.1", "-p", port, "-t", "a"], error="(?i)refused")
        self.expect(69, ["sub", "--unix", str(self.folder / "no-socket"), "-t", "a"], error="no-socket")

    def test_73_output_not_creatable(self):
        blocked = self.file("a-file", "")
        self.expect(
            73,
            [
                "sub",
                *self.served(deliveries=[("a", "x")]),
                "-t",
                "a",
                "-C",
                1,
                "-W",
                30,
                "--output-dir",
                f"{blocked}/below",
            ],
        )

    def test_74_output_not_writable(self):
        peer = self.served(deliveries=[("a", "x")])
        with open("/dev/full", "wb") as full:
            process = subprocess.Popen(
                mqtt("sub", *peer, "-t", "a", "-C", 1, "-W", 30), stdout=full, stderr=subprocess.PIPE, env=environment()
            )
            errors = process.communicate(timeout=harness.PATIENCE)[1]
        self.assertEqual(process.returncode, 74, errors)
        self.assertIn(b"No space left", errors)

    def test_74_for_what_is_printed_once(self):
        for words in (
            ["--help"],
            ["--version"],
            ["help", "sub"],
            ["bench", "--help"],
            ["docs", "bash"],
            ["decode", "--list-clauses"],
            ["broker", "--list-faults"],
            ["check", "--list"],
            ["will-test", "--list"],
        ):
            with self.subTest(words=words):
                self.expect_unwritten("mqtt", words)

    def test_74_for_reports_of_bench(self):
        bench = ["bench", "conn", "-c", 1, "--duration", 0.1, *self.served()]
        saved = self.file("report.json", run(mqtt(*bench, "--json")).stdout)
        for words in (bench, [*bench, "--json"], ["bench", "merge", saved, "--json"]):
            self.expect_unwritten("mqtt bench", words)
        result = run(mqtt(*bench, "--csv", "/dev/full"))
        self.assertEqual(
            (result.code, result.errors), (74, "mqtt bench: cannot write /dev/full: No space left on device\n")
        )

    def expect_unwritten(self, program, words):
        """One line and 74 where it cannot be written; nothing at all where nobody reads."""
        for stdout, code, why in (
            (">/dev/full", 74, "No space left on device"),
            (">&-", 74, "Bad file descriptor"),
            ("| (exec <&-)", 0, None),
        ):
            line = f"set -o pipefail; {shlex.join(mqtt(*words))} {stdout}"
            result = run(["bash", "-c", line])
            said = f"{program}: cannot write standard output: {why}\n" if why else ""
            self.assertEqual((result.code, result.errors), (code, said), line)

    def test_75_no_answer(self):
        peer = self.peer(peers.silent)
        for command in (["pub", "-m", "x"], ["sub"]):
            self.expect(75, [*command, *connect_to(peer), "-t", "a", "--connect-timeout", 1])
        self.expect(75, ["sub", *connect_to(peer), "-t", "a", "-W", 1])

    def test_76_not_mqtt(self):
        for answer in (
            peers.HTTP_ANSWER,
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"\0" * 64,
            b"\xf0\xff\xff\xff\xff\xff",
            peers.packet(peers.SUBACK, b"\0\1\0"),
            peers.packet(peers.CONNACK, b"\2\0"),
        ):
            for command in (["pub", "-m", "x"], ["sub"]):
                with self.subTest(answer=answer, command=command[0]):
                    self.expect(76, [*command, *connect_to(self.peer(peers.says(answer))), "-t", "a"])

    def test_76_not_websocket(self):
        peer = self.peer(peers.says(peers.HTTP_ANSWER))
        self.expect(76, ["pub", "-L", f"ws://127.0.0.1:{peer.port}/mqtt", "-t", "a", "-m", "x"], error="400")

    def test_76_broken_later(self):
        peer = self.served(after_suback=peers.packet(peers.PUBLISH, b"\0\3a/#x"))
        self.expect(76, ["sub", *peer, "-t", "a/#"])

    def test_77_denied(self):
        for qos in (1, 2):
            self.expect(
                77,
                ["pub", *self.served(puback=0x87), "-V", 5, "-t", "a", "-q", qos, "-m", "x"],
                error="(?i)not authori[sz]ed",
            )
        self.expect(77, ["sub", *self.served(suback=0x80), "-t", "a"])
        self.expect(77, ["sub", *self.served(suback=0x87), "-V", 5, "-t", "a", "-E"], error="(?i)not authori[sz]ed")

    def test_78_configuration(self):
        (self.folder / "mqtt").mkdir()
        for content in ("no such option = 1\n", "[unclosed\n", "qos = 2\n", "[default]\nqos = many\n"):
            with self.subTest(content):
                (self.folder / "mqtt/config").write_text(content)
                self.expect(
                    78,
                    ["pub", *self.served(), "-t", "a", "-m", "x"],
                    env={"XDG_CONFIG_HOME": str(self.folder)},
                    error="config",
                )

    @needs("openssl")
    def test_79_tls(self):
        peer = self.peer(peers.serves(), tls=True)
        url = ["-L", f"mqtts://localhost:{peer.port}"]
        for command in (["pub", "-m", "x"], ["sub"]):
            self.expect(79, [*command, *url, "-t", "a"], error="--cafile")

    def test_130_143_signals(self):
        peer = self.peer(peers.silent)
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            for command in (["pub", "-m", "x"], ["sub"]):
                with self.subTest(signal=number, command=command[0]):
                    before = peer.connections
                    process = self.start(mqtt(*command, *connect_to(peer), "-t", "a"))
                    wait_until(lambda: peer.connections > before, "the connection")
                    self.assert_code(process.signal(number).result(), code)

    def test_0_signal_after_connack_is_an_orderly_end(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            packets = []
            process = self.start_subscriber(*self.served(keep=packets), "-t", "a")
            self.assert_ok(process.signal(number).result())
            wait_until(lambda: packets[-1][0] == peers.DISCONNECT, "DISCONNECT")


if __name__ == "__main__":
    harness.main(at_a_time=4)
