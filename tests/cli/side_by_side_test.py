"""Debian's mosquitto clients and the program under their names, row by row: the same arguments, the same broker.

What they write to stdout, their exit codes and the packets that they send are compared, and stderr in the rows that say
so. A broker of a few lines gives both the same bytes. Where 2.1, whose options and formats the program has, differs
from Debian's 2.0.11, the row or its normal form says so.
"""
import concurrent.futures
import json
import os
import re
import shlex
import socket
import struct
import threading

import harness
import peers
from brokers import Mosquitto
from certificates import certificates
from harness import Case, needs, program, run, wait_until
from peers import Peer

# Messages: topic, payload, QoS, retain, properties.
PLAIN = (
    ("a/b", b"hello world", 1, 1, b""),
    ("a/c", b"", 0, 0, b""),
    ("a/d", b"\0\xff\x80", 1, 0, b""),
    ("a/e", b"3.5", 0, 0, b""),
    ("a/f", '{"x":[1,2.50,{"y":null}],"é":"\\u20ac","z":true}'.encode(), 0, 1, b""),
)
PROPERTIES = (
    b"\x01\x01\x02"
    + struct.pack(">I", 60)
    + b"\x03"
    + peers.text("text/plain")
    + b"\x08"
    + peers.text("back/to")
    + b"\x09"
    + peers.text("corr")
    + b"\x26"
    + peers.text("k")
    + peers.text("v")
    + b"\x26"
    + peers.text("k2")
    + peers.text("v2")
    + b"\x0b\x07"
)
RICH = (
    ("a/b", b"hello", 1, 1, PROPERTIES),
    ("topic/long/enough", b'{"x":1}', 0, 0, b""),
    ("e", b"", 1, 0, b"\x0b\x81\x01"),
)

# A packet type that there is not: ours, behind the last connection of a tool.
NOTHING_MORE = 0


def broker(messages, keep, ended):
    """Agrees to all, sends the messages behind SUBACK, answers a PUBLISH to "question" on the topic "answer"."""

    def publish(connection, topic, payload, qos, retain, properties, identifier):
        body = peers.text(topic) + (struct.pack(">H", identifier) if qos else b"")
        if connection.version == 5:
            body += peers.variable_byte_integer(len(properties)) + properties
        connection.send(peers.packet(peers.PUBLISH, body + payload, qos << 1 | retain))

    def behaviour(connection):
        while True:
            kind, flags, body = connection.read()
            if kind == NOTHING_MORE:
                return ended.set()
            keep.append((kind, flags, body))
            middle = b"\0" if connection.version == 5 else b""
            if kind == peers.CONNECT:
                connection.send(peers.connack(version=connection.version))
            elif kind == peers.SUBSCRIBE:
                asked = peers.requested_qos(body, connection.version)
                connection.send(peers.packet(peers.SUBACK, body[:2] + middle + bytes(asked)))
                for number, (topic, payload, qos, retain, properties) in enumerate(messages, 1):
                    publish(connection, topic, payload, min(qos, max(asked)), retain, properties, number)
            elif kind == peers.UNSUBSCRIBE:
                connection.send(peers.packet(peers.UNSUBACK, body[:2] + middle + middle))
            elif kind == peers.PUBLISH:
                end = 2 + struct.unpack(">H", body[:2])[0]
                if flags & 6:
                    answer = peers.PUBACK if flags & 6 == 2 else peers.PUBREC
                    connection.send(peers.packet(answer, body[end : end + 2]))
                if body[2:end] == b"question":
                    publish(connection, "answer", b"42", 0, 0, b"", 0)
            elif kind == peers.PUBREC:
                connection.send(peers.packet(peers.PUBREL, body[:2], 2))
            elif kind == peers.PUBREL:
                connection.send(peers.packet(peers.PUBCOMP, body[:2]))
            elif kind == peers.PINGREQ:
                connection.send(peers.packet(peers.PINGRESP))
            elif kind == peers.DISCONNECT:
                return

    return behaviour


def normal(kind, body):
    """A packet without what may differ: what is made up for the client identifier, and Receive Maximum 20, their default."""
    if kind == peers.CONNECT:
        body = re.sub(rb"\0\x15mqtt-[0-9a-f]{16}|\0\x17mosq-\w{18}", b"\0\0", body)
        body = re.sub(rb"\0.pre\d+", b"pre", body.replace(b"\x03!\0\x14", b"\0"))
    return body


