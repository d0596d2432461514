"""The examples of the README page on mqtt decode print what it says."""
import os
import re
import struct

import harness
from captures import Capture

CONNACK = "20020000"
CONNECT = "101000044d5154540402003c000461626364"
UPGRADE = (
    b"GET /mqtt HTTP/1.1\r\nHost: broker\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
)


def packet(first, *parts):
    """Strings are given with their length, bytes as they are."""
    body = b"".join(part if isinstance(part, bytes) else struct.pack(">H", len(part)) + part.encode() for part in parts)
    return bytes([first, len(body)]) + body


def capture():
    written = Capture()
    connection = written.connection()
    connection.send(True, CONNECT).send(False, CONNACK).send(True, packet(0x32, "a/b", b"\0\7", b"hello"))
    connection.send(False, "40020007").send(True, packet(0x30, "nop", b"!")).send(True, "e000").close()
    return written.bytes


def kitchen():
    """An identifier that is in use, more QoS than was granted, silence, and no DISCONNECT."""
    written = Capture()
    connection = written.connection()
    connection.send(True, packet(0x10, "MQTT", b"\4\2\0\x0a", "kitchen")).send(False, CONNACK)
    connection.send(True, packet(0x82, b"\0\1", "sensors/oven", b"\1")).send(False, "9003000101")
    connection.send(True, packet(0x32, "sensors/oven", b"\0\2", b"180"))
    connection.send(True, packet(0x32, "sensors/oven", b"\0\2", b"190")).send(False, "40020002")
    connection.send(False, packet(0x34, "sensors/oven", b"\0\1", b"180")).send(True, "50020001").send(False, "62020001")
    connection.send(True, "70020001")
    written.second += 16
    connection.send(True, "c000").send(False, "d000").close()
    return written.bytes


def browser():
    """WebSocket from a browser: masked frames, one of which is cut in two."""
    written = Capture()
    connection = written.connection(server_port=9001)
    mask = b"\x5a\x01\xfe\x33"

    def frame(first, payload):
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        return bytes([first, 0x80 | len(payload)]) + mask + masked

    connection.send(True, UPGRADE[0]).send(False, UPGRADE[1])
    connection.send(True, frame(0x82, packet(0x10, "MQTT", b"\4\2\0\x3c", "browser")))
    connection.send(False, b"\x82\4" + bytes.fromhex(CONNACK))
    message = packet(0x30, "sensors/oven", b"180")
    connection.send(True, frame(0x02, message[:9])).send(True, frame(0x80, message[9:]))
    connection.send(True, frame(0x82, packet(0x30, "sensors/door", b"open"))).send(True, frame(0x82, b"\xe0\0")).close()
    return written.bytes


def examples():
    """(command, output) of the console blocks of the page."""
    text = (harness.SOURCE / "README.md").read_text()
    page = text.split("## What is in these bytes?")[1].split("\n## ")[0]
    for block in re.findall(r"```console\n(.*?)```", page, re.S):
        for example in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = example.partition("\n")
            yield command, output


class Readme(harness.Case):
    def test_examples(self):
        (self.folder / "mqtt").symlink_to(harness.MQTT)
        for name, content in (("capture.pcap", capture()), ("kitchen.pcap", kitchen()), ("browser.pcapng", browser())):
            self.file(name, content)
        compared = 0
        for command, output in examples():
            needed = [tool for tool in ("tcpdump", "jq") if tool in command]
            with self.subTest(command):
                if needed == ["tcpdump"] or "mqtt pub" in command:
                    continue  # what passes at that moment, and a broker
                if needed and not harness.program("jq"):
                    self.skipTest("not installed: jq")
                result = harness.run(["bash", "-c", command], cwd=self.folder,
                                     env={"PATH": f"{self.folder}:{os.environ['PATH']}"})
                self.assertEqual(result.text, output)
                compared += 1
        self.assertGreaterEqual(compared, 4)


if __name__ == "__main__":
    harness.main()
