#!/usr/bin/env python3
"""Edge nodes of the Lydlr fleet in rclpy, written from the wire protocol reference alone.

One process holds one or many nodes of one kind. Its encoder shares no code with the application under
test. What it does is printed as JSON Lines on stdout: ready, deploy, restarted, published (at the end).
"""

import argparse
import json
import math
import random
import signal
import struct
import sys
import threading
import time

import rclpy
from rclpy.context import Context
from rclpy.duration import Duration
from rclpy.executors import SingleThreadedExecutor
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Float32MultiArray, String, UInt8MultiArray

LYDT_VERSION = 1
METRICS, COORDINATION, HEARTBEAT = 2, 3, 4
HEARTBEAT_PERIOD_S = 2.0


def keep_last(depth, reliable, latched):
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


METRICS_QOS = keep_last(20, reliable=False, latched=False)
COMMAND_QOS = keep_last(10, reliable=True, latched=True)
SEED_QOS = keep_last(10, reliable=True, latched=False)
COORDINATION_QOS = keep_last(5, reliable=True, latched=False)


def lydt(kind, seq, node_id, meta, payload=b""):
    """One LYDT v1 frame, little-endian, unpadded: header, the three lengths, then the three bodies."""
    name = node_id.encode("utf-8")
    # allow_nan is Python's default: bare NaN goes out, as from the original edges.
    body = json.dumps(meta, separators=(",", ":")).encode("utf-8")
    head = struct.pack("<4sBBHId", b"LYDT", LYDT_VERSION, kind, 0, seq, time.time())
    return head + struct.pack("<HHI", len(name), len(body), len(payload)) + name + body + payload


