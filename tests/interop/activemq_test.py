"""TODO"""
import cells
import matrix
from activemq import ActiveMq


class Matrix(matrix.Matrix):
    kind = ActiveMq


if __name__ == "__main__":
    cells.main()
