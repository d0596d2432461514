"""Starts Debian's RabbitMQ with its MQTT and Web MQTT plugins, users in two virtual hosts, and AMQP beside them."""
import base64
import hashlib
import json
import os

import starter

PASSWORD = "carrot: 50%"


def _hash(password):
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


class RabbitMq(starter.Starter):
    name = "rabbitmq"
    programs = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "epmd")
    transports = ("tcp", "tls", "ws", "wss")
    facts = {"shared_subscriptions": False, "sys": False}
    versions = ("31", "311")
    maximum_qos = 1
    refusals = {"5": (7, "A broker without MQTT 5 wants -V 311")}
    # AMQP's separator is the dot, and to Erlang a slash with a combining character is one other character.
    altered = {"a.b/c": "a/b/c", "e\u0301/\u200d": "e\u0301.\u200d"}
    retained_by_wildcard = False  # its store finds retained messages by their exact topic only
    # It publishes the will at the end of each connection over WebSocket, and over TCP only where that was not its doing.
    broken_wills = {
        **dict.fromkeys(("wildcard-publish", "wildcard-will", "dollar-topic"), transports),
        **dict.fromkeys(("malformed-packet", "second-connect", "take-over"), ("tcp", "tls")),
        **dict.fromkeys(("disconnect", "disconnect-discards"), ("ws", "wss")),
    }
    user, password = "interop", PASSWORD
    ws_path = "/ws"
    other_host = "warren"  # a second virtual host, for users written as host:user

    @classmethod
    def version(cls):
        return starter.debian_version("rabbitmq-server")

    def extra_ports(self):
        return ("amqp", "distribution", "epmd")

    def _definitions(self):
        hosts = ["/", self.other_host]
        return {
            "users": [
                {
                    "name": self.user,
                    "password_hash": _hash(self.password),
                    "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": "administrator",
                }
            ],
            "vhosts": [{"name": host} for host in hosts],
            "permissions": [
                {"user": self.user, "vhost": host, "configure": ".*", "write": ".*", "read": ".*"} for host in hosts
            ],
        }

    def _configuration(self):
        certificates = starter.certificates()
        return f"""
listeners.tcp.1 = 127.0.0.1:{self.ports['amqp']}
mqtt.listeners.tcp.1 = 127.0.0.1:{self.ports['tcp']}
mqtt.listeners.ssl.1 = 127.0.0.1:{self.ports['tls']}
mqtt.allow_anonymous = false
web_mqtt.tcp.ip = 127.0.0.1
web_mqtt.tcp.port = {self.ports['ws']}
web_mqtt.ssl.ip = 127.0.0.1
web_mqtt.ssl.port = {self.ports['wss']}
web_mqtt.ssl.cacertfile = {certificates.ca}
web_mqtt.ssl.certfile = {certificates.certificate('server')}
web_mqtt.ssl.keyfile = {certificates.key('server')}
ssl_options.cacertfile = {certificates.ca}
ssl_options.certfile = {certificates.certificate('server')}
ssl_options.keyfile = {certificates.key('server')}
load_definitions = {self.folder}/definitions.json
log.console = true
log.console.level = warning
log.file = false
"""

    def ready(self):
        # It listens for AMQP last, and ends where it cannot.
        return starter.harness.accepts(self.ports["amqp"]) and super().ready()

    def prepare(self):
        (self.folder / "rabbitmq.conf").write_text(self._configuration())
        (self.folder / "definitions.json").write_text(json.dumps(self._definitions()))
        (self.folder / "plugins").write_text("[rabbitmq_mqtt,rabbitmq_web_mqtt].\n")
        environment = {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self.ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"interop{self.ports['distribution']}@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports["distribution"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
        }
        # Erlang would start its port mapper as a daemon; one of our own goes when the broker goes.
        return ["sh", "-c", f"epmd & exec {self.programs[0]}"], environment


if __name__ == "__main__":
    starter.main(RabbitMq)
