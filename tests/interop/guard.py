"""Runs a server for as long as its standard input is open, then kills it with everything it has started.

The test holds the other end of that pipe, which closes however the test ends, `kill -9` included. As a subreaper this
process inherits daemons whose parent has gone, so Erlang's helpers are found too.
"""
import ctypes
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def _prctl(option, value):
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _children():
    me = os.getpid()
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == me:
            yield int(status.parent.name)


def _kill_all():
    """Each round's orphans become our children, so the rounds end when none is left."""
    while children := list(_children()):
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for child in children:
            try:
                os.waitpid(child, 0)
            except ChildProcessError:
                pass


def _wait(server, wake):
    """Until standard input ends or the server does; other children that ended meanwhile are forgotten."""
    while True:
        ready, _, _ = select.select([0, wake], [], [])
        if 0 in ready and not os.read(0, 4096):
            return None
        if wake in ready:
            if signal.SIGTERM in os.read(wake, 4096):
                return None
            if server.poll() is not None:
                return server.returncode
            _reap(server.pid)


def _reap(server):
    while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and found.si_pid != server:
        os.waitpid(found.si_pid, 0)


def main(folder, *command):
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    wake, waker = os.pipe()
    for end in (wake, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    # A terminal's ^C is for the test, which then lets go of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, preexec_fn=lambda: _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        )
        return _wait(server, wake) or 0
    finally:
        _kill_all()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
