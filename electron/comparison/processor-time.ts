/** Processor time that this process has used so far, in ms: all of its threads, in user code and in the system. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
