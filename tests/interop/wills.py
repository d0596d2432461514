"""Last wills at one broker: every case of `mqtt will-test` over each transport, where those that it is known to fail
fail, and no other."""
from cells import Cells, harness


class Wills(Cells):
    def test_wills(self):
        """At the same time, for they mostly wait."""
        playing = {}
        for transport in self.broker.transports:
            known = [case for case, over in self.broker.broken_wills.items() if transport in over]
            options = ["--expect-fail", ",".join(known)] if known else []
            command = harness.mqtt("will-test", *self.broker.options(transport), "--burst", 200, *options)
            playing[transport] = self.start(command)
        for transport, process in playing.items():
            with self.cell(transport=transport, wills=True):
                self.assert_ok(process.result(300))
