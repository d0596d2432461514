"""An AMQP 0-9-1 client by pika, run by whichever Python has that: `consume KEY` prints what comes to a queue of its own
that is bound to amq.topic, `publish KEY` sends standard input there. The place comes as AMQP_URL."""
import os
import sys

import pika


def main(what, key):
    channel = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])).channel()
    if what == "publish":
        channel.basic_publish("amq.topic", key, sys.stdin.buffer.read())
        return
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "amq.topic", key)
    print("ready", flush=True)
    for method, _, body in channel.consume(queue, auto_ack=True):
        print(method.routing_key, body.hex(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
