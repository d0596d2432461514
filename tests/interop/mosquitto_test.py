"""Mosquitto's row of the matrix, and the ways in that only it has."""
import cells
import corners
import matrix
import wills
from mosquitto import PASSWORD, USER, Mosquitto


class Matrix(matrix.Matrix):
    kind = Mosquitto


class Corners(corners.Corners):
    kind = Mosquitto


class Wills(wills.Wills):
    kind = Mosquitto


class WaysIn(cells.Cells):
    kind = Mosquitto

    def test_password_certificate_psk_and_unix_socket(self):
        for way in ("password", "certificate", "psk", "unix"):
            for version in self.broker.versions:
                with self.cell(way=way, version=version):
                    options = [*self.broker.options(way), "-V", version, "-t", f"ways/{way}", "-q", 2]
                    publish = cells.harness.mqtt("pub", *options, "-m", f"through {way}")
                    self.assertEqual(self.sub(*options, "-C", 1, "--", *publish).text, f"through {way}\n")

    def test_who_does_not_come_in(self):
        """Each with its exit code: CONNACK's own, or 79 for TLS."""
        url = ["-L", self.broker.url("password")]
        certificate, psk = ["-L", self.broker.url("certificate")], ["-L", self.broker.url("psk")]
        for version, refused in (("311", 5), ("5", 135)):
            for name, options, code in (
                ("no password", url, refused),
                ("wrong password", [*url, "-u", USER, "-P", PASSWORD + "x"], refused),
                ("no certificate", [*certificate, "--cafile", self.broker.ca], 79),
                ("unknown identity", [*psk, "--psk", "00" * 16, "--psk-identity", "nobody"], 79),
                ("wrong key", [*psk, "--psk", "00" * 16, "--psk-identity", "kitchen"], 79),
            ):
                with self.cell(version=version, refused=name):
                    result = self.pub(*options, "-V", version, "-t", "ways/in", "-m", "x", "-q", 1, code=code)
                    self.assertRegex(result.errors, r"\S")


if __name__ == "__main__":
    cells.main()
