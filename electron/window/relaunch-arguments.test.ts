import { describe, expect, test } from "vitest";
import { relaunchArguments } from "./relaunch-arguments";

describe("a new start on another link", () => {
  test("keeps switches, folder and options, and names its link once", () => {
    const argv = ["/electron", "--no-sandbox", "/app", "--data-dir", "/data", "--link", "embedded", "--domain", "42"];
    expect(relaunchArguments(argv, "ros2")).toEqual(["--no-sandbox", "/app", "--data-dir", "/data", "--domain", "42", "--link", "ros2"]);
    expect(relaunchArguments(["/electron", "/app", "--link=auto"], "embedded")).toEqual(["/app", "--link", "embedded"]);
    expect(relaunchArguments(["/lydlr-ops"], "ros2")).toEqual(["--link", "ros2"]);
  });
});
