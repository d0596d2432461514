"""mqtt bench: its reports beyond the summary, and what is made of several of them."""
import copy
import json
import pathlib
import unittest

import harness
from brokers import Broker
from harness import Case, mqtt, run


class ReportCase(Case):
    def bench(self, *words, code=(0, 1)):
        """Whether the schedule was kept is the machine's affair, so 1 is as good as 0."""
        result = run(mqtt("bench", *words), timeout=5 * harness.PATIENCE)
        self.assertIn(result.code, code, repr(result))
        return result

    def report(self, *words):
        return json.loads(self.bench(*words, "--json").stdout)

    def saved(self, name, report):
        return self.file(name, json.dumps(report))


class Merge(ReportCase):
    def shards(self):
        """Two runs at the same time."""
        broker = self.enterContext(Broker())
        processes = [
            self.start(
                mqtt("bench", "latency", *broker.options(), "-c", 2, "-n", 600, "--rate", 300, "-t", f"shard/{n}/%i", "--json")
            )
            for n in (1, 2)
        ]
        return [json.loads(process.result(5 * harness.PATIENCE).stdout) for process in processes]

    def test_adds_exactly(self):
        one, two = self.shards()
        files = [self.saved("1.json", one), self.saved("2.json", two)]
        series = pathlib.Path(self.file("series.csv", ""))
        log = pathlib.Path(self.file("log.hdr", ""))
        whole = self.report("merge", *files, "--csv", series, "--hdr", log)
        self.assertEqual(
            whole["counts"], {name: one["counts"][name] + two["counts"][name] for name in one["counts"]}
        )
        for name in ("lost", "expected", "ready", "published"):
            self.assertEqual(whole["figures"][name], one["figures"][name] + two["figures"][name])
        for name, histogram in whole["histograms"].items():
            parts = [report["histograms"][name] for report in (one, two)]
            self.assertEqual(histogram["count"], sum(part["count"] for part in parts))
            self.assertEqual(histogram["min_ns"], min(part["min_ns"] for part in parts))
            self.assertEqual(histogram["max_ns"], max(part["max_ns"] for part in parts))
        self.assertEqual(sum(second.get("published", 0) for second in whole["series"]), 1200)
        head, *lines = [line.split(",") for line in series.read_text().splitlines()]
        self.assertEqual(sum(int(line[head.index("received")]) for line in lines), 1200)
        self.assertIn("Tag=deliver,", log.read_text())

    def test_what_is_merged_alone_stays_as_it_is(self):
        one, _ = self.shards()
        again = self.report("merge", self.saved("1.json", one))
        for key in one.keys() - {"command", "spans", "series_at", "objections"}:
            self.assertEqual(again[key], one[key], key)

    def test_summary_and_requirements(self):
        files = [self.saved(f"{i}.json", report) for i, report in enumerate(self.shards())]
        text = self.bench("merge", *files).text
        self.assertIn("connections  8 of 8", text)
        result = self.bench("merge", *files, "--require", "published==1200", "--require", "lost>0", code=(1,))
        self.assertIn("lost>0: lost is 0", result.errors)
        self.assertNotIn("published", result.errors)

    def test_what_does_not_fit_together(self):
        one, two = self.shards()

        def changed(change):
            report = copy.deepcopy(two)
            change(report)
            return self.saved("changed.json", report)

        def later(report):
            for span in report["spans"].values():
                span["at"] += 1000

        good = self.saved("good.json", one)
        for change, said in (
            (lambda report: report["plan"].update(qos=1), f"{good} and {self.folder}/changed.json differ in the QoS (0 and 1)"),
            (lambda report: report["plan"].update(mode="pub"), "differ in the mode (latency and pub)"),
            (later, "the runs were not at the same time"),
            (lambda report: report.update(schema=2), "it was written by another version of mqtt: its schema is not 1"),
            (lambda report: report.pop("schema"), "it is no report of mqtt bench --json"),
            (lambda report: report["plan"].update(mode="nonsense"), '"mode" is missing or not as it should be'),
            (lambda report: report["counts"].update(published=-1), '"published" is missing or not as it should be'),
            (lambda report: report["histograms"]["deliver"].update(hdr="HIST"), '"hdr" is missing or not as it should be'),
            (lambda report: report["histograms"]["deliver"].update(count=1), "the counts do not add up"),
        ):
            with self.subTest(said):
                result = self.bench("merge", good, changed(change), code=(65,))
                self.assertIn(said, result.errors)
                self.assertEqual(result.stdout, b"")
        result = self.bench("merge", self.file("bad.json", '{"schema":1,'), code=(65,))
        self.assertRegex(result.errors, r"bad\.json: byte 1\d: ")
        self.bench("merge", str(self.folder / "nowhere.json"), code=(66,))

    def test_broken_reports_are_refused(self):
        text = json.dumps(self.shards()[0])
        for cut in range(0, len(text) - 1, 997):
            with self.subTest(cut=cut):
                self.bench("merge", self.file("cut.json", text[:cut]), code=(65,))

    def test_usage(self):
        for words, said in (
            (["merge"], "the files with the reports of --json are missing"),
            (["merge", "--rate", "5", "a.json"], "--rate is not for merge"),
        ):
            result = self.bench(*words, code=(64,))
            self.assertIn(said, result.errors)

    def test_secrets_stay_out_of_the_report(self):
        broker = self.enterContext(Broker())
        words = ["conn", *broker.options(), "-V", "5", "-u", "me", "-P", "s3cret", "-D", "connect", "user-property", "a", "it's"]
        result = self.bench(*words, "--json")
        self.assertNotIn("s3cret", result.text)
        self.assertIn("'it'\\''s'", json.loads(result.stdout)["command"])


if __name__ == "__main__":
    harness.main()
