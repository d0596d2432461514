"""SCRAM with our broker and with hostile ones, and what the conventions of three clouds put on the wire."""
import base64
import hashlib
import hmac
import re
import urllib.parse

import harness
import peers
from brokers import Broker
from certificates import certificates
from harness import Case, mqtt, needs, run
from peers import Peer
from secrets_test import credentials

METHODS = ("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512")
AUTH = 15


def scram_message(method, text):
    """Authentication Method and Data as properties, with their length."""
    body = b"\x15" + peers.text(method) + b"\x16" + len(text).to_bytes(2, "big") + text
    return peers.variable_byte_integer(len(body)) + body


def pretends(server_final):
    """A broker that does not know the password: it agrees to whatever proof comes, with this of its own."""

    def behaviour(connection):
        _, _, connect = connection.read()
        client_nonce = re.search(rb"n,,n=ada,r=(.{24})", connect).group(1)  # 18 bytes in Base64
        first = b"r=" + client_nonce + b"more,s=QSXCR+Q6sek8bf92,i=4096"
        connection.send(peers.packet(AUTH, b"\x18" + scram_message("SCRAM-SHA-256", first)))
        connection.read()
        connection.send(peers.packet(peers.CONNACK, b"\0\0" + scram_message("SCRAM-SHA-256", server_final)))
        connection.wait_for_end()

    return behaviour


class Scram(Case):
    def setUp(self):
        super().setUp()
        users = self.file("users", "ada:s3cret\ngrace,=:hopper\n")
        self.broker = self.enterContext(Broker("--password-file", users))

    def pub(self, password, *options):
        return run(
            mqtt("pub", *self.broker.options(), "-t", "a", "-m", "x", "-q", 1, *options),
            env={"MQTT_PASSWORD": password} if password else None,
        )

    def test_each_method_lets_in_who_knows_the_password(self):
        for method in METHODS:
            with self.subTest(method):
                self.assert_ok(self.pub("s3cret", "-u", "ada", "--auth-method", method))
                self.assert_ok(self.pub("hopper", "-u", "grace,=", "--auth-method", method))
                for user, password in (("ada", "wrong"), ("nobody", "s3cret")):
                    result = self.assert_code(self.pub(password, "-u", user, "--auth-method", method), 135)
                    self.assertIn("Not authorized", result.errors)

    def test_a_subscription_over_scram(self):
        options = ["-u", "ada", "-P", "s3cret", "--auth-method", "SCRAM-SHA-256"]
        subscriber = self.start_subscriber(*self.broker.options(), "-t", "#", "-C", 1, *options)
        self.assert_ok(self.pub("s3cret", *options))
        self.assertEqual(self.assert_ok(subscriber.result()).stdout, b"x\n")

    def test_the_password_is_not_sent(self):
        shown = self.assert_ok(self.pub("s3cret", "-u", "ada", "--auth-method", "SCRAM-SHA-256", "-d")).errors
        self.assertNotIn("s3cret", shown)
        self.assertNotIn("username", shown.splitlines()[0])

    def test_it_needs_a_name_a_password_and_a_method_that_is_known(self):
        self.assert_code(self.pub(None, "-u", "ada", "--auth-method", "SCRAM-SHA-1"), 64)
        self.assert_code(self.pub("s3cret", "--auth-method", "SCRAM-SHA-1"), 64)
        self.assertIn("SCRAM-SHA-512", self.assert_code(self.pub("x", "--auth-method", "PLAIN"), 64).errors)

    def test_other_methods_are_refused(self):
        result = self.pub("s3cret", "-V", 5, "-D", "connect", "authentication-method", "GS2-KRB5")
        self.assertIn("Bad authentication method", self.assert_code(result, 140).errors)

    def test_a_broker_that_does_not_know_the_password_is_not_trusted(self):
        for final in (b"v=AAAA", b"", b"e=other-error"):
            with self.subTest(final):
                peer = self.enterContext(Peer(pretends(final)))
                result = run(
                    mqtt("pub", "-h", "127.0.0.1", "-p", peer.port, "-t", "a", "-m", "x", "-u", "ada", "-P", "s3cret",
                         "--auth-method", "SCRAM-SHA-256")
                )
                self.assertIn("cannot be trusted", self.assert_code(result, 77).errors)


