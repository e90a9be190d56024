import type { DiskFacts } from '@ferry/model';

/** Whether two descriptions of a domain name the same disks; one that goes by a path now may go by its pool at the next start. */
export function haveSameDisks(now: readonly DiskFacts[], next: readonly DiskFacts[]): boolean {
  return now.length === next.length && next.every((disk) => now.some((one) => isSame(one, disk)));
}

function isSame(now: DiskFacts, next: DiskFacts): boolean {
  if (now.target !== next.target) return false;
  if (next.volume !== null) return JSON.stringify(now.volume) === JSON.stringify(next.volume);
  return now.path === next.path && now.network?.name === next.network?.name;
}
