"""mqtt decode: what it reads, what it prints, and with which code it ends."""
import gzip
import json
import shutil
import signal
import socket
import subprocess
import time

import harness
from captures import Capture

CONNECT = "101000044d5154540402003c000461626364"
BROKEN = "100c00044d5154540403003c0000"
CORPORA = harness.SOURCE.parent / "shared" / "corpora"

TREE = """\
CONNECT, MQTT 3.1.1, 18 bytes
  0000  10                       Fixed header: CONNECT
        0001 ....                  Packet type: 1 CONNECT
        .... 0000                  Reserved: 0
  0001  10                       Remaining Length: 16
  0002  00 04 4d 51 54 54        Protocol Name: "MQTT"
  0008  04                       Protocol Level: 4 MQTT 3.1.1
  0009  02                       Connect Flags: 0x02
        0... ....                  User Name Flag: 0
        .0.. ....                  Password Flag: 0
        ..0. ....                  Will Retain: 0
        ...0 0...                  Will QoS: 0 at most once
        .... .0..                  Will Flag: 0
        .... ..1.                  Clean Session: 1
        .... ...0                  Reserved: 0
  000a  00 3c                    Keep Alive: 60 s
  000c  00 04 61 62 63 64        Client Identifier: "abcd"
"""

SUMMARY = 'CONNECT MQTT 3.1.1 clean_session=1 keep_alive=60 client_identifier "abcd"\n'


def capture(*payloads):
    """A connection from port 40000 to 1883: (from the client?, bytes), a second apart."""
    written = Capture()
    connection = written.connection()
    for client, payload in payloads:
        connection.send(client, payload)
    return written.bytes


SESSION = capture(
    (True, CONNECT),
    (False, "20020000"),
    (True, "320c0003612f62000768656c6c6f"),
    (False, "40020007"),
    (True, "300600036e6f70" + "21"),
    (True, "e000"),
)


