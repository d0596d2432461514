"""TLS as users meet it: who is trusted, which name, which certificates, and what a failure tells them to try."""
import ssl
import subprocess

import harness
import peers
from brokers import Mosquitto
from certificates import certificates
from harness import Case, mqtt, needs, run
from peers import Peer


class TlsCase(Case):
    def pub(self, *options, code=0, error=None, env=None, stdin=b""):
        result = self.assert_code(run(mqtt("pub", "-t", "a", "-q", 1, "-m", "x", *options), env=env, stdin=stdin), code)
        if error != "":
            self.assertRegex(result.errors, error or (r"^$" if code == 0 else r"\S"))
        return result

    def peer(self, certificate="server", behaviour=None, **options):
        return self.enterContext(Peer(behaviour or peers.serves(), tls=True, certificate=certificate, **options))

    @staticmethod
    def at(peer, host="localhost", scheme="mqtts"):
        return ["-L", f"{scheme}://{host}:{peer.port}"]


@needs("openssl")
class Trust(TlsCase):
    def test_unknown_authority_names_cafile(self):
        for options in ([], ["--cafile", certificates().certificate("other-ca")]):
            result = self.pub(*self.at(self.peer()), *options, code=79)
            self.assertIn("--cafile", result.errors)

    def test_cafile_and_capath(self):
        for options in (["--cafile", certificates().ca], ["--capath", certificates().capath]):
            with self.subTest(options):
                self.pub(*self.at(self.peer()), *options)
                self.pub("-h", "localhost", "-p", self.peer().port, *options)

    def test_the_systems_roots(self):
        """They are the default; OpenSSL lets an environment variable say where they are."""
        self.pub(*self.at(self.peer()), env={"SSL_CERT_FILE": certificates().ca})
        self.pub(
            "-h", "localhost", "-p", self.peer().port, "--tls-use-os-certs", env={"SSL_CERT_FILE": certificates().ca}
        )

    def test_addresses(self):
        self.pub(*self.at(self.peer(), "127.0.0.1"), "--cafile", certificates().ca)

    def test_wrong_host(self):
        self.pub(*self.at(self.peer("wrong-host")), "--cafile", certificates().ca, code=79, error="(?i)host")

    def test_insecure_is_for_the_host_name_only(self):
        self.pub(*self.at(self.peer("wrong-host")), "--cafile", certificates().ca, "--insecure")
        self.pub(*self.at(self.peer("wrong-host")), "--insecure", code=79)
        self.pub(*self.at(self.peer("expired")), "--cafile", certificates().ca, "--insecure", code=79)

    def test_expired(self):
        self.pub(*self.at(self.peer("expired")), "--cafile", certificates().ca, code=79, error="(?i)expired")

    def test_the_host_is_verified_within_the_handshake(self):
        """So the server sees an alert and no CONNECT."""
        packets = []
        peer = self.peer("wrong-host", peers.serves(keep=packets))
        self.pub(*self.at(peer), "--cafile", certificates().ca, code=79)
        self.assertEqual(packets, [])

    def test_wss_likewise(self):
        self.pub(*self.at(self.peer(), scheme="wss"), code=79, error="--cafile")

    def test_password_never_leaves_before_verification(self):
        packets = []
        peer = self.peer("server", peers.serves(keep=packets))
        self.pub(*self.at(peer), "-u", "me", "-P", "secret", code=79)
        self.assertEqual(packets, [])


@needs("openssl", "mosquitto")
class ClientCertificates(TlsCase):
    def setUp(self):
        super().setUp()
        self.broker = self.enterContext(
            Mosquitto(transports=["tls"], tls=[f"cafile {certificates().ca}", "require_certificate true"])
        )
        self.client = ["--cert", certificates().certificate("client")]

    def test_required(self):
        self.pub(*self.broker.options("tls"), *self.client, "--key", certificates().key("client"))

    def test_missing(self):
        result = run(mqtt("pub", "-t", "a", "-m", "x", *self.broker.options("tls")))
        self.assertIn(result.code, (7, 79), repr(result))

    def test_encrypted_key(self):
        options = [*self.broker.options("tls"), *self.client, "--key", certificates().key("client-encrypted")]
        password = self.file("key-password", "key secret\n")
        self.pub(*options, "--key-password-file", password)
        result = run(mqtt("pub", "-t", "a", "-m", "x", *options, "--key-password-file", self.file("wrong", "guess\n")))
        self.assertIn(result.code, (66, 79), repr(result))
        # Without a terminal there is nobody to ask.
        result = run(mqtt("pub", "-t", "a", "-m", "x", *options), start_new_session=True)
        self.assertIn(result.code, (66, 79), repr(result))


