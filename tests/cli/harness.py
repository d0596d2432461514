"""What every end-to-end test stands on: running the program, waiting for conditions, temporary places, skipping.

A test file is a unittest module that ends with `harness.main()`. The program under test is named by the environment
variable MQTT. Exit code 77 says that nothing could be tested here (ctest counts it as skipped).
"""
import concurrent.futures
import contextlib
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
MQTT = os.environ.get("MQTT") or str(SOURCE / "build/release/mqtt")

# How long to wait for something that should happen at once, on a busy machine.
PATIENCE = 60

TRANSPORTS = ("tcp", "tls", "ws", "wss")
SCHEMES = {"tcp": "mqtt", "tls": "mqtts", "ws": "ws", "wss": "wss"}
VERSIONS = ("31", "311", "5")


def mqtt(*arguments):
    """The program's command line."""
    return [MQTT, *map(str, arguments)]


def environment(changes=None):
    """Our environment without what would steer the program, and a HOME that nobody can make."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MQTT_") and k not in ("SSLKEYLOGFILE", "DISPLAY")}
    clean.update(HOME="/dev/null/nowhere", LC_ALL="C.UTF-8", TZ="UTC")
    clean.pop("XDG_CONFIG_HOME", None)
    clean.update(changes or {})
    return clean


class Result:
    """How a program ended: its exit code (negative for a signal) and what it wrote."""

    def __init__(self, code, stdout, stderr):
        self.code, self.stdout, self.stderr = code, stdout, stderr

    @property
    def text(self):
        return self.stdout.decode(errors="replace")

    @property
    def errors(self):
        return self.stderr.decode(errors="replace")

    def __repr__(self):
        return f"exit code {self.code}\nstdout: {self.stdout[-2000:]!r}\nstderr: {self.errors[-2000:]}"


def run(command, stdin=b"", timeout=PATIENCE, env=None, **options):
    """Runs to the end. A program that does not end is killed, and the test fails with what it had written."""
    stdin = stdin.encode() if isinstance(stdin, str) else stdin
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(env), **options
    )
    try:
        out, err = process.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"{command} did not end\n{Result(None, out, err)}") from None
    return Result(process.returncode, out, err)


class Process:
    """A program that runs beside the test; leaving the `with` block kills it."""

    def __init__(self, command, stdin=None, env=None, **options):
        self.command = command
        self.stdout, self.stderr = bytearray(), bytearray()
        self._changed = threading.Condition()
        self.popen = subprocess.Popen(
            command,
            stdin=stdin if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(env),
            **options,
        )
        self._readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((self.popen.stdout, self.stdout), (self.popen.stderr, self.stderr))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe, into):
        while chunk := os.read(pipe.fileno(), 1 << 18):
            with self._changed:
                into += chunk
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, condition, timeout=PATIENCE):
        """Waits until `condition(self)` holds: looked at after every piece of output."""
        end = time.monotonic() + timeout
        with self._changed:
            while not condition(self):
                if self.ended() and not any(reader.is_alive() for reader in self._readers):
                    if condition(self):
                        return self
                    raise AssertionError(f"{self.command} ended before it got that far\n{self.so_far()}")
                if time.monotonic() > end:
                    raise AssertionError(f"{self.command} did not get that far\n{self.so_far()}")
                self._changed.wait(0.2)
        return self

    def wait_for_output(self, text, timeout=PATIENCE):
        text = text.encode() if isinstance(text, str) else text
        return self.wait_for(lambda p: text in p.stdout, timeout)

    def wait_for_errors(self, text, timeout=PATIENCE):
        text = text.encode() if isinstance(text, str) else text
        return self.wait_for(lambda p: text in p.stderr, timeout)

    def ended(self):
        return self.popen.poll() is not None

    def so_far(self):
        return Result(self.popen.poll(), bytes(self.stdout), bytes(self.stderr))

    def signal(self, number):
        self.popen.send_signal(number)
        return self

    def write(self, data):
        self.popen.stdin.write(data.encode() if isinstance(data, str) else data)
        self.popen.stdin.flush()
        return self

    def result(self, timeout=PATIENCE):
        """Waits for the end."""
        if self.popen.stdin and not self.popen.stdin.closed:
            self.popen.stdin.close()
        try:
            self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            raise AssertionError(f"{self.command} did not end\n{self.so_far()}") from None
        for reader in self._readers:
            reader.join(PATIENCE)
        return self.so_far()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.ended():
            self.popen.kill()
        self.popen.wait()
        for reader in self._readers:
            reader.join(5)
        for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    pass


def wait_until(condition, what, timeout=PATIENCE):
    """Polls for something that gives no signal of its own."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.02)
    return value


