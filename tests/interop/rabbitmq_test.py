"""RabbitMQ's row of the matrix: virtual hosts, the lower QoS, and messages to and from AMQP."""
import cells
import corners
import matrix
import starter
import wills
from rabbitmq import PASSWORD, RabbitMq


class Matrix(matrix.Matrix):
    kind = RabbitMq


class Corners(corners.Corners):
    kind = RabbitMq


class Wills(wills.Wills):
    kind = RabbitMq


class Users(cells.Cells):
    kind = RabbitMq

    def options(self, user, password=PASSWORD, transport="tcp"):
        url = self.broker.url(transport, credentials="")
        secure = ["--cafile", self.broker.ca] if transport in ("tls", "wss") else []
        return ["-L", url, *secure, "-u", user, "-P", password, "-t", "users/here", "-q", 1]

    def test_virtual_hosts_are_apart(self):
        for transport in self.broker.transports:
            with self.cell(transport=transport, user="host:user"):
                here = self.options("interop", transport=transport)
                there = self.options(f"{self.broker.other_host}:interop", transport=transport)
                publish = cells.harness.mqtt("pub", *here, "-m", "to the default one")
                other = self.start_subscriber(*here, "-C", 1, "-W", 60)
                again = cells.harness.mqtt("pub", *there, "-m", "to the other one")
                self.assertEqual(self.sub(*there, "-C", 1, "--", *again).text, "to the other one\n")
                self.assert_ok(cells.harness.run(publish))
                self.assertEqual(self.assert_ok(other.result()).text, "to the default one\n")

    def test_who_does_not_come_in(self):
        for name, options in (
            ("wrong password", self.options("interop", "x")),
            ("unknown user", self.options("nobody")),
            ("unknown host", self.options("nowhere:interop")),
        ):
            with self.cell(refused=name):
                result = self.pub(*options, "-m", "x", code=4)
                self.assertRegex(result.errors, "refused the connection: .*; check -u and the password")


class Amqp(cells.Cells):
    """What the examples of the plugin begin with: MQTT topics are routing keys of the exchange amq.topic."""

    kind = RabbitMq

    @classmethod
    def setUpClass(cls):
        cls.python = starter.python_with("pika")
        super().setUpClass()

    def amqp(self, *arguments):
        credentials = f"interop:{starter.quoted(PASSWORD)}"
        environment = {"AMQP_URL": f"amqp://{credentials}@127.0.0.1:{self.broker.ports['amqp']}/%2F"}
        script = str(starter.HERE / "amqp_peer.py")
        return {"command": [self.python, script, *arguments], "env": environment}

    def test_mqtt_to_a_queue(self):
        queue = self.start(**self.amqp("consume", "hello.mqtt")).wait_for_output("ready\n")
        for version, qos in (("31", 0), ("311", 0), ("311", 1), ("311", 2)):
            with self.cell(version=version, qos=qos, to="AMQP"):
                payload = f"{version} {qos} ".encode() + matrix.PAYLOAD
                file = self.file("payload", payload)
                self.pub(*self.broker.options(), "-V", version, "-t", "hello/mqtt", "-q", qos, "-f", file)
                queue.wait_for_output(f"hello.mqtt {payload.hex()}\n")

    def test_an_amqp_publish_to_mqtt(self):
        for transport in self.broker.transports:
            with self.cell(transport=transport, origin="AMQP"):
                sub = self.start_subscriber(
                    *self.broker.options(transport), "-t", "hello/amqp", "-q", 1, "-C", 1, "-N", "-F", "%t %p", "-W", 60
                )
                self.assert_ok(cells.harness.run(**self.amqp("publish", "hello.amqp"), stdin=matrix.PAYLOAD))
                self.assert_bytes(self.assert_ok(sub.result()).stdout, b"hello/amqp " + matrix.PAYLOAD)

    def test_the_amqp_tools(self):
        tool = cells.harness.program("amqp-publish")
        if not tool:
            self.skipTest("not installed: amqp-tools")
        with self.cell(origin="amqp-publish"):
            port = self.broker.ports["amqp"]
            place = ["--server=127.0.0.1", f"--port={port}", "--username=interop", f"--password={PASSWORD}"]
            publish = [tool, *place, "--exchange=amq.topic", "--routing-key=hello.amqp", "--body=from AMQP"]
            options = [*self.broker.options(), "-t", "hello/amqp", "-q", 1, "-C", 1]
            self.assertEqual(self.sub(*options, "--", *publish).text, "from AMQP\n")


if __name__ == "__main__":
    cells.main()
