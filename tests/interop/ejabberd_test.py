"""ejabberd's row of the matrix."""
import cells
import corners
import matrix
from ejabberd import Ejabberd


class Matrix(matrix.Matrix):
    kind = Ejabberd


class Corners(corners.Corners):
    kind = Ejabberd


if __name__ == "__main__":
    cells.main()
