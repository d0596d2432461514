"""mqtt bench mixed: groups of clients from a plan, each reported by itself and all together."""
import json
import pathlib
import signal
import threading

import harness
import peers
from brokers import Broker
from harness import mqtt, run
from mixing import BUILDING, MixedCase

class Building(MixedCase):
    def test_every_group_and_the_whole(self):
        broker = self.enterContext(Broker())
        report = self.report(BUILDING, *broker.options())
        self.assertEqual([group["name"] for group in report["groups"]], ["sensors", "watchers", "commands", "crowd"])
        self.assert_figures(self.group(report, "sensors"), published=400, acknowledged=400, received=0, ready=20, unsent=0)
        self.assert_figures(
            self.group(report, "watchers"), received=1200, expected=1200, lost=0, duplicated=0, reordered=0, ready=3, foreign=0
        )
        self.assert_figures(
            self.group(report, "commands"), published=100, acknowledged=100, received=100, expected=100, lost=0, ready=8
        )
        self.assert_figures(self.group(report, "crowd"), connected=30, ready=30, published=0)
        self.assert_figures(
            report, published=500, acknowledged=500, received=1300, expected=1300, lost=0, duplicated=0, ready=61, connected=61
        )
        self.assertEqual(report["plan"]["mode"], "mixed")
        self.assertEqual([group["plan"]["mode"] for group in report["groups"]], ["pub", "sub", "latency", "conn"])
        self.assertGreater(self.group(report, "watchers")["figures"]["p99"], 0)
        self.assertNotIn("p99", report["figures"])
        for name in ("processor_seconds", "resident_bytes"):
            self.assertIn(name, report["figures"])
            self.assertNotIn(name, self.group(report, "sensors")["figures"])

    def test_parts_add_up_to_the_whole(self):
        broker = self.enterContext(Broker())
        report = self.report(BUILDING, *broker.options(), "--threads", 3)
        for part in ("counts", "measured"):
            for name, count in report[part].items():
                self.assertEqual(count, sum(group[part].get(name, 0) for group in report["groups"]), name)
        for name, histogram in report["histograms"].items():
            parts = [group["histograms"][name] for group in report["groups"] if name in group["histograms"]]
            self.assertEqual(histogram["count"], sum(part["count"] for part in parts), name)
            self.assertEqual(histogram["max_ns"], max(part["max_ns"] for part in parts), name)
        self.assertEqual(sum(second.get("received", 0) for second in report["series"]), 1300)

    def test_every_qos_and_version(self):
        broker = self.enterContext(Broker())
        plan = "s: sub -t 'a/+'\np: pub -c 2 -n 50 -t a/%i\nl: latency -n 20 --rate 500 -t a/b/%i\n"
        for qos in (0, 1, 2):
            for version in harness.VERSIONS:
                with self.subTest(qos=qos, version=version):
                    report = self.report(plan, *broker.options(), "-q", qos, "-V", version)
                    self.assert_figures(self.group(report, "s"), received=50, expected=50, lost=0, duplicated=0)
                    self.assert_figures(self.group(report, "l"), received=20, expected=20, lost=0, foreign=0)

    def test_a_line_says_otherwise(self):
        broker = self.enterContext(Broker())
        heard = self.start_subscriber(*broker.options(), "-t", "retained/#", "-C", 16, "-F", "%t %r", "--retain-as-published", "-V", 5)
        plan = f"a: pub -n 7 -t retained/a\nb: pub -n 9 -q 2 -L {broker.url('ws')} --retain=false -t retained/b\n"
        report = self.report(plan, *broker.options(), "-q", 1, "-s", 40, "-r")
        self.assertEqual(set(heard.result(30).text.splitlines()), {"retained/a 1", "retained/b 0"})
        one, two = report["groups"]
        self.assertEqual([group["plan"]["qos"] for group in (one, two)], [1, 2])
        self.assertEqual([group["plan"]["transport"] for group in (one, two)], ["tcp", "ws"])
        self.assertEqual([group["plan"]["least_size"] for group in (one, two)], [40, 40])
        self.assert_figures(report, acknowledged=16)

    def assert_all_due(self, report, messages):
        """What a busy machine did not send is said to be unsent."""
        figures = report["figures"]
        self.assertEqual(figures["published"] + figures["unsent"], messages)
        self.assert_figures(report, acknowledged=figures["published"])

    def test_clients_are_told_apart(self):
        broker = self.enterContext(Broker())
        sub = self.start_subscriber(*broker.options(), "-t", "who/#", "-C", 4, "-F", "%t")
        self.report("a: pub -c 2 -n 2 -t who/%c\nb: pub -c 2 -n 2 -t who/%c --start-number 5\n", *broker.options(), "--prefix", "x-")
        self.assertEqual(sorted(sub.result(30).text.split()), ["who/x-a-0", "who/x-a-1", "who/x-b-5", "who/x-b-6"])

    def test_the_plan_from_standard_input(self):
        broker = self.enterContext(Broker())
        result = self.mixed("-", *broker.options(), "--json", stdin=b"only: pub -n 5 -q 1\r\n")
        self.assert_figures(json.loads(result.stdout), acknowledged=5)
        wrong = self.mixed("-", code=(78,), stdin=b"\n\nonly: pub -n x")
        self.assertIn('mqtt bench: -:3: option -n: "x" is not a number', wrong.errors)

    def test_a_password_is_read_once(self):
        said = []

        def behaviour(connection):
            while True:
                kind, _, body = connection.read()
                if kind == peers.CONNECT:
                    said.append(body.endswith(b"\0\2me\0\6secret"))
                    connection.send(peers.connack())
                elif kind == peers.DISCONNECT:
                    return

        peer = self.enterContext(peers.Peer(behaviour))
        words = ["-h", "127.0.0.1", "-p", peer.port, "-u", "me", "--password-file", "/dev/stdin"]
        # A pipe can be read but once.
        self.mixed(self.plan("a: conn\nb: conn\n"), *words, stdin=b"secret\n")
        self.assertEqual(said, [True, True])

    def test_a_shared_subscription_gets_each_message_once(self):
        broker = self.enterContext(Broker())
        report = self.report("w: sub -c 3 -q 1 -t '$share/g/a/+'\np: pub -c 2 -q 1 -n 300 -t a/%i\n", *broker.options())
        self.assert_figures(self.group(report, "w"), received=300, expected=300, lost=0, duplicated=0)

    def test_without_an_end_of_its_own_a_group_ends_with_the_others(self):
        broker = self.enterContext(Broker())
        report = self.report("w: sub -t none\nc: conn\np: pub -n 20 -q 1\n", *broker.options())
        self.assert_figures(report, acknowledged=20, received=0, expected=0, ready=3)
        self.assertEqual(report["plan"]["duration"], 0)
        report = self.report("p: pub -q 1 --rate 100\nc: conn\n", *broker.options(), "--duration", 0.5)
        self.assertEqual([group["plan"]["duration"] for group in report["groups"]], [0.5, 0.5])
        self.assert_all_due(report, 50)

    def test_connections_come_and_go_beside_the_load(self):
        broker = self.enterContext(Broker())
        report = self.report("p: pub -q 1 --rate 200\nc: conn -c 10 --churn 50\n", *broker.options(), "--duration", 2)
        self.assertGreater(self.group(report, "c")["figures"]["connected"], 40)
        self.assert_figures(self.group(report, "p"), connected=1)
        self.assert_all_due(self.group(report, "p"), 400)


