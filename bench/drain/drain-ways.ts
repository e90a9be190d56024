import type { LabGuest, LabHost } from '@ferry/lab';
import { until } from '@ferry/lab';
import type { BenchWorld } from '../bench-world.ts';

/** What came of a drain. */
export interface Drained {
  readonly elapsedMs: number;
  /** Of memory, as the hypervisors count what they sent. */
  readonly bytes: number;
  /** Of each guest the longest time without an answer. */
  readonly gapsMs: readonly number[];
  readonly moved: number;
}

/** A way to empty a host. */
export interface DrainWay {
  readonly name: 'ferry' | 'loop' | 'at-once';
  readonly says: string;
  /** What is done long before, and not timed. */
  prepare?(world: BenchWorld, guests: readonly LabGuest[], hosts: DrainHosts): Promise<void>;
  /** Returns when all have moved, or have failed to. */
  drain(world: BenchWorld, guests: readonly LabGuest[], hosts: DrainHosts): Promise<void>;
}

export interface DrainHosts {
  readonly from: LabHost;
  readonly others: readonly LabHost[];
}

/** Longest that one guest may take. */
const limitMs = 300_000;

/** As somebody with virsh and a manual does; a guest that is not there, or does not get there, stays. */
export async function migrate(guest: LabGuest, from: LabHost, to: LabHost | undefined): Promise<void> {
  const flags = ['--live', '--p2p', '--persistent', '--undefinesource'];
  const late = setTimeout(() => {
    from.exec(['virsh', '-q', 'domjobabort', guest.name]).catch(() => undefined);
  }, limitMs);
  await from.exec(['virsh', '-q', 'migrate', ...flags, guest.name, to?.uri ?? ''], {
    timeoutMs: limitMs + 60_000,
  });
  clearTimeout(late);
}

export const drainWays: readonly DrainWay[] = [
  {
    name: 'ferry',
    says: '`ferry drain HOST --yes`',
    prepare: async ({ client }, guests, { from }) => {
      for (const { name } of guests) await client.adoptInstance({ host: from.name, domain: name });
      // What its guests are is read in the background, and a plan is made from what was read.
      await until('all definitions are read', 60_000, async () => {
        const { plan, stays } = await client.makePlan({ goal: { kind: 'drain', hosts: [from.name] } });
        await client.deletePlan(plan.id);
        return stays.length === 0 ? true : null;
      });
    },
    drain: async (world, _, { from }) => {
      await world.ferry('drain', from.name, '--yes');
    },
  },
  {
    name: 'loop',
    says: '`virsh migrate`, one after the other',
    drain: async (_, guests, { from, others }) => {
      for (const [index, guest] of guests.entries())
        await migrate(guest, from, others[index % others.length]);
    },
  },
  {
    name: 'at-once',
    says: '`virsh migrate`, all at once',
    drain: async (_, guests, { from, others }) => {
      await Promise.all(guests.map((guest, index) => migrate(guest, from, others[index % others.length])));
    },
  },
];
