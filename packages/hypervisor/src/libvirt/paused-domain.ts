import { CreateFlag, type DomainRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import type { HostConnection } from './host-connection.ts';

/**
 * Runs something while a domain that is off has its hypervisor, paused: the guest's processors do not run for a moment.
 * libvirt ends it with the connection that it was started on, so that it is off again also when the caller dies.
 */
export async function withPausedDomain(
  host: HostConnection,
  dom: DomainRef,
  call: Call,
  work: () => Promise<void>,
): Promise<void> {
  const connection = await host.open(call);
  try {
    const flags = CreateFlag.paused | CreateFlag.autodestroy;
    let started: DomainRef;
    try {
      ({ dom: started } = await connection.call('domainCreateWithFlags', { dom, flags }, call));
    } catch (error) {
      throw host.errorOf(error);
    }
    try {
      await work();
    } finally {
      // One that cannot be ended now ends with its connection, below.
      await connection.call('domainDestroyFlags', { dom: started, flags: 0 }, call).catch(() => undefined);
    }
  } finally {
    await connection.close();
  }
}
