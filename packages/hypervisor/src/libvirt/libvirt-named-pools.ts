import { basename } from 'node:path';
import { ListStoragePoolsFlag, type StoragePoolRef, StorageXmlFlag } from '@ferry/libvirt';
import type { PoolFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostPools, PoolRoom, PoolVolume } from '../contract/host-pools.ts';
import type { ImageSpec } from '../contract/host-storage.ts';
import { type PoolDescription, portablePoolXml, readPoolDescription } from '../xml/pool-xml.ts';
import { readVolumeXml } from '../xml/storage-xml.ts';
import { escapeXml } from '../xml/write-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';

/** The description of a volume to be made: sparse, because nothing is allocated beforehand. */
export function imageXml(spec: ImageSpec): string {
  const { owner, backing } = spec;
  const permissions =
    owner === null
      ? ''
      : `<permissions><mode>0600</mode><owner>${owner.uid}</owner><group>${owner.gid}</group></permissions>`;
  const below =
    backing === null
      ? ''
      : `<backingStore><path>${escapeXml(backing.path)}</path><format type='${escapeXml(backing.format)}'/></backingStore>`;
  return `<volume>
  <name>${escapeXml(basename(spec.path))}</name>
  <capacity unit='bytes'>${spec.capacityBytes}</capacity>
  <allocation unit='bytes'>0</allocation>
  <target><format type='${escapeXml(spec.format)}'/>${permissions}</target>
  ${below}
</volume>`;
}

/** How libvirt says that there is no such pool or volume; a pool that is stopped knows no volumes, and refuses. */
const noVolume: ReadonlySet<string> = new Set(['no-image', 'wrong-state']);

