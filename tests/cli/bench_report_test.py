"""mqtt bench: its reports beyond the summary, and what is made of several of them."""
import base64
import contextlib
import copy
import html
import json
import pathlib
import random
import re
import signal
import socket
import struct
import urllib.request
import xml.etree.ElementTree
import zlib

import harness
import terminal
from brokers import Broker
from harness import Case, mqtt, needs, run


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


def hdr(values):
    """HdrHistogram's V2 compressed encoding of nanoseconds, for 1 us to 1 h and 3 digits."""
    counts = {}
    for value in values:
        shift = max(value.bit_length() - 11, 9)
        index = ((shift - 9) << 10) + (value >> shift)
        counts[index] = counts.get(index, 0) + 1
    body, last = b"", -1
    for index in sorted(counts):
        for number in ([last + 1 - index] if index > last + 1 else []) + [counts[index]]:
            bits = (number << 1) ^ (number >> 63)
            bits &= (1 << 64) - 1
            while bits >= 0x80:
                body += bytes([bits & 0x7F | 0x80])
                bits >>= 7
            body += bytes([bits])
        last = index
    plain = struct.pack(">IIIIQQd", 0x1C849313, len(body), 0, 3, 1_000, 3_600_000_000_000, 1.0) + body
    deflated = zlib.compress(plain)
    return base64.b64encode(struct.pack(">II", 0x1C849314, len(deflated)) + deflated).decode()


class Compare(ReportCase):
    def setUp(self):
        super().setUp()
        broker = self.enterContext(Broker())
        self.pattern = self.report("pub", *broker.options(), "-q", 1, "-n", 10)

    def run_of(self, name, rate, latency, seed=1, seconds=20):
        """A report as if so many messages a second had been acknowledged after so many nanoseconds, with noise."""
        chance = random.Random(f"{seed} {rate} {latency}")
        report = copy.deepcopy(self.pattern)
        everything, series = [], []
        for _ in range(seconds):
            count = round(rate * chance.uniform(0.95, 1.05))
            values = [round(latency * chance.lognormvariate(0, 0.2)) for _ in range(100)]
            everything += values
            series.append({"acknowledged": count, "published": count, "acknowledge": hdr(values)})
        report["series"] = series
        report["spans"]["measure"] = {"at": report["series_at"], "seconds": seconds}
        report["histograms"] = {
            "acknowledge": {
                "count": len(everything), "min_ns": min(everything), "max_ns": max(everything), "beyond_an_hour": 0,
                "hdr": hdr(everything),
            }
        }
        return self.saved(name, report)

    def compare(self, *words, code):
        return json.loads(self.bench("compare", *words, "--json", code=(code,)).stdout)

    def verdicts(self, answer):
        return {figure["name"]: figure["verdict"] for figure in answer["figures"]}

    def test_no_difference(self):
        answer = self.compare(self.run_of("a", 1000, 1_000_000), self.run_of("b", 1000, 1_000_000, seed=2), code=0)
        self.assertFalse(answer["slower"])
        self.assertEqual(self.verdicts(answer)["rate"], "no difference")
        self.assertNotIn("slower", self.verdicts(answer).values())

    def test_a_lower_rate(self):
        a, b = self.run_of("a", 1000, 1_000_000), self.run_of("b", 800, 1_000_000)
        answer = self.compare(a, b, code=1)
        self.assertEqual(self.verdicts(answer)["rate"], "slower")
        rate = answer["figures"][0]
        self.assertAlmostEqual(rate["change"], -0.2, delta=0.03)
        self.assertLess(rate["least"], rate["change"])
        self.assertLess(rate["change"], rate["greatest"])
        self.assertGreater(rate["slower_with"], 0.999)
        self.assertEqual(self.verdicts(self.compare(b, a, code=0))["rate"], "faster")
        self.assertEqual(self.compare(a, b, "--threshold", "50%", code=0)["slower"], False)

    def test_longer_latencies(self):
        answer = self.compare(self.run_of("a", 1000, 1_000_000), self.run_of("b", 1000, 1_500_000), code=1)
        self.assertEqual(self.verdicts(answer), {"rate": "no difference", "p50": "slower", "p99": "slower"})
        self.assertAlmostEqual(answer["figures"][1]["b"], 0.0015, delta=0.00005)

    def test_several_runs_are_values_of_their_own(self):
        a = ",".join(self.run_of(f"a{i}", 1000 + 100 * i, 1_000_000) for i in range(3))
        b = ",".join(self.run_of(f"b{i}", 900 + 100 * i, 1_000_000) for i in range(3))
        answer = self.compare(a, b, code=0)
        self.assertEqual(answer["figures"][0]["method"], "welch, runs")
        self.assertEqual(self.verdicts(answer)["rate"], "not certain")
        self.assertEqual(answer["notes"], [])

    def test_text(self):
        result = self.bench("compare", self.run_of("a", 1000, 1_000_000), self.run_of("b", 800, 1_000_000), code=(1,))
        lines = result.text.splitlines()
        self.assertRegex(lines[0], r"^ +A +B +change +interval +B slower$")
        self.assertRegex(lines[1], r"^rate +[\d,]+/s +[\d,]+/s +-\d+\.\d % +-\d.* to -\d.* % +\d+\.\d %  slower$")
        self.assertIn("one run a side", result.errors)

    def test_connections(self):
        broker = self.enterContext(Broker())
        report = self.saved("conn.json", self.report("conn", *broker.options(), "-c", 50))
        answer = self.compare(report, report, code=0)
        self.assertEqual([figure["name"] for figure in answer["figures"]], ["connect.p50", "connect.p99"])

    def test_what_cannot_be_compared(self):
        a = self.run_of("a", 1000, 1_000_000)
        short = self.run_of("short", 1000, 1_000_000, seconds=3)
        self.assertIn("3 measured seconds; 5 are needed", self.bench("compare", a, short, code=(65,)).errors)
        report = json.loads(pathlib.Path(a).read_text())
        report["plan"]["qos"] = 2
        self.assertIn("differ in the QoS (1 and 2)", self.bench("compare", a, self.saved("q", report), code=(65,)).errors)
        self.assertIn("compare takes two reports", self.bench("compare", a, code=(64,)).errors)
        self.bench("compare", a, str(self.folder / "nowhere"), code=(66,))


