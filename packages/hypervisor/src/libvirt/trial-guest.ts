import { randomUUID } from 'node:crypto';
import { CreateFlag, type DomainRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { requireStandIn, type StandIn } from '../contract/host-trials.ts';
import { standInXml } from '../xml/new-domain-xml.ts';
import { domainStateOf, findDomain, ifThere } from './domain-lookup.ts';
import type { HostConnection } from './host-connection.ts';

/** A guest's name tells whoever sees it for its moment what it is. */
const namePrefix = 'ferry-probe-';
const endWithinMs = 5_000;

/**
 * Runs something while a guest without anything in it, paused, has one disk. libvirt ends the guest with the connection that
 * it was started on, so that none is left by a caller that dies. Throws `refused` where the guest cannot be started, which
 * with a disk that is at fault is what was asked.
 */
export async function withTrialGuest<T>(
  host: HostConnection,
  diskXml: string,
  call: Call,
  look: () => Promise<T>,
): Promise<T> {
  const connection = await host.open(call);
  try {
    const name = `${namePrefix}${randomUUID().slice(0, 8)}`;
    const xmlDesc = trialGuestXml(name, diskXml);
    const flags = CreateFlag.paused | CreateFlag.autodestroy;
    let dom: DomainRef;
    try {
      ({ dom } = await connection.call('domainCreateXml', { xmlDesc, flags }, call));
    } catch (error) {
      const failure = host.errorOf(error);
      if (failure instanceof HypervisorError && failure.code === 'deadline') await endStuck(host, name);
      throw failure;
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

/**
 * A server that is silent can hold the hypervisor up for minutes while it starts, and libvirt with it: the probe is ended by
 * its name, which nobody else has. That it cannot be is no matter: then it ends when the hypervisor gives up.
 */
async function endStuck(host: HostConnection, name: string): Promise<void> {
  const call = { deadlineMs: endWithinMs };
  try {
    const { dom } = await host.urgent('domainLookupByName', { name }, call);
    await host.urgent('domainDestroyFlags', { dom, flags: 0 }, call);
  } catch (error) {
    if (!(error instanceof HypervisorError)) throw error;
  }
}

/** Of the host's own kind, machine and hypervisor, as libvirt chooses them; emulated, which every host can. */
function trialGuestXml(name: string, diskXml: string): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type>hvm</type></os><on_poweroff>destroy</on_poweroff>
<devices><controller type='usb' model='none'/><memballoon model='none'/>${diskXml}</devices></domain>`;
}

/**
 * Starts a stand-in, paused. It is transient and not bound to a connection: libvirt moves no domain that ends with one. Who
 * starts it has its id written down before, and ends it.
 */
export async function ensureStandIn(host: HostConnection, standIn: StandIn, call: Call): Promise<void> {
  if ((await findDomain(host, standIn.id, call)) !== null) return;
  await host.call('domainCreateXml', { xmlDesc: standInXml(standIn), flags: CreateFlag.paused }, call);
}

/** Ends a stand-in, also one that is being sent. */
export async function ensureNoStandIn(
  host: HostConnection,
  { id, name }: Pick<StandIn, 'id' | 'name'>,
  call: Call,
): Promise<void> {
  const dom = await findDomain(host, id, call, 'urgent');
  if (dom === null) return;
  const seen = await ifThere(domainStateOf(host, dom, call, 'urgent'));
  if (seen === null) return;
  requireStandIn(host.uri, name, { name: dom.name, state: seen.power });
  try {
    await ifThere(host.urgent('domainDestroyFlags', { dom, flags: 0 }, call));
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof HypervisorError && error.code === 'wrong-state')) throw error;
  }
}
