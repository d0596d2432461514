"""ejabberd's row of the matrix."""
import cells
import corners
import matrix
import wills
from ejabberd import Ejabberd


class Matrix(matrix.Matrix):
    kind = Ejabberd


class Corners(corners.Corners):
    kind = Ejabberd


class Wills(wills.Wills):
    kind = Ejabberd


if __name__ == "__main__":
    cells.main()
