"""Starts Debian's ActiveMQ with its MQTT connectors, from the classes themselves: the packaged script wants a service
account. Debian's packages have no activemq-http, which its WebSocket connector needs."""
import glob
import subprocess

import starter

_JAVA = "/usr/share/java"
_JARS = (
    "/usr/share/activemq/lib/*.jar",
    "/usr/share/activemq/lib/optional/*.jar",
    f"{_JAVA}/mqtt-client.jar",
    f"{_JAVA}/hawtdispatch.jar",
    f"{_JAVA}/hawtdispatch-transport.jar",
)


class ActiveMq(starter.Starter):
    name = "activemq"
    programs = ("java", "openssl", "/usr/share/activemq/bin/activemq.jar", f"{_JAVA}/mqtt-client.jar")
    transports = ("tcp", "tls")
    facts = {"dollar_topics": False, "shared_subscriptions": False, "sys": False}
    versions = ("31", "311")
    broken_wills = dict.fromkeys(("take-over", "wildcard-will"), transports)
    altered = {" a / b ": "a / b"}
    missing = dict.fromkeys(("ws", "wss"), "Debian has no activemq-http, the WebSocket connector's classes")
    refusals = {"5": (1, "unacceptable protocol version .*-V 5, 311 or 31")}

    @classmethod
    def version(cls):
        return starter.debian_version("activemq")

    def prepare(self):
        certificates = starter.certificates()
        store = self.folder / "server.p12"
        subprocess.run(
            ["openssl", "pkcs12", "-export", "-passout", "pass:changeit", "-out", store]
            + ["-in", certificates.certificate("server"), "-inkey", certificates.key("server")],
            check=True,
            capture_output=True,
        )
        connectors = ",".join(
            f"{scheme}://127.0.0.1:{self.ports[name]}?transport.maxFrameSize=33554432"
            for name, scheme in (("tcp", "mqtt"), ("tls", "mqtt+ssl"))
        )
        jars = [jar for pattern in _JARS for jar in sorted(glob.glob(pattern))]
        logging = self.folder / "log4j2.properties"
        logging.write_text(
            "rootLogger.level=warn\nrootLogger.appenderRef.c.ref=console\n"
            "appender.c.type=Console\nappender.c.name=console\nappender.c.layout.type=PatternLayout\n"
        )
        command = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += [f"-Djava.io.tmpdir={self.folder}", "-Djava.awt.headless=true"]
        command += [f"-Dlog4j2.configurationFile={logging}"]
        command += ["-Dactivemq.home=/usr/share/activemq", f"-Dactivemq.base={self.folder}"]
        command += [f"-Djavax.net.ssl.keyStore={store}", "-Djavax.net.ssl.keyStorePassword=changeit"]
        command += ["-cp", ":".join(jars), "org.apache.activemq.console.Main", "start"]
        command += [f"broker:({connectors})?persistent=false&useJmx=false&dataDirectory={self.folder}/data"]
        return command, {"HOME": str(self.folder)}


if __name__ == "__main__":
    starter.main(ActiveMq)
