"""Other people's clients at the other end of a broker: MQTT.js, Paho for Python and Paho for C."""
import itertools
import json

import cells
import matrix
import starter
from cells import Cells, harness
from mosquitto import Mosquitto
from mqtt_broker import MqttBroker
from rabbitmq import RabbitMq
from starter import npm


class Peers(Cells):
    """The tests for one client; the broker varies."""

    name = ""
    kinds = (MqttBroker, Mosquitto, RabbitMq)
    transports = ("tcp", "tls", "ws", "wss")

    @classmethod
    def setUpClass(cls):
        super(Cells, cls).setUpClass()

    def peer(self, broker, transport, version, qos):
        raise NotImplementedError

    def test_there_and_back(self):
        for kind in self.kinds:
            try:
                broker = cells.shared(kind)
            except harness.unittest.SkipTest as missing:
                self.without(f"{self.name}: {missing}")
                continue
            for transport, version, qos in itertools.product(self.transports, broker.versions, matrix.QOS):
                if qos > broker.maximum_qos:
                    continue
                with self.cell(client=self.name, broker=broker.name, transport=transport, version=version, qos=qos):
                    self.there_and_back(broker, transport, version, qos)

    def there_and_back(self, broker, transport, version, qos):
        with self.peer(broker, transport, version, qos) as peer:
            peer.wait_for_output("ready\n")
            options = [*broker.options(transport), "-V", version, "-q", qos]
            publish = harness.mqtt("pub", *options, "-t", "question", "-f", self.file("payload", matrix.PAYLOAD))
            result = self.sub(*options, "-t", "answer", "-C", 1, "-N", "-F", "%q %p", "--", *publish)
            self.assert_bytes(result.stdout, f"{qos} ".encode() + matrix.PAYLOAD)
            peer.wait_for_output(f"question {qos} {matrix.PAYLOAD.hex()}\n")


class MqttJs(Peers):
    name = "MQTT.js"
    kinds = (RabbitMq,)  # tests/cli/mqttjs_test.py has it with the other two

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.modules = npm.mqttjs() / "node_modules"
        print(cls.name, json.loads((cls.modules / "mqtt/package.json").read_text())["version"], flush=True)

    def peer(self, broker, transport, version, qos):
        script = str(starter.HERE / "mqttjs_peer.js")
        command = [harness.program("node"), script, broker.url(transport), version, str(qos)]
        return harness.Process(command, env={"MODULES": str(self.modules), "CA": str(broker.ca)})


class PahoPython(Peers):
    name = "Paho Python"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.python = starter.python_with("paho.mqtt.client")
        print(cls.name, starter.debian_version("python3-paho-mqtt"), flush=True)

    def peer(self, broker, transport, version, qos):
        command = [self.python, str(starter.HERE / "paho_peer.py"), broker.url(transport), version, str(qos)]
        return harness.Process(command, env={"CA": str(broker.ca)})


class PahoC(Peers):
    """Its example programs, one for each direction."""

    name = "Paho C"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not harness.program("paho_c_sub"):
            raise harness.unittest.SkipTest("not installed: paho.mqtt.c-examples")
        print(cls.name, starter.debian_version("paho.mqtt.c-examples"), flush=True)

    def command(self, tool, broker, transport, version, qos):
        url = broker.url(transport, credentials="").replace("mqtts:", "ssl:").replace("mqtt:", "tcp:")
        user = ["-u", broker.user, "-P", broker.password] if broker.user else []
        secure = ["--cafile", str(broker.ca)] if transport in ("tls", "wss") else []
        command = [harness.program(tool), "-c", url, "-V", version, "-q", str(qos), *user, *secure]
        return [*command, "-i", f"{tool}-{transport}-{version}-{qos}"]

    def there_and_back(self, broker, transport, version, qos):
        common = (broker, transport, version, qos)
        options = [*broker.options(transport), "-V", version, "-q", qos]
        text = "grüße 你好 🙂"  # its example stops at a zero byte
        publish = [*self.command("paho_c_pub", *common), "-t", "answer", "-m", text]
        result = self.sub(*options, "-t", "answer", "-C", 1, "-F", "%q %p", "--", *publish)
        self.assertEqual(result.text, f"{qos} {text}\n")

        # It does not say when it has subscribed, so it is called until it answers.
        subscribe = ["stdbuf", "-o0", *self.command("paho_c_sub", *common), "-t", "question", "--no-delimiter"]
        with harness.Process(subscribe) as sub:

            def hears():
                self.pub(*options, "-t", "question", "-m", "?")
                return bytes(sub.stdout) or sub.ended()

            harness.wait_until(hears, f"an answer of {subscribe}")
            self.pub(*options, "-t", "question", "-m", text)
            sub.wait_for_output(f"?{text}")


del Peers

if __name__ == "__main__":
    cells.main()
