"""mqtt bench: what it says of itself before a run, and that it knows when it is the bottleneck."""
import json

import harness
from brokers import Broker
from harness import Case, mqtt, run


class SelfCheck(Case):
    def generator(self, *words, transport="tcp"):
        broker = self.enterContext(Broker())
        result = run(mqtt("bench", *words, *broker.options(transport), "--json"), timeout=2 * harness.PATIENCE)
        self.assertIn(result.code, (0, 1), repr(result))
        report = json.loads(result.stdout)
        return report["generator"], report["figures"]

    def test_its_ceiling_and_timers(self):
        for words in (["pub", "-q", 0], ["pub", "-q", 1, "-V", 5], ["pub", "-q", 2], ["latency", "-q", 0, "-V", 5], ["latency", "-q", 2]):
            with self.subTest(words=words):
                generator, figures = self.generator(*words, "-c", 2, "-n", 20, "--rate", 100, "--self-check")
                check = generator["self_check"]
                self.assertEqual(set(check), {"ceiling", "share", "timer_p99", "timer_max", "bottleneck"})
                self.assertGreater(check["ceiling"], 1000)
                self.assertAlmostEqual(check["share"], figures["rate"] / check["ceiling"], delta=1e-6)
                self.assertFalse(check["bottleneck"])
                self.assertLessEqual(0, check["timer_p99"])
                self.assertLessEqual(check["timer_p99"], check["timer_max"])

    def test_large_messages_have_a_lower_ceiling(self):
        def ceiling(size):
            return self.generator("pub", "-s", size, "-n", 10, "--self-check")[0]["self_check"]["ceiling"]

        self.assertGreater(ceiling(64), 10 * ceiling(256 * 1024))

    def test_each_transport_has_its_own(self):
        def ceiling(transport, *words):
            return self.generator("pub", *words, "-n", 10, "--self-check", transport=transport)[0]["self_check"]["ceiling"]

        large = {transport: ceiling(transport, "-s", 32768) for transport in harness.TRANSPORTS}
        for slower, faster in (("tls", "tcp"), ("wss", "ws")):
            self.assertLess(large[slower], large[faster], large)
        for transport in ("tls", "wss"):
            for words in (["--tls-version", "tlsv1.2"], ["-q", 2, "-V", 5]):
                self.assertGreater(ceiling(transport, *words), 100)

    def test_when_it_is_done(self):
        for words, done in (
            (["pub", "-n", 10], False),
            (["pub", "-n", 300, "--rate", 100], True),
            (["pub", "-n", 300, "--rate", 100, "--no-self-check"], False),
            (["pub", "-n", 20, "--rate", 100], False),
            (["conn", "--self-check"], False),
        ):
            with self.subTest(words=words):
                self.assertEqual("self_check" in self.generator(*words)[0], done)

    def test_the_summary_says_so(self):
        broker = self.enterContext(Broker())
        result = run(mqtt("bench", "pub", *broker.options(), "-n", 10, "--self-check"))
        self.assertRegex(result.text, r"(?m)^self-check   by itself [\d,]+/s, of which this is \d+ %; timers late p99 ")


if __name__ == "__main__":
    harness.main()
