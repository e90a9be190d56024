import { basename, join } from 'node:path';
import { type HostNetworkFacts, unspecifiedNetwork } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostConnection } from './host-connection.ts';
import { LibvirtPools } from './libvirt-pools.ts';
import { OpenVswitch } from './open-vswitch.ts';
import { peekFiles, readSmallFile } from './read-small-file.ts';

/** Where the kernel shows network devices as files (Documentation/ABI/testing/sysfs-class-net). */
const shown = '/sys/class/net';

/** IFF_UP (linux/if.h). */
const upFlag = 1;
/** What stands on a device is shown as a link of this beginning. */
const upper = 'upper_';
const standing = `${upper}macvtap`;

/**
 * Network devices of a libvirt host. libvirt's node devices leave bridges out and tell no packet size, and its
 * interface driver is often not there; so they are read where the kernel shows them, through a storage pool, as all
 * files of a host are.
 */
export class LibvirtDevices {
  readonly #connection: HostConnection;
  readonly #pools: LibvirtPools;
  readonly #openVswitch: OpenVswitch;
  #looking: Promise<unknown> = Promise.resolve();

  constructor(connection: HostConnection) {
    this.#connection = connection;
    this.#pools = new LibvirtPools(connection);
    this.#openVswitch = new OpenVswitch(connection, this.#pools);
  }

  /** A device as it is now; null when the host has none of that name. One look at a time: each takes its pool away again. */
  device(name: string, call: Call): Promise<HostNetworkFacts | null> {
    const look = this.#looking.then(() => this.#look(name, call));
    this.#looking = look.catch(() => undefined);
    return look;
  }

  async #look(name: string, call: Call): Promise<HostNetworkFacts | null> {
    const path = join(shown, name);
    const devices = await this.#pools.paths(shown, call);
    // Not a single one, though each host has `lo`: it cannot be seen, and that is not the same as not being there.
    if (devices.length === 0) {
      const { uri } = this.#connection;
      throw new HypervisorError('refused', uri, `${uri}: ${shown} shows no network devices`);
    }
    if (!devices.includes(path)) return null;
    const facts = { ...unspecifiedNetwork, kind: 'device' } as const;
    try {
      const attributes = (await this.#pools.paths(path, call)).map((one) => basename(one));
      // Of a tap there is a file that nobody can read, and libvirt takes its directory for no pool: what it is is not told.
      const shownWhole = attributes.length > 0;
      const [mtu, flags] = shownWhole ? await this.#numbers(path, call) : await this.#peeked(path, call);
      const isLinuxBridge = attributes.includes('bridge');
      const openVswitch = isLinuxBridge ? null : await this.#openVswitch.look(call);
      const isOpenVswitch = isLinuxBridge ? false : (openVswitch?.bridges.has(name) ?? null);
      return {
        ...facts,
        // What cannot be read counts as up: a finding is only made of what is known.
        active:
          (flags === null || (flags & upFlag) !== 0) &&
          !(isOpenVswitch === true && openVswitch?.runs === false),
        isBridge: shownWhole || isOpenVswitch === true ? isLinuxBridge : null,
        isOpenVswitch,
        isPart: shownWhole ? attributes.includes('master') : null,
        macvtaps: attributes.flatMap((one) => (one.startsWith(standing) ? one.slice(upper.length) : [])),
        mtu: mtu !== null && mtu > 0 ? mtu : null,
      };
    } catch (error) {
      if (!(error instanceof HypervisorError && (error.code === 'refused' || error.code === 'no-image')))
        throw error;
      return { ...facts, active: true, mtu: null };
    } finally {
      await this.#forget(path, call);
    }
  }

  /** Packet size and flags; null for what the kernel does not show. */
  async #numbers(device: string, call: Call): Promise<[number | null, number | null]> {
    const read = async (attribute: string): Promise<number | null> =>
      numberOf(await readSmallFile(this.#connection, this.#pools, join(device, attribute), call));
    return [await read('mtu'), await read('flags')];
  }

  async #peeked(device: string, call: Call): Promise<[number | null, number | null]> {
    const files = ['mtu', 'flags'].map((attribute) => join(device, attribute));
    const [mtu, flags] = await peekFiles(this.#connection, files, call);
    return [numberOf(mtu), numberOf(flags)];
  }

  /** A pool of a device would be in the way once the device is gone. */
  async #forget(path: string, call: Call): Promise<void> {
    try {
      const { pool } = await this.#connection.call('storagePoolLookupByTargetPath', { path }, call);
      await this.#connection.call('storagePoolDestroy', { pool }, call);
    } catch (error) {
      // There is none, or another question has just done away with it.
      if (!(error instanceof HypervisorError)) throw error;
    }
  }
}

function numberOf(text: string | null | undefined): number | null {
  const number = text === '' ? Number.NaN : Number(text ?? Number.NaN);
  return Number.isInteger(number) ? number : null;
}