def free_port():
    """One that the system gives to no connection by itself: a server takes its port seconds after this look at it."""
    given_out_from = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10_000, max(given_out_from, 20_000))
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
        return True
    except OSError:
        return False


def program(name):
    """A program of the system, also where PATH lacks the sbin folders; None without it."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin")


def needs(*names):
    """Decorates a test case that cannot do without these programs."""
    missing = [name for name in names if not program(name)]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


class Case(unittest.TestCase):
    """A test case with a temporary folder, and things that are cleaned up at its end."""

    maxDiff = 4000

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mqtt-test-")))

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def start(self, command, **options):
        return self.enterContext(Process(command, **options))

    def start_subscriber(self, *arguments, env=None, **options):
        """Starts `mqtt sub`, which tells through --ready-fd when its subscriptions stand, and waits for that."""
        reading, writing = os.pipe()
        try:
            command = mqtt("sub", "--ready-fd", writing, *arguments)
            process = self.start(command, env=env, pass_fds=(writing,), **options)
        finally:
            os.close(writing)
        with os.fdopen(reading, "rb") as ready:
            os.set_blocking(reading, False)
            wait_until(lambda: ready.read(1) or process.ended(), f"{command} to be ready")
        if process.ended():
            self.fail(f"{command} ended early\n{process.result()}")
        return process

    def mosquitto_subscriber(self, broker, *arguments, **options):
        """Starts Debian's mosquitto_sub and waits for its SUBACK, which only -d shows; its log goes before the data."""
        process = self.start(["stdbuf", "-oL", program("mosquitto_sub"), "-d", *map(str, arguments)], **options)
        return process.wait_for_output("Subscribed (mid")

    def assert_code(self, result, code):
        self.assertEqual(result.code, code, repr(result))
        return result

    def assert_ok(self, result):
        return self.assert_code(result, 0)


def payloads(log):
    """What mosquitto_sub -d printed without its log lines."""
    skipped = (b"Client ", b"Subscribed (mid", b"UNSUBACK")
    return [line for line in bytes(log).split(b"\n") if line and not line.startswith(skipped)]


class SideBySide:
    """Runs test methods on threads, for files whose tests mostly wait. Such tests share nothing: no setUpClass."""

    def __init__(self, at_a_time):
        self._at_a_time = at_a_time

    def run(self, suite):
        tests = list(_flat(suite))
        whole = unittest.TestResult()
        with concurrent.futures.ThreadPoolExecutor(self._at_a_time) as pool:
            for test, result in zip(tests, pool.map(self._run_one, tests)):
                whole.testsRun += result.testsRun
                for kind in ("failures", "errors", "skipped"):
                    getattr(whole, kind).extend(getattr(result, kind))
                    for case, why in getattr(result, kind):
                        print(f"{case} ... {kind if kind == 'skipped' else 'FAIL'} {why}", flush=True)
                if not result.failures and not result.errors and not result.skipped:
                    print(f"{test} ... ok", flush=True)
        return whole

    @staticmethod
    def _run_one(test):
        result = unittest.TestResult()
        test.run(result)
        return result


def _flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test


def main(at_a_time=1):
    """Runs the module's tests, so many at a time; exit code 77 when every one of them was skipped."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if not os.access(MQTT, os.X_OK):
        sys.exit(f"no program at {MQTT}: set MQTT to its path")
    runner = SideBySide(at_a_time) if at_a_time > 1 else None
    outcome = unittest.main(verbosity=2, exit=False, testRunner=runner).result
    if outcome.testsRun and len(outcome.skipped) == outcome.testsRun and outcome.wasSuccessful():
        print(f"skipped: {outcome.skipped[0][1]}")
        sys.exit(77)
    sys.exit(0 if outcome.wasSuccessful() and outcome.testsRun else 1)
