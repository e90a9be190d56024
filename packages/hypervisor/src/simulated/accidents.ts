import { basename, dirname } from 'node:path';
import { readDomainXml } from '../xml/domain-xml.ts';
import { lockHolder } from './file-users.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** The libvirtd of a host is killed and started again: guests run on; those that were coming go, and jobs are over. */
export function restartDaemon(host: SimulatedHostState): void {
  host.daemonStarts += 1;
  for (const [id, domain] of host.domains) {
    domain.job = null;
    if (domain.incomingFrom !== null) host.domains.delete(id);
  }
}

/**
 * The QEMU of a guest is killed. Its definition stays, where it has one; of one that was coming, libvirt can keep what
 * it put before the interface.
 */
export function killGuest(host: SimulatedHostState, id: string, reason = 'crashed'): void {
  const domain = host.domains.get(id);
  if (domain === undefined || !hasProcess(domain)) return;
  if (domain.incomingFrom !== null) host.staleBindings.add(id);
  if (domain.incomingFrom !== null || !domain.persistent) host.domains.delete(id);
  else Object.assign(domain, { state: 'shutoff', reason, job: null });
}

/** Power goes: all that runs ends, and the host does not answer. */
export function powerOff(host: SimulatedHostState): void {
  host.up = false;
  host.daemonStarts += 1;
  for (const id of host.domains.keys()) killGuest(host, id, 'unknown');
}

/** Power is back: guests that are set to start with the host do, as far as their disks let them. */
export function powerOn(world: SimulatedWorld, host: SimulatedHostState): void {
  if (host.up) return;
  host.up = true;
  for (const [id, domain] of host.domains) {
    if (!domain.autostart || hasProcess(domain)) continue;
    if (lockHolder(world, host, id) !== null || !hasDisks(host, domain)) continue;
    Object.assign(domain, { state: 'running', reason: 'booted' });
  }
}

function hasProcess({ state }: SimulatedDomain): boolean {
  return state === 'running' || state === 'paused';
}

function hasDisks(host: SimulatedHostState, { xml }: SimulatedDomain): boolean {
  return readDomainXml(xml).disks.every(
    ({ path }) => path === null || host.directories.get(dirname(path))?.has(basename(path)) === true,
  );
}
