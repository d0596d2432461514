#!/usr/bin/env python3
"""The results of `mqtt bench` on this machine, as Markdown: what brokers bear, and what the load generator itself costs.

usage: results.py [MQTT [ROW...]]    MQTT: the program (build/release/mqtt)
                                     rows: mosquitto rabbitmq peers memory tls

Every command is printed on standard error before it runs, the tables on standard output at the end. All of it takes
some four minutes. Needs mosquitto, its clients, rabbitmq-server, and MQTT.js from npm; what is missing is left out, and
the table says so. Everything runs on the loopback interface and is stopped at the end.
"""
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
MQTT = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else SOURCE / "build/release/mqtt").resolve())
os.environ["MQTT"] = MQTT
sys.path[:0] = [str(SOURCE / "tests/interop"), str(SOURCE / "tests/cli")]

import npm  # noqa: E402
from mosquitto import Mosquitto  # noqa: E402
from mqtt_broker import MqttBroker  # noqa: E402
from rabbitmq import RabbitMq  # noqa: E402

LIMIT = 90  # seconds for any one command
CLIENTS = 10
LINES = {0: 500_000, 1: 50_000}
HEARD = 200_000

# Publishes as fast as callbacks come, from so many clients, for three seconds.
MQTTJS = """
const mqtt = require('mqtt'), [url, count, qos] = process.argv.slice(1);
const payload = Buffer.alloc(64, 'x');
let done = 0, ready = 0, end = Infinity;
for (let i = 0; i < count; ++i) {
  const client = mqtt.connect(url);
  const next = error => {
    if (error) throw error;
    ++done;
    if (Date.now() >= end) { console.log(done / 3); process.exit(0); }
    client.publish('bench/' + i, payload, {qos: Number(qos)}, next);
  };
  client.on('connect', () => {
    if (++ready == count) { end = Date.now() + 3000; done = 0; }
    for (let k = 0; k < 20; ++k) next();
  });
}
"""


def shown(command):
    text = shlex.join("mqtt" if word == MQTT else str(word) for word in command)
    return text if len(text) < 400 else text[:200] + " …"


def execute(command, **options):
    print("$ " + shown(command), file=sys.stderr, flush=True)
    return subprocess.run([str(word) for word in command], timeout=LIMIT, **options)


def bench(*words):
    """The report, or None where the run failed."""
    done = execute([MQTT, "bench", *words, "--json", "--no-progress"], capture_output=True)
    if not done.stdout:
        print(done.stderr.decode(errors="replace"), file=sys.stderr)
        return None
    return json.loads(done.stdout)


def figure(report, name):
    return report["figures"].get(name) if report else None


def count(value):
    return "-" if value is None else f"{value:,.0f}"


def duration(seconds):
    if seconds is None:
        return "-"
    return f"{seconds * 1e6:.3g} µs" if seconds < 1e-3 else f"{seconds * 1e3:.3g} ms"


def most_through(options, qos):
    """The highest rate, doubled from step to step, of which 98 % arrive at the subscribers in their time."""
    rate, best = 1_000, None
    while rate < 2_000_000:
        words = ["-q", qos, "-c", CLIENTS, "--rate", rate, "--duration", 2, "--patience", 1]
        heard = figure(bench("latency", *options, *words), "received_rate")
        if heard is None or heard < 0.98 * rate:
            return best
        best, rate = rate, rate * 2
    return best


