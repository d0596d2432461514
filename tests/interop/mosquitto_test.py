"""TODO"""
import cells
import matrix
from mosquitto import Mosquitto


class Matrix(matrix.Matrix):
    kind = Mosquitto


if __name__ == "__main__":
    cells.main()
