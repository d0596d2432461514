"""A TCP proxy that is unkind to what passes: cuts it, slows it, splits it, loses it. All by byte counts from a seed."""
import contextlib
import random
import selectors
import socket
import struct
import threading
import time

_RST = struct.pack("ii", 1, 0)


class Proxy:
    """Forwards to `port`. `cuts`: how many connections are cut, each after some bytes (both directions counted), in all
    before `within` bytes have passed; the first is never cut on its way to CONNACK. `split`: pieces of so many bytes.
    `delay`: seconds before each piece. `lose_after`: after so many bytes nothing passes any more, unseen."""

    def __init__(self, port, cuts=0, within=0, seed=1, split=None, delay=0, lose_after=None):
        self._target = port
        self._split, self._delay, self._lose_after = split, delay, lose_after
        self._lock = threading.Lock()
        self._budgets = self._draw(random.Random(seed), cuts, within)
        self._random = random.Random(seed)
        self._pairs = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self.connections = self.cuts = self.bytes = 0

    @staticmethod
    def _draw(rng, cuts, within):
        """Budgets that come to less than `within`: one in five is a cut on the way to CONNACK or right after it."""
        even = within // (cuts + 1)
        return [rng.randint(1, 120) if i and i % 5 == 0 else rng.randint(even // 2 + 1, even) for i in range(cuts)]

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._flowing.set()
        self.cut_all()

    def redirect(self, port):
        """Where connections go from now on."""
        self._target = port

    def hold(self):
        """Nothing passes until `release`; bytes on the way stay here."""
        self._flowing.clear()

    def release(self):
        self._flowing.set()

    def cut_all(self):
        """Cuts every connection now; what is held is lost."""
        for pair in list(self._pairs):
            pair.cut(reset=True)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), 10)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            with self._lock:
                self.connections += 1
                budget = self._budgets.pop(0) if self._budgets else None
            pair = _Pair(self, client, server, budget, self._random.random() < 0.5)
            self._pairs.add(pair)
            threading.Thread(target=pair.run, daemon=True).start()


class _Pair:
    """One client and its connection onward, moved by one thread."""

    def __init__(self, proxy, client, server, budget, reset):
        self._proxy, self._client, self._server = proxy, client, server
        self._budget, self._reset = budget, reset
        self._passed = 0
        for sock in (client, server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self):
        with contextlib.suppress(OSError, ValueError), selectors.DefaultSelector() as selector:
            pending = {self._client: b"", self._server: b""}
            other = {self._client: self._server, self._server: self._client}
            for sock in pending:
                sock.setblocking(False)
            while self._step(selector, pending, other):
                pass
        self.cut(reset=False)
        self._proxy._pairs.discard(self)

    def _step(self, selector, pending, other):
        """Waits for what can be moved: a side is read only when nothing waits for the other, so that a slow reader
        slows its writer and never stops the other direction."""
        for source, target in other.items():
            events = (selectors.EVENT_READ if not pending[target] else 0) | (
                selectors.EVENT_WRITE if pending[source] else 0
            )
            # pending[x] is what is on its way to x; x is read when its counterpart has nothing pending.
            registered = selector.get_map().get(source)
            if registered and not events:
                selector.unregister(source)
            elif registered and registered.events != events:
                selector.modify(source, events)
            elif events and not registered:
                selector.register(source, events)
        for key, events in selector.select(10):
            sock = key.fileobj
            if events & selectors.EVENT_WRITE and pending[sock]:
                pending[sock] = pending[sock][self._write(sock, pending[sock]) :]
            if events & selectors.EVENT_READ and not pending[other[sock]]:
                data = self._receive(sock)
                if not data:
                    return False
                pending[other[sock]] = data
            if self._budget is not None and self._passed >= self._budget:
                self._flush(pending)
                self._count_cut()
                return False
        return True

    def _receive(self, sock):
        data = sock.recv(1 << 18)
        proxy = self._proxy
        proxy._flowing.wait()
        if proxy._lose_after is not None:
            room = max(0, proxy._lose_after - self._passed)
            self._passed += len(data)
            if len(data) > room:
                self._lose(sock)
                return b""
        elif self._budget is not None:
            data = data[: self._budget - self._passed]
            self._passed += len(data)
        proxy.bytes += len(data)
        return data

    def _write(self, sock, data):
        if self._proxy._delay:
            time.sleep(self._proxy._delay)
        return sock.send(data[: self._proxy._split] if self._proxy._split else data)

    def _flush(self, pending):
        """What came before the cut still arrives."""
        for sock, data in pending.items():
            sock.setblocking(True)
            sock.settimeout(5)
            sock.sendall(data)

    def _lose(self, sock):
        """Swallows all that comes, until a side goes."""
        sock.setblocking(True)
        while sock.recv(1 << 16):
            pass

    def _count_cut(self):
        with self._proxy._lock:
            self._proxy.cuts += 1
        self.cut(self._reset)

    def cut(self, reset):
        for sock in (self._client, self._server):
            with contextlib.suppress(OSError):
                if reset:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
                else:
                    sock.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                sock.close()