@needs("openssl", "mosquitto")
class Psk(TlsCase):
    def test_psk(self):
        broker = self.enterContext(Mosquitto(transports=["tcp"], psk=("me", "0123456789abcdef")))
        options = ["-h", "localhost", "-p", broker.ports["psk"], "--psk-identity", "me"]
        self.pub(*options, "--psk", "0123456789abcdef")
        result = run(mqtt("pub", "-t", "a", "-m", "x", *options, "--psk", "00"))
        self.assertIn(result.code, (7, 79), repr(result))
        self.pub(*options, "--psk", "not hex", code=64)


@needs("openssl")
class Handshake(TlsCase):
    def seen(self, *options, prepare=lambda context: None):
        """What the server saw of a handshake: version, cipher, ALPN, SNI."""
        seen = {}
        served = peers.serves()

        def behaviour(connection):
            sock = connection.socket
            seen.update(version=sock.version(), cipher=sock.cipher()[0], alpn=sock.selected_alpn_protocol())
            served(connection)

        peer = Peer(behaviour, tls=True)
        peer.context.sni_callback = lambda sock, name, context: seen.update(sni=name)
        prepare(peer.context)
        with peer:
            self.pub(*self.at(peer), "--cafile", certificates().ca, *options)
        return seen

    def test_versions(self):
        self.assertEqual(self.seen()["version"], "TLSv1.3")
        self.assertEqual(self.seen("--tls-version", "tlsv1.2")["version"], "TLSv1.2")
        self.assertEqual(self.seen("--tls-version", "tlsv1.3")["version"], "TLSv1.3")

        def old(context):
            context.maximum_version = ssl.TLSVersion.TLSv1_2

        self.assertEqual(self.seen(prepare=old)["version"], "TLSv1.2")

    def test_no_common_version(self):
        peer = Peer(peers.serves(), tls=True)
        peer.context.maximum_version = ssl.TLSVersion.TLSv1_2
        with peer:
            self.pub(
                *self.at(peer), "--cafile", certificates().ca, "--tls-version", "tlsv1.3", code=79, error="(?i)version"
            )

    def test_sni(self):
        self.assertEqual(self.seen()["sni"], "localhost")

    def test_alpn(self):
        seen = self.seen("--tls-alpn", "mqtt", prepare=lambda context: context.set_alpn_protocols(["other", "mqtt"]))
        self.assertEqual(seen["alpn"], "mqtt")

    def test_ciphers(self):
        chosen = "ECDHE-ECDSA-AES128-GCM-SHA256"
        self.assertEqual(self.seen("--tls-version", "tlsv1.2", "--ciphers", chosen)["cipher"], chosen)
        self.pub("-L", "mqtts://localhost:1", "--ciphers", "NO-SUCH", code=79, error="NO-SUCH")

    def test_keylog(self):
        log = self.folder / "keys"
        self.seen("--tls-keylog", str(log))
        self.assertRegex(log.read_text(), r"(?m)^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]+$")
        other = self.folder / "other"
        peer = self.peer()
        self.pub(*self.at(peer), "--cafile", certificates().ca, env={"SSLKEYLOGFILE": str(other)})
        self.assertIn("CLIENT_TRAFFIC_SECRET_0", other.read_text())
        self.pub(
            *self.at(self.peer()), "--cafile", certificates().ca, env={"SSLKEYLOGFILE": "/nonexistent/keys"}, error=""
        )

    def test_no_tls(self):
        """--no-tls undoes what a certificate option turns on."""
        peer = self.enterContext(Peer(peers.serves()))
        self.pub("-h", "127.0.0.1", "-p", peer.port, "--cafile", certificates().ca, "--no-tls")

    def test_openssl_server(self):
        """Another implementation's settings on the other end: openssl s_server, which refuses an unknown client."""
        port = harness.free_port()
        server = self.start(
            [
                "openssl",
                "s_server",
                "-accept",
                f"127.0.0.1:{port}",
                "-cert",
                certificates().certificate("server"),
                "-key",
                certificates().key("server"),
                "-CAfile",
                certificates().ca,
                "-Verify",
                "1",
                "-verify_return_error",
                "-quiet",
            ],
            stdin=subprocess.PIPE,
        )
        harness.wait_until(lambda: harness.accepts(port), "s_server")
        result = run(
            mqtt("pub", "-t", "a", "-m", "x", "-L", f"mqtts://localhost:{port}", "--cafile", certificates().ca)
        )
        self.assertIn(result.code, (7, 79), repr(result))
        self.assertRegex(result.errors, r"\S")
        self.assertFalse(server.ended())


if __name__ == "__main__":
    harness.main()
