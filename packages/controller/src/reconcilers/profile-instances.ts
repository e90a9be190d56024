import { measureInstance } from '../operations/forecast/measure-instance.ts';
import type { Services } from '../operations/engine/services.ts';

/** How much may be measured. */
export interface ProfileBudget {
  /** Each instance so often, milliseconds. */
  readonly eachMs: number;
  /** So many at a time, by this controller. */
  readonly atOnce: number;
}

/**
 * Measures those running instances that were not for the longest time, as many as may be at once; the next round takes the next
 * ones. Only on hosts that answer, and none that an operation holds.
 */
export async function profileInstances(services: Services, { eachMs, atOnce }: ProfileBudget): Promise<void> {
  const { store, hypervisor } = services;
  const hosts = (await store.hosts.list()).filter(({ service }) => service.state === 'up');
  const now = store.now();
  const before = new Date(Date.parse(now) - eachMs).toISOString();
  const due = await store.measurements.due(
    hosts.map(({ id }) => id),
    before,
    atOnce,
  );
  await Promise.all(
    due.map(async ({ instanceId, hostId }) => {
      const host = hosts.find(({ id }) => id === hostId);
      if (host === undefined || !(await store.measurements.take(instanceId, before, now))) return;
      // Of one that cannot be measured the log tells; its turn comes again.
      await measureInstance(services, instanceId, hypervisor.host(host.uri));
    }),
  );
}