def broker_rows(kind, lines):
    with kind() as broker:
        name = f"{broker.name} {broker.version()}"
        options = broker.options("tcp")
        # At QoS 0 nothing holds publishers back: what that leaves behind in a broker comes last.
        for qos in (1, 2, 0):
            if qos > broker.maximum_qos:
                lines.append(f"| {name} | {qos} | - | - | - | - |")
                continue
            most = most_through(options, qos)
            late = bench("latency", *options, "-q", qos, "-c", CLIENTS, "--rate", (most or 1_000) // 2, "--duration", 6)
            alone = bench("pub", *options, "-q", qos, "-c", CLIENTS, "--duration", 4)
            valid = "" if late and late["valid"] else " (not valid)"
            lines.append(
                f"| {name} | {qos} | {count(figure(alone, 'rate'))} | {count(most)} |"
                f" {duration(figure(late, 'p50'))} | {duration(figure(late, 'p99'))}{valid} |"
            )


def brokers(kinds):
    lines = []
    for kind in kinds:
        try:
            broker_rows(kind, lines)
        except unittest.SkipTest as missing:
            lines.append(f"| {missing} | | | | | |")
    return lines


def lines_per_second(program, options, qos, folder):
    path = pathlib.Path(folder) / f"lines{qos}"
    if not path.exists():
        path.write_text("".join(f"{n:064d}\n" for n in range(LINES[qos])))
    with open(path, "rb") as source:
        start = time.perf_counter()
        execute([program, *options, "-t", "bench/0", "-q", qos, "-l"], stdin=source, check=True)
        return LINES[qos] / (time.perf_counter() - start)


def heard_per_second(command, options):
    """Messages a second at QoS 1 that a program gets which ends by itself after so many."""
    words = [str(word) for word in (*command, "-q", 1, "-t", "bench/+")]
    print("$ " + shown(words) + " &", file=sys.stderr, flush=True)
    listener = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        start = time.perf_counter()
        bench("pub", *options, "-q", 1, "-c", CLIENTS, "-n", HEARD)
        listener.wait(LIMIT)
        return HEARD / (time.perf_counter() - start)
    finally:
        listener.kill()
        listener.wait()


def mqttjs(url, qos):
    folder = npm.mqttjs()
    done = execute(["node", "-e", MQTTJS, url, CLIENTS, qos], capture_output=True, check=True, cwd=folder)
    return float(done.stdout)


def peers():
    """The same load by others, on the same broker in the same run: ours, which takes more than they can send."""
    lines = []
    with MqttBroker() as broker, tempfile.TemporaryDirectory() as folder:
        options = broker.options("tcp")
        for qos in (0, 1):
            ours = figure(bench("pub", *options, "-q", qos, "-c", CLIENTS, "--duration", 4), "rate")
            one = figure(bench("pub", *options, "-q", qos, "-c", 1, "--duration", 4), "rate")
            place = ["-h", "localhost", "-p", broker.ports["tcp"]]
            for name, own, measure in (
                (f"MQTT.js, {CLIENTS} clients", ours, lambda: mqttjs(broker.url("tcp"), qos)),
                ("mosquitto_pub -l, 1 client", one, lambda: lines_per_second("mosquitto_pub", place, qos, folder)),
            ):
                try:
                    theirs = measure()
                    lines.append(f"| {name} | {qos} | {count(theirs)} | {count(own)} | {own / theirs:.1f} |")
                except (unittest.SkipTest, OSError, subprocess.SubprocessError) as missing:
                    lines.append(f"| {name} | {qos} | - | {count(own)} | {type(missing).__name__} |")
        try:
            theirs = heard_per_second(["mosquitto_sub", *place, "-C", HEARD], options)
            ours = heard_per_second([MQTT, "bench", "sub", *options, "-n", HEARD], options)
            lines.append(f"| mosquitto_sub, of {CLIENTS} publishers | 1 | {count(theirs)} | {count(ours)} | {ours / theirs:.1f} |")
        except (OSError, subprocess.SubprocessError) as missing:
            lines.append(f"| mosquitto_sub | 1 | - | - | {type(missing).__name__} |")
    return lines


class Roomy(MqttBroker):
    def prepare(self):
        command, environment = super().prepare()
        return [*command, "--max-connections", "20000"], environment


def memory():
    lines = []
    with Roomy() as broker:
        place = ["-h", "127.0.0.1", "-p", broker.ports["tcp"]]
        # From addresses of their own: closed connections keep their ports for a minute, and beyond half of the ports of
        # an address the kernel looks long for a free one.
        for clients, address in ((1_000, "127.0.0.2"), (10_000, "127.0.0.3"), (18_000, "127.0.0.4,127.0.0.5")):
            report = bench("conn", *place, "-c", clients, "--ifaddr", address)
            each = figure(report, "heap_per_connection")
            lines.append(
                f"| {count(clients)} | {count(figure(report, 'ready'))} | {count(figure(report, 'connect_rate'))} |"
                + (f" {each / 1024:.2f} KiB | {figure(report, 'resident_bytes') / 2**20:.1f} MiB |" if report else " - | - |")
            )
        if each:
            lines.append(f"| 1,000,000 | calculated | | {each / 1024:.2f} KiB | {each * 1e6 / 2**30:.2f} GiB of heap |")
    return lines


def tls():
    with MqttBroker() as broker:
        report = bench("conn", *broker.options("tls"), "-c", 1_000)
    each = figure(report, "heap_per_connection")
    return [f"| 1,000 over TLS | {count(figure(report, 'ready'))} | {count(figure(report, 'connect_rate'))} |"
            + (f" {each / 1024:.2f} KiB | {figure(report, 'resident_bytes') / 2**20:.1f} MiB |" if report else " - | - |")]


def main():
    if not os.access(MQTT, os.X_OK):
        sys.exit(__doc__)
    rows = set(sys.argv[2:]) or {"mosquitto", "rabbitmq", "peers", "memory", "tls"}
    tables = []
    kinds = [kind for name, kind in (("mosquitto", Mosquitto), ("rabbitmq", RabbitMq)) if name in rows]
    if kinds:
        tables.append([
            f"| Broker, {CLIENTS} clients, 64 bytes | QoS | published/s, nobody listens | from publishers to as many"
            " subscribers, /s | p50 at half of that | p99 |", "| --- | --- | --- | --- | --- | --- |", *brokers(kinds)
        ])
    if "peers" in rows:
        tables.append(["| Peer, against `mqtt broker` | QoS | its messages/s | ours | ratio |", "| --- | --- | --- | --- | --- |", *peers()])
    if rows & {"memory", "tls"}:
        measured = (memory() if "memory" in rows else []) + (tls() if "tls" in rows else [])
        tables.append(["| Connections | ready | made/s | heap for each | resident |", "| --- | --- | --- | --- | --- |", *measured])
    print("\n\n".join("\n".join(table) for table in tables))


main()