class Truth(MixedCase):
    def test_what_another_group_published_and_did_not_come_is_lost(self):
        seen = []

        def lossy(topic, payload):
            seen.append(topic)
            # Also the last ones, of which a subscriber alone knows nothing.
            return [] if len(seen) % 100 == 50 or len(seen) > 390 else [payload] * (2 if len(seen) % 100 == 10 else 1)

        peer = self.enterContext(peers.Peer(relay(lossy)))
        plan = "p: pub -n 400 --rate 2000 -t x\nw: sub -t x\nother: sub -t y\n"
        report = self.report(plan, "-h", "127.0.0.1", "-p", peer.port, "--patience", 3)
        self.assert_figures(self.group(report, "p"), published=400)
        self.assert_figures(self.group(report, "w"), expected=400, lost=14, duplicated=4, received=390)
        self.assert_figures(self.group(report, "other"), expected=0, lost=0, received=0)
        self.assert_figures(report, lost=14, duplicated=4)

    def test_of_payloads_of_ones_own_nothing_is_known(self):
        broker = self.enterContext(Broker())
        report = self.report("p: pub -n 30 -q 1 -m hello -t x\nw: sub -t x\n", *broker.options(), "--patience", 1)
        self.assert_figures(self.group(report, "w"), received=30, expected=0, lost=0)

    def test_a_group_that_cannot_connect_shows_it_and_the_others_go_on(self):
        broker = self.enterContext(Broker())
        report = self.report(f"good: pub -n 10 -q 1\nbad: conn -c 3 -p {harness.free_port()}\n", *broker.options())
        self.assert_figures(self.group(report, "good"), acknowledged=10, connect_failures=0)
        bad = self.group(report, "bad")
        self.assert_figures(bad, ready=0, connect_failures=3)
        self.assertEqual([(failure["reason"], failure["count"]) for failure in bad["failures"]], [("connect: Connection refused", 3)])
        self.assertEqual(self.group(report, "good")["failures"], [])

    def test_nobody_there(self):
        result = self.mixed(self.plan("a: conn\nb: conn\n"), "-h", "127.0.0.1", "-p", harness.free_port(), code=(69,))
        self.assertIn("no client could connect; connect: Connection refused (2 times)", result.errors)

    def test_a_host_that_is_not_found_is_named(self):
        broker = self.enterContext(Broker())
        result = self.mixed(self.plan("a: conn\nb: conn -h nowhere.invalid\n"), *broker.options(), code=(68,))
        self.assertIn("nowhere.invalid", result.errors)


