"""Passwords that come from a file, the environment, a profile or standard input never show in the list of processes."""
import pathlib
import struct

import harness
import peers
from harness import Case, mqtt, run, wait_until
from peers import Peer
from terminal import run_on_terminal

SECRET = "correct horse battery staple"


def credentials(connect):
    """User name and password of a CONNECT's body (3.1.1, without a will)."""
    flags = connect[7]
    at = 10

    def field():
        nonlocal at
        length = struct.unpack_from(">H", connect, at)[0]
        at += 2 + length
        return connect[at - length : at].decode()

    field()
    return (field() if flags & 128 else None, field() if flags & 64 else None)


class Secrets(Case):
    def setUp(self):
        super().setUp()
        self.packets = []
        peer = self.enterContext(Peer(peers.serves(keep=self.packets)))
        self.options = ["-h", "127.0.0.1", "-p", peer.port, "-t", "a"]

    def assert_connects(self, *options, env=None, user="me", password=SECRET):
        """The broker gets the credentials while nobody finds the password in /proc."""
        process = self.start_subscriber(*self.options, *options, env=env)
        self.assertEqual(credentials(self.packets[0][2]), (user, password))
        command_line = pathlib.Path(f"/proc/{process.popen.pid}/cmdline").read_bytes()
        self.assertIn(b"--ready-fd", command_line)
        self.assertNotIn(SECRET.encode(), command_line)
        process.signal(2).result()
        self.packets.clear()

    def test_password_file(self):
        self.assert_connects("-u", "me", "--password-file", self.file("password", SECRET + "\n"))
        self.assert_connects("-u", "me", "--password-file", self.file("password", SECRET))

    def test_environment(self):
        self.assert_connects("-u", "me", env={"MQTT_PASSWORD": SECRET})
        self.assert_connects(env={"MQTT_PASSWORD": SECRET, "MQTT_USERNAME": "me"})

    def test_profile(self):
        (self.folder / "mqtt").mkdir()
        config = self.folder / "mqtt/config"
        config.write_text(f"# mine\n\n[home]\nusername = me\npassword = {SECRET}\n\n[work]\npassword = other\n")
        config.chmod(0o600)
        self.assert_connects("--profile", "home", env={"XDG_CONFIG_HOME": str(self.folder)})

    def test_url_in_the_environment(self):
        self.options = ["-t", "a"]
        port = self.enterContext(Peer(peers.serves(keep=self.packets))).port
        self.assert_connects(env={"MQTT_URL": f"mqtt://me:{SECRET.replace(' ', '%20')}@127.0.0.1:{port}"})

    def test_password_on_the_command_line_is_wiped(self):
        """It can be seen for a moment at the start, not for the life of the program."""
        self.assert_connects("-u", "me", "-P", SECRET)

    def test_authentication_data_is_wiped_too(self):
        proof = ["-D", "connect", "authentication-method", "x", "-D", "CONNECT", "Authentication-Data", SECRET]
        process = self.start_subscriber(*self.options, "-V", 5, *proof)
        command_line = pathlib.Path(f"/proc/{process.popen.pid}/cmdline").read_bytes()
        self.assertIn(b"--ready-fd", command_line)
        self.assertNotIn(SECRET.encode(), command_line)
        self.assertIn(SECRET.encode(), self.packets[0][2])

    def test_a_file_that_others_can_read_is_named(self):
        file = self.file("password", SECRET)
        for mode, says in ((0o644, "chmod 600"), (0o600, "")):
            pathlib.Path(file).chmod(mode)
            result = self.assert_ok(run(mqtt("pub", *self.options, "-m", "x", "-u", "me", "--password-file", file)))
            self.assertEqual(says in result.errors, True, result.errors)
            self.assertEqual(bool(result.errors), bool(says))

    def test_the_command_line_wins(self):
        self.assert_connects(
            "-u", "me", "-P", "given", env={"MQTT_PASSWORD": "environment", "MQTT_USERNAME": "other"}, password="given"
        )

    def test_no_output_shows_it(self):
        result = self.assert_ok(
            run(mqtt("pub", *self.options, "-m", "x", "-d", "-u", "me"), env={"MQTT_PASSWORD": SECRET})
        )
        self.assertNotIn(SECRET, result.text + result.errors)
        self.assertIn("CONNECT", result.errors)
        for url in (f"mqtt://me:{SECRET}@[broken", f"nonsense://me:{SECRET}@host"):
            result = self.assert_code(run(mqtt("pub", "-t", "a", "-m", "x"), env={"MQTT_URL": url}), 64)
            self.assertNotIn(SECRET, result.errors)


class Prompt(Case):
    def test_a_terminal_is_asked_and_shows_nothing(self):
        packets = []
        peer = self.enterContext(Peer(peers.serves(keep=packets)))

        result = run_on_terminal(
            mqtt("pub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-m", "x", "-u", "me", "--ask-password"),
            stdin=SECRET.encode() + b"\n",
            wait_for=b":",
        )
        self.assert_ok(result)
        self.assertNotIn(SECRET.encode(), result.stdout)
        wait_until(lambda: packets, "CONNECT")
        self.assertEqual(credentials(packets[0][2]), ("me", SECRET))


if __name__ == "__main__":
    harness.main()
