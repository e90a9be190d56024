import { setTimeout as sleep } from 'node:timers/promises';
import { type LabGuest, type LabHost, until } from '@ferry/lab';
import type { BenchWorld } from './bench-world.ts';
import { restMs } from './first-touch.ts';
import { median } from './median.ts';

/** Times of both, milliseconds, in the order they were taken. */
export interface LiveTimes {
  readonly ferry: readonly number[];
  readonly virsh: readonly number[];
}

const base = '/var/lib/libvirt/images/lab-base.qcow2';

/**
 * `ferry live-migrate --wait` against `virsh migrate` with the same flags, on the same guest between the same hosts, in
 * turn: there and back by the one, there and back by the other. Ferry's time holds its checks, the making of the
 * target's image and the removal of the source's; virsh does neither, and the bench does it for virsh outside its time. Both
 * begin after a rest, so that none is given the memory that the one before has just freed.
 */
export async function timeLiveMigration(
  world: BenchWorld,
  storage: 'local' | 'shared',
  turns: number,
): Promise<LiveTimes> {
  const [one, two] = world.lab.hosts;
  if (one === undefined || two === undefined) throw new Error('two hosts are needed');
  const guest = await world.lab.createGuest({ name: `bench-${storage}`, host: one, storage });
  await guest.waitAlive();
  await two.execOk(['sh', '-ec', `[ -e ${base} ] || cp /lab/base.qcow2 ${base}`]);
  await world.client.adoptInstance({ host: one.name, domain: guest.name });
  const ferry: number[] = [];
  const virsh: number[] = [];
  const legs = [
    [one, two],
    [two, one],
  ] as const;
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [, to] of legs) {
      await sleep(restMs);
      ferry.push(await world.ferry('live-migrate', guest.name, to.name, '--wait'));
    }
    for (const [from, to] of legs) {
      await sleep(restMs);
      virsh.push(await withVirsh(guest, from, to, storage));
    }
    await followed(world, guest.name, one.name);
  }
  await guest.waitAlive();
  await one.virsh('destroy', guest.name);
  return { ferry, virsh };
}

/** Waits until the controller has seen where virsh has moved it to; which is outside every time taken. */
async function followed(world: BenchWorld, name: string, host: string): Promise<void> {
  await until(`the record of "${name}" follows to "${host}"`, 60_000, async () => {
    const there = await world.client.instances({ host });
    return there.some((instance) => instance.name === name) || null;
  });
}

async function withVirsh(
  guest: LabGuest,
  from: LabHost,
  to: LabHost,
  storage: 'local' | 'shared',
): Promise<number> {
  const flags = ['--live', '--p2p', '--persistent', '--undefinesource'];
  if (storage === 'local') {
    flags.push('--copy-storage-inc');
    await to.execOk([
      'sh',
      '-ec',
      `qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${guest.diskPath} 256M; chown libvirt-qemu ${guest.diskPath}`,
    ]);
    await to.virsh('pool-refresh', 'default');
  }
  const start = performance.now();
  await from.execOk(['virsh', '-q', 'migrate', ...flags, guest.name, to.uri], { timeoutMs: 300_000 });
  const elapsed = performance.now() - start;
  if (storage === 'local') await from.execOk(['rm', guest.diskPath]);
  return elapsed;
}

/** A row of the report. */
export function liveRow(name: string, { ferry, virsh }: LiveTimes): string {
  const [f, v] = [median(ferry), median(virsh)];
  return `| ${name} | ${seconds(f)} | ${seconds(v)} | ${(f / v).toFixed(2)} | ${seconds(f - v)} | ${ferry.length} each |`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