# What a browser makes of the page, as JSON in its title.
LOOK = """<script>document.title = JSON.stringify({
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  plots: [...document.querySelectorAll('figure')].map(figure => {
    const frame = figure.querySelector('svg').getBoundingClientRect();
    return {
      title: figure.querySelector('figcaption').firstChild.textContent,
      width: frame.width, height: frame.height,
      lines: [...figure.querySelectorAll('polyline')].map(line => line.getTotalLength()),
      outside: [...figure.querySelectorAll('polyline, text')].filter(part => {
        const box = part.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1;
      }).length,
    };
  }),
  scripts: document.querySelectorAll('script').length, rows: document.querySelectorAll('tr').length,
})</script>"""


class Html(ReportCase):
    TOPIC = "a/<script>alert(1)</script>\"'&/%i"

    def page(self):
        broker = self.enterContext(Broker())
        page = pathlib.Path(self.file("report.html", ""))
        words = ["latency", *broker.options(), "-q", 1, "-c", 4, "-R", 20, "-n", 2500, "--rate", 1000, "-t", self.TOPIC]
        self.bench(*words, "-u", "me", "-P", "s3cret", "--html", page)
        return page.read_text()

    def test_stands_alone_and_escapes_everything(self):
        page = self.page()
        self.assertNotIn("<script", page)
        self.assertIn("a/&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;/%i", page)
        self.assertNotIn("s3cret", page)
        for reference in ("http://", "https://", "src=", "href=", "url(", "@import"):
            self.assertNotIn(reference, page)

    def test_of_merged_reports(self):
        broker = self.enterContext(Broker())
        report = self.saved("1.json", self.report("pub", *broker.options(), "-n", 10))
        page = pathlib.Path(self.file("report.html", ""))
        self.bench("merge", report, "--html", page)
        self.assertIn("mqtt bench merge", page.read_text())

    @harness.needs("chromium")
    def test_in_a_browser(self):
        page = self.page().replace("default-src 'none'", "default-src * 'unsafe-inline'")
        place = self.file("look.html", page.replace("</body>", LOOK + "</body>"))
        for width in (1400, 500):
            options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
            window = [f"--user-data-dir={self.folder}/{width}", f"--window-size={width},1200", "--dump-dom"]
            result = run([harness.program("chromium"), *options, *window, "file://" + place], env={"HOME": str(self.folder)})
            self.assert_ok(result)
            title = html.unescape(result.text.split("<title>")[1].split("</title>")[0])
            looks = json.loads(title)
            with self.subTest(width=width):
                self.assertLessEqual(looks["sideways"], 0)
                self.assertEqual(looks["scripts"], 1)
                self.assertEqual(
                    [plot["title"] for plot in looks["plots"]],
                    ["Messages a second", "Latency by second, end to end", "Latency by percentile", "Connections made"],
                )
                for plot in looks["plots"]:
                    self.assertGreater(plot["width"], 300)
                    self.assertGreater(plot["height"], 120)
                    self.assertEqual(plot["outside"], 0, plot)
                    for length in plot["lines"]:
                        self.assertGreater(length, 100, plot)
                self.assertGreater(looks["rows"], 5)


