"""The committed manual pages and completions are what the program prints, and their own tools accept them."""
import shutil
import subprocess
import unittest

import harness

PAGES = ("mqtt", "mqtt-pub", "mqtt-sub", "mqtt-rr", "mqtt-broker", "mqtt-decode", "mqtt-bench", "mqtt-check",
         "mqtt-will-test")
COMPLETIONS = {"bash": "mqtt.bash", "zsh": "_mqtt", "fish": "mqtt.fish"}


def printed(*words):
    return subprocess.run(
        harness.mqtt("docs", *words), capture_output=True, check=True, timeout=harness.PATIENCE
    ).stdout


def manual(page):
    return harness.SOURCE / "man" / f"{page}.1"


def completion(shell):
    return harness.SOURCE / "completions" / COMPLETIONS[shell]


class Docs(unittest.TestCase):
    maxDiff = None

    def test_committed_manual_pages_are_current(self):
        for page in PAGES:
            with self.subTest(page):
                self.assertEqual(manual(page).read_bytes().decode(), printed("man", page).decode())

    def test_committed_completions_are_current(self):
        for shell in COMPLETIONS:
            with self.subTest(shell):
                self.assertEqual(completion(shell).read_bytes().decode(), printed(shell).decode())

    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc")
    def test_manual_pages_are_clean(self):
        for page in PAGES:
            with self.subTest(page):
                lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning", manual(page)], capture_output=True, text=True)
                self.assertEqual((lint.returncode, lint.stdout + lint.stderr), (0, ""))

    def test_completions_are_valid_scripts(self):
        for shell in COMPLETIONS:
            if not shutil.which(shell):
                continue
            with self.subTest(shell):
                check = subprocess.run([shell, "-n", completion(shell)], capture_output=True, text=True)
                self.assertEqual((check.returncode, check.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("bash"), "no bash")
    def test_bash_completes_commands_options_and_values(self):
        script = """
            source "$1"; shift
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
            _mqtt; printf '%s\\n' "${COMPREPLY[@]}"
        """

        def offers(*words):
            answer = subprocess.run(
                ["bash", "-c", script, "bash", completion("bash"), *words], capture_output=True, text=True, check=True
            )
            return answer.stdout.split()

        self.assertEqual(offers("mqtt", "p"), ["pub"])
        self.assertEqual(offers("mqtt", "pub", "--ret"), ["--retain"])
        self.assertEqual(offers("mqtt", "sub", "-q", ""), ["0", "1", "2"])
        self.assertEqual(offers("mqtt", "bench", "m"), ["mixed", "merge"])
        self.assertEqual(offers("mqtt", "bench", "mixed", "--rate-"), ["--rate-per-client"])

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_completes_commands_and_options(self):
        def offers(line):
            script = f"source '{completion('fish')}'; complete -C'{line}'"
            answer = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True)
            return [offer.split("\t")[0] for offer in answer.stdout.splitlines()]

        self.assertEqual(offers("mqtt p"), ["pub"])
        self.assertEqual(offers("mqtt pub --ret"), ["--retain"])
        self.assertEqual(sorted(offers("mqtt sub -q ")), ["0", "1", "2"])
        self.assertEqual(sorted(offers("mqtt bench m")), ["merge", "mixed"])
        self.assertEqual(offers("mqtt bench mixed --rate-"), ["--rate-per-client"])

    def test_help_goes_to_stdout_and_usage_errors_to_stderr(self):
        for command in ("pub", "sub", "rr", "broker", "decode", "bench", "check", "will-test"):
            with self.subTest(command):
                help_ = subprocess.run(harness.mqtt(command, "--help"), capture_output=True, text=True)
                self.assertEqual((help_.returncode, help_.stderr), (0, ""))
                self.assertTrue(help_.stdout.startswith(f"Usage: mqtt {command} "))
                wrong = subprocess.run(harness.mqtt(command, "--nonsense"), capture_output=True, text=True)
                self.assertEqual(
                    (wrong.returncode, wrong.stdout, wrong.stderr),
                    (64, "", f"mqtt {command}: unknown option --nonsense; see mqtt {command} --help\n"),
                )


if __name__ == "__main__":
    harness.main()