def relay(deliver):
    """A broker at QoS 0 that hands the payloads which `deliver(topic, payload)` returns to subscribers of that topic."""
    subscribers = {}

    def behaviour(connection):
        while True:
            kind, _, body = connection.read()
            if kind == peers.CONNECT:
                connection.send(peers.connack(version=connection.version))
            elif kind == peers.SUBSCRIBE:
                subscribers[body[4:-1]] = connection
                connection.send(peers.packet(peers.SUBACK, body[:2] + b"\0"))
            elif kind == peers.PUBLISH:
                end = 2 + int.from_bytes(body[:2], "big")
                for payload in deliver(body[2:end], body[end:]):
                    subscribers[body[2:end]].send(peers.packet(peers.PUBLISH, body[:end] + payload))
            elif kind == peers.PINGREQ:
                connection.send(peers.packet(peers.PINGRESP))
            elif kind == peers.DISCONNECT:
                return

    return behaviour


class Wrong(MixedCase):
    def test_lines(self):
        for text, said in (
            ("a", "plan:1: a line is NAME: MODE OPTIONS"),
            ("a b: pub", 'plan:1: "a b" is not a name of letters'),
            (": pub", 'plan:1: "" is not a name'),
            ("deliver: pub", "plan:1: a latency is called deliver"),
            ("\n# x\na:", "plan:3: what to do is missing: conn, pub, sub or latency"),
            ("a: publish", 'plan:1: "publish" is not conn, pub, sub or latency'),
            ("a: mixed b", 'plan:1: "mixed" is not conn'),
            ("a: pub x", 'plan:1: "x" is not an option'),
            ("a: pub -t 'x", "plan:1: a quote is open"),
            ("a: pub --nonsense", "plan:1: unknown option --nonsense"),
            ("a: pub --rat 5", "plan:1: unknown option --rat; did you mean --rate"),
            ("a: pub -c", "plan:1: option -c needs a value"),
            ("a: pub --rate x", 'plan:1: option --rate: "x" is not a number'),
            ("a: sub --rate 5", "plan:1: --rate is for pub and latency"),
            ("a: latency -s 31", "plan:1: a message that is measured has 32 bytes"),
            ("a: pub\nb: pub -t a/+", 'plan:2: "a/+" is not a topic name'),
            ("a: pub --json", "plan:1: --json is for the whole run"),
            ("a: pub --html x", "plan:1: --html is for the whole run"),
            ("a: pub --require lost==0", "plan:1: --require is for the whole run"),
            ("a: pub --duration 5", "plan:1: --duration is for the whole run"),
            ("a: pub --shard 0/2", "plan:1: --shard is for the whole run"),
            ("a: pub --help", "plan:1: --help is for the whole run"),
            ("a: pub\na: sub", "plan:2: there is a group a already, in line 1"),
            ("a: pub --prefix p\nb: sub --prefix p", "plan:2: its client identifiers are those of group a"),
            ("a: sub -t $share/g/x\nb: sub -t $share/g/x", "plan:2: group a has this shared subscription"),
            ("\n".join(f"g{i}: conn" for i in range(101)), "plan:101: a plan has 100 groups at most"),
            ("", "plan has no group"),
            ("# nothing\n\n", "plan has no group"),
        ):
            with self.subTest(text=text[:40]):
                result = self.mixed(self.plan(text), code=(78,))
                self.assertIn(said, result.errors)
                self.assertEqual(len(result.errors.splitlines()), 1, result.errors)
                self.assertEqual(result.stdout, b"")

    def test_words(self):
        plan = self.plan("a: pub\n")
        for words, code, said in (
            ([], 64, "the file with the plan is missing"),
            ([plan, "x"], 64, '"x" is not an option'),
            ([f"{plan}-none"], 66, "No such file"),
            ([plan, "--self-check"], 64, "--self-check is for pub and latency"),
            ([plan, "--require", "b.p99<1s"], 64, "the plan has no group b"),
            ([plan, "--require", "p99<1s"], 64, "of which group? Say it as a.p99<1s"),
        ):
            with self.subTest(words=words):
                result = run(mqtt("bench", "mixed", *words))
                self.assert_code(result, code)
                self.assertIn(said, result.errors)
                self.assertEqual(result.stdout, b"")

    def test_a_plan_that_others_can_read_with_a_secret(self):
        broker = self.enterContext(Broker())
        for text, warned in (("a: pub -n 1 -u me -P secret\n", True), ("a: pub -n 1\n", False)):
            plan = pathlib.Path(self.plan(text))
            plan.chmod(0o644)
            result = self.mixed(str(plan), *broker.options(), "--json")
            self.assertEqual(f"{plan} holds a secret and others can read it" in result.errors, warned, result.errors)
            self.assertNotIn("secret", result.text)


