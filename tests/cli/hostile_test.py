"""Captures made to exhaust `mqtt decode`: a million half-open connections, lengths that never come true, holes that
never fill, fragments without end, a deflate bomb. What is held stays bounded, and the good packets are still found."""
import resource
import struct
import subprocess
import zlib

import harness
from harness import Case, mqtt

MIB = 1 << 20
MILLION = 1_000_000
HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101)  # raw IP
SYN, ACK = 2, 16
CONNECT = bytes.fromhex("100d00044d5154540402003c000161")
PUBLISH = bytes.fromhex("300500016168 69")
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n"
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"


def record(frame):
    return struct.pack("<IIII", 1_700_000_000, 0, len(frame), len(frame)) + frame


def ip(payload, source, identification=0, fragment=0x4000):
    head = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(payload), identification, fragment, 64, 6, 0, source, 0x0A000002)
    return record(head + payload)


def tcp(port, sequence, flags, payload=b""):
    return struct.pack(">HHIIBBHHH", port, 1883, sequence & 0xFFFFFFFF, 0, 0x50, flags, 65535, 0, 0) + payload


class Client:
    """One direction of a connection."""

    def __init__(self, number):
        self.source, self.sequence = 0x0B000000 + number, 1000

    def open(self):
        return ip(tcp(40000, self.sequence - 1, SYN), self.source)

    def send(self, payload, flags=ACK):
        segments = []
        for at in range(0, len(payload), 60_000):
            piece = payload[at : at + 60_000]
            segments.append(ip(tcp(40000, self.sequence, flags, piece), self.source))
            self.sequence += len(piece)
        return b"".join(segments)


