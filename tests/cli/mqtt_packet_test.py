"""mqtt-packet, on which MQTT.js stands, as a second opinion: its packets decode to the fields it was given, and it reads
from ours the fields that our encoder was given."""
import json
import os
import pathlib

import harness
import npm
from harness import Case, mqtt, needs, run

COUNT = 100_000
VERSIONS = {"31": 3, "311": 4, "5": 5}
SCRIPT = str(pathlib.Path(__file__).with_name("mqtt_packet.js"))
OURS = os.environ.get("RANDOM_PACKETS") or str(pathlib.Path(harness.MQTT).parent / "tests/random_packets")


@needs("node", "npm")
class SecondOpinion(Case):
    @classmethod
    def setUpClass(cls):
        cls.module = str(npm.mqttjs() / "node_modules/mqtt-packet")

    def node(self, *arguments):
        command = [harness.program("node"), SCRIPT, *map(str, arguments)]
        return self.assert_ok(run(command, env={"MODULE": self.module}, timeout=300))

    def agreed(self, result, what, count):
        self.assertEqual(json.loads(result.text), {what: count, "different": 0, "shown": []})

    def test_its_packets(self):
        for version, level in VERSIONS.items():
            with self.subTest(version=version):
                count = COUNT // 3 + 1
                packets, fields = self.file("packets", ""), self.file("fields", "")
                self.node("generate", level, count, 20260000 + level, packets, fields)
                command = mqtt("decode", "-V", version, "--input", "raw", "--output", "json", "--read", packets)
                decoded = self.assert_ok(run(command, timeout=300))
                self.agreed(self.node("compare", fields, self.file("decoded", decoded.stdout)), "decoded", count)

    def test_our_packets(self):
        for version, level in VERSIONS.items():
            with self.subTest(version=version):
                count = COUNT // 3 + 1
                packets, fields = self.file("packets", ""), self.file("fields", "")
                self.assert_ok(run([OURS, str(level), str(count), str(20270000 + level), packets, fields], timeout=300))
                self.agreed(self.node("parse", level, packets, fields), "parsed", count)


if __name__ == "__main__":
    harness.main()
