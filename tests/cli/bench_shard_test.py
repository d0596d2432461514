"""mqtt bench --shard: several processes make together what one would, whoever starts them."""
import concurrent.futures
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import time
import unittest

import harness
import peers
from brokers import Broker
from harness import Case, mqtt, needs, run

SCRIPTS = harness.SOURCE / "tests" / "bench"
# What would steer a shard, should the tests themselves run below such a system.
NOTHING = {
    name: ""
    for name in ("OMPI_COMM_WORLD_RANK", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "JOB_COMPLETION_INDEX", "PARALLEL_SEQ")
}


def identifier(connect):
    """Of a CONNECT of version 3.1.1."""
    return connect[12 : 12 + struct.unpack(">H", connect[10:12])[0]].decode()


def message(publish):
    """Topic, publisher's number, sequence number and due time of a PUBLISH at QoS 1."""
    end = 2 + struct.unpack(">H", publish[:2])[0]
    magic, _, _, client, _, sequence, due = struct.unpack_from("<HHIIIQQ", publish, end + 2)
    assert magic == 0x6D62
    return publish[2:end].decode(), client, sequence, due


class ShardCase(Case):
    def bench(self, *words, env=None, command=(), code=(0, 1)):
        result = run([*command, *mqtt("bench", *words, "--json")], env=NOTHING | (env or {}), timeout=2 * harness.PATIENCE)
        self.assertIn(result.code, code, repr(result))
        self.errors = result.errors
        return json.loads(result.stdout) if result.stdout else None

    def together(self, calls):
        with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(lambda call: call(), calls))


class Whole(ShardCase):
    def hear(self, runs):
        """What a broker hears of these runs: identifiers, and messages."""
        kept = []
        with peers.Peer(peers.serves(keep=kept)) as peer:
            self.together([lambda words=words: self.bench(*words, "-h", "127.0.0.1", "-p", peer.port) for words in runs])
            peer.wait_for_silence()
        names = sorted(identifier(body) for kind, _, body in kept if kind == peers.CONNECT)
        return names, sorted(message(body) for kind, _, body in kept if kind == peers.PUBLISH)

    def shards(self, count, *words):
        return [[*words, "--shard", f"{i}/{count}"] for i in range(count)]

    def test_shards_make_what_one_run_makes(self):
        words = ["pub", "-q", 1, "-c", 5, "-n", 23, "--prefix", "x-", "-t", "a/%i/%s", "--rate", 1000, "--threads", 2]
        names, messages = self.hear([words])
        shard_names, shard_messages = self.hear(self.shards(3, *words))
        self.assertEqual(names, [f"x-{i}" for i in range(5)])
        self.assertEqual(shard_names, names)
        self.assertEqual([m[:3] for m in shard_messages], [m[:3] for m in messages])
        self.assertEqual(len(messages), 23)

    def test_their_messages_are_due_in_turn_from_a_common_start(self):
        start = time.time() + 3
        words = ["pub", "-q", 1, "-c", 3, "-n", 12, "--rate", 10, "--start-at", f"{start:.3f}"]
        _, messages = self.hear(self.shards(2, *words))
        due = sorted(message[3] for message in messages)
        self.assertEqual([round((at - due[0]) / 1e8) for at in due], list(range(12)))
        began = due[0] / 1e9 - time.monotonic() + time.time()
        self.assertAlmostEqual(began, start, delta=0.09)

    def test_pairs_stay_together(self):
        broker = self.enterContext(Broker())
        words = ["latency", *broker.options(), "-c", 5, "-n", 100, "--rate", 500]
        reports = self.together([lambda i=i: self.bench(*words, "--shard", f"{i}/2") for i in range(2)])
        self.assertEqual([report["figures"]["ready"] for report in reports], [6, 4])
        self.assertEqual([report["figures"]["received"] for report in reports], [60, 40])
        self.assertEqual([report["figures"]["lost"] for report in reports], [0, 0])
        self.assertEqual(
            [{name: report["plan"][name] for name in ("shard", "count", "messages", "rate")} for report in reports],
            [
                {"shard": {"index": 0, "count": 2}, "count": 3, "messages": 60, "rate": 300},
                {"shard": {"index": 1, "count": 2}, "count": 2, "messages": 40, "rate": 200},
            ],
        )
        files = [self.file(f"{i}.json", json.dumps(report)) for i, report in enumerate(reports)]
        merged = json.loads(run(mqtt("bench", "merge", *files, "--json")).stdout)
        self.assertEqual([merged["plan"][name] for name in ("count", "messages", "rate")], [5, 100, 500])
        self.assertEqual([merged["figures"][name] for name in ("ready", "received", "lost")], [10, 100, 0])

    def test_connections_at_a_common_start(self):
        broker = self.enterContext(Broker())
        start = time.time() + 2
        report = self.bench("conn", *broker.options(), "-c", 9, "--shard", "1/2", "--start-at", start)
        self.assertEqual(report["figures"]["connected"], 4)
        self.assertGreater(time.time(), start)

    def test_a_start_that_was_missed(self):
        broker = self.enterContext(Broker())
        report = self.bench("pub", *broker.options(), "-n", 10, "--start-at", "2026-01-01T00:00:00Z", code=(1,))
        self.assertIn("after --start-at", report["objections"][0])


