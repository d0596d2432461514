"""MQTT.js on the other end, over WebSocket and TCP, through mosquitto and through our broker."""
import json

import harness
import npm
from brokers import Broker, Mosquitto
from harness import Case, mqtt, needs, run

# Subscribes, says "ready", prints each message as JSON and answers it on the topic "answer"; ends after `count`.
ECHO = """
const mqtt = require(process.env.MODULE);
const [url, version, qos, count] = process.argv.slice(2);
const client = mqtt.connect(url, {protocolVersion: +version, protocolId: +version === 3 ? 'MQIsdp' : 'MQTT',
  rejectUnauthorized: true, ca: process.env.CA && require('fs').readFileSync(process.env.CA), reconnectPeriod: 0});
let seen = 0;
client.on('error', error => { console.error(error.message); process.exit(1); });
client.on('connect', () => client.subscribe('question', {qos: +qos}, error => {
  if (error) throw error;
  console.log('ready');
}));
client.on('message', (topic, payload, packet) => {
  console.log(JSON.stringify({topic, payload: payload.toString('base64'), qos: packet.qos, retain: packet.retain,
    properties: packet.properties && {contentType: packet.properties.contentType, user: packet.properties.userProperties}}));
  waiting.push(payload);
  answer();
});
// MQTT.js does not mind the broker's Receive Maximum (mosquitto: 20): so few are in flight at a time.
const waiting = [];
let flying = 0;
function answer() {
  const properties = +version === 5 ? {contentType: 'text/plain', userProperties: {from: 'MQTT.js'}} : undefined;
  while (flying < 10 && waiting.length > 0) {
    ++flying;
    client.publish('answer', waiting.shift(), {qos: +qos, properties}, () => {
      --flying;
      if (++seen == +count) client.end();
      answer();
    });
  }
}
"""

LEVELS = {"31": 3, "311": 4, "5": 5}


class WithMqttJs:
    """The tests; a class below gives `server`."""

    @classmethod
    def setUpClass(cls):
        cls.module = str(npm.mqttjs() / "node_modules/mqtt")
        cls.broker = cls.enterClassContext(cls.server())

    def echo(self, transport, version, qos, count):
        script = self.file("echo.js", ECHO)
        url = self.broker.url(transport, "/mqtt" if transport in ("ws", "wss") else "")
        process = self.start(
            [harness.program("node"), script, url, str(LEVELS[version]), str(qos), str(count)],
            env={"MODULE": self.module, "CA": self.broker.ca},
        )
        return process.wait_for_output("ready\n")

    def test_there_and_back(self):
        payload = "grüße\n\t\0 ☃"
        for transport in harness.TRANSPORTS:
            for version in harness.VERSIONS:
                for qos in (0, 1, 2):
                    with self.subTest(transport=transport, version=version, qos=qos):
                        echo = self.echo(transport, version, qos, 1)
                        properties = [
                            "-D",
                            "publish",
                            "content-type",
                            "text/html",
                            "-D",
                            "publish",
                            "user-property",
                            "a",
                            "b",
                        ]
                        common = [*self.broker.options(transport), "-V", version, "-q", qos]
                        result = run(
                            mqtt(
                                "sub",
                                *common,
                                "-t",
                                "answer",
                                "-C",
                                1,
                                "-W",
                                30,
                                "--json",
                                "--",
                                harness.MQTT,
                                "pub",
                                *common,
                                "-t",
                                "question",
                                "-f",
                                self.file("payload", payload),
                                *(properties if version == "5" else []),
                            )
                        )
                        self.assert_ok(result)
                        answer = json.loads(result.text)
                        self.assertEqual((answer["topic"], answer["payload"], answer["qos"]), ("answer", payload, qos))
                        heard = json.loads(self.assert_ok(echo.result()).text.splitlines()[1])
                        self.assertEqual((heard["topic"], heard["qos"], heard["retain"]), ("question", qos, False))
                        if version == "5":
                            self.assertEqual(heard["properties"], {"contentType": "text/html", "user": {"a": "b"}})
                            self.assertEqual(
                                answer["properties"],
                                {"content_type": "text/plain", "user_property": [["from", "MQTT.js"]]},
                            )

    def test_many(self):
        lines = "".join(f"line {n}\n" for n in range(5000))
        for qos in (0, 1, 2):
            with self.subTest(qos=qos):
                echo = self.echo("ws", "5", qos, 5000)
                sub = self.start_subscriber(*self.broker.options("ws"), "-t", "answer", "-q", qos, "-C", 5000, "-W", 60)
                self.assert_ok(run(mqtt("pub", *self.broker.options("ws"), "-t", "question", "-q", qos, "-l"), lines))
                self.assertTrue(self.assert_ok(sub.result()).text == lines)
                self.assert_ok(echo.result())


@needs("mosquitto", "openssl", "node", "npm")
class ThroughMosquitto(WithMqttJs, Case):
    @staticmethod
    def server():
        return Mosquitto("max_queued_messages 0")


@needs("node", "npm")
class ThroughOurBroker(WithMqttJs, Case):
    @staticmethod
    def server():
        return Broker()


if __name__ == "__main__":
    harness.main()
