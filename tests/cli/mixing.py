"""Runs of mqtt bench mixed, and what their reports have of each group."""
import json

import harness
from harness import Case, mqtt, run

BUILDING = """\
# a building: sensors, watchers, a crowd
sensors:  pub -c 20 -n 400 --rate 2000 -t 'sensors/%i' -q 1

watchers: sub -c 3 -t 'sensors/#'   # of all of them
commands: latency -c 4 -n 100 --rate 500 -t "cmd/%i" -q 2
crowd:    conn -c 30 -R 1000
"""


class MixedCase(Case):
    def mixed(self, plan, *words, code=(0, 1), **options):
        """Whether the schedule was kept is the machine's affair, so 1 is as good as 0."""
        result = run(mqtt("bench", "mixed", plan, *words), timeout=5 * harness.PATIENCE, **options)
        self.assertIn(result.code, code, repr(result))
        return result

    def plan(self, text):
        return self.file("plan", text)

    def report(self, plan, *words):
        return json.loads(self.mixed(self.plan(plan), *words, "--json").stdout)

    def group(self, report, name):
        return [group for group in report["groups"] if group["name"] == name][0]

    def assert_figures(self, report, **expected):
        self.assertEqual({name: report["figures"][name] for name in expected}, expected)
