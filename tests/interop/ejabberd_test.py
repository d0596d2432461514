"""TODO"""
import cells
import matrix
from ejabberd import Ejabberd


class Matrix(matrix.Matrix):
    kind = Ejabberd


if __name__ == "__main__":
    cells.main()
