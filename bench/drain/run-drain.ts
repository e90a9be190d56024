import { setTimeout as sleep } from 'node:timers/promises';
import type { LabGuest, LabHost } from '@ferry/lab';
import type { BenchWorld } from '../bench-world.ts';
import { type Drained, type DrainHosts, type DrainWay, migrate } from './drain-ways.ts';

export const guestsAtOnce = 8;
const memoryMib = 128;
/** What each guest changes: together less than a port of 200 Mbit/s carries, so that each way can come to an end. */
const dirty = { mib: 16, mibPerSecond: 1 };
/** Guests write for that long before they are moved. */
const warmMs = 3_000;
const unitBytes: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Guests on the first host, which every way empties in its turn. */
export async function makeGuests({ lab }: BenchWorld): Promise<LabGuest[]> {
  const [host] = lab.hosts;
  if (host === undefined) throw new Error('hosts are needed');
  const guests: LabGuest[] = [];
  for (let index = 0; index < guestsAtOnce; index += 1)
    guests.push(await lab.createGuest({ name: `vm-${index}`, host, storage: 'shared', memoryMib, dirty }));
  for (const guest of guests) await guest.waitAlive();
  return guests;
}

/** Empties the first host by a way, and brings all home again. */
export async function runDrain(
  world: BenchWorld,
  way: DrainWay,
  guests: readonly LabGuest[],
): Promise<Drained> {
  const [from, ...others] = world.lab.hosts;
  if (from === undefined) throw new Error('hosts are needed');
  try {
    return await measure(world, way, guests, { from, others });
  } finally {
    if (way.name === 'ferry') await forget(world, guests, from);
    for (const guest of guests) for (const host of others) await migrate(guest, host, from);
  }
}

async function measure(
  world: BenchWorld,
  way: DrainWay,
  guests: readonly LabGuest[],
  hosts: DrainHosts,
): Promise<Drained> {
  await way.prepare?.(world, guests, hosts);
  await sleep(warmMs);
  const probes = await Promise.all(guests.map((guest) => guest.probe(10)));
  const beganMs = performance.now();
  await way.drain(world, guests, hosts);
  const elapsedMs = Math.round(performance.now() - beganMs);
  for (const guest of guests) await guest.waitAlive();
  const reports = await Promise.all(probes.map((probe) => probe.stop()));
  const sent = await Promise.all(guests.map(async (guest) => bytesOf(guest, hosts.others)));
  const counted = sent.filter((bytes) => bytes !== null);
  return {
    elapsedMs,
    bytes: counted.reduce((sum, bytes) => sum + bytes, 0),
    gapsMs: reports.map(({ longestGapMs }) => longestGapMs),
    moved: counted.length,
  };
}

/** As the target keeps it of a job that ended well; null: it is on none of them. */
async function bytesOf(guest: LabGuest, others: readonly LabHost[]): Promise<number | null> {
  for (const host of others) {
    const { code, stdout } = await host.exec(['virsh', '-q', 'domjobinfo', '--completed', guest.name]);
    const found = /Data processed:\s+([\d.]+) (\S+)/.exec(stdout);
    if (code === 0 && found !== null) return Number(found[1]) * (unitBytes[found[2] ?? ''] ?? 1);
  }
  return null;
}

async function forget({ client }: BenchWorld, guests: readonly LabGuest[], from: LabHost): Promise<void> {
  for (const { name } of guests) await client.forgetInstance(name);
  await client.setHost(from.name, { maintenance: null });
}
