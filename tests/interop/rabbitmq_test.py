"""TODO"""
import cells
import matrix
from rabbitmq import RabbitMq


class Matrix(matrix.Matrix):
    kind = RabbitMq


if __name__ == "__main__":
    cells.main()
