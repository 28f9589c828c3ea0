#!/usr/bin/env python3
"""The coordinator and the fleet hub of the Lydlr fleet in rclpy, written from the wire protocol reference alone.

The coordinator allots bandwidth in both dialects twice a second; the hub tells the fleet's status once a second.
"""

import argparse
import json
import signal
import sys
import time

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from std_msgs.msg import Float32MultiArray, String, UInt8MultiArray

from edge_node import COMMAND_QOS, COORDINATION, COORDINATION_QOS, lydt


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--allot", default="", help="nodes that bandwidth is allotted to, separated by commas")
    parser.add_argument("--mbps", type=float, default=0.5)
    parser.add_argument("--hub", default="", help="what the hub lists, as id:version, separated by commas")
    options = parser.parse_args()
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    context = Context()
    rclpy.init(context=context)
    node = rclpy.create_node("distributed_coordinator", context=context, start_parameter_services=False, enable_rosout=False)
    allotted = [each for each in options.allot.split(",") if each]
    listed = [each.split(":") for each in options.hub.split(",") if each]
    framed = {each: node.create_publisher(UInt8MultiArray, f"/lydlr/{each}/coordination", COORDINATION_QOS) for each in allotted}
    floats = {each: node.create_publisher(Float32MultiArray, f"/{each}/coordination", COORDINATION_QOS) for each in allotted}
    status = node.create_publisher(String, "/lydlr/fleet/status", COMMAND_QOS) if listed else None

    def allot():
        signals = {
            "target_compression": 0.82,
            "allocated_mbps": options.mbps,
            "fleet_avg_compression": 6.5,
            "fleet_avg_latency_ms": 18.25,
            "fleet_avg_quality": 0.9,
        }
        for each in allotted:
            message = UInt8MultiArray()
            message.data.frombytes(lydt(COORDINATION, 0, each, signals))
            framed[each].publish(message)
            floats[each].publish(Float32MultiArray(data=list(signals.values())))

    def tell():
        nodes = [
            {"node_id": name, "alive": True, "vertical": "drone", "model_version": version, "compression_ratio": 8.0, "latency_ms": 20.0, "quality_score": 0.9}
            for name, version in listed
        ]
        status.publish(String(data=json.dumps({"timestamp": time.time(), "fleet_profile": "drone", "nodes": nodes})))

    node.create_timer(0.5, allot)
    if status is not None:
        node.create_timer(1.0, tell)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    sys.stdout.write(json.dumps({"event": "ready"}) + "\n")
    sys.stdout.flush()
    while not stop:
        executor.spin_once(timeout_sec=0.1)
    sys.stdout.write(json.dumps({"event": "published", "count": 0}) + "\n")
    executor.shutdown()
    node.destroy_node()
    rclpy.shutdown(context=context)


if __name__ == "__main__":
    main()