class Junit(ReportCase):
    def test_requirements_are_test_cases(self):
        broker = self.enterContext(Broker())
        file = pathlib.Path(self.file("bench.xml", ""))
        self.bench(
            "pub", *broker.options(), "-n", 10, "--require", "published==10", "--require", "published<0",
            "--junit", file, code=(1,),
        )
        suite = xml.etree.ElementTree.fromstring(file.read_text()).find("testsuite")
        cases = {case.get("name"): case.find("failure") for case in suite}
        self.assertEqual(list(cases), ["valid", "published==10", "published<0"])
        self.assertEqual(cases["published<0"].get("message"), "published is 10")
        self.assertIsNone(cases["published==10"])
        self.assertEqual(suite.get("failures"), "1")
        self.assertEqual(suite.get("tests"), "3")


class Prometheus(ReportCase):
    SAMPLE = re.compile(r'^(mqtt_bench_\w+)(?:\{le="([^"]+)"\})? ([0-9.e+-]+)$')

    def running(self, *words):
        """A run that does not end by itself, and where it answers."""
        broker = self.enterContext(Broker())
        process = self.start(mqtt("bench", "latency", *broker.options(), "-q", 1, "--duration", 1000, "--prometheus", 0, *words))
        line = process.wait_for_errors("/metrics\n").so_far().errors
        return process, int(re.search(r"http://127\.0\.0\.1:(\d+)/metrics", line).group(1))

    def scrape(self, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=harness.PATIENCE) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            text = answer.read().decode()
        samples, described = {}, set()
        for line in text.splitlines():
            if line.startswith("#"):
                described.add(tuple(line.split()[1:3]))
                continue
            name, bound, value = self.SAMPLE.match(line).groups()
            samples[name, bound] = float(value)
            family = re.sub(r"_(bucket|sum|count)$", "", name)
            self.assertTrue({("HELP", family), ("TYPE", family)} <= described or {("HELP", name), ("TYPE", name)} <= described)
        return samples

    def test_scrape(self):
        process, port = self.running("-c", 3, "--threads", 2)
        harness.wait_until(lambda: self.scrape(port)["mqtt_bench_deliver_seconds_count", None] > 10, "messages")
        samples = self.scrape(port)
        self.assertEqual(samples["mqtt_bench_clients", None], 6)
        self.assertEqual(samples["mqtt_bench_ready", None], 6)
        self.assertGreaterEqual(samples["mqtt_bench_published_total", None], 10)
        buckets = [value for (name, bound), value in samples.items() if name == "mqtt_bench_deliver_seconds_bucket"]
        self.assertEqual(buckets, sorted(buckets))
        self.assertEqual(buckets[-1], samples["mqtt_bench_deliver_seconds_count", None])
        later = harness.wait_until(
            lambda: (now := self.scrape(port)["mqtt_bench_published_total", None])
            > samples["mqtt_bench_published_total", None] and now,
            "a counter that grows",
        )
        process.signal(signal.SIGINT)
        self.assertIn(process.result().code, (0, 1))
        self.assertGreater(later, 0)

    @needs("promtool")
    def test_prometheus_has_nothing_to_complain_of(self):
        _, port = self.running("-c", 3)
        harness.wait_until(lambda: self.scrape(port)["mqtt_bench_deliver_seconds_count", None] > 10, "messages")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=harness.PATIENCE) as answer:
            result = run(["promtool", "check", "metrics"], answer.read())
        self.assertEqual((result.code, result.text, result.errors), (0, "", ""))

    def test_hostile_requests(self):
        process, port = self.running("-c", 1)

        def ask(data):
            with socket.create_connection(("127.0.0.1", port), harness.PATIENCE) as peer:
                peer.sendall(data)
                answer = b""
                with contextlib.suppress(ConnectionResetError):  # one too many
                    while piece := peer.recv(65536):
                        answer += piece
            return answer.split(b"\r\n")[0]

        self.assertEqual(ask(b"GET /secret HTTP/1.1\r\n\r\n"), b"HTTP/1.1 404 Not Found")
        self.assertEqual(ask(b"POST / HTTP/1.1\r\n\r\n"), b"HTTP/1.1 405 Method Not Allowed")
        self.assertEqual(ask(b"\x16\x03\x01\x00"), b"HTTP/1.1 400 Bad Request")
        self.assertEqual(
            ask(b"GET / HTTP/1.1\r\nA: " + b"a" * 9000), b"HTTP/1.1 431 Request Header Fields Too Large"
        )
        with contextlib.ExitStack() as stack:
            for _ in range(40):  # that say nothing
                stack.enter_context(socket.create_connection(("127.0.0.1", port), harness.PATIENCE))
        harness.wait_until(lambda: ask(b"GET / HTTP/1.1\r\n\r\n") == b"HTTP/1.1 200 OK", "an answer after silent ones")
        self.assertFalse(process.ended())
        process.signal(signal.SIGINT)

    def test_an_address_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            result = self.bench("conn", "-h", "127.0.0.1", "-p", 1, "--prometheus", port, code=(69,))
        self.assertIn(f"cannot listen on 127.0.0.1:{port} for Prometheus: Address already in use", result.errors)
        self.bench("conn", "--prometheus", "nonsense", code=(64,))