class Ending:
    """How a tool ended, in a form that can be compared."""

    def __init__(self, result, packets, port):
        self.code = result.code
        self.out = result.stdout.replace(b"%d" % port, b"PORT")
        self.err = re.sub(r"\n+", "\n", result.errors.replace(str(port), "PORT"))
        compared = (peers.CONNECT, peers.SUBSCRIBE, peers.UNSUBSCRIBE, peers.PUBLISH)
        self.packets = [(kind, flags, normal(kind, body)) for kind, flags, body in packets if kind in compared]
        # A DISCONNECT is lost where the tool closes while there is something that it has not read.
        self.farewell = [body for kind, _, body in packets if kind == peers.DISCONNECT]


@needs("mosquitto_pub", "mosquitto_sub", "mosquitto_rr")
class SideCase(Case):
    def setUp(self):
        super().setUp()
        for tool in ("pub", "sub", "rr"):
            (self.folder / f"mosquitto_{tool}").symlink_to(os.path.abspath(harness.MQTT))
        self.file("payload", b"from a file\0\n")
        self.file("options", "-i from-file\n-q 1\n# -q 2\n")

    def both(self, tool, arguments, messages=(), stdin=b"", env=None):
        """Runs theirs and ours at the same time, each with a broker of its own."""

        def one(command):
            packets, ended = [], threading.Event()
            with Peer(broker(messages, packets, ended)) as peer:
                words = shlex.split(arguments) if isinstance(arguments, str) else list(arguments)
                here = not any(word in words for word in ("-h", "-p", "-L", "--url", "--unix"))
                place = ["-h", "127.0.0.1", "-p", "PORT"] if here else []
                words = [
                    word.replace("PORT", str(peer.port)).replace("HERE", str(self.folder)) for word in (*place, *words)
                ]
                result = run([command, *words], stdin=stdin, env=env)
                # What a tool sent before its end may not have been read yet.
                with socket.create_connection(("127.0.0.1", peer.port)) as last:
                    last.sendall(bytes([NOTHING_MORE, 0]))
                    wait_until(ended.is_set, "the last connection")
                peer.wait_for_silence()
            return Ending(result, packets, peer.port)

        with concurrent.futures.ThreadPoolExecutor() as pool:
            theirs = pool.submit(one, program(f"mosquitto_{tool}"))
            ours = pool.submit(one, str(self.folder / f"mosquitto_{tool}"))
            return theirs.result(), ours.result()

    def same(self, tool, arguments, errors=False, form=lambda out: out, **options):
        with self.subTest(tool=tool, arguments=arguments):
            theirs, ours = self.both(tool, arguments, **options)
            self.assertEqual(form(ours.out), form(theirs.out), ours.err)
            self.assertEqual(ours.code, theirs.code, ours.err)
            self.assertEqual(ours.packets, theirs.packets)
            if ours.farewell and theirs.farewell:
                self.assertEqual(ours.farewell, theirs.farewell)
            if errors:
                self.assertEqual(ours.err, theirs.err)


def without_digits(out):
    """Moments differ; their shape must not."""
    return re.sub(rb"\d", b"0", out)


