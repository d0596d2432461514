"""Mosquitto's row of the matrix, and the ways in that only it has."""
import cells
import corners
import matrix
import starter
import wills
from brokers import Mosquitto as SpecialMosquitto
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


class WhatTheServerSays(cells.Cells):
    """Of 5.0: the keep alive that it imposes, and why it ends a connection."""

    kind = Mosquitto

    def special(self, *options):
        if not cells.harness.program("mosquitto_ctrl"):
            self.skipTest("not installed: mosquitto_ctrl")
        return self.enterContext(SpecialMosquitto(*options, transports=["tcp"]))

    def subscriber(self, broker, *options):
        return self.start_subscriber(*broker.options(), "-V", 5, "-t", "says/here", "--no-reconnect", *options)

    def test_server_keep_alive(self):
        with self.cell(server_keep_alive=10):
            sub = self.subscriber(self.special("max_keepalive 10"), "-k", 600, "-d")
            sub.wait_for_errors("received PINGRESP")
            self.assertIn(b"server_keep_alive=10", sub.stderr)

    def test_administrative_action(self):
        """Its plugin for users takes one away."""
        plugin = starter.debian_file("mosquitto", "mosquitto_dynamic_security.so")
        if not plugin:
            self.skipTest("not installed: mosquitto_dynamic_security.so")
        users = self.folder / "users.json"
        control = [cells.harness.program("mosquitto_ctrl")]
        self.assert_ok(cells.harness.run([*control, "dynsec", "init", users, "admin", "secret"]))
        broker = self.special(f"plugin {plugin}", f"plugin_opt_config_file {users}")
        at = ["-h", "localhost", "-p", str(broker.ports["tcp"]), "-u", "admin", "-P", "secret"]

        def dynsec(*words, **more):
            self.assert_ok(cells.harness.run([*control, *at, "dynsec", *words], **more))

        dynsec("createClient", "kitchen", "-p", "knife")
        dynsec("createRole", "reader")
        dynsec("addRoleACL", "reader", "subscribePattern", "#", "allow")
        dynsec("addClientRole", "kitchen", "reader")
        with self.cell(disconnect="administrative action"):
            sub = self.subscriber(broker, "-u", "kitchen", "-P", "knife")
            dynsec("disableClient", "kitchen")
            result = self.assert_code(sub.result(), 7)
            self.assertIn("ended the connection: Administrative action (code 152)", result.errors)


if __name__ == "__main__":
    cells.main()
