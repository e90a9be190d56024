import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own ticks are. */
const ticksEachSecond = 100;

/**
 * Processor seconds, user and system, of all processes that this one has started and that have ended, those that they
 * started included: fields 16 and 17 of /proc/self/stat (proc_pid_stat(5)).
 */
export function endedChildrenSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The second field is the name in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksEachSecond;
}
