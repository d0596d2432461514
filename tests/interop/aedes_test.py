"""aedes' row of the matrix."""
import cells
import corners
import matrix
import wills
from aedes import Aedes


class Matrix(matrix.Matrix):
    kind = Aedes


class Corners(corners.Corners):
    kind = Aedes


class Wills(wills.Wills):
    kind = Aedes


if __name__ == "__main__":
    cells.main()
