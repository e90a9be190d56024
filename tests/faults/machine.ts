import { cpus, loadavg, totalmem } from 'node:os';
import type { Lab } from '@ferry/lab';

const gibibyte = 1024 ** 3;

/** What results were measured on, in a line. */
export async function machineLine(lab: Lab): Promise<string> {
  const host = lab.hosts[0];
  const said = (await host?.virsh('version')) ?? '';
  const version = (what: RegExp): string => what.exec(said)?.[1] ?? 'unknown';
  const [processor] = cpus();
  const load = loadavg()[1] ?? 0;
  return [
    `libvirt ${version(/Using library: libvirt (\S+)/)}, QEMU ${version(/hypervisor: QEMU (\S+)/)}`,
    `${cpus().length} x ${processor?.model ?? 'unknown'}, ${Math.round(totalmem() / gibibyte)} GiB, which both hosts, their guests and the controller share`,
    `load at the end ${load.toFixed(1)}`,
  ].join('; ');
}
