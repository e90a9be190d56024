import { join } from 'node:path';
import { type DomainRef, DomainXmlFlag } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { DomainFiles } from '../contract/host-storage.ts';
import { type DescribedFiles, filesOfDescriptions } from '../xml/files-of-descriptions.ts';
import { type NamedDisk, rawPaths } from '../xml/named-disks-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { LibvirtNamedPools } from './libvirt-named-pools.ts';
import type { LibvirtPools } from './libvirt-pools.ts';
import { LibvirtRecords } from './libvirt-records.ts';

/** What is the host's trouble and not that of one domain: then nothing is known. */
const ofHost: ReadonlySet<string> = new Set(['unreachable', 'deadline', 'aborted']);

/**
 * The files that any description of each domain names. A domain has several: as it runs, as it will start the next time, as
 * its memory was saved, and as it was at each snapshot. One that cannot be read is told as such, and hides no other.
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
    const one = await filesOf(connection, pools, dom, call);
    if (one !== null) found.push(one);
  }
  return found;
}

/** Null: the domain has gone since it was listed. */
async function filesOf(
  connection: HostConnection,
  pools: LibvirtPools,
  dom: DomainRef,
  call: Call,
): Promise<DomainFiles | null> {
  const asked = new Descriptions(connection, dom, call);
  await asked.all();
  if (asked.isGone) return null;
  const files = filesOfDescriptions(asked.texts);
  const { paths, writes, raw, open } = await byPools(connection, pools, files, call);
  return {
    id: dom.uuid,
    name: dom.name,
    // Of a domain that runs libvirt knows a number.
    alive: dom.id >= 0,
    paths,
    writes,
    raw,
    open,
    named: files.named,
    directories: files.directories,
    unread: [...asked.problems, ...files.problems][0] ?? null,
  };
}

/** The descriptions that libvirt has of one domain, as far as it gives them. */
class Descriptions {
  readonly texts: {
    readonly xml: string;
    readonly root: 'domain' | 'domainsnapshot' | 'domaincheckpoint';
  }[] = [];
  readonly problems: string[] = [];
  isGone = false;
  readonly #connection: HostConnection;
  readonly #dom: DomainRef;
  readonly #call: Call;

  constructor(connection: HostConnection, dom: DomainRef, call: Call) {
    this.#connection = connection;
    this.#dom = dom;
    this.#call = call;
  }

  async all(): Promise<void> {
    for (const flags of [0, DomainXmlFlag.inactive]) await this.#try(() => this.#description(flags));
    await this.#try(() => this.#saved());
    await this.#try(() => this.#records());
  }

  async #try(question: () => Promise<void>): Promise<void> {
    try {
      await question();
    } catch (error) {
      if (!(error instanceof HypervisorError) || ofHost.has(error.code)) throw error;
      if (error.code === 'no-domain') this.isGone = true;
      else this.problems.push(error.message);
    }
  }

  async #description(flags: number): Promise<void> {
    const { xml } = await this.#connection.call('domainGetXmlDesc', { dom: this.#dom, flags }, this.#call);
    this.texts.push({ xml, root: 'domain' });
  }

  async #saved(): Promise<void> {
    const dom = this.#dom;
    const { persistent } = await this.#connection.call('domainIsPersistent', { dom }, this.#call);
    // Of a transient domain libvirt saves nothing by itself, and refuses the question.
    if (!persistent) return;
    const flags = 0;
    if (!(await this.#connection.call('domainHasManagedSaveImage', { dom, flags }, this.#call)).result)
      return;
    const { xml } = await this.#connection.call('domainManagedSaveGetXmlDesc', { dom, flags }, this.#call);
    this.texts.push({ xml, root: 'domain' });
  }

  async #records(): Promise<void> {
    const { snapshots, checkpoints } = await new LibvirtRecords(this.#connection).all(this.#dom, this.#call);
    for (const { xml } of snapshots) this.texts.push({ xml, root: 'domainsnapshot' });
    for (const { xml } of checkpoints) this.texts.push({ xml, root: 'domaincheckpoint' });
  }
}

/** Volumes that are named by a pool are files or devices, too. */
async function byPools(
  connection: HostConnection,
  pools: LibvirtPools,
  { disks }: DescribedFiles,
  call: Call,
): Promise<Pick<DomainFiles, 'paths' | 'writes' | 'raw' | 'open'>> {
  const paths = new Set(disks.flatMap((disk) => disk.paths));
  const writes = new Set(disks.flatMap((disk) => disk.writes));
  const placed: (NamedDisk & { readonly path: string | null })[] = [];
  const open = new Set<string>();
  const told = new Set<string>();
  for (const disk of disks) {
    const { volume } = disk;
    const directory = volume === null ? null : await pools.directoryOf(volume.pool, call);
    let path: string | null = null;
    if (volume !== null)
      path =
        directory === null
          ? await new LibvirtNamedPools(connection).volumePath(volume.pool, volume.name, call)
          : join(directory, volume.name);
    if (path !== null) {
      paths.add(path);
      if (!disk.readOnly) writes.add(path);
    }
    placed.push({ ...disk, path });
    const what = (directory === null ? null : path) ?? disk.what;
    if (what !== null) (disk.open ? open : told).add(what);
  }
  // What one description leaves open another may tell: of a domain that runs libvirt tells all.
  return {
    paths: [...paths],
    writes: [...writes],
    raw: rawPaths(placed),
    open: [...open].filter((what) => !told.has(what)),
  };
}
