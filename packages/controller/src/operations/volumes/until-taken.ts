import { Refusal } from '../engine/refusal.ts';

/** How often a request looks at an instance anew that another one took first: each time, that one has got what it wanted. */
const maxAttempts = 100;

/**
 * What an attempt gives, which is null when the instance or its volumes changed between the look and the taking: then it is
 * looked at anew, and what keeps it is told by that look.
 */
export async function untilTaken<T>(instanceId: string, attempt: () => Promise<T | null>): Promise<T> {
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    const taken = await attempt();
    if (taken !== null) return taken;
  }
  throw new Refusal(
    'instance-state',
    `Instance ${instanceId} changed each time it was looked at; ask again.`,
  );
}
