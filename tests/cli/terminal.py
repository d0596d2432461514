"""Runs a program on a pseudo-terminal, to see what a person would see."""
import os
import pty
import subprocess
import time

from harness import PATIENCE, Result, environment


def run_on_terminal(command, until=None, stdin=b"", timeout=PATIENCE, columns=80, stdout_only=False):
    """Runs with stdin, stdout and stderr on a terminal of so many columns; `stdin` is typed at once. Ends with the
    program, or by SIGINT once the bytes `until` have been seen. stdout of the result has all output, with "\\r\\n".
    With `stdout_only` the errors go to a pipe instead and stand in stderr."""
    import fcntl
    import struct
    import termios
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(command, stdin=follower, stdout=follower,
                               stderr=subprocess.PIPE if stdout_only else follower,
                               env=environment({"TERM": "xterm-256color"}), start_new_session=True)
    os.close(follower)
    if stdin:
        os.write(leader, stdin)
    seen = bytearray()
    end = time.monotonic() + timeout
    os.set_blocking(leader, False)
    interrupted = False
    try:
        while time.monotonic() < end:
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
        os.close(leader)
    errors = process.stderr.read() if stdout_only else b""
    if process.stderr:
        process.stderr.close()
    process.wait()
    return Result(process.returncode, bytes(seen), errors)
