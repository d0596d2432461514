"""ActiveMQ's row of the matrix."""
import cells
import corners
import matrix
from activemq import ActiveMq


class Matrix(matrix.Matrix):
    kind = ActiveMq


class Corners(corners.Corners):
    kind = ActiveMq


if __name__ == "__main__":
    cells.main()
