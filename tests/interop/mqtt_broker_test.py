"""Our own broker's row of the matrix."""
import signal

import cells
import corners
import matrix
import wills
from brokers import Broker
from mqtt_broker import MqttBroker


class Matrix(matrix.Matrix):
    kind = MqttBroker


class Corners(corners.Corners):
    kind = MqttBroker


class Wills(wills.Wills):
    kind = MqttBroker


class WhatTheServerSays(cells.Cells):
    """Why it ends a connection of 5.0, beyond the take-over that each broker is asked for."""

    kind = MqttBroker

    def test_server_shutting_down(self):
        with self.cell(disconnect="server shutting down"):
            broker = self.enterContext(Broker())
            sub = self.start_subscriber(*broker.options(), "-V", 5, "-t", "says/here", "--no-reconnect")
            self.assert_ok(broker.process.signal(signal.SIGTERM).result())
            result = self.assert_code(sub.result(), 7)
            self.assertIn("ended the connection: Server shutting down (code 139)", result.errors)

    def test_keep_alive_timeout(self):
        """Of a client that is stopped, once it runs again."""
        with self.cell(disconnect="keep alive timeout"):
            broker = self.enterContext(Broker("--verbose"))
            sub = self.start_subscriber(*broker.options(), "-V", 5, "-t", "says/here", "-k", 5, "--no-reconnect")
            sub.signal(signal.SIGSTOP)
            broker.process.wait_for_errors("was silent for too long")
            result = self.assert_code(sub.signal(signal.SIGCONT).result(), 7)
            self.assertIn("ended the connection: Keep Alive timeout (code 141)", result.errors)


if __name__ == "__main__":
    cells.main()
