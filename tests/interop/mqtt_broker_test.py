"""TODO"""
import cells
import matrix
from mqtt_broker import MqttBroker


class Matrix(matrix.Matrix):
    kind = MqttBroker


if __name__ == "__main__":
    cells.main()
