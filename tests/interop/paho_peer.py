"""Paho's Python client as a peer, run by whichever Python has it: subscribes to "question", says so, prints each
message in hexadecimal, and publishes its payload to "answer" at the same QoS. Works with Paho 1 and 2."""
import os
import sys
import urllib.parse

from paho.mqtt import client as paho


def main(url, version, qos):
    place = urllib.parse.urlsplit(url)
    web = place.scheme in ("ws", "wss")
    options = {"client_id": "paho-python", "transport": "websockets" if web else "tcp"}
    options["protocol"] = {"31": paho.MQTTv31, "311": paho.MQTTv311, "5": paho.MQTTv5}[version]
    if hasattr(paho, "CallbackAPIVersion"):
        options["callback_api_version"] = paho.CallbackAPIVersion.VERSION1
    client = paho.Client(**options)
    if place.username:
        client.username_pw_set(urllib.parse.unquote(place.username), urllib.parse.unquote(place.password))
    if web:
        client.ws_set_options(path=place.path)
    if place.scheme in ("wss", "mqtts"):
        client.tls_set(os.environ["CA"])

    def on_message(_, __, message):
        print(message.topic, message.qos, message.payload.hex(), flush=True)
        client.publish("answer", message.payload, message.qos)

    client.on_connect = lambda *_: client.subscribe("question", int(qos))
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.on_message = on_message
    client.connect(place.hostname, place.port)
    client.loop_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
