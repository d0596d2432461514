"""TODO"""
import cells
import matrix
from aedes import Aedes


class Matrix(matrix.Matrix):
    kind = Aedes


if __name__ == "__main__":
    cells.main()