def emit(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Edge:
    def __init__(self, node_id, options, context):
        self.node_id = node_id
        self.options = options
        self.version = options.version
        self.swapped_at = time.monotonic()
        # What a control line set: see control() below.
        self.control = {}
        self.sequence = 0
        self.published = 0
        self.random = random.Random(f"{options.seed}/{node_id}")
        name = options.node_name or f"edge_{node_id}"
        self.node = rclpy.create_node(name, context=context, start_parameter_services=False, enable_rosout=False)
        is_legacy = options.dialect in ("legacy", "legacy-global")
        metrics_qos = SEED_QOS if options.qos == "reliable" or (options.qos == "era" and is_legacy) else METRICS_QOS
        self.lydt_metrics = self.legacy_metrics = self.heartbeat = None
        if options.dialect in ("lydt", "both"):
            self.lydt_metrics = self.node.create_publisher(UInt8MultiArray, f"/lydlr/{node_id}/transport/metrics", metrics_qos)
            self.heartbeat = self.node.create_publisher(UInt8MultiArray, f"/lydlr/{node_id}/heartbeat", METRICS_QOS)
        if options.dialect != "lydt":
            self.legacy_metrics = self.node.create_publisher(Float32MultiArray, f"/{node_id}/metrics", metrics_qos)
        if not options.no_deploy_topic:
            for topic in self.deploy_topics():
                qos = SEED_QOS if is_legacy else COMMAND_QOS
                if options.deploy_deadline > 0:
                    qos = keep_last(10, reliable=True, latched=not is_legacy)
                    qos.deadline = Duration(seconds=options.deploy_deadline)
                self.node.create_subscription(String, topic, lambda message, topic=topic: self.deploy(topic, message.data), qos)
        if options.rate > 0 and not options.no_metrics:
            self.node.create_timer(1.0 / options.rate, self.tick)
        if self.heartbeat is not None:
            self.node.create_timer(HEARTBEAT_PERIOD_S, self.beat)
            self.beat()

    def deploy_topics(self):
        dialect = self.options.dialect
        if dialect == "legacy-global":
            return ["/model/deploy"]
        if dialect == "legacy":
            return [f"/{self.node_id}/model/deploy"]
        return [f"/lydlr/{self.node_id}/command/deploy", f"/{self.node_id}/model/deploy", "/lydlr/fleet/deploy"]

    def deploy(self, topic, text):
        version = text
        if topic == "/lydlr/fleet/deploy":
            target, _, version = text.partition(":")
            if target not in ("*", "all", self.node_id):
                return
        emit(event="deploy", node=self.node_id, topic=topic, version=version)
        known = self.options.known
        if self.options.deaf or (known is not None and version not in known.split(",")):
            return
        self.version = self.options.wrong_version or version
        self.swapped_at = time.monotonic()
        self.beat()

    def values(self):
        ratio = 8.0 + self.random.uniform(-0.2, 0.2) + self.gain()
        latency = 20.0 + self.random.uniform(-2.0, 2.0)
        quality = 0.9 + self.random.uniform(-0.01, 0.01)
        if self.options.nan and self.sequence % self.options.nan == 0:
            ratio = math.nan
        if self.options.quality is not None:
            quality = self.options.quality
        does = self.control.get("versions", {}).get(self.version, {})
        if "ramp_s" in does:
            share = min(1.0, (time.monotonic() - self.swapped_at) / does["ramp_s"])
            quality *= 1.0 - share * (1.0 - does.get("quality_times", 1.0))
        else:
            quality *= does.get("quality_times", 1.0)
        ratio /= does.get("bytes_times", 1.0)
        latency *= does.get("latency_times", 1.0)
        quality *= self.control.get("quality_times", 1.0)
        if self.control.get("nan"):
            ratio = latency = quality = math.nan
        return ratio, latency, 0.5, quality, 500.0

    def gain(self):
        version, _, gain = (self.options.gain or "").partition(":")
        return float(gain) if version == self.version else 0.0

    def tick(self):
        if self.random.random() < self.control.get("loss", 0.0):
            self.sequence += 1
            return
        ratio, latency, level, quality, bandwidth = self.values()
        if self.options.garbage:
            size = self.random.randrange(0, self.options.garbage)
            noise = bytes(self.random.randrange(256) for _ in range(size))
            if self.lydt_metrics is not None:
                start = b"LYDT\x01\x02" if self.random.random() < 0.5 else b""
                self.lydt_metrics.publish(UInt8MultiArray(data=start + noise))
            if self.legacy_metrics is not None:
                # Five plausible numbers are metrics, wherever they come from: one of these is none.
                numbers = [self.random.choice([math.nan, math.inf, -1e30, 3.0]) for _ in range(size % 9)]
                self.legacy_metrics.publish(Float32MultiArray(data=[math.nan, *numbers]))
            self.sequence += 1
            return
        if self.lydt_metrics is not None:
            meta = {
                "vertical": "drone",
                "model_version": self.version,
                "compression_ratio": ratio,
                "latency_ms": latency,
                "compression_level": level,
                "quality_score": quality,
                "bandwidth_estimate": bandwidth,
                "bytes_in": 150528,
                "bytes_out": 18816,
                "modality_bytes_in": {"camera": 150000},
                "modality_bytes_out": {"camera": 18000},
                "modality_quality": {"camera": quality},
                "controller_mode": "heuristic",
                "rl_action": 0.0,
                "rl_reward": 0.0,
            }
            # array.array goes out in one copy; a list or bytes would be checked element by element.
            message = UInt8MultiArray()
            message.data.frombytes(lydt(METRICS, self.sequence, self.node_id, meta))
            self.lydt_metrics.publish(message)
        if self.legacy_metrics is not None:
            self.legacy_metrics.publish(Float32MultiArray(data=[ratio, latency, level, quality, bandwidth]))
        self.sequence += 1
        self.published += 1

    def beat(self):
        if self.heartbeat is None:
            return
        frame = lydt(HEARTBEAT, 0, self.node_id, {"vertical": "drone", "model_version": self.version})
        message = UInt8MultiArray()
        message.data.frombytes(frame)
        self.heartbeat.publish(message)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", default="peer_0", help="ids, separated by commas; prefix*N makes N of them")
    parser.add_argument("--dialect", default="lydt", choices=["lydt", "both", "legacy", "legacy-global"])
    parser.add_argument("--qos", default="era", choices=["era", "reliable", "best-effort"])
    parser.add_argument("--rate", type=float, default=10.0, help="metrics per second")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--node-name", help="the ROS node's name, the same for all")
    parser.add_argument("--deaf", action="store_true", help="hears deploys and does nothing")
    parser.add_argument("--known", help="versions that it can run, separated by commas; others are refused")
    parser.add_argument("--wrong-version", help="runs this after any deploy")
    parser.add_argument("--no-deploy-topic", action="store_true", help="does not listen to deploys")
    parser.add_argument("--deploy-deadline", type=float, default=0, help="a deadline that it demands of deploys, s: nobody promises one")
    parser.add_argument("--no-metrics", action="store_true", help="heartbeats alone")
    parser.add_argument("--gain", help="VERSION:RATIO: by so much a version compresses more")
    parser.add_argument("--nan", type=int, default=0, help="every n-th ratio is NaN")
    parser.add_argument("--quality", type=float, help="a quality that is always reported")
    parser.add_argument("--garbage", type=int, default=0, help="random bytes, up to this many, instead of metrics")
    parser.add_argument("--foreign-topics", type=int, default=0, help="publishers that are nobody's business")
    parser.add_argument("--ghosts", action="store_true", help="subscriptions on metrics, and publishers of fleet topics")
    parser.add_argument("--type-clash", help="a publisher of String on this topic")
    parser.add_argument("--diagnostics", action="store_true", help="a driver that tells how it is on /diagnostics, and of the first node's machine")
    parser.add_argument("--competitor", action="store_true", help="a node called model_deployment_manager")
    parser.add_argument("--restart-after", type=float, default=0, help="ends its nodes and makes them again, s")
    parser.add_argument("--control", action="store_true", help="takes a JSON object a line on stdin: loss, nan, quality_times, versions")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def node_ids(text):
    ids = []
    for part in text.split(","):
        prefix, star, count = part.partition("*")
        ids.extend([f"{prefix}{index}" for index in range(int(count))] if star else [part])
    return [each for each in ids if each]


def diagnostics(node, node_id):
    """What diagnostic_updater would send: a driver that fails, and a machine that is warm."""
    message = DiagnosticArray()
    message.header.stamp = node.get_clock().now().to_msg()
    message.status = [
        DiagnosticStatus(level=DiagnosticStatus.ERROR, name="lidar_front: driver", message="no packets for 2.0 s", hardware_id="VLP-16 #7"),
        DiagnosticStatus(
            level=DiagnosticStatus.WARN,
            name=f"{node_id}: machine",
            message="warm",
            hardware_id="orin-7",
            values=[KeyValue(key="cpu_percent", value="91.5"), KeyValue(key="temperature_celsius", value="84.0")],
        ),
    ]
    return message


def surroundings(options, context):
    """Nodes that are no edge nodes."""
    others = []
    if options.foreign_topics or options.ghosts or options.type_clash:
        other = rclpy.create_node("somebody_else", context=context, start_parameter_services=False, enable_rosout=False)
        others.append(other)
        for index in range(options.foreign_topics):
            other.create_publisher(String, f"/foreign/topic_{index}", 1)
        if options.ghosts:
            other.create_subscription(UInt8MultiArray, "/lydlr/ghost/transport/metrics", lambda _: None, METRICS_QOS)
            other.create_subscription(UInt8MultiArray, "/lydlr/ghost/heartbeat", lambda _: None, METRICS_QOS)
            other.create_publisher(String, "/lydlr/fleet/status", COMMAND_QOS)
            other.create_publisher(UInt8MultiArray, "/lydlr/ground/uplink/metrics", METRICS_QOS)
            other.create_publisher(String, "/lydlr/coordinator/performance", 5)
            other.create_publisher(String, "/cmd/metrics", 5)
        if options.type_clash:
            other.create_publisher(String, options.type_clash, 1)
    if options.diagnostics:
        driver = rclpy.create_node("lidar_front", context=context, start_parameter_services=False, enable_rosout=False)
        publisher = driver.create_publisher(DiagnosticArray, "/diagnostics", 10)
        driver.create_timer(0.5, lambda: publisher.publish(diagnostics(driver, node_ids(options.nodes)[0])))
        others.append(driver)
    if options.competitor:
        others.append(rclpy.create_node("model_deployment_manager", context=context, start_parameter_services=False, enable_rosout=False))
    return others


def control(edges, stop):
    """Takes what every node does from now on from stdin, an object a line. Where stdin ends, whoever led this is gone."""
    for line in sys.stdin:
        wanted = json.loads(line)
        for edge in edges:
            edge.control = wanted
    stop.append(True)


def main():
    options = arguments()
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    signal.signal(signal.SIGINT, lambda *_: stop.append(True))
    edges = []

    def reset(*_):
        for edge in edges:
            edge.version = options.version

    # Back to the version of the start, without leaving the graph.
    signal.signal(signal.SIGUSR1, reset)
    asked = []
    # Tells which nodes it sees in the graph.
    signal.signal(signal.SIGUSR2, lambda *_: asked.append(True))
    published = 0
    if options.control:
        threading.Thread(target=control, args=(edges, stop), daemon=True).start()
    while not stop:
        context = Context()
        rclpy.init(context=context)
        edges[:] = [Edge(node_id, options, context) for node_id in node_ids(options.nodes)]
        nodes = [edge.node for edge in edges] + surroundings(options, context)
        executor = SingleThreadedExecutor(context=context)
        for node in nodes:
            executor.add_node(node)
        emit(event="ready", nodes=[edge.node_id for edge in edges])
        until = time.monotonic() + options.restart_after if options.restart_after > 0 else math.inf
        while not stop and time.monotonic() < until:
            executor.spin_once(timeout_sec=0.1)
            if asked:
                asked.clear()
                emit(event="graph", names=sorted(nodes[0].get_node_names()))
        published += sum(edge.published for edge in edges)
        executor.shutdown()
        for node in nodes:
            node.destroy_node()
        rclpy.shutdown(context=context)
        if not stop:
            emit(event="restarted")
            options.restart_after = 0
    emit(event="published", count=published)


if __name__ == "__main__":
    main()
