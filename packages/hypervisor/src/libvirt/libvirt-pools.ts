import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { whyNeverTouched } from '@ferry/model';
import type { StoragePoolRef, StorageVolumeRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { readPoolXml } from '../xml/storage-xml.ts';
import { escapeXml } from '../xml/write-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';

/**
 * Directories of a host as storage pools: libvirt reads and writes files only through a pool. A directory that has none
 * gets a transient one, which is gone with the daemon and changes nothing on disk.
 */
export class LibvirtPools {
  readonly #connection: HostConnection;

  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  /** The active pool of a directory, looked at anew, or as this look has seen it; null when the host has no such directory. */
  async fresh(directory: string, call: Call): Promise<StoragePoolRef | null> {
    return call.look === undefined
      ? this.#lookAt(directory, call)
      : call.look.once(JSON.stringify([this.#connection.uri, directory]), () =>
          this.#lookAt(directory, call),
        );
  }

  async #lookAt(directory: string, call: Call): Promise<StoragePoolRef | null> {
    const active = await this.#findActive(directory, call);
    const pool = active ?? (await this.#find(directory, call)) ?? (await this.#make(directory, call));
    if (pool === null) return null;
    if (active === null) await this.#patiently(() => this.#ensureActive(pool, call));
    // A pool with an asynchronous job on one of its volumes cannot be looked at for a moment.
    await this.#patiently(async (attempt) => {
      // It was active a moment ago, and somebody may have stopped it since.
      if (attempt > 1) await this.#ensureActive(pool, call);
      await this.#connection.call('storagePoolRefresh', { pool, flags: 0 }, call);
    });
    return pool;
  }

  /** Another question may be about to start it: until it has, libvirt says that it is not active, and refuses this. */
  async #ensureActive(pool: StoragePoolRef, call: Call): Promise<void> {
    if ((await this.#connection.call('storagePoolIsActive', { pool }, call)).active) return;
    await this.#connection.call('storagePoolCreate', { pool, flags: 0 }, call);
  }

  /** The pool of a directory that must be there. */
  async need(directory: string, call: Call): Promise<StoragePoolRef> {
    const pool = await this.#lookAt(directory, call);
    if (pool === null) {
      const { uri } = this.#connection;
      throw new HypervisorError('no-image', uri, `${uri}: there is no directory ${directory}`);
    }
    return pool;
  }

  /** The volume at a path; null when nothing is there. Never from a stale pool. */
  async volume(path: string, call: Call): Promise<StorageVolumeRef | null> {
    const pool = await this.fresh(dirname(path), call);
    if (pool === null) return null;
    try {
      return (await this.#connection.call('storageVolLookupByName', { pool, name: basename(path) }, call))
        .vol;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-image') return null;
      throw error;
    }
  }

  /** The directory of a pool of that name, active or not; null where there is none. */
  async directoryOf(name: string, call: Call): Promise<string | null> {
    try {
      const { pool } = await this.#connection.call('storagePoolLookupByName', { name }, call);
      const { xml } = await this.#connection.call('storagePoolGetXmlDesc', { pool, flags: 0 }, call);
      const { isDirectory, directory } = parse(this.#connection, () => readPoolXml(xml));
      return isDirectory ? directory : null;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-image') return null;
      throw error;
    }
  }

  /** Paths of all files in a directory. */
  async paths(directory: string, call: Call): Promise<string[]> {
    return (await this.volumes(directory, call)).map((vol) => join(directory, vol.name));
  }

  /** All files in a directory, as volumes; none where there is no such directory. */
  async volumes(directory: string, call: Call): Promise<readonly StorageVolumeRef[]> {
    const pool = await this.fresh(directory, call);
    if (pool === null) return [];
    const { vols } = await this.#connection.call(
      'storagePoolListAllVolumes',
      { pool, needResults: 1, flags: 0 },
      call,
    );
    return vols;
  }

  async #findActive(directory: string, call: Call): Promise<StoragePoolRef | null> {
    try {
      return (await this.#connection.call('storagePoolLookupByTargetPath', { path: directory }, call)).pool;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-image') return null;
      throw error;
    }
  }

  async #find(directory: string, call: Call): Promise<StoragePoolRef | null> {
    const { pools } = await this.#connection.call(
      'connectListAllStoragePools',
      { needResults: 1, flags: 0 },
      call,
    );
    for (const pool of pools) {
      const description = await this.#describe(pool, call);
      if (description?.isDirectory === true && description.directory === directory) return pool;
    }
    return null;
  }

  /** Null: it has gone since they were listed. Those that show a device go as soon as it was read. */
  async #describe(pool: StoragePoolRef, call: Call): Promise<ReturnType<typeof readPoolXml> | null> {
    try {
      const { xml } = await this.#connection.call('storagePoolGetXmlDesc', { pool, flags: 0 }, call);
      return parse(this.#connection, () => readPoolXml(xml));
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-image') return null;
      throw error;
    }
  }

  async #make(directory: string, call: Call): Promise<StoragePoolRef | null> {
    // A look into it opens all that is in it: a watchdog among the devices would begin to count.
    if (directory === '/dev') return null;
    // The header of an image may name any file: the system's own directories are not listed for it.
    if (!isRead(directory) && whyNeverTouched(join(directory, 'any'), 'read') !== null) return null;
    const name = `ferry-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
    const xml = `<pool type='dir'><name>${name}</name><target><path>${escapeXml(directory)}</path></target></pool>`;
    try {
      return (await this.#connection.call('storagePoolCreateXml', { xml, flags: 0 }, call)).pool;
    } catch (error) {
      // Another question may have made it at the same moment.
      if (error instanceof HypervisorError && error.code === 'refused')
        return (await this.#findActive(directory, call)) ?? this.#find(directory, call);
      throw error;
    }
  }

  /** Tries what a pool refuses while somebody else is at it. */
  async #patiently(work: (attempt: number) => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await work(attempt);
        return;
      } catch (error) {
        const busy =
          error instanceof HypervisorError && (error.code === 'refused' || error.code === 'wrong-state');
        if (!busy || attempt === 20) throw error;
        await new Promise((resolve) => {
          setTimeout(resolve, 100);
        });
      }
    }
  }
}

/** Where Ferry itself reads what a host's cards, filters and switches are: nothing of a guest is there. */
const ownReadings = ['/sys/class/net', '/proc/sys/net/bridge', '/etc/openvswitch', '/run/openvswitch'];

function isRead(directory: string): boolean {
  return ownReadings.some((one) => directory === one || directory.startsWith(`${one}/`));
}
