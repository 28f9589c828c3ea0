import { defineConfig } from "vitest/config";

/** The tests with ROS 2 peers: real time, real processes, one file at a time. `./lydlr test ros2` runs them. */
export default defineConfig({
  test: {
    include: ["e2e/ros2/**/*.ros2.ts"],
    environment: "node",
    pool: "forks",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