class Progress(ReportCase):
    def test_on_a_terminal(self):
        broker = self.enterContext(Broker())
        words = ["pub", *broker.options(), "-q", 1, "-c", 2, "--duration", 1000]
        for columns, language, column in ((100, "C.UTF-8", "[▁-█]"), (50, "C", "[_.:=+*#-]")):
            with self.subTest(columns=columns):
                result = terminal.run_on_terminal(
                    mqtt("bench", *words), until="█".encode() if language == "C.UTF-8" else b"#", columns=columns,
                    env={"LC_ALL": language},
                )
                lines = re.findall("\r(.*?)\x1b\\[K", result.text)
                running = [line for line in lines if line.startswith("running ")]
                self.assertTrue(running, result)
                self.assertRegex(running[-1], f"^running \\d+ s  {column}+  [\\d,]+/s published")
                for line in lines:
                    self.assertLess(len(line), columns)
                # The line is gone when the report begins.
                self.assertIn("\r\x1b[Kbench        pub", result.text.replace("\r\n", "\n"))

    def test_none_in_a_pipe_before_its_time(self):
        broker = self.enterContext(Broker())
        result = self.bench("pub", *broker.options(), "-n", 10)
        self.assertEqual(result.errors, "")


if __name__ == "__main__":
    harness.main()
