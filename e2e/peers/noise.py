#!/usr/bin/env python3
"""Noise on every topic that the application listens to, as no edge node means it.

Three kinds in turn: random bytes where CDR belongs, random bytes inside a well-formed message, and frames that
were whole once and are cut or lie about their lengths. What is sent is printed as JSON Lines: ready, sent.
"""

import argparse
import json
import random
import signal
import sys
import time

import rclpy
from rclpy.context import Context
from std_msgs.msg import Float32MultiArray, String, UInt8MultiArray

from edge_node import COMMAND_QOS, COORDINATION, COORDINATION_QOS, HEARTBEAT, METRICS, METRICS_QOS, SEED_QOS, lydt


def topics_of(node_id):
    return [
        (f"/lydlr/{node_id}/transport/metrics", UInt8MultiArray, METRICS_QOS),
        (f"/lydlr/{node_id}/heartbeat", UInt8MultiArray, METRICS_QOS),
        (f"/{node_id}/metrics", Float32MultiArray, SEED_QOS),
        (f"/lydlr/{node_id}/coordination", UInt8MultiArray, COORDINATION_QOS),
        (f"/{node_id}/coordination", Float32MultiArray, COORDINATION_QOS),
    ]


class Noise:
    def __init__(self, seed, node_id):
        self.random = random.Random(seed)
        self.node_id = node_id
        self.turn = 0

    def some_bytes(self, longest=600):
        return self.random.randbytes(self.random.randrange(longest))

    def broken_frame(self):
        """A frame that was whole: cut somewhere, with trailing bytes, or with a length that lies."""
        kind = self.random.choice([METRICS, HEARTBEAT, COORDINATION, 1, 5])
        meta = {"vertical": "drone", "model_version": "1.0.0", "compression_ratio": 8.0, "latency_ms": 20.0}
        frame = bytearray(lydt(kind, self.random.randrange(2**32), self.node_id, meta))
        how = self.random.randrange(4)
        if how == 0:
            return bytes(frame[: self.random.randrange(len(frame))])
        if how == 1:
            return bytes(frame) + self.random.randbytes(1 + self.random.randrange(8))
        # The three lengths stand at 20, 22 and 24.
        at = 20 + 2 * self.random.randrange(3)
        frame[at] = (frame[at] + 1 + self.random.randrange(254)) % 256
        if how == 3:
            frame[at + 1] = 255
        return bytes(frame)

    def message(self, kind):
        self.turn += 1
        if self.turn % 3 == 0 or kind is Float32MultiArray:
            return self.some_bytes()
        if kind is String:
            text = self.some_bytes().decode("latin-1").replace("\0", "")
            return String(data=text if self.turn % 2 else '{"timestamp": NaN, "nodes": [' + text)
        message = UInt8MultiArray()
        message.data.frombytes(self.some_bytes() if self.turn % 3 == 1 else self.broken_frame())
        return message


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--node", default="noise_0")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    context = Context()
    rclpy.init(context=context)
    node = rclpy.create_node("somebody", context=context, start_parameter_services=False, enable_rosout=False)
    noise = Noise(options.seed, options.node)
    wanted = topics_of(options.node) + [("/lydlr/fleet/status", String, COMMAND_QOS)]
    publishers = [(node.create_publisher(kind, topic, qos), kind) for topic, kind, qos in wanted]
    sys.stdout.write(json.dumps({"event": "ready", "topics": [topic for topic, _, _ in wanted]}) + "\n")
    sys.stdout.flush()
    sent = 0
    while not stop:
        for publisher, kind in publishers:
            publisher.publish(noise.message(kind))
            sent += 1
        # Paced: a queue that overflows would only lose noise.
        time.sleep(0.002)
    sys.stdout.write(json.dumps({"event": "published", "count": sent}) + "\n")
    sys.stdout.flush()
    rclpy.shutdown(context=context)


if __name__ == "__main__":
    main()
