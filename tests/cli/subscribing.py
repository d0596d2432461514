"""What the tests of `mqtt sub` share."""
import peers
from harness import Case, mqtt, run
from peers import Peer


class SubCase(Case):
    """Serves messages from a peer of a few lines, so that each test knows every byte."""

    def serve(self, *deliveries, **options):
        self.packets = []
        peer = self.enterContext(Peer(peers.serves(deliveries=deliveries, keep=self.packets, **options)))
        self.peer = peer
        return ["-h", "127.0.0.1", "-p", peer.port]

    def sub(self, broker, *options, code=0, out=None, **more):
        result = self.assert_code(run(mqtt("sub", *broker, "-W", 30, *options), **more), code)
        if out is not None:
            self.assertEqual(result.stdout, out.encode() if isinstance(out, str) else out, repr(result))
        return result
