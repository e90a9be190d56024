import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DomainElement, NetworkSource, OwnershipFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { PeerAddress } from '../contract/host-migration.ts';
import type { HostTrials, StandIn } from '../contract/host-trials.ts';
import type { HostStorage } from '../contract/host-storage.ts';
import { trialDeviceXml } from '../xml/domain-elements-xml.ts';
import { escapeXml } from '../xml/write-xml.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';
import { ensureNoStandIn, ensureStandIn, withTrialGuest } from './trial-guest.ts';

/** Nobody's number on any Linux: neither root's nor QEMU's. */
const nobody = 65_534;

/** What a host shows by doing it, on libvirt. */
export class LibvirtTrials implements HostTrials {
  readonly #connection: HostConnection;
  readonly #pools: LibvirtPools;
  readonly #storage: HostStorage;

  constructor(connection: HostConnection, pools: LibvirtPools, storage: HostStorage) {
    this.#connection = connection;
    this.#pools = pools;
    this.#storage = storage;
  }

  async refusalToOpen({ description }: NetworkSource, call: Call = {}): Promise<string | null> {
    // Read-only, and with others that write: the guest that it belongs to may run.
    const disk = `<disk type='network' device='disk'>${description}<target dev='vda' bus='virtio'/><readonly/><shareable/></disk>`;
    try {
      return await withTrialGuest(this.#connection, disk, call, () => Promise.resolve(null));
    } catch (error) {
      // A server that is silent holds the hypervisor up; libvirt ends the guest once it can.
      const tried = ['refused', 'deadline'];
      if (error instanceof HypervisorError && tried.includes(error.code)) return error.message;
      throw error;
    }
  }

  async refusalToHave(device: DomainElement, call: Call = {}): Promise<string | null> {
    try {
      return await withTrialGuest(this.#connection, trialDeviceXml(device), call, () =>
        Promise.resolve(null),
      );
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'refused') return error.message;
      throw error;
    }
  }

  async isSilent({ host, port }: PeerAddress, call: Call = {}): Promise<boolean> {
    // There is nothing of that name: whoever listens says so, and nobody's disk is opened.
    const source = `<source protocol='nbd' name='ferry-looks'><host name='${escapeXml(host)}' port='${port}'/></source>`;
    const disk = `<disk type='network' device='disk'><driver name='qemu' type='raw'/>${source}<target dev='vda' bus='virtio'/><readonly/></disk>`;
    try {
      await withTrialGuest(this.#connection, disk, call, () => Promise.resolve());
      return false;
    } catch (error) {
      if (!(error instanceof HypervisorError)) throw error;
      if (error.code === 'refused') return false;
      if (error.code === 'deadline') return true;
      throw error;
    }
  }

  ownership(directory: string, call: Call = {}): Promise<OwnershipFacts> {
    return this.#withOwnImage(directory, '.ferry-owner-', call, async (path) => {
      const during = await withTrialGuest(this.#connection, diskXml(path, ''), call, () =>
        this.#ownerOf(path, call),
      );
      const after = await this.#ownerOf(path, call);
      return { dynamic: during !== nobody, remembered: after === nobody };
    });
  }

  whileImageLocked<T>(
    directory: string,
    look: (path: string, isLocked: boolean) => Promise<T>,
    call: Call = {},
  ): Promise<{ readonly held: T; readonly free: T }> {
    return this.#withOwnImage(directory, '.ferry-lock-', call, async (path) => {
      const held = await withTrialGuest(this.#connection, diskXml(path, ownerAsItIs), call, () =>
        look(path, true),
      );
      return { held, free: await look(path, false) };
    });
  }

  async refusalToWrite(path: string, call: Call = {}): Promise<string | null> {
    try {
      return await withTrialGuest(this.#connection, diskXml(path, ownerAsItIs), call, () =>
        Promise.resolve(null),
      );
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'refused') return error.message;
      throw error;
    }
  }

  ensureStandIn(standIn: StandIn, call: Call = {}): Promise<void> {
    return ensureStandIn(this.#connection, standIn, call);
  }

  ensureNoStandIn(standIn: Pick<StandIn, 'id' | 'name'>, call: Call = {}): Promise<void> {
    return ensureNoStandIn(this.#connection, standIn, call);
  }

  /** Makes an image of the probe's own and takes it away again. */
  async #withOwnImage<T>(
    directory: string,
    prefix: string,
    call: Call,
    work: (path: string) => Promise<T>,
  ): Promise<T> {
    const name = `${prefix}${randomUUID()}`;
    const path = join(directory, name);
    const pool = await this.#pools.need(directory, call);
    // Open to everybody: QEMU gets at it also where libvirt leaves its owner alone.
    const permissions = `<permissions><mode>0666</mode><owner>${nobody}</owner><group>${nobody}</group></permissions>`;
    const xml = `<volume><name>${name}</name><capacity unit='MiB'>1</capacity><allocation>0</allocation><target><format type='raw'/>${permissions}</target></volume>`;
    await this.#connection.call('storageVolCreateXml', { pool, xml, flags: 0 }, call);
    try {
      return await work(path);
    } finally {
      await this.#storage.ensureNoImage(path, call);
    }
  }

  async #ownerOf(path: string, call: Call): Promise<number | null> {
    return (await this.#storage.image(path, call))?.owner?.uid ?? null;
  }
}

/** With it libvirt leaves the owner of an image alone: what refuses a second guest is then a lock, and not an owner. */
const ownerAsItIs = "<seclabel model='dac' relabel='no'/>";

function diskXml(path: string, sourceOptions: string): string {
  const source = `<source file='${escapeXml(path)}'>${sourceOptions}</source>`;
  return `<disk type='file' device='disk'><driver name='qemu' type='raw'/>${source}<target dev='vda' bus='virtio'/></disk>`;
}
