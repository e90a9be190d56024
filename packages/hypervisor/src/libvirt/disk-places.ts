import { join } from 'node:path';
import { type DomainRef, DomainXmlFlag } from '@ferry/libvirt';
import type { DiskFacts, ImageFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import { networkOfUnit } from '../xml/pool-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import { LibvirtNamedPools } from './libvirt-named-pools.ts';
import type { LibvirtStorage } from './libvirt-storage.ts';

/** Where the disks of a domain really are: behind the names of pools, and what they stand on. */
export class DiskPlaces {
  readonly #connection: HostConnection;
  readonly #storage: LibvirtStorage;
  readonly #pools: LibvirtNamedPools;

  constructor(connection: HostConnection, storage: LibvirtStorage) {
    this.#connection = connection;
    this.#storage = storage;
    this.#pools = new LibvirtNamedPools(connection);
  }

  /** The disk with its place and its images; what is neither file nor device stays as it is told. */
  async withImages(disk: DiskFacts, call: Call): Promise<DiskFacts> {
    if (disk.kind === 'volume') return this.#ofPool(disk, call);
    if (disk.kind === 'block') return this.#ofDevice(disk, call);
    if (disk.kind !== 'file' || disk.path === null) return disk;
    try {
      const [image = null, ...backing] = await this.#chain(disk, disk.path, call);
      return { ...disk, image, backing };
    } catch (error) {
      // A medium that is gone, or an image: that is told of this disk, and hides nothing else of its guest.
      if (!(error instanceof HypervisorError && error.code === 'no-image')) throw error;
      return { ...disk, missing: error.message };
    }
  }

  /** One that was sent goes by a path while it runs, and by its pool from the next start on: the pool counts. */
  async withPools(
    dom: DomainRef,
    disks: readonly DiskFacts[],
    hasOther: boolean,
    call: Call,
  ): Promise<readonly DiskFacts[]> {
    if (!hasOther || !disks.some(({ kind }) => kind === 'file' || kind === 'block')) return disks;
    const flags = DomainXmlFlag.inactive;
    const { xml } = await this.#connection.call('domainGetXmlDesc', { dom, flags }, call);
    const next = parse(this.#connection, () => readDomainXml(xml)).disks;
    return disks.map((disk) => ({
      ...disk,
      volume: disk.volume ?? next.find(({ target }) => target === disk.target)?.volume ?? null,
    }));
  }

  /** A definition that tells a chain counts more than what its files say: the hypervisor heeds it, too. */
  async #chain(
    { format, toldBacking: told, toldFormats = [] }: DiskFacts,
    path: string,
    call: Call,
  ): Promise<readonly ImageFacts[]> {
    if (told === null || format === 'raw') return this.#storage.chain(path, format, call);
    const chain: ImageFacts[] = [];
    for (const [depth, one] of [path, ...told].entries()) {
      const isRaw = depth > 0 && toldFormats[depth - 1] === 'raw';
      const image = await (isRaw ? this.#storage.rawImage(one, call) : this.#storage.image(one, call));
      if (image === null) {
        const { uri } = this.#connection;
        const why = one === path ? '' : `, which ${path} stands on`;
        throw new HypervisorError('no-image', uri, `${uri}: nothing at ${one}${why}`);
      }
      chain.push(image);
    }
    return chain;
  }

  async #ofDevice(disk: DiskFacts, call: Call): Promise<DiskFacts> {
    if (disk.path === null) return disk;
    const image = await (disk.format === 'raw'
      ? this.#storage.rawImage(disk.path, call)
      : this.#storage.image(disk.path, call));
    // libvirt takes a device for raw; what it holds is said by the guest's definition.
    return image === null ? disk : { ...disk, image: { ...image, format: disk.format } };
  }

  /** A volume is a file, a device or a unit on the network that goes by another name; of other pools it stays what it is. */
  async #ofPool(disk: DiskFacts, call: Call): Promise<DiskFacts> {
    const { volume } = disk;
    const pool = volume === null ? null : await this.#pools.description(volume.pool, call);
    if (volume === null || pool === null) return disk;
    if (pool.directory !== null)
      return this.withImages({ ...disk, kind: 'file', path: join(pool.directory, volume.name) }, call);
    if (pool.iscsi !== null) {
      const network = networkOfUnit(pool.iscsi, volume.name);
      return network === null ? disk : { ...disk, kind: 'network', network, secrets: pool.secrets };
    }
    const path = await this.#pools.volumePath(volume.pool, volume.name, call);
    return path?.startsWith('/') === true ? this.#ofDevice({ ...disk, kind: 'block', path }, call) : disk;
  }
}
