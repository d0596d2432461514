"""ActiveMQ's row of the matrix."""
import cells
import corners
import matrix
import wills
from activemq import ActiveMq


class Matrix(matrix.Matrix):
    kind = ActiveMq


class Corners(corners.Corners):
    kind = ActiveMq


class Wills(wills.Wills):
    kind = ActiveMq


if __name__ == "__main__":
    cells.main()
