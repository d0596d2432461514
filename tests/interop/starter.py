"""What the starters of real brokers have in common: a folder, free ports, waiting for readiness, the end, and the
command line `python3 tests/interop/NAME.py [--transport ws] -- COMMAND`, which runs COMMAND beside the broker with
MQTT_URL set."""
import argparse
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

import harness  # noqa: E402
import npm  # noqa: E402, F401
import peers  # noqa: E402
from brokers import Server  # noqa: E402
from certificates import certificates  # noqa: E402
from harness import SCHEMES  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
GUARD = HERE / "guard.py"


class Starter(Server):
    """A broker as a context manager. A class below says what it is and how it is started."""

    name = ""
    programs = ()  # without one of these it is skipped
    transports = ("tcp", "ws")
    schemes = SCHEMES
    versions = harness.VERSIONS
    maximum_qos = 2
    missing = {}  # transports that it has not here, with the reason
    refusals = {}  # versions that it has not: our exit code, and the words
    largest = {}  # the largest payload that it delivers over a transport, where that is little
    too_large = ""  # why
    retained_by_wildcard = True
    broken_wills = {}  # cases of will-test that it fails, and over which transports
    tells_of_take_over = True  # by DISCONNECT of 5.0
    longest_topic = 65_535
    altered = {}  # topics that it delivers under another name
    facts = {}  # what `mqtt check` finds otherwise than of a broker that can do all
    user = password = None
    ws_path = "/mqtt"
    # Erlang and Java take their time where many tests share the processors.
    patience = 180

    def __init__(self):
        self.require()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"mqtt-{self.name}-"))
        self.ca = certificates().ca
        self.process = None

    @classmethod
    def require(cls):
        """Skips the test with what is not installed."""
        missing = [name for name in cls.programs if not harness.program(name) and not os.path.exists(name)]
        if missing:
            raise unittest.SkipTest(f"{cls.name}: not installed: {', '.join(missing)}")

    # What a class below fills in.

    def prepare(self):
        """Writes the configuration for self.ports into self.folder; gives back the command and its environment."""
        raise NotImplementedError

    @classmethod
    def version(cls):
        raise NotImplementedError

    def extra_ports(self):
        """Names of further ports that it needs but that are not waited for."""
        return ()

    # What tests use.

    def url(self, transport="tcp", path=None, host="localhost", credentials=None):
        if path is None:
            path = self.ws_path if transport in ("ws", "wss") else ""
        if credentials is None:
            credentials = f"{quoted(self.user)}:{quoted(self.password)}@" if self.user else ""
        return f"{self.schemes[transport]}://{credentials}{host}:{self.ports[transport]}{path}"

    def peer_options(self, transport="tcp"):
        return super().peer_options(transport) + (["-u", self.user, "-P", self.password] if self.user else [])

    def __enter__(self):
        # Another program may take a free port first; then other ports are tried.
        for _ in range(3):
            self.ports = {name: harness.free_port() for name in (*self.transports, *self.extra_ports())}
            command, environment = self.prepare()
            self.process = harness.Process(
                [sys.executable, str(GUARD), str(self.folder), *command],
                stdin=subprocess.PIPE,
                env=environment,
                cwd=self.folder,
                start_new_session=True,
            )
            harness.wait_until(self._settled, f"{self.name} to be ready", self.patience)
            if not self.process.ended():
                return self
            self.process.__exit__()
            self.folder.mkdir(exist_ok=True)
        shutil.rmtree(self.folder)
        raise AssertionError(f"{self.name} did not start\n{self.process.so_far()}")

    def __exit__(self, *_):
        if self.process:
            self.process.result()  # closes its standard input, and with that it ends
            self.process.__exit__()

    def _settled(self):
        return self.process.ended() or self.ready()

    def ready(self):
        """Whether it listens everywhere and answers a CONNECT."""
        return all(harness.accepts(self.ports[name]) for name in self.transports) and self._answers()

    def _answers(self):
        flags = 2 | (0xC0 if self.user else 0)
        body = peers.text("MQTT") + struct.pack(">BBH", 4, flags, 60) + peers.text("ready")
        if self.user:
            body += peers.text(self.user) + peers.text(self.password)
        try:
            with socket.create_connection(("127.0.0.1", self.ports["tcp"]), 10) as connection:
                connection.sendall(peers.packet(peers.CONNECT, body))
                answer = connection.recv(4)
                connection.sendall(peers.packet(peers.DISCONNECT))
            return answer[:1] == b"\x20" and answer[3:] == b"\0"
        except OSError:
            return False


def quoted(text):
    """Percent-encoded for the user part of a URL."""
    return re.sub(rb"[^A-Za-z0-9._~-]", lambda found: b"%%%02X" % found.group()[0], text.encode()).decode()


def python_with(module):
    """A Python that has this module: ours, or that of the system, for which Debian packages modules."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run([python, "-c", f"import {module}"], check=True, capture_output=True)
            return python
        except (OSError, subprocess.CalledProcessError):
            pass
    raise unittest.SkipTest(f"not installed: a Python with {module}")


def debian_version(package):
    """The version of an installed Debian package without the distribution's part, or None."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return re.sub(r"^\d+:|[-+~].*$", "", done.stdout) if done.returncode == 0 and done.stdout else None


def main(starter):
    """The command line of a starter's file. Exit code 77: not installed."""
    parser = argparse.ArgumentParser(
        description=f"Starts {starter.name} on free ports of the loopback interface, and stops it after COMMAND.",
        epilog="COMMAND finds MQTT_URL, and for TLS MQTT_CAFILE, in its environment. Without COMMAND the broker runs "
        "until standard input ends.",
    )
    parser.add_argument("--transport", default="tcp", choices=starter.transports, help="whose URL MQTT_URL is (tcp)")
    parser.add_argument("command", nargs="*", metavar="COMMAND")
    options = parser.parse_args()
    try:
        broker = starter()
    except unittest.SkipTest as missing:
        print(f"skipped: {missing}", file=sys.stderr)
        sys.exit(77)
    with broker:
        places = " ".join(f"{name}={port}" for name, port in broker.ports.items())
        print(f"{broker.name} {broker.version()} {places} {broker.url(options.transport)}", file=sys.stderr, flush=True)
        environment = {**os.environ, "MQTT_URL": broker.url(options.transport)}
        if options.transport in ("tls", "wss"):
            environment["MQTT_CAFILE"] = str(broker.ca)
        if options.command:
            code = subprocess.run(options.command, env=environment).returncode
        else:
            code = 0
            sys.stdin.read()
    sys.exit(code if code >= 0 else 128 - code)
