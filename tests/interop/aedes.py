"""Starts aedes, the broker for Node, from npm: TCP, TLS and WebSocket."""
import json

import starter
from starter import harness, npm

# aedes is a library; this is the server that its documentation begins with, once for each transport.
_SERVER = """
const [modules, ports, identity] = process.argv.slice(2).map(text => JSON.parse(text));
const fs = require('fs'), http = require('http'), https = require('https'), net = require('net'), tls = require('tls');
const { WebSocketServer, createWebSocketStream } = require(modules + '/ws');
(async () => {
  const { Aedes } = await import(modules + '/aedes/aedes.js');
  const options = {queueLimit: 100000, concurrency: 1000};
  const broker = Aedes.createBroker ? await Aedes.createBroker(options) : new Aedes(options);
  const secure = {cert: fs.readFileSync(identity.cert), key: fs.readFileSync(identity.key)};
  const web = server => {
    new WebSocketServer({server, maxPayload: 64 << 20}).on('connection', (socket, request) =>
      broker.handle(createWebSocketStream(socket), request));
    return server;
  };
  const servers = {tcp: net.createServer(broker.handle), tls: tls.createServer(secure, broker.handle),
    ws: web(http.createServer()), wss: web(https.createServer(secure))};
  for (const name in servers) servers[name].listen(ports[name], '127.0.0.1');
})();
"""


class Aedes(starter.Starter):
    name = "aedes"
    programs = ("node", "npm", "openssl")
    transports = ("tcp", "tls", "ws", "wss")
    facts = {"topic_levels": 100, "shared_subscriptions": False, "sys": True}
    versions = ("31", "311")
    broken_wills = dict.fromkeys(("wildcard-will", "qos-2-to-1"), transports)
    refusals = {"5": (1, "unacceptable protocol version .*-V 5, 311 or 31")}

    # aedes 1 needs Node 20.
    @classmethod
    def _modules(cls):
        node = int(harness.run([harness.program("node"), "--version"]).text.lstrip("v").split(".")[0])
        return npm.installed("aedes", "aedes@1" if node >= 20 else "aedes@0.51", "ws@8") / "node_modules"

    @classmethod
    def require(cls):
        super().require()
        cls._modules()

    @classmethod
    def version(cls):
        return json.loads((cls._modules() / "aedes/package.json").read_text())["version"]

    def prepare(self):
        certificates = starter.certificates()
        identity = {"cert": certificates.certificate("server"), "key": certificates.key("server")}
        (self.folder / "server.js").write_text(_SERVER)
        arguments = [json.dumps(value) for value in (str(self._modules()), self.ports, identity)]
        return [harness.program("node"), str(self.folder / "server.js"), *arguments], {}


if __name__ == "__main__":
    starter.main(Aedes)