class Formats(SideCase):
    MODIFIERS = ("", "5", "-5", "05", "3", "30", "-30", "030", ".2", "5.2", "-5.2", "30.2", ".0", "010.3", "-0", "-.3")

    def form(self, modifiers, specifier):
        return "|".join(f"%{modifier}{specifier}" for modifier in modifiers)

    def compare(self, text, form=lambda out: out):
        for version, messages in (("311", PLAIN), ("5", RICH)):
            arguments = ["-V", version, "-t", "#", "-q", "1", "-C", str(len(messages)), "-F", text]
            self.same("sub", arguments, form=form, messages=messages)

    def test_specifiers(self):
        for specifier in "ADEFPRSlmpqrt":
            self.compare(self.form(self.MODIFIERS, specifier))
        # 2.0 fills with blanks where there is no content type, 2.1 with zeroes when told so.
        self.compare(self.form([modifier for modifier in self.MODIFIERS if not modifier.startswith("0")], "C"))
        # 2.0 counts the width of hexadecimal digits in another way.
        for specifier in "xX":
            self.compare(self.form(("", "-0", "0"), specifier))

    def test_widths_that_are_exceeded(self):
        for text in ("%-20x|", "%20p|", "%-20p|", "%2p|", "%-2p|", "%02p|", "%2t|", "%-2t|", "%.1t|", "%20.1t|", "%1l|"):
            if "x" in text:
                continue
            self.compare(text)

    def test_moments(self):
        for text in ("%I", "%30I|%-30I|%.4I|%5I", "%U", "@Y-@m-@dT@H:@M:@S", "@z @Z @j", "@N", "@s", "@@", "@q"):
            self.compare(text, form=without_digits)
        self.compare("@D@F@R@T@a@A@b@B@I@p@u@w@U@W@V@G@g@y@C@e@h@n@t@x@X@c@r@P", form=without_digits)

    def test_escapes_and_literals(self):
        for text in ("%%", "%5%", r"\\ \a\e\n\r\t\v\0|", "plain", "", "%t%t", "é %t", "100%% @@"):
            self.compare(text)

    def test_formats_that_are_refused(self):
        for text in ("%", "%5", "%-", "%y", "%5y", "abc\\", r"\q", "@", "%.", "%.5", "%z", "%p%"):
            self.same("sub", ["-t", "#", "-C", "1", "-F", text], errors=True, messages=PLAIN)
            self.same("rr", ["-t", "question", "-e", "answer", "-m", "x", "-F", text], errors=True)

    def json(self, out):
        """What 2.0 prints as 2.1 does: flags as such, user properties as a list that keeps their order."""
        objects = []
        for line in out.splitlines():
            value = json.loads(line)
            del value["tst"]
            value["retain"] = bool(value["retain"])
            users = value.get("properties", {}).get("user-properties")
            if isinstance(users, dict):
                value["properties"]["user-properties"] = [{name: text} for name, text in users.items()]
            objects.append(list(value.items()))
        return objects

    def test_json(self):
        text = tuple(message for message in PLAIN if b"\xff" not in message[1])
        for version, messages in (("311", text), ("5", RICH)):
            arguments = ["-V", version, "-t", "#", "-q", "1", "-C", str(len(messages)), "-F"]
            self.same("sub", [*arguments, "%j"], form=self.json, messages=messages)
        for version, messages in (("311", text[1:]), ("5", RICH[1:])):
            arguments = ["-V", version, "-t", "#", "-q", "1", "-C", str(len(messages)), "-F"]
            self.same("sub", [*arguments, "%J"], form=self.json, messages=messages)
        # Not JSON: an empty line, and a word on stderr.
        self.same("sub", ["-t", "#", "-C", "1", "-F", "<%J>"], errors=True, messages=PLAIN)

    def test_pretty_json(self):
        def form(out):
            out = re.sub(rb'"tst":\t"[^"]*"', b"", out)
            return out.replace(b'"retain":\t0', b'"retain":\tfalse').replace(b'"retain":\t1', b'"retain":\ttrue')

        for specifier in "jJ":
            arguments = ["-t", "#", "-C", "1", "--pretty", "-F", f"%{specifier}"]
            self.same("sub", arguments, form=form, messages=PLAIN[4:])