class Clouds(Case):
    def connect(self, cloud, env, *options, code=0):
        """The name and password of the CONNECT that comes."""
        packets = []
        peer = self.enterContext(Peer(peers.serves(keep=packets)))
        command = mqtt("pub", "-h", "localhost", "-p", peer.port, "-t", "a", "-m", "x", "--auth", cloud, *options)
        result = self.assert_code(run(command, env=env), code)
        return credentials(packets[0][2]) if packets else result

    def test_aliyun(self):
        wanted = base64.b64encode(hmac.new(b"secret", b"GID_g@@@d", hashlib.sha1).digest()).decode()
        env = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "key", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret"}
        self.assertEqual(self.connect("aliyun", env, "-i", "GID_g@@@d"), ("Signature|key|localhost", wanted))
        keys = self.file("keys", "key\nsecret\n")
        self.assertEqual(
            self.connect("aliyun", {}, "-i", "GID_g@@@d", "--auth-key-file", keys), ("Signature|key|localhost", wanted)
        )

    def test_azure(self):
        key = base64.b64encode(b"0123456789abcdef").decode()
        user, password = self.connect("azure-sas", {"AZURE_IOT_DEVICE_KEY": key}, "-i", "dev")
        self.assertEqual(user, "localhost/dev/?api-version=2021-04-12")
        fields = urllib.parse.parse_qs(password.removeprefix("SharedAccessSignature "))
        self.assertEqual(fields["sr"], ["localhost/devices/dev"])
        signed = f"localhost%2Fdevices%2Fdev\n{fields['se'][0]}".encode()
        wanted = base64.b64encode(hmac.new(b"0123456789abcdef", signed, hashlib.sha256).digest()).decode()
        self.assertEqual(fields["sig"], [wanted])

    @needs("openssl")
    def test_aws(self):
        requests = []

        def behaviour(connection):
            requests.append(connection.upgrade())
            connection.wait_for_end()

        peer = self.enterContext(Peer(behaviour, tls=True))
        env = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_SESSION_TOKEN": "T/", "AWS_REGION": "eu-1"}
        process = self.start(
            mqtt("pub", "-L", f"wss://localhost:{peer.port}", "--cafile", certificates().ca, "-t", "a", "-m", "x",
                 "--auth", "aws-sigv4"),
            env=env,
        )
        harness.wait_until(lambda: requests, "the upgrade")
        process.signal(15).result()
        path = requests[0].split(b" ")[1].decode()
        query, token = path.removeprefix("/mqtt?").split("&X-Amz-Security-Token=")
        self.assertEqual(token, "T%2F")
        unsigned, signature = query.split("&X-Amz-Signature=")
        fields = urllib.parse.parse_qs(unsigned)
        day = fields["X-Amz-Date"][0][:8]
        scope = f"{day}/eu-1/iotdevicegateway/aws4_request"
        self.assertEqual(fields["X-Amz-Credential"], [f"AK/{scope}"])
        nothing = hashlib.sha256(b"").hexdigest()
        canonical = f"GET\n/mqtt\n{unsigned}\nhost:localhost:{peer.port}\n\nhost\n{nothing}"
        text = f"AWS4-HMAC-SHA256\n{fields['X-Amz-Date'][0]}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = b"AWS4SK"
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        self.assertEqual(signature, hmac.new(key, text.encode(), hashlib.sha256).hexdigest())
        self.assertIn(f"Host: localhost:{peer.port}".encode(), requests[0])

    def test_what_is_missing_is_named(self):
        result = self.connect("aliyun", {}, "-i", "GID_g@@@d", code=64)
        self.assertIn("ALIBABA_CLOUD_ACCESS_KEY_ID", result.errors)
        self.assertIn("-i", self.connect("azure-sas", {"AZURE_IOT_DEVICE_KEY": "AAAA"}, code=64).errors)
        self.assertIn("Base64", self.connect("azure-sas", {"AZURE_IOT_DEVICE_KEY": "!"}, "-i", "d", code=78).errors)
        keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        self.assertIn("wss", self.connect("aws-sigv4", keys, code=64).errors)
        self.assertIn("aliyun", self.connect("gcp", {}, code=64).errors)
        self.assertIn("--auth", run(mqtt("pub", "-t", "a", "-m", "x", "--auth-key-file", "/dev/null")).errors)


if __name__ == "__main__":
    harness.main()
