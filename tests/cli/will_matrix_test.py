"""Whether `mqtt will-test` sees what it looks for: each fault of `mqtt broker` fails the cases that it should, no other
case, and each case is failed by one fault at least."""
import concurrent.futures
import json
import unittest

import harness
from brokers import Broker
from harness import mqtt, run

WAYS_OF_DYING = set(
    "tcp-fin tcp-reset half-packet half-qos-2 keep-alive malformed-packet second-connect wildcard-publish "
    "take-over".split()
)
# Where the client closes its connection, so that the will is published and can be looked at.
DIE_BY_CLOSING = set(
    "tcp-fin half-qos-2 topic payload-empty payload-binary payload-large qos-0 qos-1 qos-2 qos-1-to-0 qos-2-to-1 once "
    "retain retain-live no-retain retain-clears away-subscriber delay delay-session-end delay-no-session "
    "message-expiry message-expired payload-format content-type response-topic correlation-data user-properties "
    "retain-as-published burst".split()
)
# What wants a will to be published; the others want none, or CONNECT to be refused.
WILL_COMES = WAYS_OF_DYING | DIE_BY_CLOSING | {"disconnect-with-will", "take-over-clean-start"}

# The broker's fault: the cases that fail then, on a transport, and options of the broker that they need.
FAULTS = {
    "will-never": WILL_COMES,
    "will-lost-on-close": DIE_BY_CLOSING,
    "will-lost-on-reset": {"tcp-reset"},
    "will-lost-on-half-packet": {"half-packet"},
    "will-lost-on-open-flow": {"half-qos-2"},
    "will-lost-on-keep-alive": {"keep-alive"},
    "will-lost-on-malformed-packet": {"malformed-packet"},
    "will-lost-on-protocol-error": {"second-connect", "wildcard-publish"},
    "will-lost-on-take-over": {"take-over", "take-over-clean-start"},
    "will-lost-on-clean-start": {"take-over-clean-start"},
    "will-lost-on-session-end": {"delay-session-end"},
    "will-lost-on-disconnect-with-will": {"disconnect-with-will"},
    "will-lost-while-away": {"away-subscriber"},
    "will-lost-in-burst": {"burst"},
    "will-on-disconnect": {"disconnect", "disconnect-discards"},
    "will-kept-after-disconnect": {"disconnect-discards"},
    "will-of-refused": {"refused"},
    "will-twice": {"once", "burst"},
    "keep-alive-ignored": {"keep-alive"},
    "keep-alive-early": {"keep-alive"},
    "keep-alive-zero-enforced": {"keep-alive-zero"},
    "pingreq-ignored": {"pingreq"},
    # What is retained, or should clear it, goes to the other topic.
    "topic-changed": {"topic", "retain", "retain-clears"},
    "topic-wildcard-accepted": {"wildcard-will"},
    "dollar-dropped": {"dollar-topic"},
    "payload-empty-lost": {"payload-empty", "retain-clears"},
    "payload-cut-at-zero": {"payload-binary", "payload-large"},
    "payload-cut-at-1024": {"payload-large"},
    # QoS 0 is not kept for a subscriber that is away.
    "qos-lowered": {"qos-1", "qos-2", "qos-2-to-1", "away-subscriber"},
    "qos-not-downgraded": {"qos-1-to-0", "qos-2-to-1"},
    "limits-ignored": {"qos-above-maximum", "retain-unavailable"},
    "retain-lost": {"retain", "retain-as-published", "retain-clears"},
    "retain-always": {"no-retain"},
    "retained-not-cleared": {"retain-clears"},
    "retain-as-published-ignored": {"retain-as-published"},
    "retain-as-published-always": {"retain-live"},
    "delay-ignored": {"delay", "delay-cancelled", "delay-session-end", "take-over-resumed"},
    "delay-longer": {"delay"},
    "delay-not-cancelled": {"delay-cancelled", "take-over-resumed"},
    "message-expiry-lost": {"message-expiry", "message-expired"},
    "payload-format-lost": {"payload-format"},
    "content-type-lost": {"content-type"},
    "response-topic-lost": {"response-topic"},
    "correlation-data-lost": {"correlation-data"},
    "user-properties-lost": {"user-properties"},
    "user-properties-reversed": {"user-properties"},
}
ELSEWHERE = {
    ("will-lost-on-tls-cut", "tls"): {"tls-cut"},
    ("will-lost-on-websocket-cut", "ws"): {"ws-cut"},
    ("will-lost-on-close", "ws"): DIE_BY_CLOSING | {"ws-close"},
}
OPTIONS = {"limits-ignored": ("--maximum-qos", "1", "--no-retain")}

# The cases wait most of the time: so many brokers at a time.
AT_A_TIME = 16


def failing(fault, transport="tcp"):
    """The cases that do not simply pass, with why, against a broker with that fault (None: a healthy one)."""
    options = (*(("--fault", fault) if fault else ()), *OPTIONS.get(fault, ()))
    with Broker(*options) as broker:
        patience = ("--timeout", 3, "--tolerance", 1, "--burst", 200)
        result = run(mqtt("will-test", *broker.options(transport), *patience, "--format", "json"), timeout=300)
    lines = [json.loads(line) for line in result.text.splitlines()]
    assert lines and result.code in (0, 1), repr(result)
    return {f"{line['case']}": line["reason"] for line in lines if line["verdict"] not in ("pass", "skip")}


class Matrix(unittest.TestCase):
    maxDiff = None

    def test_each_fault_fails_its_cases_and_no_other(self):
        wanted = {(None, transport): set() for transport in harness.TRANSPORTS}
        wanted |= {(fault, "tcp"): cases for fault, cases in FAULTS.items()} | ELSEWHERE
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            found = dict(zip(wanted, pool.map(lambda job: failing(*job), wanted)))
        for job, cases in wanted.items():
            with self.subTest(job):
                self.assertEqual(set(found[job]), cases, found[job])

    def test_each_fault_is_in_the_table(self):
        listed = {line.split()[0] for line in run(mqtt("broker", "--list-faults")).text.splitlines()}
        self.assertEqual(listed, set(FAULTS) | {fault for fault, _ in ELSEWHERE})

    def test_each_case_is_failed_by_a_fault(self):
        listed = {line.split()[0] for line in run(mqtt("will-test", "--list")).text.splitlines()}
        self.assertEqual(listed, set().union(*FAULTS.values(), *ELSEWHERE.values()))


if __name__ == "__main__":
    harness.main()