class Subscribing(SideCase):
    def test_what_is_shown(self):
        for arguments in (
            "-t # -C 5",
            "-t # -C 5 -v",
            "-t # -C 5 -N",
            "-t # -C 5 -v -N",
            "-t # -C 1",
            "-t # -C 5 -N -F %t:%p;",
            "-t # -C 5 -v -F %p",
            "-t # -R -C 3 -v",
            "-t # -T a/c -C 3 -v",
            "-t # -T a/c -T a/+ -W 1",
            "-t # --retained-only -v",
            "-t # -E",
            "-t # -C 5 --quiet",
            "-t # -C 5 --no-such-option",
        ):
            self.same("sub", arguments, messages=PLAIN)

    def test_what_is_asked_for(self):
        for arguments in (
            "-t # -C 5 -q 1 -v",
            "-t # -t x/+ -C 5",
            "-t # -t x/y -U # -C 5",
            "-t # -U a -C 5 -D unsubscribe user-property a b",
            "-V 5 -t # -C 5 --retain-as-published",
            "-V 5 -t # -C 3 -R -v",
            "-V 31 -t # -C 5",
            "-V mqttv31 -t # -C 5",
            "-V mqttv311 -t # -C 5",
            "-V mqttv5 -t # -C 5",
            "-V 5 -t # -C 5 -D subscribe subscription-identifier 5 -D subscribe user-property a b",
            "-t '$share/group/a' -E",
            "-t # -i me -E",
            "--topic # -C 5 --qos 1 --id me --keepalive 30 --verbose",
        ):
            self.same("sub", arguments, messages=PLAIN)

    def test_the_session(self):
        for arguments in (
            "-i me -c -q 1 -t # -C 5",
            "-i me -c -q 0 -t # -C 5",
            "-i me -c -V 5 -t # -C 5",
            "-i me -c -V 5 -x 30 -t # -C 5",
            "-i me -V 5 -x 30 -t # -C 5",
            "-i me -V 5 -x -1 -t # -C 5",
            "-i me -V 5 -x 4294967295 -t # -C 5",
            "-V 5 -D connect session-expiry-interval 10 -t # -C 5",
            "-k 5 -t # -C 5",
            "-k 65535 -t # -C 5",
            "-u user -P word -t # -C 5",
            "-u user -t # -C 5",
            "-V 5 -P word -t # -C 5",
            "--will-topic w -t # -C 5",
            "--will-topic w --will-payload bye --will-qos 1 --will-retain -t # -C 5",
            "--will-topic w --will-qos 2 -t # -C 5 -V 5 -D will will-delay-interval 3 -D will content-type x "
            "-D will user-property a b -D will response-topic q -D will correlation-data z "
            "-D will message-expiry-interval 4 -D will payload-format-indicator 1",
            "-D connect user-property a b -D connect receive-maximum 7 -D connect topic-alias-maximum 7 -t # -C 5",
            "-D connect request-problem-information 0 -D connect maximum-packet-size 1000 -t # -C 5",
            "-D connect request-response-information 1 -t # -C 5",
            "-D connect authentication-method x -D connect authentication-data y -t # -C 5",
            "-D CONNECT User-Property a b -t # -C 5",
            "-V 5 -D disconnect reason-string bye -D disconnect user-property a b -t # -E",
        ):
            self.same("sub", arguments, messages=PLAIN)

    def test_time_is_up(self):
        self.same("sub", "-t # -W 1 -v", errors=True, messages=PLAIN)
        self.same("sub", "-t # -W 1 -C 9", errors=True, messages=PLAIN)
        self.same("sub", "-t # -W 1 -V 5", errors=True, messages=PLAIN)
        self.same("sub", "-t # -W 1 --quiet", errors=True, messages=PLAIN)

    def test_urls(self):
        for arguments in (
            "-L mqtt://127.0.0.1:PORT/a/b -E",
            "-L mqtt://user:word@127.0.0.1:PORT/a/b -E",
            "-L mqtt://user@127.0.0.1:PORT/a -E",
            "-L mqtt://127.0.0.1:PORT/a -t b -E",
            "-t b -L mqtt://127.0.0.1:PORT/a -E",
            "--url mqtt://127.0.0.1:PORT/# -C 5",
            "-L mqtt://127.0.0.1:PORT -E",
            "-L gopher://127.0.0.1:PORT/a",
            "-L 127.0.0.1:PORT/a",
        ):
            self.same("sub", arguments, messages=PLAIN)

    def test_the_log(self):
        """The same lines; ours acknowledges a message only once it is written, so that their order may differ."""

        def form(out):
            return sorted(out.splitlines())

        for arguments in (
            "-t # -q 1 -d -i me -C 5 -v",
            "-t # -t x/+ -q 1 -d -i me -C 3 -V 5 -U c",
            "-t # -R -d -i me -C 3 -V 5 --retain-as-published",
            "-t # -d -E",
            "-t # -d -I pre -E -V 311 --quiet",
        ):
            self.same("sub", arguments, form=lambda out: form(re.sub(rb"pre\d+", b"pre", out)), messages=PLAIN)


