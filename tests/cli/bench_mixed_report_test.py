"""mqtt bench mixed: its reports beyond the figures, and what merge and compare make of several."""
import contextlib
import json
import pathlib
import re
import signal
import urllib.request

import harness
from brokers import Broker
from harness import mqtt, run
from mixing import BUILDING, MixedCase


class Reports(MixedCase):
    def test_summary(self):
        broker = self.enterContext(Broker())
        text = self.mixed(self.plan(BUILDING), *broker.options()).text
        for line in (
            "sensors      pub mqtt://", "published    400 in ", "acknowledged 400, ", "watchers     sub mqtt://",
            "received     1,200, ", "commands     latency mqtt://", "crowd        conn mqtt://", "connections  30 of 30 in ",
            "bench        mixed, 4 groups, ", "connections  61 of 61 in ", "received     1,300, ",
        ):
            self.assertIn("\n" + line, "\n" + text)
        self.assertRegex(text, r"\ngroup +connections +published +received +lost +p50 +p99\nsensors +20 of 20 +[\d,]+/s +- +- +\d")
        self.assertRegex(text, r"\nwatchers +3 of 3 +- +[\d,]+/s +0 +\d.*\ncommands +8 of 8 .*\ncrowd +30 of 30 +- +- +- +\d")

    def test_files(self):
        broker = self.enterContext(Broker())
        files = {kind: pathlib.Path(self.file(f"report.{kind}", "")) for kind in ("csv", "hdr", "html")}
        words = [word for kind, file in files.items() for word in (f"--{kind}", file)]
        self.mixed(self.plan(BUILDING), *broker.options(), *words)
        head, *lines = [line.split(",") for line in files["csv"].read_text().splitlines()]
        self.assertEqual(head[:2], ["group", "second"])
        published = {}
        for line in lines:
            published[line[0]] = published.get(line[0], 0) + int(line[head.index("published")])
        self.assertEqual(published, {"": 500, "sensors": 400, "watchers": 0, "commands": 100, "crowd": 0})
        tags = set(re.findall(r"Tag=([^,]*)", files["hdr"].read_text()))
        self.assertLessEqual({"deliver", "connect", "watchers.deliver", "sensors.acknowledge", "crowd.connect"}, tags)
        self.assertNotIn("sensors.deliver", tags)
        page = files["html"].read_text()
        self.assertEqual(re.findall(r"<h1>(\w+)", page), ["mqtt", "sensors", "watchers", "commands", "crowd"])
        self.assertEqual(re.findall(r"<tr><td>(\w+)</td><td>([\w ]+)</td>", page)[:2], [("sensors", "20 of 20"), ("watchers", "3 of 3")])
        self.assertEqual(page.count("<section>"), 4)
        self.assertEqual(page.count("</section>"), 4)
        self.assertEqual(page.count("<pre>"), 1)

    def test_prometheus(self):
        broker = self.enterContext(Broker())
        plan = self.plan("p: pub --rate 100 -q 1 -t x\nw: sub -c 2 -t x\n")
        process = self.start(mqtt("bench", "mixed", plan, *broker.options(), "--duration", 1000, "--prometheus", 0, "--no-progress"))
        process.wait_for_errors("/metrics")
        address = re.search(r"http://\S+", process.so_far().errors).group()

        def metrics():
            with contextlib.closing(urllib.request.urlopen(address, timeout=10)) as answer:
                return dict(re.findall(r"^(\S+) (\S+)$", answer.read().decode(), re.M))

        harness.wait_until(lambda: float(metrics()['mqtt_bench_received_total{group="w"}']) > 0, "messages")
        found = metrics()
        self.assertEqual(found['mqtt_bench_clients{group="p"}'], "1")
        self.assertEqual(found['mqtt_bench_clients{group="w"}'], "2")
        self.assertEqual(found['mqtt_bench_received_total{group="p"}'], "0")
        self.assertIn('mqtt_bench_deliver_seconds_bucket{group="w",le="0.001"}', found)
        self.assertNotIn("mqtt_bench_clients", found)
        process.signal(signal.SIGINT).result()

    def test_merge(self):
        broker = self.enterContext(Broker())
        words = ["mixed", self.plan(BUILDING), *broker.options(), "--prefix", "m-", "--json"]
        shards = [self.start(mqtt("bench", *words, "--shard", f"{i}/2")) for i in (0, 1)]
        reports = [json.loads(shard.result(5 * harness.PATIENCE).stdout) for shard in shards]
        files = [self.file(f"{i}.json", json.dumps(report)) for i, report in enumerate(reports)]
        whole = json.loads(self.merge(*files, "--require", "sensors.acknowledged==400"))
        self.assert_figures(self.group(whole, "sensors"), acknowledged=400, ready=20)
        self.assert_figures(self.group(whole, "commands"), received=100, expected=100, lost=0)
        self.assert_figures(whole, published=500, ready=61)
        self.assertEqual(whole["unmet"], [])
        alone = json.loads(self.merge(files[0]))
        for one, other in zip([alone, *alone["groups"]], [reports[0], *reports[0]["groups"]]):
            self.assertEqual(one["figures"].keys(), other["figures"].keys())
            # Times and what is made of them are rounded; which objections there are is told with the file.
            other["plan"]["shard"] = {"index": 0, "count": 1}
            for key in other.keys() - {"command", "spans", "series_at", "figures", "objections", "groups"}:
                self.assertEqual(one[key], other[key], (other.get("name"), key))

    def test_shards_of_groups_that_are_smaller(self):
        broker = self.enterContext(Broker())
        plan = self.plan(
            "p: pub -c 5 -n 50 --rate 500 -q 1 -t x/%i\nw: sub -t x/0\ns: sub -t $share/g/x/+\nl: latency -n 20\n"
        )
        words = ["mixed", plan, *broker.options(), "--prefix", "m-", "--json", "--patience", 1]
        shards = [self.start(mqtt("bench", *words, "--shard", f"{i}/3")) for i in range(3)]
        reports = [json.loads(shard.result(5 * harness.PATIENCE).stdout) for shard in shards]
        self.assertEqual([[g["figures"]["ready"] for g in report["groups"]] for report in reports], [[2, 1, 1, 2], [2, 0, 0, 0], [1, 0, 0, 0]])
        self.assert_figures(self.group(reports[0], "w"), expected=10, lost=0)
        whole = json.loads(self.merge(*(self.file(f"{i}.json", json.dumps(report)) for i, report in enumerate(reports))))
        self.assert_figures(self.group(whole, "p"), acknowledged=50, ready=5)
        self.assert_figures(self.group(whole, "l"), received=20, lost=0)
        self.assert_figures(self.group(whole, "s"), lost=0)
        few = run(mqtt("bench", "mixed", plan, "--shard", "8/9"))
        self.assert_code(few, 64)
        self.assertIn("9 clients are too few for 9 shards", few.errors)

    def merge(self, *words, code=(0, 1)):
        result = run(mqtt("bench", "merge", *words, "--json"))
        self.assertIn(result.code, code, repr(result))
        return result.stdout or result.errors

    def test_what_does_not_fit_together(self):
        broker = self.enterContext(Broker())
        text = self.mixed(self.plan("a: pub -n 1\nb: conn\n"), *broker.options(), "--json").text

        def changed(change):
            report = json.loads(text)
            change(report)
            return self.file("changed.json", json.dumps(report))

        good = self.file("good.json", text)
        for change, said in (
            (lambda report: report["groups"].reverse(), "differ in the groups (a, b and b, a)"),
            (lambda report: report["groups"][0]["plan"].update(qos=1), "differ in the QoS (0 and 1) of a"),
            (lambda report: report["groups"][0].update(name="x y"), '"groups" is missing or not as it should be: "name"'),
            (lambda report: report["groups"].extend(report["groups"][:1] * 99), '"groups" is missing or not as it should be'),
            (lambda report: report["groups"].clear(), '"groups" is missing or not as it should be'),
            (lambda report: report.pop("groups"), '"groups" is missing or not as it should be'),
            (lambda report: report["groups"].append(json.loads(text)), '"groups" is missing or not as it should be'),
            (lambda report: report["groups"][0]["counts"].update(published=-1), '"published" is missing or not as it should be'),
            (lambda report: report["plan"].update(mode="pub"), '"shape" is missing or not as it should be'),
        ):
            with self.subTest(said):
                self.assertIn(said, self.merge(good, changed(change), code=(65,)).replace("\\", ""))

    def test_compare(self):
        broker = self.enterContext(Broker())
        plan = "p: pub -q 1 --rate 100\nlong-name-of-a-group: latency --rate 100\nc: conn -c 20\n"
        report = self.report(plan, *broker.options(), "--duration", 6)
        a = self.file("a.json", json.dumps(report))
        for second in self.group(report, "p")["series"]:
            second["acknowledged"] = second.get("acknowledged", 0) // 20
        b = self.file("b.json", json.dumps(report))
        same = json.loads(self.compare(a, a, "--json", code=0))
        names = [*(f"{group}.{name}" for group in ("p", "long-name-of-a-group") for name in ("rate", "p50", "p99"))]
        self.assertEqual([figure["name"] for figure in same["figures"]], [*names, "c.connect.p50", "c.connect.p99"])
        other = json.loads(self.compare(a, b, "--json", code=1))
        self.assertEqual([figure["name"] for figure in other["figures"] if figure["verdict"] == "slower"], ["p.rate"])
        lines = self.compare(a, b, code=1).splitlines()
        self.assertEqual({len(line[: line.rindex(" %") + 2]) for line in lines[1:]}, {len(lines[0])})
        short = self.file("short.json", self.mixed(self.plan("p: pub -n 5\nx: conn\n"), *broker.options(), "--json").text)
        self.assertRegex(self.compare(short, short, code=65), r"short\.json: p has \d measured seconds; 5 are needed")

    def compare(self, *words, code):
        result = run(mqtt("bench", "compare", *words))
        self.assert_code(result, code)
        return result.text or result.errors

    def test_a_report_within_a_report_within_a_report(self):
        deep = '{"schema":1,"plan":{"mode":"mixed"},"groups":[' * 100_000 + "]}" * 100_000
        self.assertIn("is missing or not as it should be", self.merge(self.file("deep.json", deep), code=(65,)))


if __name__ == "__main__":
    harness.main()
