"""Starts our own `mqtt broker`, as a row of the matrix like the others."""
import starter
from starter import harness


class MqttBroker(starter.Starter):
    name = "mqtt-broker"
    programs = (harness.MQTT,)
    transports = ("tcp", "tls", "ws", "wss")
    facts = {"topic_levels": 200, "shared_subscriptions": True, "sys": True}

    @classmethod
    def version(cls):
        return harness.run(harness.mqtt("--version")).text.split()[-1]

    def prepare(self):
        self.ca = str(self.folder / "ca.pem")
        ports = [["--port" if name == "tcp" else f"--{name}-port", port] for name, port in self.ports.items()]
        size = ("--maximum-packet-size", 32 * 1024 * 1024)
        return harness.mqtt("broker", *sum(ports, []), *size, "--tls-self-signed", self.ca), {}


if __name__ == "__main__":
    starter.main(MqttBroker)
