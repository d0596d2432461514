"""Our own broker's row of the matrix."""
import cells
import corners
import matrix
import wills
from mqtt_broker import MqttBroker


class Matrix(matrix.Matrix):
    kind = MqttBroker


class Corners(corners.Corners):
    kind = MqttBroker


class Wills(wills.Wills):
    kind = MqttBroker


if __name__ == "__main__":
    cells.main()