class Ends(MixedCase):
    def test_a_signal_ends_it_with_its_report(self):
        broker = self.enterContext(Broker())
        plan = self.plan("p: pub --rate 100 -q 1 -t x\nw: sub -t x\nc: conn -c 5\n")
        # Somebody else hears that it is under way.
        heard = self.start_subscriber(*broker.options(), "-t", "x", "-C", 20, "-F", "%t")
        process = self.start(mqtt("bench", "mixed", plan, *broker.options(), "--duration", 1000, "--json"))
        heard.result(30)
        report = json.loads(process.signal(signal.SIGINT).result().stdout)
        self.assertTrue(report["interrupted"])
        self.assert_figures(report, ready=7, connect_failures=0)
        self.assertGreaterEqual(self.group(report, "p")["figures"]["published"], 20)
        self.assertGreater(self.group(report, "w")["figures"]["received"], 0)

    def test_a_second_one_ends_it_at_once(self):
        said = []

        def behaviour(connection):
            """Takes leave of nobody."""
            while True:
                kind, _, _ = connection.read()
                said.append(kind)
                if kind == peers.CONNECT:
                    connection.send(peers.connack())
                elif kind == peers.DISCONNECT:
                    connection.wait_for_end()
                    over.wait()

        over = threading.Event()
        peer = self.enterContext(peers.Peer(behaviour))
        self.addCleanup(over.set)
        plan = self.plan("a: conn -c 3\nb: conn -c 2\n")
        words = ["-h", "127.0.0.1", "-p", peer.port, "--duration", 1000, "--json"]
        process = self.start(mqtt("bench", "mixed", plan, *words))
        harness.wait_until(lambda: said.count(peers.CONNECT) == 5, "connections")
        process.signal(signal.SIGINT)
        harness.wait_until(lambda: said.count(peers.DISCONNECT) == 5, "the end in order")
        report = json.loads(process.signal(signal.SIGINT).result().stdout)
        self.assertTrue(report["interrupted"])
        self.assert_figures(report, connected=5)

    def test_requirements_by_group(self):
        broker = self.enterContext(Broker())
        good = ["watchers.lost==0", "lost==0", "sensors.acknowledged==400", "commands.p99<100s", "crowd.connect.max<100s"]
        bad = {"watchers.received<10": "watchers.received is 1,200", "published==1": "published is 500", "crowd.p9<1": "there is no crowd.p9"}
        words = [word for text in (*good, *bad) for word in ("--require", text)]
        junit = pathlib.Path(self.file("junit.xml", ""))
        result = self.mixed(self.plan(BUILDING), *broker.options(), *words, "--json", "--junit", junit, code=(1,))
        report = json.loads(result.stdout)
        self.assertEqual(report["unmet"], [text for text in report["unmet"] if text.split(":")[0] in bad])
        self.assertEqual(len(report["unmet"]), len(bad))
        for text, found in bad.items():
            self.assertIn(f"not met: {text}: {found}", result.errors)
        self.assertEqual([len(group["unmet"]) for group in report["groups"]], [0, 1, 0, 1])
        self.assertEqual(junit.read_text().count("<testcase "), 1 + len(good) + len(bad))


if __name__ == "__main__":
    harness.main()
