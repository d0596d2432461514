"""Runs a program on a pseudo-terminal, to see what a person would see."""
import fcntl
import os
import pty
import struct
import subprocess
import termios
import time

from harness import PATIENCE, Result, environment


def run_on_terminal(command, until=None, stdin=b"", wait_for=b"", timeout=PATIENCE, columns=80, env=None):
    """Runs with stdin, stdout and stderr on a terminal of so many columns. `stdin` is typed once the bytes `wait_for`
    have been seen. Ends with the program, or by SIGINT once the bytes `until` have been seen. stdout of the result has
    all output, with "\\r\\n"."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        command,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=environment({"TERM": "xterm-256color", **(env or {})}),
        start_new_session=True,
        # The terminal becomes the session's own, which /dev/tty stands for.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(follower)
    seen = bytearray()
    end = time.monotonic() + timeout
    os.set_blocking(leader, False)
    interrupted = False
    try:
        while time.monotonic() < end:
            if stdin and wait_for in seen:
                os.write(leader, stdin)
                stdin = b""
            try:
                piece = os.read(leader, 65536)
            except BlockingIOError:
                if process.poll() is not None:
                    break
                time.sleep(0.02)
                continue
            except OSError:  # EIO: the program has closed its side
                break
            seen += piece
            if until and until in seen and not interrupted:
                interrupted = True
                process.send_signal(2)
        else:
            raise AssertionError(f"{command} did not end on a terminal\n{bytes(seen)!r}")
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        os.close(leader)
    return Result(process.returncode, bytes(seen), b"")
