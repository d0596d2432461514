"""A server and whatever it started are gone when its test is, however that ended, and so is its folder."""
import os
import pathlib
import signal
import subprocess
import sys

import starter
from starter import harness
from mqtt_broker import MqttBroker

# Leaves a daemon behind, as Erlang's port mapper would be, and goes on.
SERVER = "setsid sh -c 'echo daemon $$; sleep 1000 & echo grandchild $!; exit 0' & echo server $$; exec sleep 1000"


def alive(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Guard(harness.Case):
    def setUp(self):
        super().setUp()
        self.kept = self.folder / "kept"
        self.kept.mkdir()

    def guarded(self):
        command = [sys.executable, str(starter.GUARD), str(self.kept), "sh", "-c", SERVER]
        process = self.start(command, stdin=subprocess.PIPE)
        process.wait_for(lambda p: p.stdout.count(b"\n") == 3)
        words = bytes(process.stdout).decode().split()
        return process, [int(word) for word in words if word.isdigit()]

    def assert_gone(self, processes):
        harness.wait_until(lambda: not any(map(alive, processes)), "the processes to be gone")
        self.assertFalse(self.kept.exists())

    def test_end_of_standard_input(self):
        process, processes = self.guarded()
        self.assertTrue(all(map(alive, processes[:1])))
        process.popen.stdin.close()
        self.assert_ok(process.result())
        self.assert_gone(processes)

    def test_sigterm(self):
        process, processes = self.guarded()
        process.signal(signal.SIGTERM)
        process.popen.wait(harness.PATIENCE)
        self.assert_gone(processes)

    def test_the_servers_own_end(self):
        command = [sys.executable, str(starter.GUARD), str(self.kept), "sh", "-c", "exit 3"]
        process = self.start(command, stdin=subprocess.PIPE)
        process.popen.wait(harness.PATIENCE)
        self.assert_code(process.result(), 3)
        self.assertFalse(self.kept.exists())

    def test_kill_9_of_the_test(self):
        script = (
            "import time, mqtt_broker\n"
            "with mqtt_broker.MqttBroker() as broker:\n"
            "  print(broker.process.popen.pid, broker.folder, flush=True)\n"
            "  time.sleep(1000)\n"
        )
        test = self.start(
            [sys.executable, "-c", script], env={"PYTHONPATH": str(starter.GUARD.parent), "MQTT": harness.MQTT}
        )
        test.wait_for_output("\n")
        guard, folder = bytes(test.stdout).decode().split()
        test.signal(signal.SIGKILL).popen.wait()
        harness.wait_until(lambda: not alive(guard) and not os.path.exists(folder), "the broker's end")


class CommandLine(harness.Case):
    def test_command_finds_the_url_and_its_exit_code_is_ours(self):
        here = [sys.executable, str(starter.GUARD.with_name("mqtt_broker.py"))]
        environment = {"MQTT": harness.MQTT}
        for transport, scheme in harness.SCHEMES.items():
            pub = [harness.MQTT, "pub", "-t", "a", "-q", "1", "-m", "x", "-d"]
            result = self.assert_ok(harness.run([*here, "--transport", transport, "--", *pub], env=environment))
            self.assertIn(f" {scheme}://localhost:", result.errors)
            self.assertIn("received PUBACK", result.errors)
        self.assert_code(harness.run([*here, "--", "sh", "-c", "exit 5"], env=environment), 5)

    def test_what_is_not_installed_is_skipped_visibly(self):
        class Elsewhere(MqttBroker):
            name, programs = "elsewhere", ("no-such-program",)

        with self.assertRaisesRegex(harness.unittest.SkipTest, "elsewhere: not installed: no-such-program"):
            Elsewhere()


if __name__ == "__main__":
    harness.main()
