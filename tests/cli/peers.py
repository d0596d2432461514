"""Servers that misbehave in one exact way, and the little MQTT and WebSocket that they need for it."""
import base64
import contextlib
import hashlib
import socket
import ssl
import struct
import threading

from certificates import certificates
from harness import wait_until

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK = range(1, 10)
UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = range(10, 15)


def variable_byte_integer(value):
    out = bytearray()
    while True:
        value, digit = divmod(value, 128)
        out.append(digit | (128 if value else 0))
        if not value:
            return bytes(out)


def packet(kind, body=b"", flags=0):
    return bytes([kind << 4 | flags]) + variable_byte_integer(len(body)) + body


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(value)) + value


def connack(code=0, version=4, session_present=0, properties=b""):
    rest = variable_byte_integer(len(properties)) + properties if version == 5 else b""
    return packet(CONNACK, bytes([session_present, code]) + rest)


def publish(topic, payload, qos=0, identifier=1, version=4, flags=0):
    body = text(topic) + (struct.pack(">H", identifier) if qos else b"") + (b"\0" if version == 5 else b"")
    return packet(PUBLISH, body + (payload.encode() if isinstance(payload, str) else payload), qos << 1 | flags)


def requested_qos(subscribe, version):
    """The QoS of each topic filter in a SUBSCRIBE, whose properties are shorter than 128 bytes."""
    at = 2 + (1 + subscribe[2] if version == 5 else 0)
    found = []
    while at < len(subscribe):
        at += 2 + struct.unpack_from(">H", subscribe, at)[0]
        found.append(subscribe[at] & 3)
        at += 1
    return found


class Closed(Exception):
    """The client has gone."""


class Connection:
    """A client's connection as bytes, and as MQTT packets."""

    def __init__(self, sock):
        self.socket = sock
        self.version = 4

    def exactly(self, size):
        data = bytearray()
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise Closed
            data += piece
        return bytes(data)

    def send(self, data):
        self.socket.sendall(data)

    def read(self):
        """The next packet: its kind, its flags, its body."""
        first = self.exactly(1)[0]
        length, shift = 0, 0
        while True:
            digit = self.exactly(1)[0]
            length |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                break
        body = self.exactly(length)
        if first >> 4 == CONNECT:
            self.version = body[2 + struct.unpack(">H", body[:2])[0]]
        return first >> 4, first & 15, body

    def wait_for_end(self):
        """Reads and answers nothing until the client gives up."""
        while self.socket.recv(65536):
            pass

    def read_head(self):
        """An HTTP request up to its empty line."""
        head = bytearray()
        while b"\r\n\r\n" not in head:
            head += self.exactly(1)
        return bytes(head)

    def upgrade(self, protocol=b"mqtt"):
        """Takes a WebSocket handshake and agrees to it; gives back the request."""
        request = self.read_head()
        key = next(
            line.split(b":", 1)[1].strip()
            for line in request.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key:")
        )
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        self.send(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Protocol: " + protocol + b"\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        return request

    def read_frame(self):
        """A WebSocket frame: its first byte, whether it was masked, its payload."""
        first, second = self.exactly(2)
        size = second & 127
        if size > 125:
            size = int.from_bytes(self.exactly(2 if size == 126 else 8), "big")
        mask = self.exactly(4) if second & 128 else bytes(4)
        payload = self.exactly(size)
        return first, bool(second & 128), bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


def frame(opcode, payload, final=True, mask=None):
    """A WebSocket frame as a server sends it; with a mask, as it must not."""
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size)
    if not mask:
        return bytes([opcode | (128 if final else 0)]) + length + payload
    masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
    return bytes([opcode | (128 if final else 0), length[0] | 128]) + length[1:] + mask + masked


