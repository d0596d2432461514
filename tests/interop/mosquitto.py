"""Starts Debian's mosquitto with every way in that it has: TCP, TLS and WebSocket, listeners that want a password, a
client certificate or a pre-shared key, and a unix socket."""
import subprocess

import starter
from starter import harness

USER, PASSWORD = "me", "pa:ss @%"
PSK_IDENTITY, PSK = "kitchen", "0123456789abcdef0123456789abcdef"


class Mosquitto(starter.Starter):
    name = "mosquitto"
    programs = ("mosquitto", "mosquitto_passwd", "openssl")
    transports = ("tcp", "tls", "ws", "wss")
    facts = {"topic_levels": 201, "shared_subscriptions": True, "sys": True}
    tells_of_take_over = False
    broken_wills = dict.fromkeys(("second-connect", "delay-no-session", "take-over-clean-start"), transports)
    largest = {"ws": 100_000, "wss": 100_000}
    too_large = "mosquitto 2.0.11 sends nothing of a payload of a megabyte over WebSocket, to whichever client"
    schemes = {**starter.SCHEMES, "password": "mqtt", "certificate": "mqtts", "psk": "mqtts"}

    @classmethod
    def version(cls):
        return starter.debian_version("mosquitto")

    def extra_ports(self):
        return ("password", "certificate", "psk")

    def options(self, way="tcp"):
        """Also for the ways in that are no transports of their own."""
        certificates = starter.certificates()
        if way == "unix":
            return ["--unix", str(self.folder / "socket")]
        if way == "password":
            return ["-L", self.url(way), "-u", USER, "-P", PASSWORD]
        if way == "certificate":
            own = ["--cert", certificates.certificate("client"), "--key", certificates.key("client")]
            return ["-L", self.url(way), "--cafile", self.ca, *own]
        if way == "psk":
            return ["-L", self.url(way), "--psk", PSK, "--psk-identity", PSK_IDENTITY]
        return super().options(way)

    def ready(self):
        return all(map(harness.accepts, self.ports.values())) and super().ready()

    def _configuration(self):
        certificates = starter.certificates()
        anonymous = "allow_anonymous true"
        identity = [f"certfile {certificates.certificate('server')}", f"keyfile {certificates.key('server')}"]
        web = "protocol websockets"
        lines = {
            "tcp": [anonymous],
            "tls": [anonymous, *identity],
            "ws": [anonymous, web],
            "wss": [anonymous, web, *identity],
            "password": ["allow_anonymous false", f"password_file {self.folder}/passwords"],
            "certificate": [anonymous, *identity, f"cafile {certificates.ca}", "require_certificate true"],
            "psk": [anonymous, "psk_hint mqtt", f"psk_file {self.folder}/psk", "ciphers PSK", "tls_version tlsv1.2"],
        }
        # Run by root it would change to its own user, who may not read our folder.
        yield from ("user root", "log_dest stderr", "per_listener_settings true")
        yield from ("max_queued_messages 0", "max_queued_bytes 0", "sys_interval 1")
        yield from (f"listener 0 {self.folder}/socket", anonymous)
        for name, port in self.ports.items():
            yield f"listener {port} 127.0.0.1"
            yield from lines[name]

    def prepare(self):
        passwords = [harness.program("mosquitto_passwd"), "-b", "-c", self.folder / "passwords", USER, PASSWORD]
        subprocess.run(passwords, check=True, capture_output=True)
        (self.folder / "psk").write_text(f"{PSK_IDENTITY}:{PSK}\n")
        (self.folder / "mosquitto.conf").write_text("\n".join(self._configuration()) + "\n")
        return [harness.program("mosquitto"), "-c", str(self.folder / "mosquitto.conf")], {}


if __name__ == "__main__":
    starter.main(Mosquitto)
