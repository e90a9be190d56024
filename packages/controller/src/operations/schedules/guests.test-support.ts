import type { SimulatedDirectory, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { hostNames, type Schedule, type ScheduledGuest } from './schedule.test-support.ts';

const mebibyte = 1024 * 1024;
const base = { format: 'qcow2', capacityBytes: 64 * mebibyte, backing: null, owner: null };

/** A guest of a schedule: its disk is an overlay on a base that others stand on, too. */
export interface Guest extends ScheduledGuest {
  readonly id: string;
  readonly disk: string;
  /** What it wrote last: the content that its disk must have wherever it is. */
  written: string;
}

/** Three hosts, with all guests on the first of them. */
export function settle(world: SimulatedWorld, { guests }: Schedule): Guest[] {
  const shared: SimulatedDirectory = new Map();
  for (const name of hostNames) world.addHost(name, { shared: { '/shared': shared } });
  const { directories } = world.host('compute11');
  return guests.map((guest, number) => {
    const id = `11111111-1111-4111-8111-${String(number + 1).padStart(12, '0')}`;
    const disk = `guest${number}.qcow2`;
    const files = directories.get(guest.directory);
    const written = `guest ${number} from the start`;
    files?.set('base.qcow2', { ...base, content: 'the base system' });
    const backing = { path: `${guest.directory}/base.qcow2`, format: 'qcow2' };
    files?.set(disk, { ...base, backing, content: written });
    world.addDomain('compute11', domainXml(id, `guest${number}`, `${guest.directory}/${disk}`), guest.state);
    const domain = world.host('compute11').domains.get(id);
    if (domain !== undefined) domain.autostart = guest.autostart;
    return { ...guest, id, disk, written };
  });
}

/** A guest that runs writes all the time: what a copy is made of too early or too late shows. */
export function write(world: SimulatedWorld, guests: readonly Guest[], what: string): void {
  for (const guest of guests) {
    const [runner, ...others] = world.runners(guest.id);
    if (runner === undefined || others.length > 0) continue;
    const file = world.host(runner).directories.get(guest.directory)?.get(guest.disk);
    if (file === undefined || file.unfinished !== undefined) continue;
    guest.written = `${guest.disk} ${what}`;
    file.content = guest.written;
  }
}

function domainXml(id: string, name: string, disk: string): string {
  return `<domain type='qemu'><name>${name}</name><uuid>${id}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os><devices>
  <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda'/></disk>
  </devices></domain>`;
}
