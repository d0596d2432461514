"""The chat page that everyone starts with: Paho's JavaScript client in two pages of a headless Chromium, two `mqtt sub`
and a `mqtt pub -l`, messages crossing all ways over WebSocket."""
import functools
import http.server
import json
import threading
import urllib.parse

import cells
from cells import Cells, harness
from mosquitto import Mosquitto
from mqtt_broker import MqttBroker
from rabbitmq import RabbitMq
from starter import npm

KINDS = (MqttBroker, Mosquitto, RabbitMq)

# Says hello to the room, and that it heard whatever anybody else says there.
PAGE = """<!doctype html><meta charset="utf-8"><script src="node_modules/paho-mqtt/paho-mqtt.js"></script><script>
const asked = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const client = new Paho.Client(asked.url, 'page-' + asked.name);
const say = (topic, text) => {
  const message = new Paho.Message(text);
  message.destinationName = topic;
  message.qos = 1;
  client.send(message);
};
client.onMessageArrived = message => say('chat/heard', asked.name + ' heard ' + message.payloadString);
const options = {onSuccess: () => client.subscribe('chat/room', {qos: 1, onSuccess: () =>
  say('chat/heard', asked.name + ' is here')})};
if (asked.user) Object.assign(options, {userName: asked.user, password: asked.password});
client.connect(options);
</script>"""


class Files(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/chat.html":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_):
        pass


@harness.needs("chromium", "npm")
class Chat(Cells):
    @classmethod
    def setUpClass(cls):
        super(Cells, cls).setUpClass()
        folder = npm.installed("paho", "paho-mqtt@1")
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(folder)))
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def page(self, broker, name):
        asked = {"url": broker.url("ws", credentials=""), "name": name}
        asked.update(user=broker.user, password=broker.password)
        place = f"http://127.0.0.1:{self.server.server_port}/chat.html#{urllib.parse.quote(json.dumps(asked))}"
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        profile = f"--user-data-dir={self.folder}/{broker.name}-{name}"
        return self.start([harness.program("chromium"), *options, profile, place], env={"HOME": str(self.folder)})

    def test_chat(self):
        for kind in KINDS:
            try:
                broker = cells.shared(kind)
            except harness.unittest.SkipTest as missing:
                self.without(str(missing))
                continue
            with self.cell(broker=broker.name, client="Paho JavaScript"):
                self.chat(broker)

    def chat(self, broker):
        heard = ["-t", "chat/heard", "-q", 1]
        subs = [self.start_subscriber(*broker.options(transport), *heard) for transport in ("ws", "tcp")]
        pages = [self.page(broker, name) for name in ("left", "right")]
        for sub in subs:
            sub.wait_for_output("left is here\n").wait_for_output("right is here\n")
        lines = ["good morning", "grüße", "你好 🙂"]
        publish = harness.mqtt("pub", *broker.options("ws"), "-t", "chat/room", "-q", 1, "-l")
        self.assert_ok(harness.run(publish, "".join(f"{line}\n" for line in lines)))
        for sub in subs:
            for name in ("left", "right"):
                for line in lines:
                    sub.wait_for_output(f"{name} heard {line}\n")
        for process in (*pages, *subs):
            process.signal(15).popen.wait(harness.PATIENCE)


if __name__ == "__main__":
    cells.main()
