import { basename, dirname } from 'node:path';
import { readDomainXml } from '../xml/domain-xml.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/**
 * The host whose QEMU holds the write lock of a file that the domain would write; null when none does. The lock goes with
 * the file: it keeps apart only those who share it.
 */
export function lockHolder(world: SimulatedWorld, host: SimulatedHostState, id: string): string | null {
  const own = filesOf(host, id);
  for (const other of world.hosts.values()) {
    if (other === host || other.domains.get(id)?.state !== 'running') continue;
    if (filesOf(other, id).some((file) => own.includes(file))) return other.name;
  }
  return null;
}

/** The host that runs a guest which writes to a file; null when none does. */
export function writerOf(world: SimulatedWorld, file: unknown): string | null {
  for (const host of world.hosts.values())
    for (const [id, { state }] of host.domains)
      if (state === 'running' && filesOf(host, id).includes(file)) return host.name;
  return null;
}

/** The files themselves: two hosts see the same one in a directory that they share. */
function filesOf(host: SimulatedHostState, id: string): unknown[] {
  const domain = host.domains.get(id);
  if (domain === undefined) return [];
  return readDomainXml(domain.xml).disks.flatMap(({ path }) => {
    const file = path === null ? undefined : host.directories.get(dirname(path))?.get(basename(path));
    return file === undefined ? [] : [file];
  });
}
