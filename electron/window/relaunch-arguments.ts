/**
 * The arguments of this process for its successor, on another link: everything else is as it was.
 * @param argv As `process.argv`, the executable first.
 */
export function relaunchArguments(argv: readonly string[], link: "ros2" | "embedded"): string[] {
  const kept = argv.slice(1).filter((argument, index, all) => argument !== "--link" && !argument.startsWith("--link=") && all[index - 1] !== "--link");
  return [...kept, "--link", link];
}
