"""Starts Debian's ejabberd with mod_mqtt: TCP, TLS, and WebSocket at /mqtt. Every user of the host localhost may
connect, but a user and a password there must be."""
import glob
import pathlib

import starter

_CONFIGURATION = """
hosts: [localhost]
loglevel: warning
auth_method: anonymous
anonymous_protocol: both
allow_multiple_connections: true
acl:
  everybody:
    user_regexp: ""
certfiles: [{folder}/server.pem]
ca_file: {ca}
listen:
  - {{port: {tcp}, ip: "127.0.0.1", module: mod_mqtt, backlog: 1000}}
  - {{port: {tls}, ip: "127.0.0.1", module: mod_mqtt, backlog: 1000, tls: true}}
  - {{port: {ws}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {{/mqtt: mod_mqtt}}}}
  - {{port: {wss}, ip: "127.0.0.1", module: ejabberd_http, tls: true, request_handlers: {{/mqtt: mod_mqtt}}}}
modules:
  mod_mqtt:
    access_publish: {{"#": [{{allow: everybody}}]}}
    access_subscribe: {{"#": [{{allow: everybody}}]}}
    max_queue: infinity
    match_retained_limit: infinity
    max_topic_depth: infinity
    max_topic_aliases: 100
    session_expiry: 5 minutes
"""


class Ejabberd(starter.Starter):
    name = "ejabberd"
    programs = ("ejabberdctl", "erl")
    transports = ("tcp", "tls", "ws", "wss")
    facts = {"client_identifier_length": 1023, "dollar_topics": False, "shared_subscriptions": False, "sys": False}
    versions = ("311", "5")
    refusals = {"31": (1, "unacceptable protocol version .*-V 5, 311 or 31")}
    broken_wills = {"message-expired": transports}
    user, password = "any@localhost", "anything"

    @classmethod
    def version(cls):
        return starter.debian_version("ejabberd")

    def prepare(self):
        certificates = starter.certificates()
        identity = [pathlib.Path(path) for path in (certificates.certificate("server"), certificates.key("server"))]
        (self.folder / "server.pem").write_text("".join(path.read_text() for path in identity))
        (self.folder / "ejabberd.yml").write_text(
            _CONFIGURATION.format(folder=self.folder, ca=certificates.ca, **self.ports)
        )
        libraries = {str(pathlib.Path(found).parents[1]) for found in glob.glob("/usr/lib/*/ejabberd-*/ebin")}
        environment = {
            "HOME": str(self.folder),
            "EJABBERD_CONFIG_PATH": str(self.folder / "ejabberd.yml"),
            "EJABBERD_LOG_PATH": str(self.folder / "ejabberd.log"),
            "ERL_LIBS": ":".join(libraries),
            "ERL_CRASH_DUMP": "/dev/null",
        }
        # Without a node name there is neither a port mapper nor a listener for other nodes.
        command = ["erl", "-noinput", "-mnesia", "dir", f'"{self.folder}/mnesia"', "-s", "ejabberd"]
        return command, environment


if __name__ == "__main__":
    starter.main(Ejabberd)