class Hostile(Case):
    def decode(self, chunks, most_mib, *arguments):
        """Exit code, lines and notes of a decoder that may have no more than `most_mib` of data (stacks, heap and its
        own variables): one that asks for more dies."""
        command = mqtt("decode", "--output", "summary", "--read", "-", *arguments)
        with open(self.folder / "notes", "w+b") as notes, open(self.folder / "lines", "w+b") as lines:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=lines,
                stderr=notes,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (most_mib * MIB, most_mib * MIB)),
            )
            try:
                with process.stdin as pipe:
                    for chunk in chunks:
                        pipe.write(chunk)
            except BrokenPipeError:
                pass  # it has seen enough
            process.wait()
            found = []
            for file in (lines, notes):
                file.seek(0)
                found.append(file.read(MIB).decode())
        self.assertIn(process.returncode, (0, 1), found[1])
        return (process.returncode, *found)

    def test_a_million_half_open_connections(self):
        good = Client(1)

        def chunks():
            yield HEADER + good.open() + good.send(CONNECT)
            for start in range(0, MILLION, 1000):
                yield b"".join(ip(tcp(1024 + n % 50_000, n, SYN), 0x0C000000 + n // 50_000) for n in range(start, start + 1000))
            yield good.send(PUBLISH)

        code, lines, _ = self.decode(chunks(), 64)
        self.assertEqual((code, len(lines.splitlines())), (0, 2))
        self.assertIn('PUBLISH q0 r0 d0 topic "a" 2 bytes', lines)

    def test_a_declared_length_of_256_mib(self):
        announced = bytes.fromhex("30ffffff7f000161")
        for arguments, head in (((), HEADER), (("--input", "raw"), b"")):
            with self.subTest(arguments=arguments):
                many = [Client(n) for n in range(100)]
                start = b"".join(c.open() + c.send(CONNECT + announced + b"x" * 1000) for c in many) if head else CONNECT + announced
                code, lines, _ = self.decode([head + start], 64, *arguments)
                self.assertEqual(lines.count(" CONNECT ") + lines.startswith("CONNECT "), 100 if head else 1)

    def test_holes_that_never_fill(self):
        many = [Client(n) for n in range(500)]

        def chunks():
            yield HEADER
            for client in many:
                yield client.open() + client.send(CONNECT)
                client.sequence += 100
            for _ in range(16):
                for client in many:
                    yield client.send(b"\0" * 60_000)
                    client.sequence += 1

        _, lines, _ = self.decode(chunks(), 512)  # 256 MiB are the limit of what is held; 480 MB came
        self.assertEqual(lines.count(" CONNECT "), len(many))

    def test_a_million_fragments(self):
        good = Client(1)

        def chunks(place):
            yield HEADER + good.open() + good.send(CONNECT)
            for start in range(0, MILLION, 1000):
                yield b"".join(ip(b"12345678", 0x0C000000 + n // 60_000, n % 60_000, place(n)) for n in range(start, start + 1000))
            yield good.send(PUBLISH)

        for place in (lambda n: 0x2000, lambda n: 0x2000 | n * 7 % 8191):
            good.sequence = 1000
            _, lines, _ = self.decode(chunks(place), 64)
            self.assertEqual(len(lines.splitlines()), 2)

    def test_a_deflate_bomb(self):
        """A gigabyte of zeros in a megabyte: frames of the same connection, which refer to each other's bytes. They are
        payload, as announced, or no packets at all."""

        def frame(payload, compressed=True):
            return bytes([0xC2 if compressed else 0x82, 0xFF]) + struct.pack(">Q", len(payload)) + bytes(4) + payload

        compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
        first, again = (compressor.compress(bytes(MIB)) + compressor.flush(zlib.Z_SYNC_FLUSH) for _ in range(2))
        self.assertLess(len(again), 2000)
        announced = bytes.fromhex("30ffffff7f000161")
        for of_a_packet in (True, False):
            with self.subTest(of_a_packet=of_a_packet):
                client = Client(1)
                answer = b"HTTP/1.1 101 Switching Protocols\r\n" + UPGRADE + DEFLATE
                back = struct.pack(">HHIIBBHHH", 1883, 40000, 77, 0, 0x50, ACK, 65535, 0, 0) + answer
                head = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(back), 0, 0x4000, 64, 6, 0, 0x0A000002, client.source)
                start = [HEADER, client.open(), client.send(b"GET / HTTP/1.1\r\n" + UPGRADE + DEFLATE), record(head + back)]
                start.append(client.send(frame(CONNECT, False)))

                def bomb():
                    yield b"".join(start)
                    for n in range(1024):
                        if of_a_packet and n % 256 == 0:
                            yield client.send(frame(announced, False))
                        yield client.send(frame((first if n == 0 else again)[:-4]))

                _, lines, notes = self.decode(bomb(), 64)
                self.assertEqual(lines.count(" CONNECT "), 1, notes)
                self.assertLess(len(lines) + len(notes), 10_000)

    def test_pcapng_that_announces_too_much(self):
        def block(kind, body, length=None):
            size = struct.pack("<I", 12 + len(body) if length is None else length)
            return struct.pack("<I", kind) + size + body + size

        section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        interface = block(1, struct.pack("<HHI", 101, 0, 0))
        client = Client(1)
        packets = []
        for data in (client.open(), client.send(CONNECT)):
            frame = data[16:] + bytes(-len(data) % 4)
            packets.append(block(6, struct.pack("<IIIII", 0, 0, 0, len(data) - 16, len(data) - 16) + frame))
        good = b"".join(packets)
        options = block(1, struct.pack("<HHI", 101, 0, 0) + struct.pack("<HHI", 9, 1, 6) * 130_000)
        cases = {
            "a huge block": (good + block(6, bytes(20), 0xFFFFFFFC) + bytes(8 * MIB),),
            "a huge unknown block": (good + block(99, bytes(20), 0xFFFFFFFC),) + (bytes(MIB),) * 128,
            "a huge packet": (good + block(6, struct.pack("<IIIII", 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF)),),
            "options": (options * 10 + good,),
            "interfaces": tuple(interface * 10_000 for _ in range(100)) + (good,),
            "sections": tuple((section + interface) * 10_000 for _ in range(100)) + (good,),
        }
        for name, chunks in cases.items():
            with self.subTest(name):
                _, lines, notes = self.decode([section + interface, *chunks], 64)
                self.assertEqual(lines.count(" CONNECT "), 1, notes)


if __name__ == "__main__":
    harness.main()
