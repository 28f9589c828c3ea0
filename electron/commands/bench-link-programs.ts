/** The programs that `./lydlr bench link` measures the link against, as small as such programs are. */

/** A bare rclpy subscriber. Prints `ready`, then its count four times a second. */
export const RCLPY_SUBSCRIBER = `
import json, sys, time, rclpy
from rclpy.qos import QoSProfile, ReliabilityPolicy
from std_msgs.msg import UInt8MultiArray
rclpy.init()
node = rclpy.create_node("bench_rclpy")
count = 0
def hear(_):
    global count
    count += 1
qos = QoSProfile(depth=20, reliability=ReliabilityPolicy.BEST_EFFORT)
for topic in json.loads(sys.argv[1]):
    node.create_subscription(UInt8MultiArray, topic, hear, qos)
print("ready", flush=True)
node.create_timer(0.25, lambda: print(count, flush=True))
try:
    rclpy.spin(node)
except Exception:
    pass  # it is ended by a signal
`;

/** A bare rclnodejs subscriber that lets messages be decoded, as its users do. */
export const BARE_RCLNODEJS = `
const [folder, addon, topics] = process.argv.slice(2);
const loader = require.resolve(folder + "/lib/native_loader.js");
require.cache[loader] = { id: loader, filename: loader, loaded: true, exports: require(addon) };
const rcl = require(folder);
rcl.init().then(() => {
  const options = new rcl.NodeOptions();
  options.startParameterServices = false;
  options.startTypeDescriptionService = false;
  const node = new rcl.Node("bench_rclnodejs", "", undefined, options);
  let count = 0;
  for (const topic of JSON.parse(topics)) {
    node.createSubscription("std_msgs/msg/UInt8MultiArray", topic, { qos: new rcl.QoS(1, 20, 2, 2) }, () => { count += 1; });
  }
  node.spin();
  console.log("ready");
  setInterval(() => console.log(count), 250);
});
`;

/** Publishers: once every topic has three subscriptions, \`begin\`, then so long at that rate, then \`end\`. */
export const RCLPY_PUBLISHERS = `
import json, sys, time, rclpy
from rclpy.qos import QoSProfile, ReliabilityPolicy
from std_msgs.msg import UInt8MultiArray
topics, rate, seconds = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
rclpy.init()
node = rclpy.create_node("bench_publishers")
qos = QoSProfile(depth=20, reliability=ReliabilityPolicy.BEST_EFFORT)
publishers = [node.create_publisher(UInt8MultiArray, topic, qos) for topic in topics]
message = UInt8MultiArray()
message.data.frombytes(bytes(500))
limit = time.monotonic() + 30
while any(each.get_subscription_count() < 3 for each in publishers):
    if time.monotonic() > limit:
        sys.exit("not every topic has its listeners")
    time.sleep(0.05)
time.sleep(1)
print("begin", flush=True)
start = time.monotonic()
for tick in range(rate * seconds):
    for index, publisher in enumerate(publishers):
        due = start + (tick + index / len(publishers)) / rate
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        publisher.publish(message)
print("end", flush=True)
time.sleep(600)
`;
