"""What the tests of the matrix share: one running broker a test file, and a count of the cells."""
import atexit
import collections
import contextlib
import functools

import starter
from starter import harness

_counts = collections.Counter()
_reasons = collections.Counter()


@functools.cache
def shared(kind):
    """One broker of this kind for the whole test file; the guard takes it away if we cannot."""
    broker = kind()
    broker.__enter__()
    atexit.register(broker.__exit__)
    print(f"{broker.name} {broker.version()}", flush=True)
    return broker


class Cells(harness.Case):
    """A test case whose subtests are cells of the matrix. A class below names its starter as `kind`."""

    kind = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broker = shared(cls.kind)

    @contextlib.contextmanager
    def cell(self, **what):
        with self.subTest(**what):
            _counts["run"] += 1
            yield
            _counts["passed"] += 1

    def without(self, reason, cells=1):
        """Counts cells that cannot be run here, with the reason."""
        _counts["skipped"] += cells
        _reasons[reason] += cells

    def sub(self, *options, code=0, **more):
        return self.assert_code(harness.run(harness.mqtt("sub", "-W", 60, *options), **more), code)

    def pub(self, *options, code=0, **more):
        result = harness.run(harness.mqtt("pub", *options), **more)
        return result if code is None else self.assert_code(result, code)

    def assert_bytes(self, got, expected):
        """As assertEqual, without printing megabytes."""
        if got != expected:
            at = next((n for n, (a, b) in enumerate(zip(got, expected)) if a != b), min(len(got), len(expected)))
            self.fail(
                f"{len(got)} bytes for {len(expected)}, different from byte {at} on: "
                f"{got[at : at + 32]!r} for {expected[at : at + 32]!r}"
            )


def _report():
    if _counts:
        figures = ", ".join(f"{_counts[what]} {what}" for what in ("run", "passed", "skipped"))
        print(f"cells: {figures}")
        for reason, cells in _reasons.items():
            print(f"  {cells} skipped: {reason}")


def main():
    atexit.register(_report)
    harness.main()


__all__ = ["Cells", "harness", "main", "shared", "starter"]