class Decode(harness.Case):
    def decode(self, *words, stdin=b"", **options):
        return harness.run(harness.mqtt("decode", *words), stdin=stdin, **options)

    def assert_prints(self, result, text, code=0, errors=""):
        self.assertEqual((result.text, result.errors, result.code), (text, errors, code))

    def test_the_same_packet_from_words_stdin_and_a_file(self):
        spaced = " ".join(CONNECT[i:i + 2] for i in range(0, len(CONNECT), 2))
        self.assert_prints(self.decode(*spaced.split()), TREE)
        self.assert_prints(self.decode(CONNECT), TREE)
        self.assert_prints(self.decode("--", CONNECT), TREE)
        self.assert_prints(self.decode(stdin=spaced), TREE)
        self.assert_prints(self.decode(stdin=bytes.fromhex(CONNECT)), TREE)
        self.assert_prints(self.decode("-r", "-", stdin=spaced), TREE)
        self.assert_prints(self.decode("--read", self.file("packet", bytes.fromhex(CONNECT))), TREE)
        self.assert_prints(self.decode("--input", "base64", "EBAABE1RVFQEAgA8AARhYmNk"), TREE)

    def test_a_violation_is_shown_and_ends_with_1(self):
        result = self.decode("--output", "summary", BROKEN)
        self.assert_prints(
            result, "CONNECT ! byte 9: the reserved bit of the connect flags must be 0 [MQTT-3.1.2-3]\n", 1,
            "mqtt decode: read as hexadecimal digits\n")
        line = json.loads(self.decode("--output", "json", BROKEN).text)
        self.assertEqual(line["error"], {"clause": "MQTT-3.1.2-3", "offset": 9,
                                         "message": "the reserved bit of the connect flags must be 0"})
        self.assertEqual(line["hex"], BROKEN)

    def test_what_a_receiver_may_let_pass_is_a_violation(self):
        payload = ("-V", "5", "30 07 00 01 61 02 01 01 ff")
        rule = "the payload is declared to be UTF-8 and is not [section 3.3.2.3.2]"
        self.assert_prints(self.decode("--output", "summary", *payload),
                           f'PUBLISH q0 r0 d0 topic "a" 1 byte payload_format_indicator=1 ! byte 8: {rule}\n', 1)
        for form in ("text", "hex"):
            shown = self.assert_code(self.decode("--output", form, *payload), 1).text
            self.assertTrue(shown.endswith(f"! byte 8: {rule}\n  0000  30 07 00 01 61 02 01 01 ff\n{'^^':>34}\n"), shown)
        packet = json.loads(self.assert_code(self.decode("--output", "json", *payload), 1).text)
        self.assertEqual((packet["topic"], packet["payload_base64"], packet["error"]["offset"]), ("a", "/w==", 8))
        nameless = "100c00044d5154540400003c0000"
        self.assertIn("[MQTT-3.1.3-7]\n", self.assert_code(self.decode(nameless), 1).text)
        captured = capture((True, nameless), (False, "20020002"))
        for options in ((), ("--lint",)):
            shown = self.assert_code(self.decode("--output", "summary", *options, stdin=captured), 1).text
            self.assertEqual(shown.count("[MQTT-3.1.3-7]"), 1, shown)
        self.assertIn("violations         1\n", self.assert_code(self.decode("--stats", stdin=captured), 1).text)

    def test_a_capture(self):
        lines = self.assert_ok(self.decode("-r", self.file("capture", SESSION), "--output", "summary")).text
        self.assertEqual(lines.splitlines(), [
            '2023-11-14T22:13:20.000000Z 1 c>s ' + SUMMARY.strip(),
            "2023-11-14T22:13:21.000000Z 1 s>c CONNACK 0x00 Connection Accepted session_present=0",
            '2023-11-14T22:13:22.000000Z 1 c>s PUBLISH q1 r0 d0 id 7 topic "a/b" 5 bytes',
            "2023-11-14T22:13:23.000000Z 1 s>c PUBACK id 7",
            '2023-11-14T22:13:24.000000Z 1 c>s PUBLISH q0 r0 d0 topic "nop" 1 byte',
            "2023-11-14T22:13:25.000000Z 1 c>s DISCONNECT"])
        self.assertEqual(self.decode("--output", "summary", stdin=SESSION).text, lines)

    def test_what_is_narrowed(self):
        def types(*words):
            out = self.assert_ok(self.decode("--output", "json", *words, stdin=SESSION)).text
            return [json.loads(line)["type"] for line in out.splitlines()]

        self.assertEqual(types("--only", "publish,PUBACK"), ["PUBLISH", "PUBACK", "PUBLISH"])
        self.assertEqual(types("--only", "publish", "--only", "connack"), ["CONNACK", "PUBLISH", "PUBLISH"])
        self.assertEqual(types("-t", "a/+"), ["PUBLISH"])
        self.assertEqual(len(types("--client-id", "abcd")), 6)
        self.assertEqual(len(types("--connection", "1")), 6)
        self.assertEqual(types("--since", "2023-11-14T22:13:24Z"), ["PUBLISH", "DISCONNECT"])
        self.assertEqual(types("--since", "+1", "--until", "+2"), ["CONNACK", "PUBLISH"])
        self.assertEqual(types("--until", "1700000000.5"), ["CONNECT"])
        self.assert_prints(self.decode("--client-id", "other", stdin=SESSION), "", 0,
                           "mqtt decode: none of the 6 packets is one that was asked for\n")

    def test_statistics(self):
        self.assert_prints(self.decode("--stats", stdin=SESSION), """\
Connection 1, 10.0.0.1:40000 > 10.0.0.2:1883
  client identifier  "abcd"
  version            MQTT 3.1.1
  keep alive         60 s
  time               2023-11-14T22:13:20.000000Z, 5.000 s
  bytes              42 by the client, 8 by the server
  packets            6, 1 CONNECT, 1 CONNACK, 2 PUBLISH, 1 PUBACK, 1 DISCONNECT
  QoS 1              1 completed, 0 open; 1.000 s to 1.000 s, 1.000 s on average
  end                DISCONNECT of the client, open
  topics             "a/b": 1 message, 5 bytes
                     "nop": 1 message, 1 byte
""")

    def test_lint_names_what_a_connection_breaks(self):
        wrong = capture((True, CONNECT), (False, "20020000"), (False, "40020009"), (True, CONNECT))
        result = self.assert_code(self.decode("--lint", stdin=wrong), 1)
        self.assertEqual(result.errors, "")
        self.assertIn(
            "s>c PUBACK id 9\n  ! server: packet identifier 9: "
            "no PUBLISH with this packet identifier awaits this acknowledgement [MQTT-2.3.1-6]\n", result.text)
        self.assertIn("a client sends one CONNECT [MQTT-3.1.0-2]", result.text)
        lines = [json.loads(line) for line in self.decode("--lint", "--output", "json", stdin=wrong).text.splitlines()]
        found = [(line["type"], line["lint"][0]["clause"]) for line in lines if "lint" in line and "type" in line]
        self.assertEqual(found, [("PUBACK", "MQTT-2.3.1-6"), ("CONNECT", "MQTT-3.1.0-2")])
        self.assert_prints(self.decode("--lint", stdin=SESSION), "", 0)
        shown = self.decode("--lint", "--output", "text", "--only", "PUBACK", stdin=wrong).text
        self.assertIn(" awaits this acknowledgement [MQTT-2.3.1-6]\n  0000  40 02 00 09\n              ^^\n", shown)

    def test_a_capture_of_the_loopback_interface(self):
        server = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        port = server.getsockname()[1]
        process = self.start(
            harness.mqtt("decode", "--interface", "lo", "--filter", f"tcp port {port}", "--output", "summary"))
        end = time.monotonic() + harness.PATIENCE
        while not process.stdout and not process.ended() and time.monotonic() < end:
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(bytes.fromhex(CONNECT))
                time.sleep(0.3)
        if process.ended():
            self.skipTest(f"no right to capture: {process.so_far().errors}")
        self.assertIn(SUMMARY.encode(), process.stdout)
        self.assert_ok(process.signal(signal.SIGINT).result())

    def test_payloads_become_files(self):
        folder = self.folder / "payloads"
        self.assert_prints(self.decode("--extract", folder, stdin=SESSION), "")
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.assertEqual(files, {"0000000001-a%2Fb": b"hello", "0000000002-nop": b"!"})

    def test_clauses_are_listed(self):
        lines = self.assert_ok(self.decode("--list-clauses")).text.splitlines()
        self.assertEqual(lines[0].split(), ["NAME", "3.1", "3.1.1", "5.0", "FOUND", "IN", "RULE"])
        rows = {line.split()[0]: " ".join(line.split()[1:]) for line in lines[1:]}
        self.assertEqual(len(rows), len(lines) - 1)
        self.assertEqual(rows["connect_flags_reserved"],
                         "- MQTT-3.1.2-3 MQTT-3.1.2-3 packet the reserved bit of the connect flags must be 0")
        self.assertIn(" connection a client sends one CONNECT", rows["second_connect"])

    def test_wrong_options(self):
        for words, error in (
            (["--output", "xml"], 'option --output: "xml" is not text, summary, json or hex'),
            (["--input", "hx"], 'option --input: "hx" is not auto, hex, raw, base64 or pcap'),
            (["--only", "PUBLISHED"], 'option --only: "PUBLISHED" is not a packet type as PUBLISH'),
            (["--since", "yesterday"],
             'option --since: "yesterday" is not a time as 2026-11-21T03:33:28Z, seconds since 1970, or +SECONDS'),
            (["--connection", "0"], None),
            (["-r", "x", "c000"], "either bytes on the command line or --read"),
            (["--pretty", "--output", "json", "c000"], "--pretty is for --output text"),
            (["--stats", "--output", "json", "c000"], "--stats is a table, not for --output json"),
        ):
            with self.subTest(words):
                result = self.assert_code(self.decode(*words), 64)
                self.assertEqual(result.text, "")
                if error:
                    self.assertEqual(result.errors, f"mqtt decode: {error}; see mqtt decode --help\n")

    def test_inputs_that_cannot_be_read(self):
        self.assert_code(self.decode("-r", self.folder / "missing"), 66)
        self.assert_code(self.decode("-r", self.folder), 66)
        self.assert_code(self.decode(), 65)
        self.assert_code(self.decode("hello", "world"), 65)
        self.assert_prints(self.decode(stdin=capture()), "", 65, "mqtt decode: no MQTT packet was found\n")
        self.assert_prints(self.decode(stdin=SESSION[:24]), "", 65,
                           "mqtt decode: no MQTT packet was found; the capture has no frames\n")
        self.assert_prints(self.decode(stdin=gzip.compress(SESSION)), "", 65,
                           "mqtt decode: the input is packed; unpack it first: gzip -dc | mqtt decode\n")

    def test_a_reader_that_goes_away_and_a_full_disk(self):
        file = self.file("capture", capture((True, CONNECT), *[(True, "300600036e6f70" + "21")] * 20_000))
        for output in ("text", "summary", "json", "hex"):
            command = f"'{harness.MQTT}' decode -r '{file}' --output {output}"
            shell = harness.run(["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"])
            self.assertEqual((shell.code, shell.errors, len(shell.text.splitlines())), (0, "", 1))
            full = harness.run(["bash", "-c", f"{command} > /dev/full"])
            self.assertEqual((full.code, full.errors),
                             (74, "mqtt decode: cannot write standard output: No space left on device\n"))

    def test_a_pipe_is_shown_as_it_comes(self):
        process = self.start(harness.mqtt("decode", "--output", "summary"), stdin=subprocess.PIPE)
        process.write(SESSION)
        process.wait_for_output("DISCONNECT")
        self.assertFalse(process.ended())
        self.assert_ok(process.result())

    def test_ctrl_c_ends_with_what_was_asked_for(self):
        process = self.start(harness.mqtt("decode", "--stats"), stdin=subprocess.PIPE)
        process.write(SESSION)
        time.sleep(0.5)
        process.signal(signal.SIGINT)
        process.wait_for_output("Connection 1")
        self.assert_ok(process.result())

    def test_a_file_of_an_editor_with_a_mark_of_its_encoding(self):
        text = "32 0c 00 03 61 2f 62 00 07 68 65 6c 6c 6f (14 bytes)\r\n"
        for encoding in ("utf-8-sig", "utf-16"):
            for options in ((), ("--input", "hex")):
                shown = self.decode("--output", "summary", *options, stdin=text.encode(encoding))
                self.assert_prints(shown, 'PUBLISH q1 r0 d0 id 7 topic "a/b" 5 bytes\n', 0)

    def test_the_dumps_of_the_usual_tools(self):
        """Each command prints the same packets from its standard input, in a form that must be recognised."""
        packets = bytes.fromhex(CONNECT + "320c0003612f62000768656c6c6f" + "e000")
        node = "const b = require('fs').readFileSync(0); "
        commands = [
            "xxd", "xxd -u", "xxd -p", "xxd -p -c 7", "xxd -i", "xxd -b", "xxd -b -c 8", "xxd -e", "xxd -g 1", "xxd -c 5",
            "hexdump", "hexdump -C", "hexdump -x", "hexdump -b", "hexdump -c", "hexdump -d", "hexdump -o",
            "od", "od -b", "od -c", "od -d", "od -x", "od -i", "od -A x -t x1z", "od -A d -t x1", "od -A n -t x1",
            "od -t u1", "od -t d1", "od -t x4", "od -A x -t o1", "od -A n -t u1", "od -A d -c",
            "base64", "base64 -w 0",
            f"node -e \"{node} console.log(b)\"", f"node -e \"{node} console.log([...b])\"",
            f"node -e \"{node} console.log(JSON.stringify(b))\"", f"node -e \"{node} console.log(b.toString('hex'))\"",
            "python3 -c 'import sys; print(sys.stdin.buffer.read())'",
            "python3 -c 'import sys; print(sys.stdin.buffer.read().hex(\":\"))'",
            "python3 -c 'import sys; print(list(sys.stdin.buffer.read()))'",
            # A log and a prompt around it.
            "(echo '$ xxd packet'; xxd)", "hexdump -C | sed 's/^/12:30:01.123 DEBUG  /'", "xxd | sed 's/^/> /'",
            # A part of a larger dump.
            "(head -c 54 /dev/zero; cat) > all; xxd -s 54 all",
        ]
        expected = [SUMMARY.strip(), 'PUBLISH q1 r0 d0 id 7 topic "a/b" 5 bytes', "DISCONNECT"]
        for command in commands:
            with self.subTest(command):
                tool = command.lstrip("(").split()[0]
                if tool not in ("echo", "head") and not shutil.which(tool):
                    self.skipTest(f"{tool} is not installed")
                dump = harness.run(["bash", "-c", command], stdin=packets, cwd=self.folder)
                self.assert_code(dump, 0)
                result = self.assert_ok(self.decode("--output", "summary", stdin=dump.stdout))
                self.assertEqual(result.text.splitlines(), expected, dump.text)

    @harness.needs("tcpdump")
    def test_the_dumps_of_tcpdump(self):
        path = self.file("capture.pcap", SESSION)
        for form in ("-x", "-X", "-xx", "-XX"):
            with self.subTest(form):
                dump = self.assert_code(harness.run(["tcpdump", "-r", path, "-n", form]), 0)
                out = self.assert_ok(self.decode("--output", "summary", stdin=dump.stdout))
                self.assertEqual(len(out.text.splitlines()), 6, dump.text)

    @harness.needs("tshark")
    def test_the_dump_of_tshark(self):
        dump = harness.run(["tshark", "-r", self.file("capture.pcap", SESSION), "-x", "-Y", "mqtt"])
        if dump.code != 0:
            self.skipTest("tshark does not run here")
        out = self.assert_ok(self.decode("--output", "summary", stdin=dump.stdout))
        self.assertEqual(len(out.text.splitlines()), 6)


if __name__ == "__main__":
    harness.main()
