#!/usr/bin/env python3
"""Our program beside mosquitto's clients and tshark, in turn, on this machine: wall and processor time as ratios.

usage: side_by_side.py MQTT [ROW...]    rows: startup lines0 lines1 lines2 debian1 debian2 sub sub_json decode
                                decode_json decode_text decode_cat

Both sides of a row talk to the same `mqtt broker`, in the debian rows to the same mosquitto as it comes; a ratio above 1
says that ours is faster. Needs mosquitto-clients, mosquitto and, for decode, tshark. decode_text has our own summary as
its peer, decode_cat `cat`: there the ratio is below 1.
"""
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

LINES = {"0": 1_000_000, "1": 60_000, "2": 60_000}
MESSAGES = 200_000
PACKETS = {"decode": 200_000, "decode_json": 50_000, "decode_text": 500_000, "decode_cat": 500_000}


def timed(command, stdin=os.devnull, before=None):
    """Wall seconds, processor seconds, peak MiB of one run. `before` runs once the command has had time to start."""
    with open(stdin, "rb") as source, open(os.devnull, "wb") as sink:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=source, stdout=sink, stderr=subprocess.DEVNULL)
        if before:
            start = before()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(name, runs, ours, theirs, **options):
    pairs = [(timed(theirs, **options), timed(ours, **options)) for _ in range(runs)]
    middle = [[statistics.median(pair[side][kind] for pair in pairs) for kind in range(3)] for side in (0, 1)]
    wall, processor = (middle[0][kind] / max(middle[1][kind], 1e-6) for kind in (0, 1))
    print(f"{name:12} wall x{wall:6.1f}  processor x{processor:6.1f}  ours {middle[1][0]:.4f} s, {middle[1][2]:.1f} MiB", flush=True)


class Server:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Broker(Server):
    def __init__(self, mqtt):
        self.process = subprocess.Popen([mqtt, "broker", "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().split("tcp=")[1].split()[0].rsplit(":", 1)[1]


class Mosquitto(Server):
    """Without a configuration, so with Nagle's algorithm, as most run it."""

    def __init__(self, mqtt):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        path = os.environ["PATH"] + ":/usr/sbin"
        self.process = subprocess.Popen(
            ["mosquitto", "-p", self.port], stderr=subprocess.DEVNULL, env={**os.environ, "PATH": path}
        )
        here = [mqtt, "pub", "-p", self.port, "-t", "a", "-m", "a", "--wait-for-broker", "10"]
        subprocess.run(here, check=True, stderr=subprocess.DEVNULL)


def numbered(folder, count):
    path = f"{folder}/lines"
    with open(path, "w") as file:
        file.writelines(f"{n:064d}\n" for n in range(count))
    return path


def capture(path, packets):
    """An Ethernet capture of one client that publishes at QoS 0, a packet in each segment."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        sequence = 1
        for n in range(-1, packets):
            topic = b"plant/%d/temperature" % (n % 50)
            body = struct.pack(">H", len(topic)) + topic + b'{"value":%d}' % n
            data = b"0" + bytes([len(body)]) + body if n >= 0 else b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01a"
            tcp = struct.pack(">HHIIBBHHH", 40000, 1883, sequence, 1, 0x50, 0x18, 65535, 0, 0) + data
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0, b"\x0a\0\0\1", b"\x0a\0\0\2") + tcp
            frame = b"\x02\0\0\0\0\2\x02\0\0\0\0\1\x08\0" + ip
            file.write(struct.pack("<IIII", 1_700_000_000 + n // 1000, n % 1000 * 1000, len(frame), len(frame)) + frame)
            sequence += len(data)


def startup(mqtt, folder):
    with Broker(mqtt) as broker:
        rest = ["-p", broker.port, "-t", "a", "-m", "hello"]
        compare("startup", 40, [mqtt, "pub", *rest], ["mosquitto_pub", *rest])


def lines(mqtt, folder, name, kind):
    qos = name[-1]
    with kind(mqtt) as broker:
        rest = ["-p", broker.port, "-t", "a", "-l", "-q", qos]
        compare(name, 5, [mqtt, "pub", *rest], ["mosquitto_pub", *rest], stdin=numbered(folder, LINES[qos]))


def sub(mqtt, folder, name, *form):
    path = numbered(folder, MESSAGES)
    with Broker(mqtt) as broker:

        def publish():
            time.sleep(0.3)
            start = time.perf_counter()
            with open(path, "rb") as source:
                subprocess.run([mqtt, "pub", "-p", broker.port, "-t", "a", "-l", "-q", "1"], stdin=source, check=True)
            return start

        rest = ["-p", broker.port, "-t", "a", "-q", "1", "-C", str(MESSAGES), *form]
        compare(name, 3, [mqtt, "sub", *rest], ["mosquitto_sub", *rest], before=publish)


def decode(mqtt, folder, name, ours, *theirs):
    path = f"{folder}/{name}.pcap"
    capture(path, PACKETS[name])
    compare(name, 3, [mqtt, "decode", "--read", path, "--output", ours], [path if word == "FILE" else word for word in theirs])


def tshark(*form):
    return ["tshark", "-r", "FILE", "-Y", "mqtt", *form]


ROWS = {
    "startup": startup,
    **{f"lines{qos}": lambda mqtt, folder, qos=qos: lines(mqtt, folder, f"lines{qos}", Broker) for qos in "012"},
    **{f"debian{qos}": lambda mqtt, folder, qos=qos: lines(mqtt, folder, f"debian{qos}", Mosquitto) for qos in "12"},
    "sub": lambda mqtt, folder: sub(mqtt, folder, "sub"),
    "sub_json": lambda mqtt, folder: sub(mqtt, folder, "sub_json", "-F", "%j"),
    "decode": lambda mqtt, folder: decode(
        mqtt, folder, "decode", "summary", *tshark("-T", "fields", "-e", "mqtt.msgtype", "-e", "mqtt.topic")
    ),
    "decode_json": lambda mqtt, folder: decode(mqtt, folder, "decode_json", "json", *tshark("-T", "json")),
    "decode_text": lambda mqtt, folder: decode(
        mqtt, folder, "decode_text", "text", mqtt, "decode", "--read", "FILE", "--output", "summary"
    ),
    "decode_cat": lambda mqtt, folder: decode(mqtt, folder, "decode_cat", "summary", "cat", "FILE"),
}


def main():
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(ROWS):
        sys.exit(__doc__)
    mqtt = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[2:] or ROWS:
            ROWS[name](mqtt, folder)


main()
