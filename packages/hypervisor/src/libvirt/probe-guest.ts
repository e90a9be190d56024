import { randomUUID } from 'node:crypto';
import { CreateFlag, type DomainRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import type { HostConnection } from './host-connection.ts';

/** A guest's name tells whoever sees it for its moment what it is. */
const namePrefix = 'ferry-probe-';

/**
 * Runs something while a guest without anything in it, paused, has one disk. libvirt ends the guest with the connection that
 * it was started on, so that none is left by a caller that dies. Throws `refused` where the guest cannot be started, which
 * with a disk that is at fault is what was asked.
 */
export async function withProbeGuest<T>(
  host: HostConnection,
  diskXml: string,
  call: Call,
  look: () => Promise<T>,
): Promise<T> {
  const connection = await host.open(call);
  try {
    const xmlDesc = probeGuestXml(`${namePrefix}${randomUUID().slice(0, 8)}`, diskXml);
    const flags = CreateFlag.paused | CreateFlag.autodestroy;
    let dom: DomainRef;
    try {
      ({ dom } = await connection.call('domainCreateXml', { xmlDesc, flags }, call));
    } catch (error) {
      throw host.errorOf(error);
    }
    try {
      return await look();
    } finally {
      // One that cannot be ended now ends with its connection, below.
      await connection.call('domainDestroyFlags', { dom, flags: 0 }, call).catch(() => undefined);
    }
  } finally {
    await connection.close();
  }
}

/** Of the host's own kind, machine and hypervisor, as libvirt chooses them; emulated, which every host can. */
function probeGuestXml(name: string, diskXml: string): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type>hvm</type></os><on_poweroff>destroy</on_poweroff>
<devices><controller type='usb' model='none'/><memballoon model='none'/>${diskXml}</devices></domain>`;
}
