import type { LabGuest, LabHost } from '@ferry/lab';
import { type Connection, connect } from '@ferry/libvirt';
import type { BenchWorld } from '../bench-world.ts';

/** One way to switch a guest over to another host; resolves when it is over, also when it failed. */
export interface Way {
  readonly name: string;
  readonly storage: 'local' | 'shared';
  /**
   * Ferry knows the guest. Of the other ways' guests it must not: it looks for guests that run twice, and would pause
   * the two copies that those ways end with.
   */
  readonly byFerry: boolean;
  move(guest: LabGuest, from: LabHost, to: LabHost): Promise<'moved' | 'stayed'>;
}

const base = '/var/lib/libvirt/images/lab-base.qcow2';

/** Ferry's by disks and by choice, libvirt's own, and libvirt's own with the target left paused until somebody tells it to run. */
export function ways(world: BenchWorld): readonly Way[] {
  return [
    {
      name: 'ferry, local disk: coordinator, target paused until told to run',
      storage: 'local',
      byFerry: true,
      move: (guest, _from, to) => withFerry(world, guest, to, []),
    },
    {
      name: 'ferry, shared disk: --coordinated',
      storage: 'shared',
      byFerry: true,
      move: (guest, _from, to) => withFerry(world, guest, to, ['--coordinated']),
    },
    {
      name: 'ferry, shared disk: peer-to-peer',
      storage: 'shared',
      byFerry: true,
      move: (guest, _from, to) => withFerry(world, guest, to, []),
    },
    {
      name: 'virsh, local disk: peer-to-peer',
      storage: 'local',
      byFerry: false,
      move: (guest, from, to) => withVirsh(guest, from, to, []),
    },
    {
      name: 'virsh, local disk: peer-to-peer, target paused, then resumed by a waiting client',
      storage: 'local',
      byFerry: false,
      move: async (guest, from, to) => {
        // Its connection stands already, as that of a controller does.
        const connection = await connect(`qemu+unix:///system?socket=${to.socketPath}`);
        try {
          const result = await withVirsh(guest, from, to, ['--suspend']);
          if (result === 'moved') await resume(connection, guest.name);
          return result;
        } finally {
          connection.destroy();
        }
      },
    },
  ];
}

function withFerry(
  world: BenchWorld,
  guest: LabGuest,
  to: LabHost,
  more: readonly string[],
): Promise<'moved' | 'stayed'> {
  return world.ferry('live-migrate', guest.name, to.name, '--wait', ...more).then(
    () => 'moved' as const,
    () => 'stayed' as const,
  );
}

async function resume(connection: Connection, name: string): Promise<void> {
  const { dom } = await connection.call('domainLookupByName', { name });
  await connection.call('domainResume', { dom });
}

async function withVirsh(
  guest: LabGuest,
  from: LabHost,
  to: LabHost,
  more: readonly string[],
): Promise<'moved' | 'stayed'> {
  await to.execOk([
    'sh',
    '-ec',
    `[ -e ${base} ] || cp /lab/base.qcow2 ${base}; qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${guest.diskPath} 256M; chown libvirt-qemu ${guest.diskPath}`,
  ]);
  await to.virsh('pool-refresh', 'default');
  const flags = ['--live', '--p2p', '--persistent', '--undefinesource', '--copy-storage-inc', ...more];
  const { code } = await from.exec(['virsh', '-q', 'migrate', ...flags, guest.name, to.uri], {
    timeoutMs: 300_000,
  });
  if (code === 0) await from.execOk(['rm', guest.diskPath]);
  return code === 0 ? 'moved' : 'stayed';
}