class Publishing(SideCase):
    def test_payloads(self):
        for arguments in (
            "-t a -m x",
            "-t a -m ''",
            "-t a -n",
            "-t a -n -r",
            "-t a -m x -r",
            "-t a -f HERE/payload",
            "-t a -s",
            "-t a -l",
            "-t a -l -q 1",
            "-t a -l -r",
            "-t a -m x -q 1",
            "-t a -m x -q 2",
            "-t a -m x --repeat 3",
            "-t a -m x -q 1 --repeat 2 --repeat-delay 0.1",
            "-t a -t b -m x",
            "-t b -L mqtt://127.0.0.1:PORT/a -m x",
            "-L mqtt://127.0.0.1:PORT/a -t b -m x",
            "-L mqtt://user:word@127.0.0.1:PORT/a -m x",
            "-t '$SYS/a' -m x",
            "-t a -m x --quiet",
            "-t a -m x -A 127.0.0.1",
            "-t a -m x --nodelay",
        ):
            self.same("pub", arguments, stdin=b"one\ntwo\n\nthree")
        self.same("pub", "-t a -l", stdin=b"")
        self.same("pub", "-t a -l", stdin=b"\n")
        self.same("pub", "-t a -l", stdin=b"a\r\nb\r\n")
        self.same("pub", "-t a -s", stdin=b"")

    def test_versions_and_sessions(self):
        for arguments in (
            "-t a -m x -V 31",
            "-t a -m x -V 5",
            "-t a -m x -V 5 -q 1",
            "-t a -m x -V 5 -q 2",
            "-t a -m x -i me -c",
            "-t a -m x -i me -k 20",
            "-t a -m x -u user -P word",
            "-t a -m x -P word",
            "-t a -m x -V 5 -P word",
            "-t a -m x --will-topic w --will-payload p --will-qos 2 --will-retain",
            "-t a -m x -V 5 -q 1 -i z -c -D connect receive-maximum 7",
            "-t a -m x -V 5 -x 5 -D connect receive-maximum 7",
        ):
            self.same("pub", arguments)

    def test_properties(self):
        for arguments in (
            "-D publish content-type t -D publish correlation-data c -D publish message-expiry-interval 9 "
            "-D publish payload-format-indicator 1 -D publish response-topic r "
            "-D publish user-property a b -D publish user-property a b",
            "-D PUBLISH content-type t",
            "-D publish Content-Type t",
            "-D disconnect reason-string x",
            "-D disconnect session-expiry-interval 4",
            "-D will user-property a b --will-topic w",
        ):
            self.same("pub", f"-t a -m x -V 5 {arguments}")

    def test_the_log(self):
        for arguments in (
            "-t a -d -i me -m x",
            "-t a -d -i me -m x -q 1",
            "-t a -d -i me -m x -q 2",
            "-t a -d -i me -m x -q 2 -V 5",
            "-t a -d -i me -m x -r",
            "-t a -d -i me -s",
            "-t a -d -i me -l",
            "-t a --debug --quiet -m x",
        ):
            self.same("pub", arguments, stdin=b"one\ntwo\n")


class Asking(SideCase):
    def test_answers(self):
        for arguments in (
            "-m x",
            "-m x -V 311",
            "-m x -q 1",
            "-n",
            "-m x -v",
            "-m x -N",
            "-m x -F %t|%p",
            "-m x -D publish correlation-data zz",
            "-m x -D subscribe user-property a b -D publish user-property c d",
            "-m x -e other -e answer",
            "-m x -t other -t question",
        ):
            receive_maximum = "" if "311" in arguments else " -D connect receive-maximum 7"
            self.same("rr", f"-t question -e answer {arguments}{receive_maximum}")
        # Theirs may end before it says DISCONNECT.
        arguments = "-t question -e answer -m x -d -i me -D connect receive-maximum 7"
        self.same("rr", arguments, form=lambda out: out.replace(b"Client me sending DISCONNECT\n", b""))
        self.same("rr", "-t other -e answer -m x -W 1 -D connect receive-maximum 7", errors=True)

    def test_refusals(self):
        for arguments in ("", "-t a -m x", "-e b -m x", "-t a -e b", "-t a/# -e b -m x", "-t a -e b/# -m x"):
            self.same("rr", arguments, errors=arguments.endswith("# -m x"))
        for arguments in ("-l", "-m x -r", "-m x -C 1", "-m x -q 3", "-m x -W 0"):
            self.same("rr", f"-t question -e answer {arguments}")


