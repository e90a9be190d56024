import { join } from 'node:path';
import type { DomainFiles } from '../contract/host-storage.ts';
import { filesOfDescriptions } from '../xml/files-of-descriptions.ts';
import { type NamedDisk, rawPaths } from '../xml/named-disks-xml.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';

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
