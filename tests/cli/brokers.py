"""Real servers for the tests: Debian's mosquitto, our own `mqtt broker`, and nginx in front of either."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from certificates import certificates
from harness import SCHEMES, TRANSPORTS, Process, accepts, free_port, mqtt, program, wait_until


class Server:
    """What tests ask of a broker: where it listens, and the options that reach it there."""

    ports = {}
    ca = None

    def url(self, transport, path="", host="localhost", credentials=""):
        return f"{SCHEMES[transport]}://{credentials}{host}:{self.ports[transport]}{path}"

    def options(self, transport="tcp"):
        """Options of `mqtt` that connect to this listener."""
        secure = ["--cafile", self.ca] if transport in ("tls", "wss") else []
        return ["-L", self.url(transport), *secure]

    def peer_options(self, transport="tcp"):
        """Options of the mosquitto clients, which in 2.0 know no WebSocket."""
        secure = ["--cafile", self.ca] if transport == "tls" else []
        return ["-h", "localhost", "-p", str(self.ports[transport]), *secure]


class Mosquitto(Server):
    """Debian's mosquitto with a configuration of its own. `options` are lines for the whole broker, `tls` lines for
    its tls and wss listeners; `passwords` a dict; `psk` an identity and a hexadecimal key; `persistence` keeps a store.
    """

    def __init__(
        self, *options, transports=TRANSPORTS, tls=(), certificate="server", passwords=None, psk=None, persistence=False
    ):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mqtt-mosquitto-"))
        self.ca = certificates().ca
        self._options, self._tls, self._certificate = list(options), list(tls), certificate
        self._transports, self._psk = list(transports), psk
        if persistence:
            self._options += ["persistence true", f"persistence_location {self.folder}/"]
        if passwords:
            self._options += [f"password_file {self._password_file(passwords)}", "allow_anonymous false"]
        else:
            self._options.append("allow_anonymous true")
        if psk:
            (self.folder / "psk").write_text(f"{psk[0]}:{psk[1]}\n")
            self._options.append(f"psk_file {self.folder}/psk")
            self._transports.append("psk")
        self._process = None

    def _password_file(self, passwords):
        path = self.folder / "passwords"
        path.write_text("".join(f"{user}:{password}\n" for user, password in passwords.items()))
        path.chmod(0o600)
        subprocess.run([program("mosquitto_passwd"), "-U", path], check=True, capture_output=True)
        return path

    def _listener(self, transport):
        lines = [f"listener {self.ports[transport]} 127.0.0.1"]
        if transport in ("ws", "wss"):
            lines.append("protocol websockets")
        if transport in ("tls", "wss"):
            lines += [
                f"certfile {certificates().certificate(self._certificate)}",
                f"keyfile {certificates().key(self._certificate)}",
                *self._tls,
            ]
        if transport == "psk":
            lines += ["psk_hint mqtt", "ciphers PSK", "tls_version tlsv1.2"]
        return lines

    def _start(self):
        # Run by root it would change to its own user, who may not read our folder.
        lines = ["user root", "log_type all", "log_dest stderr", *self._options]
        for transport in self._transports:
            lines += self._listener(transport)
        (self.folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self._process = Process([program("mosquitto"), "-c", str(self.folder / "mosquitto.conf")])
        wait_until(lambda: self._process.ended() or all(accepts(port) for port in self.ports.values()), "mosquitto")
        return not self._process.ended()

    def __enter__(self):
        # Another program may take a free port before mosquitto does; then other ports are tried.
        for attempt in range(3):
            self.ports = {transport: free_port() for transport in self._transports}
            if self._start():
                return self
        raise AssertionError(f"mosquitto did not start\n{self._process.so_far()}")

    def __exit__(self, *_):
        if self._process:
            self._process.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self):
        return self._process.so_far().errors

    def wait_for_log(self, text):
        self._process.wait_for_errors(text)

    def save(self):
        """Has the store written now, and waits for that."""
        store = self.folder / "mosquitto.db"
        before = store.stat().st_mtime_ns if store.exists() else 0
        self._process.signal(signal.SIGUSR1)
        wait_until(lambda: store.exists() and store.stat().st_mtime_ns != before, "the store")

    def pause(self):
        self._process.signal(signal.SIGSTOP)

    def resume(self):
        self._process.signal(signal.SIGCONT)

    def kill(self):
        """kill -9, with whatever was in flight."""
        self._process.signal(signal.SIGKILL).result()
        self._process.__exit__()

    def restart(self):
        """Starts again on the same ports with what the store holds."""
        if not self._start():
            raise AssertionError(f"mosquitto did not start again\n{self._process.so_far()}")


class Broker(Server):
    """Our own `mqtt broker` on free ports with a certificate that it makes itself."""

    def __init__(self, *options):
        self._options = options
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mqtt-broker-"))
        self.ca = str(self.folder / "ca.pem")

    def __enter__(self):
        self.process = Process(
            mqtt(
                "broker",
                "--port",
                "0",
                "--tls-port",
                "0",
                "--ws-port",
                "0",
                "--wss-port",
                "0",
                "--tls-self-signed",
                self.ca,
                *self._options,
            )
        )
        self.process.wait_for_output("\n")
        line = bytes(self.process.stdout).split(b"\n")[0].decode()
        self.ports = {name: int(port) for name, port in re.findall(r"\b(tcp|tls|ws|wss)\W+(?:\S*:)?(\d+)", line)}
        if set(self.ports) != set(TRANSPORTS):
            raise AssertionError(f"not a line with the ports of {TRANSPORTS}: {line!r}")
        return self

    def __exit__(self, *_):
        self.process.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Server):
    """nginx with nothing outside its own folder: wss at /mqtt, forwarded to a ws listener, as mini-programs need it."""

    def __init__(self, ws_port):
        self._ws_port = ws_port
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mqtt-nginx-"))
        self.ca = certificates().ca

    def _configuration(self, port):
        places = "\n".join(
            f"  {kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        return f"""{user}
daemon off;
pid {self.folder}/pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log {self.folder}/access.log;
{places}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificates().certificate("server")};
    ssl_certificate_key {certificates().key("server")};
    location = /mqtt {{
      proxy_pass http://127.0.0.1:{self._ws_port};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
    }}
    location / {{ return 404; }}
  }}
}}
"""

    def __enter__(self):
        self.ports = {"wss": free_port()}
        path = self.folder / "nginx.conf"
        path.write_text(self._configuration(self.ports["wss"]))
        self._process = Process([program("nginx"), "-e", "stderr", "-p", str(self.folder), "-c", str(path)])
        wait_until(lambda: self._process.ended() or accepts(self.ports["wss"]), "nginx")
        if self._process.ended():
            raise AssertionError(f"nginx did not start\n{self._process.so_far()}")
        return self

    def __exit__(self, *_):
        # SIGTERM lets the master take its workers along.
        if not self._process.ended():
            self._process.signal(signal.SIGTERM).result()
        self._process.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)