class Peer:
    """Runs `behaviour(connection)` for each client, in a thread. `tls` puts a handshake before it; leaving the `with`
    block closes all. What the clients sent after that handshake is not kept: a behaviour keeps what it wants."""

    def __init__(self, behaviour, tls=False, certificate="server", host="127.0.0.1", port=0):
        self._behaviour = behaviour
        self._address = (host, port)
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificates().certificate(certificate), certificates().key(certificate))
        self.connections = 0
        self._open = set()
        self._stopped = False

    def __enter__(self):
        self._listener = socket.create_server(
            self._address, backlog=64, family=socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        )
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def _accept(self):
        while not self._stopped:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        plain = sock
        with contextlib.suppress(OSError, Closed, ssl.SSLError), sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
                self._open.add(sock)
            with sock:
                self._behaviour(Connection(sock))
        self._open -= {plain, sock}

    def wait_for_silence(self):
        """Until every behaviour has ended by itself."""
        wait_until(lambda: not self._open, "the end of the connections")

    def stop_listening(self):
        """Nobody else gets in; who is in stays."""
        self._stopped = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __exit__(self, *_):
        self.stop_listening()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)


class DeafListener:
    """A listener whose queue is full: the kernel answers no further attempt, as a firewall that drops would."""

    def __enter__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port = self._listener.getsockname()[1]
        self._fillers = []
        for _ in range(8):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self._fillers.append(filler)
        return self

    def __exit__(self, *_):
        for sock in (*self._fillers, self._listener):
            sock.close()


# Behaviours.


def silent(connection):
    """Never says a word: no ServerHello, no 101, no CONNACK."""
    connection.wait_for_end()


def upgrades_then_silent(connection):
    connection.upgrade()
    connection.wait_for_end()


def connects_then_silent(connection):
    """CONNACK, and then neither SUBACK nor PUBACK nor PINGRESP."""
    connection.read()
    connection.send(connack(version=connection.version))
    connection.wait_for_end()


def says(data):
    """Answers the first bytes with these, and closes once the client has."""

    def behaviour(connection):
        connection.exactly(1)
        connection.send(data)
        connection.socket.shutdown(socket.SHUT_WR)
        connection.wait_for_end()

    return behaviour


HTTP_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
)


def closes(connection):
    """Closes as soon as CONNECT is here."""
    connection.read()


def refuses(code):
    """A CONNACK with this code."""

    def behaviour(connection):
        connection.read()
        connection.send(connack(code, connection.version))
        connection.wait_for_end()

    return behaviour


def serves(
    suback=None,
    puback=0,
    deliveries=(),
    after_suback=b"",
    keep=None,
    close_after=None,
    answer_pings=True,
    downgrades=False,
):
    """A broker of the smallest kind: agrees to all, but answers subscriptions with the code `suback`, publishes with
    the 5.0 reason `puback`; sends `deliveries` (topic, payload) after SUBACK; keeps packets in the list `keep`;
    closes after so many publishes; says nothing to PINGREQ where told so; answers QoS 2 with PUBACK where it downgrades,
    as RabbitMQ 3.10 does."""

    def behaviour(connection):
        published = 0
        while True:
            kind, flags, body = connection.read()
            if keep is not None:
                keep.append((kind, flags, body))
            version = connection.version
            if kind == CONNECT:
                connection.send(connack(version=version))
            elif kind == SUBSCRIBE:
                codes = [suback if suback is not None else qos for qos in requested_qos(body, version)]
                middle = b"\0" if version == 5 else b""
                connection.send(packet(SUBACK, body[:2] + middle + bytes(codes)))
                for topic, payload in deliveries:
                    connection.send(publish(topic, payload, version=version))
                connection.send(after_suback)
            elif kind == PUBLISH and flags & 6:
                published += 1
                if published == close_after:
                    return
                end = 2 + struct.unpack(">H", body[:2])[0]
                answer = PUBACK if flags & 6 == 2 or downgrades else PUBREC
                connection.send(packet(answer, body[end : end + 2] + (bytes([puback, 0]) if puback else b"")))
            elif kind == PUBREL:
                connection.send(packet(PUBCOMP, body[:2]))
            elif kind == PINGREQ and answer_pings:
                connection.send(packet(PINGRESP))
            elif kind == DISCONNECT:
                return

    return behaviour
