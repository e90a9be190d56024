import { basename, dirname, join } from 'node:path';
import type { DomainFiles } from '../contract/host-storage.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import { filesOfDescriptions } from '../xml/files-of-descriptions.ts';
import { type NamedDisk, rawPaths } from '../xml/named-disks-xml.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';
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

/** What the descriptions of a domain name, as libvirt tells it: of its life, of its next start and of its records. */
export function namedBy(
  host: SimulatedHostState,
  id: string,
  { xml, nextXml, records, state, unreadable }: SimulatedDomain,
): DomainFiles {
  const alive = state !== 'shutoff';
  // libvirt lists a domain by its name, whatever it can say of it.
  const name = /<name>([^<]*)<\/name>/.exec(xml)?.[1] ?? id;
  if (unreadable !== null) {
    const nothing = { paths: [], writes: [], raw: [], named: [], directories: [], open: [] };
    return { id, name, alive, ...nothing, unread: unreadable };
  }
  const { disks, named, directories, problems } = filesOfDescriptions([
    ...[xml, ...(nextXml === null ? [] : [nextXml])].map((text) => ({ xml: text, root: 'domain' as const })),
    ...records.snapshots.map((one) => ({ xml: one.xml, root: 'domainsnapshot' as const })),
    ...records.checkpoints.map((one) => ({ xml: one.xml, root: 'domaincheckpoint' as const })),
  ]);
  const pathOf = ({ volume }: NamedDisk): string | null => {
    const directory = host.pools.get(volume?.pool ?? '')?.directory ?? null;
    return volume === null || directory === null ? null : join(directory, volume.name);
  };
  const all = disks.map((disk) => ({ ...disk, path: pathOf(disk) }));
  return {
    id,
    name,
    alive,
    paths: [...new Set(all.flatMap(({ paths, path }) => [...paths, ...(path === null ? [] : [path])]))],
    writes: all.flatMap(({ writes, path, readOnly }) =>
      path === null || readOnly ? writes : [...writes, path],
    ),
    named,
    directories,
    raw: rawPaths(all),
    open: all.flatMap(({ open, path, what }) => (open ? (path ?? what ?? []) : [])),
    unread: problems[0] ?? null,
  };
}