class Environments(ShardCase):
    def shard(self, *words, **env):
        broker = self.enterContext(Broker())
        return self.bench("conn", *broker.options(), "-c", 8, *words, env=env)["plan"]["shard"]

    def test_each_system(self):
        for words, env, index, said in (
            ([], {"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "4"}, 1, "this is shard 1/4, as Slurm says"),
            ([], {"OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4", "SLURM_PROCID": "0"}, 3, "as Open MPI says"),
            (["--shard", 4], {"JOB_COMPLETION_INDEX": "2"}, 2, "as Kubernetes says in JOB_COMPLETION_INDEX"),
            (["--shard", 4], {"PARALLEL_SEQ": "1"}, 0, "as GNU parallel says"),
            (["--shard", "3/4"], {"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2"}, 3, ""),
        ):
            with self.subTest(env=env):
                self.assertEqual(self.shard(*words, **env), {"index": index, "count": 4})
                self.assertIn(said, self.errors)

    def test_the_whole(self):
        for words, env, said in (
            ([], {"SLURM_PROCID": "0", "SLURM_NTASKS": "4"}, ""),  # a batch script, not a step
            ([], {"JOB_COMPLETION_INDEX": "2"}, "unless --shard N says so"),
            ([], {"PARALLEL_SEQ": "2"}, ""),
            (["--shard", "0/1"], {"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "4"}, ""),
        ):
            with self.subTest(env=env):
                self.assertEqual(self.shard(*words, **env), {"index": 0, "count": 1})
                self.assertIn(said, self.errors)

    def test_usage(self):
        for words, env, said in (
            (["conn", "--shard", "4/4"], {}, '"4/4" is not a shard'),
            (["conn", "--shard", "x"], {}, '"x" is not a shard'),
            (["conn", "--shard", "2"], {}, "says which one this is"),
            (["conn", "--shard", "2"], {"JOB_COMPLETION_INDEX": "2"}, "JOB_COMPLETION_INDEX: it is 2"),
            (["conn"], {"SLURM_PROCID": "one", "SLURM_STEP_NUM_TASKS": "2"}, 'SLURM_PROCID: "one" is not'),
            (["conn", "--shard", "0/2"], {}, "too few"),
            (["latency", "-c", "4", "--shape", "fan-in", "--shard", "0/2"], {}, "only pairs"),
            (["conn", "--start-at", "soon"], {}, '"soon" is not a time'),
        ):
            with self.subTest(words=words):
                result = run(mqtt("bench", *words), env=NOTHING | env)
                self.assert_code(result, 64)
                self.assertIn(said, result.errors)

    @needs("parallel")
    def test_gnu_parallel(self):
        broker = self.enterContext(Broker())
        words = mqtt("bench", "pub", *broker.options(), "-c", 4, "-q", 1, "-n", 40, "--shard", 3, "--json")
        result = run(["parallel", "--will-cite", "-N0", *words, ":::", "a", "b", "c"], env=NOTHING)
        reports = [json.loads(line) for line in self.assert_ok(result).text.splitlines()]
        self.assertEqual(sorted(report["plan"]["shard"]["index"] for report in reports), [0, 1, 2])
        self.assertEqual(sum(report["figures"]["acknowledged"] for report in reports), 40)

    def test_the_manifest_says_the_same_number_twice(self):
        text = (SCRIPTS / "shards.yaml").read_text()
        completions = re.search(r"completions: (\d+)", text).group(1)
        command = re.sub(r"\s+", " ", re.search(r"command: \[(.*?)\]", text, re.DOTALL).group(1))
        words = [word.strip('"') for word in command.split(", ")]
        self.assertEqual(words[:2], ["mqtt", "bench"])
        self.assertEqual(words[words.index("--shard") + 1], completions)
        broker = self.enterContext(Broker())
        words = ["127.0.0.1" if word == "broker" else str(time.time() + 3) if word == "START" else word for word in words]
        words += ["--port", str(broker.ports["tcp"]), "--count", "8", "--rate", "100", "--duration", "0.2"]
        report = self.bench(*[word for word in words[2:] if word != "--json"], env={"JOB_COMPLETION_INDEX": "3"})
        self.assertEqual(report["plan"]["shard"], {"index": 3, "count": 4})


class Namespaces(ShardCase):
    """A broker and shards, each in a network namespace of its own."""

    def ip(self, *words, check=True):
        return subprocess.run(["ip", *map(str, words)], capture_output=True, text=True, check=check)

    def namespace(self, name):
        name = f"mqtt-{os.getpid()}-{name}"
        made = self.ip("netns", "add", name, check=False)
        if made.returncode != 0:
            self.skipTest(f"network namespaces are not permitted: {made.stderr.strip()}")
        self.addCleanup(self.ip, "netns", "del", name, check=False)
        return name

    def wire(self, broker, shard, number):
        near, far = f"b{number}", f"s{number}"
        self.ip("-n", broker, "link", "add", near, "type", "veth", "peer", "name", far, "netns", shard)
        for space, device, host in ((broker, near, 1), (shard, far, 2)):
            self.ip("-n", space, "address", "add", f"10.99.{number}.{host}/30", "dev", device)
            self.ip("-n", space, "link", "set", device, "up")

    @needs("ip")
    def test_shards_with_addresses_of_their_own(self):
        count = 3
        broker = self.namespace("broker")
        shards = [self.namespace(str(i)) for i in range(count)]
        for i, shard in enumerate(shards):
            self.wire(broker, shard, i)
        process = self.start(["ip", "netns", "exec", broker, *mqtt("broker", "--port", 1883, "--bind", "0.0.0.0")])
        process.wait_for_output("\n")
        words = ["latency", "-c", 7, "-q", 1, "-n", 700, "--rate", 700, "--start-at", f"{time.time() + 3:.3f}"]
        reports = self.together(
            [
                lambda i=i: self.bench(
                    *words, "-h", f"10.99.{i}.1", "--shard", f"{i}/{count}", command=["ip", "netns", "exec", shards[i]]
                )
                for i in range(count)
            ]
        )
        sums = {
            name: sum(report["figures"][name] for report in reports)
            for name in ("ready", "published", "acknowledged", "received", "expected", "lost")
        }
        whole = {"ready": 14, "published": 700, "acknowledged": 700, "received": 700, "expected": 700, "lost": 0}
        self.assertEqual(sums, whole)


@needs("slurmctld", "slurmd", "srun", "sbatch", "munged")
class Slurm(ShardCase):
    """A cluster of this machine, without systemd."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("a Slurm node starts as root only")
        shutil.chown(self.folder, "munge", "munge")
        self.folder.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        shutil.chown(key, "munge", "munge")
        files = [f"--{name}={self.folder / name}" for name in ("socket", "pid-file", "log-file", "seed-file")]
        munged = ["setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", harness.program("munged")]
        self.start([*munged, "--foreground", f"--key-file={key}", *files])
        harness.wait_until((self.folder / "socket").exists, "munged")
        self.environment = {"SLURM_CONF": self.file("slurm.conf", self.configuration()), **NOTHING}
        (self.folder / "slurmctld").mkdir()
        (self.folder / "slurmd").mkdir()
        host = socket.gethostname().split(".")[0]
        self.daemon("slurmctld")
        self.daemon("slurmd", "-N", host)
        harness.wait_until(lambda: "idle" in self.slurm("sinfo").text, "an idle node")

    def daemon(self, name, *words):
        self.start([harness.program(name), "-D", *words], env=self.environment)

    def slurm(self, *words, **options):
        return run(list(words), env=self.environment, **options)

    def configuration(self):
        host = socket.gethostname().split(".")[0]
        return f"""
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={harness.free_port()}
SlurmdPort={harness.free_port()}
AuthType=auth/munge
AuthInfo=socket={self.folder}/socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={self.folder}/slurmctld
SlurmdSpoolDir={self.folder}/slurmd
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SlurmdParameters=config_overrides
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
"""

    def test_the_batch_script(self):
        broker = self.enterContext(Broker())
        load = {"CLIENTS": "20", "RATE": "200", "DURATION": "1", "LEAD": "5", "MQTT": mqtt()[0]}
        environment = self.environment | load | {"PORT": str(broker.ports["tcp"])}
        words = ["sbatch", "--wait", f"--chdir={self.folder}", SCRIPTS / "shards.sbatch", "127.0.0.1"]
        result = run(words, env=environment, timeout=2 * harness.PATIENCE)
        self.assertIn(result.code, (0, 1), repr(result))  # a busy machine may not keep the schedule
        reports = [json.loads((self.folder / f"report-{i}.json").read_text().splitlines()[-1]) for i in range(8)]
        self.assertEqual([report["plan"]["shard"]["index"] for report in reports], list(range(8)))
        self.assertEqual(sum(report["figures"]["published"] for report in reports), 200)
        self.assertEqual(sum(report["figures"]["received"] for report in reports), 200)


if __name__ == "__main__":
    harness.main()