class Refusals(SideCase):
    """What is wrong with the command line ends with 1. Texts that 2.1 and 2.0 share are compared, too."""

    TEXTS = (
        "-t #x",
        "-t a#",
        "-t +a",
        "-t a -T a#",
        "-t a -U +a",
        "-t a --nope",
        "-t a -y",
        "-t a extra",
        "-t a -F %y",
        "-t a -l",
        "-t a -m x",
        "-t a -S",
        "-t a --will-topic a/#",
        "-t a --cert x",
        "-t a --cafile /nonexistent",
        "-t a -c",
        "-t a -i x -I y",
    )
    CODES = (
        "-t a --psk abc",
        "-R --retained-only -t a",
        "-t a -D connect nope x",
        "-t a -D foo user-property a b",
        "-t",
        "-t a -q",
        "-t a -q 3",
        "-t a -q -1",
        "-t a -k 4",
        "-t a -k 65536",
        "-t a -k x",
        "-t a -p 65536",
        "-t a -p",
        "-t a -C 0",
        "-t a -C x",
        "-t a -C -1",
        "-t a -W 0",
        "-t a -W x",
        "-t a -M 0",
        "-t a -M x",
        "-t a -i",
        "-t a -I",
        "-t a -c -I x",
        "-t a -P",
        "-t a -u",
        "-t a -V 4",
        "-t a -V",
        "-t a --will-payload x",
        "-t a --will-retain",
        "-t a --will-topic a --will-qos 3",
        "-t a -D",
        "-t a -D connect",
        "-t a -D connect user-property",
        "-t a -D connect user-property a",
        "-t a -D connect content-type x",
        "-t a -D auth user-property a b",
        "-t a -D puback user-property a b",
        "-t a -x abc",
        "-t a -x -2",
        "-t a --random-filter 0",
        "-t a --random-filter x",
        "-t a --proxy x",
        "-t a --proxy socks5h://",
        "-t a -L",
        "-t a -L mqtt://",
        "-t a --psk abc --psk-identity x --cafile x",
        "-t a --key x",
        "-t a --keyform x",
        "-t a --tls-version tlsv9 --cafile /etc/ssl/certs/ca-certificates.crt",
        "-t a --unix /nonexistent -W 1",
        "-t a -h no-such-host.invalid",
        "-t a -P word -E",
        "-T a",
        "",
    )

    def test_texts(self):
        for arguments in self.TEXTS:
            self.same("sub", arguments, errors=True)

    def test_codes(self):
        for arguments in self.CODES:
            self.same("sub", arguments)
        for arguments in (
            "-t a -f /nonexistent",
            "-t a -f /tmp",
            "-t a+ -m x",
            "-t a/# -m x",
            "-t a -m x -m y",
            "-t a -m x -n",
            "-t a -l -s",
            "-t a -m x --repeat 0",
            "-t a -m x --repeat x",
            "-t a -m x --repeat-delay -1",
            "-t a -m x -C 1",
            "-t a -m x -R",
            "-t a -m x -D publish subscription-identifier 3",
            "-t a -m x -D connect receive-maximum 0",
            "-t a -m x -D publish topic-alias 0",
            "-t a -m x -D publish content-type a -D publish content-type b",
            "-t a -m x -D subscribe nope x",
            "-t a -m x extra",
            "-t a -m x -A 10.9.8.7",
            "-t a -m x --unix /nonexistent",
        ):
            self.same("pub", arguments, stdin=b"x")

    def test_configuration_files(self):
        (self.folder / "mosquitto_sub").unlink()
        configuration = self.folder / "configuration"
        configuration.mkdir()
        (configuration / "mosquitto_sub").write_text("-i from-file\n-q 1\n# a comment\n-t file\n-k 33\n")
        (self.folder / "mosquitto_sub").symlink_to(os.path.abspath(harness.MQTT))
        for arguments in ("-E", "-t line -E", "-q 0 -E", "-i line -E"):
            self.same("sub", arguments, env={"XDG_CONFIG_HOME": str(configuration)})


