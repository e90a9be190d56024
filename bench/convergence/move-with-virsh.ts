import type { LabGuest, LabHost } from '@ferry/lab';
import type { Load } from './cells.ts';
import type { Moved } from './move-with-ferry.ts';

const base = '/var/lib/libvirt/images/lab-base.qcow2';

/** Moves a guest as somebody with virsh and a manual does; aborts its job when the limit is over. */
export async function moveWithVirsh(
  guest: LabGuest,
  { storage }: Load,
  hosts: { readonly from: LabHost; readonly to: LabHost },
  options: readonly string[],
  limitMs: number,
): Promise<Moved> {
  const { from, to } = hosts;
  if (storage === 'local') await makeTarget(guest, to);
  const copy = storage === 'local' ? ['--copy-storage-inc'] : [];
  const flags = ['--live', '--p2p', '--persistent', '--undefinesource', ...copy, ...options];
  const late = setTimeout(() => {
    from.exec(['virsh', '-q', 'domjobabort', guest.name]).catch(() => undefined);
  }, limitMs);
  const { code, stderr } = await from.exec(['virsh', '-q', 'migrate', ...flags, guest.name, to.uri], {
    timeoutMs: limitMs + 180_000,
  });
  clearTimeout(late);
  if (code === 0) {
    if (storage === 'local') await from.execOk(['rm', '-f', guest.diskPath]);
    return { end: 'moved', because: null, forecast: null, ...(await counted(guest, to)) };
  }
  await to.exec(['virsh', '-q', 'destroy', guest.name]);
  await to.exec(['virsh', '-q', 'undefine', guest.name]);
  if (storage === 'local') await to.exec(['rm', '-f', guest.diskPath]);
  const possible = !/not supported|unsupported|cannot|is not/i.test(stderr) || /cancel/i.test(stderr);
  return {
    end: possible ? 'stayed' : 'not-possible',
    because: stderr.trim(),
    bytes: null,
    hypervisorDowntimeMs: null,
    forecast: null,
  };
}

async function makeTarget(guest: LabGuest, to: LabHost): Promise<void> {
  await to.execOk([
    'sh',
    '-ec',
    `[ -e ${base} ] || cp /lab/base.qcow2 ${base}; rm -f ${guest.diskPath}; qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${guest.diskPath} 256M; chown libvirt-qemu ${guest.diskPath}`,
  ]);
  await to.virsh('pool-refresh', 'default');
}

const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** What the target keeps of a job that ended well. */
async function counted(guest: LabGuest, to: LabHost): Promise<Pick<Moved, 'bytes' | 'hypervisorDowntimeMs'>> {
  const { stdout } = await to.exec(['virsh', '-q', 'domjobinfo', '--completed', guest.name]);
  const bytes = /Data processed:\s+([\d.]+) (\S+)/.exec(stdout);
  const downtime = /Total downtime:\s+(\d+)/.exec(stdout);
  return {
    bytes: bytes === null ? null : Math.round(Number(bytes[1]) * (unitBytes[bytes[2] ?? ''] ?? 1)),
    hypervisorDowntimeMs: downtime === null ? null : Number(downtime[1]),
  };
}
