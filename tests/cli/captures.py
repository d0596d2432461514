"""Captures to decode: written segment by segment, or recorded from a connection that really was."""
import contextlib
import socket
import struct
import threading

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class Capture:
    """A pcap of Ethernet frames; each call that adds one is a second later."""

    def __init__(self, start=1_700_000_000):
        self.bytes = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
        self.second = start

    def frame(self, addresses, protocol, segment):
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 1, 0x4000, 64, protocol, 0) + b"".join(addresses)
        raw = b"\x02\0\0\0\0\2\x02\0\0\0\0\1\x08\0" + ip + segment
        self.bytes += struct.pack("<IIII", self.second, 0, len(raw), len(raw)) + raw

    def datagram(self, payload, port=1884):
        udp = struct.pack(">HHHH", 40000, port, 8 + len(payload), 0) + payload
        self.frame((b"\n\0\0\1", b"\n\0\0\2"), 17, udp)

    def connection(self, *options, **more):
        return Connection(self, *options, **more)


class Connection:
    """Between a client on 10.0.0.1 and a server on 10.0.0.2."""

    def __init__(self, capture, client_port=40000, server_port=1883, handshake=True):
        self.capture = capture
        self.ports = (client_port, server_port)
        self.sequence = {True: 1000, False: 5000}
        if handshake:
            self._segment(True, b"", SYN)
            self._segment(False, b"", SYN | ACK)
            self._segment(True, b"", ACK)

    def _segment(self, client, payload, flags):
        ports = self.ports if client else self.ports[::-1]
        tcp = struct.pack(
            ">HHIIBBHHH", *ports, self.sequence[client], self.sequence[not client], 0x50, flags, 65535, 0, 0
        )
        addresses = (b"\n\0\0\1", b"\n\0\0\2") if client else (b"\n\0\0\2", b"\n\0\0\1")
        self.capture.frame(addresses, 6, tcp + payload)
        self.sequence[client] += len(payload) + (1 if flags & (SYN | FIN) else 0)

    def send(self, client, payload):
        payload = bytes.fromhex(payload) if isinstance(payload, str) else payload
        for start in range(0, len(payload), 1400):
            self._segment(client, payload[start:start + 1400], PSH | ACK)
        self.capture.second += 1
        return self

    def lose(self, client, size):
        """So many bytes that the other side received were not captured."""
        self.sequence[client] += size
        self._segment(not client, b"", ACK)
        return self

    def close(self):
        for client in (True, False):
            self._segment(client, b"", FIN | ACK)
        return self


class Recorder:
    """Forwards one connection to `port`, and keeps what passed: `.capture` is a Capture of it."""

    def __init__(self, port):
        self._target = port
        self._lock = threading.Lock()
        self._pieces = []

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _run(self):
        client, _ = self._listener.accept()
        server = socket.create_connection(("127.0.0.1", self._target))
        with client, server:
            answers = threading.Thread(target=self._pump, args=(server, client, False), daemon=True)
            answers.start()
            self._pump(client, server, True)
            answers.join()

    def _pump(self, source, target, is_client):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                with self._lock:
                    self._pieces.append((is_client, piece))
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def capture(self, server_port=1883):
        """Once both sides have closed."""
        self._thread.join(60)
        recorded = Capture()
        connection = recorded.connection(server_port=server_port)
        for is_client, piece in self._pieces:
            connection.send(is_client, piece)
        connection.close()
        return recorded.bytes