@needs("mosquitto", "mosquitto_pub", "mosquitto_sub", "mosquitto_rr")
class WithMosquitto(SideCase):
    def tools(self, name):
        return {"theirs": program(f"mosquitto_{name}"), "ours": str(self.folder / f"mosquitto_{name}")}

    def test_sessions_pass_from_one_to_the_other(self):
        broker = self.enterContext(Mosquitto(transports=["tcp"]))
        place = ["-h", "localhost", "-p", str(broker.ports["tcp"])]
        for begins in ("theirs", "ours"):
            for ends in ("theirs", "ours"):
                for version in ("311", "5"):
                    with self.subTest(begins=begins, ends=ends, version=version):
                        topic = f"{begins}/{ends}/{version}"
                        session = [*place, "-V", version, "-i", topic, "-c", "-q", "1", "-t", topic]
                        self.assert_ok(run([self.tools("sub")[begins], *session, "-E"]))
                        for text in ("one", "two"):
                            publish = [*place, "-t", topic, "-q", "1", "-m", text]
                            self.assert_ok(run([self.tools("pub")[begins], *publish]))
                        result = self.assert_ok(run([self.tools("sub")[ends], *session, "-C", "2", "-W", "30"]))
                        self.assertEqual(result.text, "one\ntwo\n")

    def test_retained_messages(self):
        broker = self.enterContext(Mosquitto(transports=["tcp"]))
        place = ["-h", "localhost", "-p", str(broker.ports["tcp"])]
        for who in ("theirs", "ours"):
            with self.subTest(who):
                for name in ("a", "b"):
                    publish = [*place, "-t", f"{who}/{name}", "-m", name, "-r", "-q", "1"]
                    self.assert_ok(run([self.tools("pub")[who], *publish]))
                subscribe = [self.tools("sub")[who], *place, "-t", f"{who}/#", "-v"]
                self.assertEqual(self.assert_ok(run([*subscribe, "-C", "2"])).text, f"{who}/a a\n{who}/b b\n")
                removed = run([*subscribe, "--remove-retained", "-W", "2"])
                # What it removes comes as a message without payload, too.
                lines = sorted(self.assert_code(removed, 27).text.splitlines())
                self.assertEqual(lines, [f"{who}/a (null)", f"{who}/a a", f"{who}/b (null)", f"{who}/b b"])
                self.assertEqual(self.assert_code(run([*subscribe, "--retained-only", "-W", "1"]), 27).text, "")

    def test_unix_sockets(self):
        path = self.folder / "socket"
        self.enterContext(Mosquitto(f"listener 0 {path}", transports=["tcp"]))
        for who in ("theirs", "ours"):
            with self.subTest(who):
                place = ["--unix", str(path), "-t", f"unix/{who}"]
                self.assert_ok(run([self.tools("pub")[who], *place, "-m", "x", "-r"]))
                self.assertEqual(self.assert_ok(run([self.tools("sub")[who], *place, "-C", "1"])).text, "x\n")

    def test_certificates_and_credentials(self):
        broker = self.enterContext(Mosquitto(transports=["tcp", "tls"], passwords={"user": "word"}))
        tls = ["-h", "localhost", "-p", str(broker.ports["tls"]), "-u", "user", "-P", "word"]
        tcp = ["-h", "localhost", "-p", str(broker.ports["tcp"])]
        for arguments in (
            [*tls, "--cafile", broker.ca],
            [*tls, "--cafile", broker.ca, "--tls-version", "tlsv1.2"],
            [*tls, "--cafile", broker.ca, "--tls-version", "tlsv1.3"],
            [*tls, "--cafile", broker.ca, "--tls-alpn", "mqtt"],
            [*tls, "--capath", certificates().capath],
            [*tls, "--cafile", "/etc/ssl/certs/ca-certificates.crt"],
            [*tls, "--cafile", broker.ca, "--ciphers", "NO-SUCH-CIPHER"],
            [*tls, "--cafile", broker.ca, "--cert", "/nonexistent", "--key", "/nonexistent"],
            [*tcp, "-u", "user", "-P", "word"],
            [*tcp, "-u", "user", "-P", "wrong"],
            [*tcp, "-u", "user", "-P", "wrong", "-V", "5"],
            [*tcp],
        ):
            with self.subTest(arguments):
                codes = {who: run([tool, *arguments, "-t", "a", "-E", "-W", "5"]).code for who, tool in self.tools("sub").items()}
                # Theirs ends a handshake that failed with 1 or with 8, depending on which step notices it first.
                theirs = {1, 8} if codes["theirs"] == 8 else {codes["theirs"]}
                self.assertIn(codes["ours"], theirs)


if __name__ == "__main__":
    harness.main()
