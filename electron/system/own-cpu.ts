/** Processor time that this process has used since its start, user and system, of all its threads, ms. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
