"""Packages from npm, MQTT.js before all, installed once beside the built program."""
import fcntl
import os
import pathlib
import subprocess
import unittest

import harness

_VERSION = "5"


def mqttjs():
    """The folder that has node_modules/mqtt; skips the test where npm or its registry cannot be reached."""
    return installed("", f"mqtt@{_VERSION}")


def installed(place, *packages):
    """The folder that has these packages in its node_modules; each place has a set of its own, as npm prunes others."""
    if not harness.program("node") or not harness.program("npm"):
        raise unittest.SkipTest("not installed: node, npm")
    cache = pathlib.Path(os.environ.get("MQTT_TEST_CACHE") or pathlib.Path(harness.MQTT).resolve().parent / "npm-cache")
    cache = cache / place
    cache.mkdir(parents=True, exist_ok=True)
    names = [package.rsplit("@", 1)[0] for package in packages]
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all((cache / "node_modules" / name / "package.json").exists() for name in names):
            command = ["npm", "install", "--prefix", str(cache), "--no-audit", "--no-fund", "--no-save"]
            done = subprocess.run(
                [*command, "--ignore-scripts", *packages], capture_output=True, stdin=subprocess.DEVNULL, timeout=300
            )
            if done.returncode:
                raise unittest.SkipTest("the npm registry cannot be reached")
    return cache