/** Storage pools of a libvirt host that have a name of somebody's, unlike those that Ferry makes for directories. */
export class LibvirtNamedPools implements HostPools {
  readonly #connection: HostConnection;

  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  async directories(call: Call = {}): Promise<readonly string[]> {
    const { pools } = await this.#connection.call(
      'connectListAllStoragePools',
      { needResults: 1, flags: ListStoragePoolsFlag.persistent },
      call,
    );
    // One that is gone meanwhile, or that cannot be read, hides no other.
    const read = pools.map(async (pool) => (await this.#describe(pool, call)).directory);
    const described = await Promise.allSettled(read);
    const found = described.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    const failed = described.find((one) => one.status === 'rejected');
    if (found.length === 0 && failed !== undefined) throw failed.reason;
    return found;
  }

  async pool(name: string, call: Call = {}): Promise<PoolFacts | null> {
    const pool = await this.#find(name, call);
    if (pool === null) return null;
    const [{ type, directory, source, secrets }, { active }] = await Promise.all([
      this.#describe(pool, call),
      this.#connection.call('storagePoolIsActive', { pool }, call),
    ]);
    return { type, directory, source, secrets, active };
  }

  /** All that a pool's description says; null where there is no such pool. */
  async description(name: string, call: Call): Promise<PoolDescription | null> {
    const pool = await this.#find(name, call);
    return pool === null ? null : this.#describe(pool, call);
  }

  async room(name: string, call: Call = {}): Promise<PoolRoom | null> {
    const pool = await this.#find(name, call);
    if (pool === null || !(await this.#connection.call('storagePoolIsActive', { pool }, call)).active)
      return null;
    const { capacity, available } = await this.#connection.call('storagePoolGetInfo', { pool }, call);
    return { capacityBytes: Number(capacity), availableBytes: Number(available) };
  }

  async volumePath(poolName: string, volume: string, call: Call = {}): Promise<string | null> {
    try {
      const { pool } = await this.#connection.call('storagePoolLookupByName', { name: poolName }, call);
      const { vol } = await this.#connection.call('storageVolLookupByName', { pool, name: volume }, call);
      return (await this.#connection.call('storageVolGetPath', { vol }, call)).name;
    } catch (error) {
      if (error instanceof HypervisorError && noVolume.has(error.code)) return null;
      throw error;
    }
  }

  async volume(poolName: string, name: string, call: Call = {}): Promise<PoolVolume | null> {
    try {
      const { pool } = await this.#connection.call('storagePoolLookupByName', { name: poolName }, call);
      const { vol } = await this.#connection.call('storageVolLookupByName', { pool, name }, call);
      const { xml } = await this.#connection.call('storageVolGetXmlDesc', { vol, flags: 0 }, call);
      const { path, format, capacityBytes } = parse(this.#connection, () => readVolumeXml(xml)).image;
      return { path, format, capacityBytes };
    } catch (error) {
      if (error instanceof HypervisorError && noVolume.has(error.code)) return null;
      throw error;
    }
  }

  async ensureVolume(
    poolName: string,
    { name, format, capacityBytes }: { name: string; format: string; capacityBytes: number },
    call: Call = {},
  ): Promise<'made' | 'was-there'> {
    const { pool } = await this.#connection.call('storagePoolLookupByName', { name: poolName }, call);
    const there = await this.volume(poolName, name, call);
    if (there?.format === format && there.capacityBytes === capacityBytes) return 'was-there';
    const xml = imageXml({ path: name, format, capacityBytes, backing: null, owner: null });
    // libvirt refuses a name that is there.
    await this.#connection.call('storageVolCreateXml', { pool, xml, flags: 0 }, call);
    return 'made';
  }

  async ensureNoVolume(poolName: string, name: string, call: Call = {}): Promise<void> {
    try {
      const { pool } = await this.#connection.call('storagePoolLookupByName', { name: poolName }, call);
      const { vol } = await this.#connection.call('storageVolLookupByName', { pool, name }, call);
      await this.#connection.call('storageVolDelete', { vol, flags: 0 }, call);
    } catch (error) {
      if (!(error instanceof HypervisorError && error.code === 'no-image')) throw error;
    }
  }

  async definition(name: string, call: Call = {}): Promise<{ xml: string; autostart: boolean }> {
    const { pool } = await this.#connection.call('storagePoolLookupByName', { name }, call);
    const [{ xml }, { autostart }] = await Promise.all([
      this.#connection.call('storagePoolGetXmlDesc', { pool, flags: StorageXmlFlag.inactive }, call),
      this.#connection.call('storagePoolGetAutostart', { pool }, call),
    ]);
    return { xml: parse(this.#connection, () => portablePoolXml(xml)), autostart };
  }

  async ensureDefined(
    { name, xml, autostart }: { name: string; xml: string; autostart: boolean },
    call: Call = {},
  ): Promise<void> {
    const there = await this.#find(name, call);
    const pool = there ?? (await this.#connection.call('storagePoolDefineXml', { xml, flags: 0 }, call)).pool;
    if (autostart) await this.#connection.call('storagePoolSetAutostart', { pool, autostart }, call);
  }

  async ensureActive(name: string, call: Call = {}): Promise<void> {
    const { pool } = await this.#connection.call('storagePoolLookupByName', { name }, call);
    if ((await this.#connection.call('storagePoolIsActive', { pool }, call)).active) {
      await this.#connection.call('storagePoolRefresh', { pool, flags: 0 }, call);
      return;
    }
    try {
      await this.#connection.call('storagePoolCreate', { pool, flags: 0 }, call);
    } catch (error) {
      // Somebody else may have started it at the same moment.
      if (!(await this.#connection.call('storagePoolIsActive', { pool }, call)).active) throw error;
    }
  }

  async ensureInactive(name: string, call: Call = {}): Promise<void> {
    const pool = await this.#find(name, call);
    if (pool === null || !(await this.#connection.call('storagePoolIsActive', { pool }, call)).active) return;
    await this.#connection.call('storagePoolDestroy', { pool }, call);
  }

  async ensureUndefined(name: string, call: Call = {}): Promise<void> {
    const pool = await this.#find(name, call);
    if (pool !== null) await this.#connection.call('storagePoolUndefine', { pool }, call);
  }

  async #describe(pool: StoragePoolRef, call: Call): Promise<PoolDescription> {
    const { xml } = await this.#connection.call('storagePoolGetXmlDesc', { pool, flags: 0 }, call);
    return parse(this.#connection, () => readPoolDescription(xml));
  }

  async #find(name: string, call: Call): Promise<StoragePoolRef | null> {
    try {
      return (await this.#connection.call('storagePoolLookupByName', { name }, call)).pool;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-image') return null;
      throw error;
    }
  }
}
