import {
  type Host,
  type Load,
  type LoadSample,
  nextLoad,
  type ProcessorTimes,
  stockWanted,
  type StockWanted,
  usedBetween,
} from '@ferry/model';
import type { Services } from '../operations/engine/services.ts';
import { measureInstance } from '../operations/forecast/forecast-instance.ts';
import { lookAtStock } from './look-at-stock.ts';
import type { HostLoad } from '../store/hosts/load-store.ts';

/** How much may be measured. */
interface ProfileBudget {
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

/**
 * Keeps what hosts and instances use of processors, and what they have that some guests need: one question a host, and one
 * each for what is named. Of several controllers one keeps each look. A host that does not answer is left out; the watch over hosts
 * tells of it.
 */
export async function recordLoads(services: Services): Promise<void> {
  const { store } = services;
  const hosts = (await store.hosts.list()).filter(({ service }) => service.state === 'up');
  const before = await store.loads.hosts();
  const wanted = stockWanted(await store.fleet.needs());
  await Promise.all(
    hosts.map(async (host) => recordLoad(services, host, before.get(host.id) ?? null, wanted)),
  );
}

async function recordLoad(
  services: Services,
  host: Host,
  before: HostLoad | null,
  wanted: StockWanted,
): Promise<void> {
  const { store, hypervisor, limits, log } = services;
  try {
    const there = hypervisor.host(host.uri);
    const guestsNs = await there.guests.processorTimesNs({ deadlineMs: limits.inspectMs });
    const times: ProcessorTimes = { at: store.now(), guestsNs: Object.fromEntries(guestsNs) };
    const stock = await lookAtStock(host, there, wanted, {
      before: before?.stock ?? null,
      now: times.at,
      limits,
    });
    const used = before === null ? null : usedBetween(before.times, times);
    if (used === null) {
      const still = { load: before?.load ?? null, others: before?.others ?? null };
      await store.loads.saw(host.id, before, { ...still, times, stock }, new Map());
      return;
    }
    const sampleOf = (cpus: number): LoadSample => ({ at: times.at, cpus, spanMs: used.spanMs });
    const ids = new Set((await store.instances.byIds([...used.cpus.keys()])).map(({ id }) => id));
    const known = await store.loads.instances([...ids]);
    const loads = new Map<string, Load>();
    let [all, ofOthers] = [0, 0];
    for (const [id, cpus] of used.cpus) {
      all += cpus;
      if (ids.has(id)) loads.set(id, nextLoad(known.get(id) ?? null, sampleOf(cpus)));
      else ofOthers += cpus;
    }
    const load = nextLoad(before?.load ?? null, sampleOf(all));
    const others = nextLoad(before?.others ?? null, sampleOf(ofOthers));
    await store.loads.saw(host.id, before, { load, others, times, stock }, loads);
  } catch (error) {
    log.debug({ err: error, host: host.name }, 'what a host uses could not be read; it is tried again');
  }
}
