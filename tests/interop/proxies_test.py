"""In between: nginx, HAProxy with the PROXY protocol, SOCKS5 and HTTP CONNECT proxies, before each broker."""
import itertools

import cells
import matrix
from brokers import Broker, Nginx
from cells import Cells, harness
from mosquitto import Mosquitto
from mqtt_broker import MqttBroker
from proxies import HaProxy, MicroSocks, NginxStream, TinyProxy
from rabbitmq import RabbitMq

KINDS = (MqttBroker, Mosquitto, RabbitMq)


class Through(Cells):
    """What both below share."""

    @classmethod
    def setUpClass(cls):
        super(Cells, cls).setUpClass()

    def brokers(self):
        for kind in KINDS:
            try:
                yield cells.shared(kind)
            except harness.unittest.SkipTest as missing:
                self.without(str(missing))

    def proxy(self, kind, *arguments):
        proxy = self.enterContext(kind(*arguments))
        print(proxy.name, proxy.version(), flush=True)
        return proxy

    def round_trips(self, broker, options, **what):
        """A message at each version and QoS through both ends' proxy."""
        file = self.file("payload", matrix.PAYLOAD)
        for version, qos in itertools.product(broker.versions, matrix.QOS):
            with self.cell(broker=broker.name, version=version, qos=qos, **what):
                common = [*options, "-V", version, "-q", qos, "-t", "between/here"]
                result = self.sub(*common, "-C", 1, "-N", "--", *harness.mqtt("pub", *common, "-f", file))
                self.assert_bytes(result.stdout, matrix.PAYLOAD)

    @staticmethod
    def login(broker):
        return ["-u", broker.user, "-P", broker.password] if broker.user else []


class Between(Through):
    def test_nginx_ends_wss(self):
        if not harness.program("nginx"):
            self.skipTest("not installed: nginx")
        for broker in self.brokers():
            if broker.ws_path == "/mqtt":
                with Nginx(broker.ports["ws"]) as nginx:
                    options = ["-L", f"wss://localhost:{nginx.ports['wss']}/mqtt", "--cafile", nginx.ca]
                    self.round_trips(broker, [*options, *self.login(broker)], between="nginx, wss to ws")

    def test_nginx_as_tcp_proxy(self):
        for broker, (transport, scheme) in itertools.product(self.brokers(), (("tcp", "mqtt"), ("tls", "mqtts"))):
            nginx = self.proxy(NginxStream, broker.ports[transport])
            options = ["-L", f"{scheme}://localhost:{nginx.ports['tcp']}", *self.login(broker)]
            secure = ["--cafile", str(broker.ca)] if transport == "tls" else []
            self.round_trips(broker, [*options, *secure], between="nginx stream", transport=transport)

    def test_haproxy_as_tcp_proxy(self):
        for broker in self.brokers():
            haproxy = self.proxy(HaProxy, broker.ports["tcp"])
            options = ["-L", f"mqtt://localhost:{haproxy.ports['tcp']}", *self.login(broker)]
            self.round_trips(broker, options, between="haproxy")

    def test_socks5_and_http_connect(self):
        for broker, kind in itertools.product(self.brokers(), (MicroSocks, TinyProxy)):
            proxy = self.proxy(kind)
            for transport in ("tcp", "wss"):
                options = [*broker.options(transport), *proxy.proxy_options()]
                self.round_trips(broker, options, between=proxy.name, transport=transport)
            with self.cell(refused=proxy.name):
                wrong = [option.replace("me:", "you:") for option in proxy.proxy_options()]
                result = self.pub(*broker.options(), *wrong, "-t", "a", "-m", "x", code=69)
                self.assertIn("the proxy refused the user or the password", result.errors)


class ProxyProtocol(Through):
    """Our broker behind proxies that say who the client is: its log names that, not the proxy."""

    def setUp(self):
        super().setUp()
        self.broker = self.enterContext(Broker("--proxy-protocol", "--verbose"))
        self.broker.name, self.broker.versions = "mqtt-broker", harness.VERSIONS

    def behind(self, transport, kind, *arguments):
        proxy = self.proxy(kind, self.broker.ports[transport], *arguments)
        scheme = harness.SCHEMES[transport]
        secure = ["--cafile", self.broker.ca] if transport in ("tls", "wss") else []
        return ["-L", f"{scheme}://localhost:{proxy.ports['tcp']}", *secure]

    def test_every_transport_and_version_of_the_header(self):
        for name, (kind, *arguments) in {
            "haproxy, version 2": (HaProxy, "send-proxy-v2"),
            "haproxy, version 1": (HaProxy, "send-proxy"),
            "haproxy, version 2 with TLS fields": (HaProxy, "send-proxy-v2-ssl-cn"),
            "nginx, version 1": (NginxStream, True),
        }.items():
            for transport in harness.TRANSPORTS:
                with self.subTest(between=name, transport=transport):
                    options = self.behind(transport, kind, *arguments)
                    self.round_trips(self.broker, options, between=name, transport=transport)

    def test_the_log_names_the_client(self):
        with self.cell(log=True):
            options = self.behind("tcp", HaProxy, "send-proxy-v2")
            self.pub(*options, "-A", "127.0.0.77", "-i", "named", "-t", "a", "-m", "x")
            self.broker.process.wait_for_errors('client "named" (127.0.0.77:')

    def test_a_client_without_header_is_closed(self):
        for transport in harness.TRANSPORTS:
            with self.cell(transport=transport, header=False):
                result = self.pub(*self.broker.options(transport), "-t", "a", "-m", "x", code=None)
                self.assertNotEqual(result.code, 0)
        self.broker.process.wait_for_errors("no PROXY header came first")


if __name__ == "__main__":
    cells.main()
