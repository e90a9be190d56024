import { join } from 'node:path';
import { type DomainRef, DomainXmlFlag } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { DomainFiles } from '../contract/host-storage.ts';
import { type NamedDisk, readNamedDisks } from '../xml/named-disks-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import type { LibvirtPools } from './libvirt-pools.ts';
import { LibvirtRecords } from './libvirt-records.ts';

/**
 * The files that any description of each domain names. A domain has several: as it runs, as it will start the next time, as
 * its memory was saved, and as it was at each snapshot.
 */
export async function filesOfDomains(
  connection: HostConnection,
  pools: LibvirtPools,
  call: Call,
): Promise<DomainFiles[]> {
  const args = { needResults: 1, flags: 0 };
  const { domains } = await connection.call('connectListAllDomains', args, call);
  const found: DomainFiles[] = [];
  for (const dom of domains) {
    const disks = await disksOf(connection, dom, call);
    if (disks !== null) found.push({ id: dom.uuid, name: dom.name, ...(await filesOf(pools, disks, call)) });
  }
  return found;
}

/** Null: the domain has gone since it was listed. */
async function disksOf(
  connection: HostConnection,
  dom: DomainRef,
  call: Call,
): Promise<readonly NamedDisk[] | null> {
  const describe = async (flags: number): Promise<NamedDisk[]> => {
    const { xml } = await connection.call('domainGetXmlDesc', { dom, flags }, call);
    return parse(connection, () => readNamedDisks(xml, 'domain'));
  };
  try {
    const { snapshots, checkpoints } = await new LibvirtRecords(connection).all(dom, call);
    return [
      ...(await describe(0)),
      ...(await describe(DomainXmlFlag.inactive)),
      ...(await saved(connection, dom, call)),
      ...parse(connection, () => [
        ...snapshots.flatMap(({ xml }) => readNamedDisks(xml, 'domainsnapshot')),
        ...checkpoints.flatMap(({ xml }) => readNamedDisks(xml, 'domaincheckpoint')),
      ]),
    ];
  } catch (error) {
    if (error instanceof HypervisorError && error.code === 'no-domain') return null;
    throw error;
  }
}

async function saved(connection: HostConnection, dom: DomainRef, call: Call): Promise<readonly NamedDisk[]> {
  const { persistent } = await connection.call('domainIsPersistent', { dom }, call);
  // Of a transient domain libvirt saves nothing by itself, and refuses the question.
  if (!persistent || !(await connection.call('domainHasManagedSaveImage', { dom, flags: 0 }, call)).result)
    return [];
  const { xml } = await connection.call('domainManagedSaveGetXmlDesc', { dom, flags: 0 }, call);
  return parse(connection, () => readNamedDisks(xml, 'domain'));
}

async function filesOf(
  pools: LibvirtPools,
  disks: readonly NamedDisk[],
  call: Call,
): Promise<Pick<DomainFiles, 'paths' | 'open'>> {
  const paths = new Set(disks.flatMap((disk) => disk.paths));
  const open = new Set<string>();
  const told = new Set<string>();
  for (const disk of disks) {
    const { volume } = disk;
    const directory = volume === null ? null : await pools.directoryOf(volume.pool, call);
    const file = volume === null || directory === null ? null : join(directory, volume.name);
    if (file !== null) paths.add(file);
    const what = file ?? disk.what;
    if (what !== null) (disk.open ? open : told).add(what);
  }
  // What one description leaves open another may tell: of a domain that runs libvirt tells all.
  return { paths: [...paths], open: [...open].filter((what) => !told.has(what)) };
}
