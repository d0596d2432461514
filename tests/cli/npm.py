"""MQTT.js from npm, installed once beside the built program."""
import fcntl
import os
import pathlib
import subprocess
import unittest

import harness

_VERSION = "5"


def mqttjs():
    """The folder that has node_modules/mqtt; skips the test where npm or its registry cannot be reached."""
    if not harness.program("node") or not harness.program("npm"):
        raise unittest.SkipTest("not installed: node, npm")
    cache = pathlib.Path(os.environ.get("MQTT_TEST_CACHE") or pathlib.Path(harness.MQTT).resolve().parent / "npm-cache")
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (cache / "node_modules/mqtt/package.json").exists():
            done = subprocess.run(
                [
                    "npm",
                    "install",
                    "--prefix",
                    str(cache),
                    "--no-audit",
                    "--no-fund",
                    "--no-save",
                    "--ignore-scripts",
                    f"mqtt@{_VERSION}",
                ],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=300,
            )
            if done.returncode:
                raise unittest.SkipTest("the npm registry cannot be reached")
    return cache
